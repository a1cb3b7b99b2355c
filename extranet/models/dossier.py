"""A dossier, who may read it, and what happened to it."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from extranet.enums import DownloadState, EventKind
from extranet.models.contact import Contact
from kernel.models import CodedModel, FirmModel


class Dossier(CodedModel):
    """What a firm hands over for one property: its reports and what is said about them."""

    title = models.CharField(_("title"), max_length=200)
    comments = models.TextField(_("comments"), blank=True)
    #: Over all clients: what has been downloaded of the files that are there now (actions.downloads keeps it).
    download_state = models.CharField(_("state"), max_length=8, choices=DownloadState, default=DownloadState.NONE)
    notified_at = models.DateTimeField(_("client notified"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    #: Grows with each edit: two people who edit at once are told, nobody overwrites.
    version = models.PositiveIntegerField(default=1)
    #: Folded title, comments, client and file names (actions.search keeps it).
    search = models.TextField(editable=False)

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_dossier_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["search"], opclasses=["public.gin_trgm_ops"], name="extranet_dossier_search_ix"),
            models.Index(F("created_at").desc(), F("id").desc(), name="extranet_dossier_created_ix"),
        ]

    def __str__(self) -> str:
        return self.title


class DossierAccess(FirmModel):
    """A contact's right to read a dossier, and how much of it that contact has downloaded."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="accesses")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="accesses", db_index=False)
    download_state = models.CharField(max_length=8, choices=DownloadState, default=DownloadState.NONE)
    notified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # in this order it also serves a client's list of dossiers
            models.UniqueConstraint(fields=["contact", "dossier"], name="extranet_access_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} → {self.dossier_id}"


class DossierEvent(FirmModel):
    """One line of a dossier's history; names are copied, so that it outlives whom and what it tells of."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=16, choices=EventKind)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=120, blank=True)
    #: Set when a client acted.
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    file = models.ForeignKey(
        "extranet.DossierFile", null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )
    #: What it is about, in words: a file's name, a contact's.
    subject = models.CharField(max_length=250, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("dossier"), F("at").desc(), name="extranet_event_dossier_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
