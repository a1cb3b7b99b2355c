"""A file on its way, for the twins of two firms."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from kernel.models import FirmModel
from storage.keys import piece_key
from storage.models import ResumableUpload, StoredFile, UploadPiece


def upload_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of an upload of which one piece has arrived."""
    return {
        ResumableUpload: lambda: ResumableUpload.objects.create(
            user=staff,
            name=f"{word}.pdf",
            size=1_000,
            offset=10,
            stored=made[StoredFile],
            error_text=word,
            expires_at=timezone.now() + timedelta(hours=1),
        ),
        UploadPiece: lambda: UploadPiece.objects.create(
            upload=made[ResumableUpload], start=0, size=10, key=piece_key(made[ResumableUpload].code, 0)
        ),
    }
