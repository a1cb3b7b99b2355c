"""One object in the store and what is known of its bytes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel


class Scan(models.TextChoices):
    """Whether a virus scanner has seen the bytes."""

    NOT_SCANNED = "not_scanned", _("Not checked for viruses")
    CLEAN = "clean", _("No virus found")


class StoredFile(CodedModel):
    """A file of the firm: the row is written before its object and goes before it, so that no row lacks its bytes.

    Until something claims it, it is an upload that nobody uses yet, and goes after a day.
    """

    key = models.CharField(max_length=200, editable=False)
    name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    #: CRC-32 of the bytes, unsigned, as a zip holds it.
    crc32 = models.PositiveBigIntegerField()
    #: What the bytes are, whatever the name and the browser say.
    content_type = models.CharField(_("type"), max_length=120)
    pdf_pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    is_encrypted = models.BooleanField(_("needs a password"), default=False)
    is_damaged = models.BooleanField(_("damaged"), default=False)
    scan = models.CharField(_("virus check"), max_length=12, choices=Scan, default=Scan.NOT_SCANNED)
    claimed = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="storage_file_code_uq"),
            models.UniqueConstraint(fields=["key"], name="storage_file_key_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], condition=models.Q(claimed=False), name="storage_file_unclaimed_ix"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def problem(self) -> str | Promise:
        """What the firm should know before it sends this file on; empty when there is nothing to say."""
        if self.is_encrypted:
            return _("This PDF needs a password: without it the client cannot read it.")
        if self.is_damaged:
            return _("This PDF seems to be damaged: some programs may not open it.")
        return ""

    @property
    def is_pdf(self) -> bool:
        """Whether the bytes are a PDF's."""
        return self.content_type == "application/pdf"

    @property
    def is_readable(self) -> bool:
        """Whether the page can show it: a PDF, or a picture that every browser knows."""
        return self.is_pdf or self.content_type in {"image/png", "image/jpeg", "image/webp", "image/gif"}
