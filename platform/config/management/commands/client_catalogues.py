"""Brings the catalogues of the clients' languages up to date with the sources."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.client_texts import LANGUAGES, catalogue_of, client_texts, write_catalogue


class Command(BaseCommand):
    """Adds new texts, empty, and takes out those that no source has any more (xgettext is needed)."""

    help = "Updates the catalogues of the languages that only clients read."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes each catalogue and says what is to be translated."""
        wanted = client_texts(settings.ROOT)
        for language in LANGUAGES:
            empty = write_catalogue(language, wanted)
            self.stdout.write(f"{catalogue_of(language)}: {len(empty)} to translate")
