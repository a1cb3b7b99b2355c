"""A file of a dossier and its earlier versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from extranet.enums import FileKind, Visibility
from extranet.models.dossier import Dossier
from kernel.models import CodedModel
from storage.models import StoredFile


class DossierFile(CodedModel):
    """A report or other document of a dossier, as the client sees it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="files", db_index=False)
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="dossier_file")
    #: What another program calls it within the dossier (decisions/0036); empty when none does.
    external_id = models.CharField(_("identifier in other software"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=FileKind, default=FileKind.REPORT)
    visibility = models.CharField(_("seen by"), max_length=8, choices=Visibility, default=Visibility.CLIENT)
    name = models.CharField(_("file name"), max_length=150)
    title = models.CharField(_("title"), max_length=200, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0)
    #: Grows when the bytes are replaced.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    #: How the present reader gets it (queries.unpaid.mark_files): why not, or that it bears the mention.
    kept_back: str | Promise = ""
    is_stamped: bool = False
    #: Taken out since then; it can be put back until a job takes its bytes.
    deleted_at = models.DateTimeField(_("removed"), null=True, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_file_code_uq"),
            models.UniqueConstraint(
                fields=["dossier", "external_id"],
                condition=~Q(external_id="") & Q(deleted_at__isnull=True),
                name="extranet_file_external_uq",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["dossier", "position", "id"], name="extranet_file_dossier_ix"),
            models.Index(fields=["deleted_at"], name="extranet_file_deleted_ix", condition=Q(deleted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the file is called on the page: its title, else its name."""
        return self.title or self.name


class FileVersion(CodedModel):
    """The bytes that a file had before they were replaced."""

    file = models.ForeignKey(DossierFile, on_delete=models.CASCADE, related_name="versions")
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="file_version")
    number = models.PositiveIntegerField()
    name = models.CharField(_("file name"), max_length=150)
    replaced_at = models.DateTimeField(auto_now_add=True)
    replaced_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_version_code_uq"),
            models.UniqueConstraint(fields=["file", "number"], name="extranet_version_number_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"
