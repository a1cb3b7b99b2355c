"""The command that makes the store of files ready."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from storage.backends import firm_storage
from storage.errors import StorageUnavailable


class Command(BaseCommand):
    """Makes the store of files ready; may be run at each deploy."""

    help = "Makes the bucket (or the folder) for files if it is missing, and sets what browsers may read from it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepares the store that the settings name."""
        try:
            done = firm_storage().prepare()
        except StorageUnavailable as error:
            raise CommandError(f"The store of files does not answer as it should: {error}") from error
        for line in done:
            self.stdout.write(line)
