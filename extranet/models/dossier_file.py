"""A file of a dossier."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.models.dossier import Dossier
from kernel.models import CodedModel
from storage.models import StoredFile


class DossierFile(CodedModel):
    """A report or other document of a dossier, as the client sees it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="files", db_index=False)
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="dossier_file")
    name = models.CharField(_("file name"), max_length=150)
    title = models.CharField(_("title"), max_length=200, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_file_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["dossier", "position", "id"], name="extranet_file_dossier_ix"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the file is called on the page: its title, else its name."""
        return self.title or self.name
