"""Compiles the translations without gettext's own programs."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Writes a .mo beside each .po whose source is newer."""

    help = "Compiles the message catalogues (Babel)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compiles what changed."""
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                    continue
                with source.open("rb") as stream:
                    catalogue = read_po(stream, locale=source.parts[-3], domain=source.stem)
                partial = target.with_suffix(".mo.part")
                with partial.open("wb") as stream:
                    write_mo(stream, catalogue, use_fuzzy=False)
                partial.replace(target)
                self.stdout.write(f"{source.parts[-3]}: {sum(1 for m in catalogue if m.id)} messages")
