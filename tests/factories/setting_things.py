"""What the settings' own pages show: a change and an archive."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from extranet.models import FirmArchive, SettingChange
from storage.keys import archive_key


def add_archive(by: User, data: bytes = b"PK") -> FirmArchive:
    """Returns an archive that is ready, in the current firm."""
    now = timezone.now()
    archive = FirmArchive(
        requested_by=by,
        requested_name=str(by),
        ready_at=now,
        expires_at=now + timedelta(days=3),
        size=len(data),
        sha256="0" * 64,
    )
    archive.key = default_storage.save(archive_key(archive.code, now.date()), ContentFile(data))
    archive.save()
    return archive


def add_change(by: User, word: str) -> SettingChange:
    """Returns a change with a word in all its texts."""
    return SettingChange.objects.create(
        by=by, by_name=word, page="branding-edit", subject=word, field=word, old=word, new=word
    )
