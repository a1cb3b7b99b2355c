"""Imports of dossiers from desktop software, and what is remembered of where a dossier came from."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.enums_import import DossierImportState, ImportOutcome
from extranet.models.dossier import Dossier
from kernel.models import CodedModel, FirmModel
from storage.models import StoredFile


class DossierImport(CodedModel):
    """Folders that became, or will become, dossiers: first read without writing anything, then imported one by one."""

    #: The archives, which go when all is done.
    name = models.CharField(_("files"), max_length=300)
    state = models.CharField(max_length=10, choices=DossierImportState, default=DossierImportState.READING)
    give_access = models.BooleanField(_("give the orderers access"), default=False)
    notify = models.BooleanField(_("notify them by e-mail"), default=False)
    lines = models.PositiveIntegerField(_("dossiers"), default=0)
    done = models.PositiveIntegerField(_("dossiers done"), default=0)
    created = models.PositiveIntegerField(_("new dossiers"), default=0)
    updated = models.PositiveIntegerField(_("changed dossiers"), default=0)
    unchanged = models.PositiveIntegerField(_("dossiers without anything new"), default=0)
    refused = models.PositiveIntegerField(_("folders refused"), default=0)
    problem = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: Since then the dossiers that it made are in the bin, by a person's wish.
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import of dossiers")
        verbose_name_plural = _("imports of dossiers")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_dossierimport_code_uq"),
        ]

    def __str__(self) -> str:
        return self.code


class DossierImportFile(FirmModel):
    """An archive that an import reads; it goes with the import."""

    entry = models.ForeignKey(DossierImport, on_delete=models.CASCADE, related_name="files")
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="dossier_import_file")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]

    def __str__(self) -> str:
        return self.stored.name


class DossierImportLine(FirmModel):
    """What an import found in one folder, and what it makes of it."""

    entry = models.ForeignKey(DossierImport, on_delete=models.CASCADE, related_name="found", db_index=False)
    position = models.PositiveIntegerField()
    #: Where the folder lies in what was sent; names it within its import.
    place = models.CharField(max_length=700)
    folder = models.CharField(_("folder"), max_length=200)
    reference = models.CharField(_("dossier number"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    outcome = models.CharField(max_length=10, choices=ImportOutcome)
    #: For people, in the language of who asked: what is new, and what they should look at.
    changes = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    error = models.CharField(max_length=500, blank=True)
    is_done = models.BooleanField(default=False)
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["entry", "position"], name="extranet_importline_position_uq"),
        ]

    def __str__(self) -> str:
        return self.folder


class ImportedDossier(FirmModel):
    """Where a dossier came from, what the last import wrote into it, and what only the software has a place for."""

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="imported")
    folder = models.CharField(_("folder"), max_length=200)
    software = models.CharField(_("version of the software"), max_length=60, blank=True)
    reported_on = models.DateField(_("report"), null=True, blank=True)
    operator_name = models.CharField(_("diagnostician"), max_length=120, blank=True)
    operator_body = models.CharField(_("certified by"), max_length=120, blank=True)
    operator_number = models.CharField(_("certificate number"), max_length=60, blank=True)
    operator_certified_on = models.DateField(_("certified on"), null=True, blank=True)
    notary_name = models.CharField(_("notary"), max_length=120, blank=True)
    notary_email = models.EmailField(_("notary's e-mail"), blank=True)
    notary_phone = models.CharField(_("notary's phone"), max_length=30, blank=True)
    #: {"fields": {name: value}, "diagnostics": {key: {"code": …, field: value}}, "files": {external id: sha-256}}:
    #: what differs from it in the dossier was changed by people, and stays.
    written = models.JSONField(default=dict)
    imported_at = models.DateTimeField(_("imported"), auto_now=True)

    class Meta:
        verbose_name = _("imported dossier")
        verbose_name_plural = _("imported dossiers")

    def __str__(self) -> str:
        return self.folder


class ImportedTable(CodedModel):
    """A table of an imported dossier that the portal has no place for, as it was."""

    imported = models.ForeignKey(ImportedDossier, on_delete=models.CASCADE, related_name="tables", db_index=False)
    name = models.CharField(max_length=150)
    content = models.TextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_importedtable_code_uq"),
            models.UniqueConstraint(fields=["imported", "name"], name="extranet_importedtable_name_uq"),
        ]

    def __str__(self) -> str:
        return self.name
