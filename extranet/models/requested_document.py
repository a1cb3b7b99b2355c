"""What the firm asks its client to send for a dossier, and what was sent."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.enums import RequestKind, RequestState
from extranet.models.dossier import Dossier
from kernel.models import CodedModel
from storage.models import StoredFile


class RequestedDocument(CodedModel):
    """One line of a dossier's checklist: a document asked of the client."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="requests", db_index=False)
    kind = models.CharField(_("document"), max_length=16, choices=RequestKind)
    #: Its name when it is none of the usual ones.
    label = models.CharField(_("name"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    due_on = models.DateField(_("wanted by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=RequestState, default=RequestState.ASKED)
    #: Why it has to be sent again.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    #: What was sent for it, where a query has put it there (queries.document.requests_of).
    sent_files: "list[SentDocument]"

    class Meta:
        verbose_name = _("document asked")
        verbose_name_plural = _("documents asked")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_request_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["dossier", "position", "id"], name="extranet_request_dossier_ix"),
            # what the firm has to look at
            models.Index(fields=["answered_at"], name="extranet_request_sent_ix", condition=models.Q(state="sent")),
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()


class SentDocument(CodedModel):
    """A file that the client sent for a document asked of it."""

    request = models.ForeignKey(RequestedDocument, on_delete=models.CASCADE, related_name="sent")
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="sent_document")
    name = models.CharField(_("file name"), max_length=150)
    sent_by = models.CharField(max_length=254, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_sent_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name
