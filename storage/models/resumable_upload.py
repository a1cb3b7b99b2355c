"""A file that arrives in pieces, over as many connections as it takes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel, FirmModel
from storage.models.stored_file import StoredFile


class UploadState(models.TextChoices):
    """How far an upload has come."""

    OPEN = "open", _("Being sent")
    DONE = "done", _("Arrived")
    REFUSED = "refused", _("Refused")


class ResumableUpload(CodedModel):
    """A file of one person on its way (tus 1.0); once whole and found good it is a StoredFile that nothing claimed yet.

    `offset` is how many bytes are safe in the store: it and the piece that moved it are written together.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size"))
    offset = models.PositiveBigIntegerField(default=0)
    #: What the whole is to have, in hexadecimal; empty when the sender did not say.
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=7, choices=UploadState, default=UploadState.OPEN)
    stored = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    #: Why it was refused: a code, and the sentence of that moment.
    error = models.CharField(max_length=40, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    #: While a process puts the pieces together; past, that process died.
    finishing_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="storage_resumable_code_uq"),
            models.CheckConstraint(
                condition=models.Q(offset__lte=models.F("size")), name="storage_resumable_offset_in_size"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_at"], name="storage_resumable_expires_ix"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_complete(self) -> bool:
        """Whether every byte has arrived."""
        return self.offset == self.size


class UploadPiece(FirmModel):
    """What one request brought of an upload: an object of its own until the whole is put together."""

    upload = models.ForeignKey(ResumableUpload, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    start = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar[list[str]] = ["start"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["upload", "start"], name="storage_piece_start_uq"),
        ]

    def __str__(self) -> str:
        return self.key
