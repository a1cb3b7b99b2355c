"""The firm's own documents: attestations, certificates, notices, software, links."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from extranet.enums import ContactKind
from extranet.enums_library import Audience, Holding
from extranet.models.diagnostician import Diagnostician
from extranet.models.expiring import Expiring
from kernel.models import CodedModel
from storage.models import StoredFile


class DocumentCategory(CodedModel):
    """A heading of the list of documents."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("category of documents")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_doccategory_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name


class FirmDocument(Expiring):
    """One document of the firm: a file with its versions, a link, or a text that is read in the page."""

    category = models.ForeignKey(
        DocumentCategory, on_delete=models.PROTECT, related_name="documents", verbose_name=_("category"), db_index=False
    )
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(_("title"), max_length=200)
    description = models.CharField(_("description"), max_length=500, blank=True)
    holding = models.CharField(_("what it is"), max_length=6, choices=Holding, default=Holding.FILE)
    stored = models.OneToOneField(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="firm_document"
    )
    name = models.CharField(_("file name"), max_length=150, blank=True)
    #: Grows when the file is replaced.
    version = models.PositiveIntegerField(default=1)
    link = models.CharField(_("address of the link"), max_length=500, blank=True)
    text = models.TextField(_("text"), max_length=20_000, blank=True)
    audience = models.CharField(_("seen by"), max_length=7, choices=Audience, default=Audience.MEMBERS)
    #: For Audience.KINDS.
    kinds = ArrayField(
        models.CharField(max_length=8, choices=ContactKind), default=list, blank=True, verbose_name=_("types")
    )
    diagnostician = models.ForeignKey(
        Diagnostician,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="documents",
        verbose_name=_("diagnostician"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    #: Folded text of all that one looks a document up by.
    search = models.TextField(editable=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_firmdocument_code_uq"),
            models.CheckConstraint(
                condition=(Q(holding="file", stored__isnull=False) & ~Q(name=""))
                | (Q(holding="link", stored__isnull=True) & ~Q(link=""))
                | (Q(holding="notice", stored__isnull=True) & ~Q(text="")),
                name="extranet_firmdocument_holds",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["category", "position", "id"], name="extranet_firmdocument_ix"),
            models.Index(
                fields=["expires_on"], name="extranet_firmdocument_end_ix", condition=Q(expires_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        """What the reader calls it."""
        return self.title

    @property
    def is_readable(self) -> bool:
        """Whether the page can show it: a text, a PDF or a picture."""
        return self.holding == Holding.NOTICE or (self.stored is not None and self.stored.is_readable)

    @property
    def audience_label(self) -> str | Promise:
        """Who sees it, types of clients by their names."""
        if self.audience != Audience.KINDS:
            return Audience(self.audience).label
        return ", ".join(str(ContactKind(kind).label) for kind in self.kinds)


class FirmDocumentVersion(CodedModel):
    """The file that a document had before it was replaced."""

    document = models.ForeignKey(FirmDocument, on_delete=models.CASCADE, related_name="versions", db_index=False)
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="firm_document_version")
    number = models.PositiveIntegerField()
    name = models.CharField(_("file name"), max_length=150)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    replaced_at = models.DateTimeField(auto_now_add=True)
    replaced_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_docversion_code_uq"),
            models.UniqueConstraint(fields=["document", "number"], name="extranet_docversion_number_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"
