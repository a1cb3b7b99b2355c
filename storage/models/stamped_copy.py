"""A PDF's copy with a mention on each page."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import FirmModel
from storage.models.stored_file import StoredFile


class StampState(models.TextChoices):
    """Whether a copy could be made."""

    DONE = "done", _("Made")
    FAILED = "failed", _("Not possible")


class StampedCopy(FirmModel):
    """The stamped copy of one file's bytes under one style, or the reason why there is none.

    Where none can be made the file is withheld: nobody gets the original instead.
    """

    original = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="stamped_copies", db_index=False)
    #: Digest of the text, colour and position, and of the stamper's version (storage.watermark.Stamp).
    style = models.CharField(max_length=32)
    copy = models.OneToOneField(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="stamped_from"
    )
    state = models.CharField(max_length=6, choices=StampState)
    #: Why it failed: `password`, `damaged`, `too_long`.
    error = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["original", "style"], name="storage_stamped_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.original_id} {self.style}"
