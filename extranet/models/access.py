"""Who may read a dossier, with an account or by a link, and the history of what they did."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extranet.enums import AccessKind, DownloadState, EventKind
from extranet.models.contact import Contact
from extranet.models.dossier import Dossier
from kernel.models import CodedModel, FirmModel


class DossierAccess(FirmModel):
    """A contact's right to read a dossier, and how much of it that contact has downloaded."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="accesses")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="accesses", db_index=False)
    kind = models.CharField(max_length=12, choices=AccessKind, default=AccessKind.DIRECT)
    #: Where it comes from, in words: the collaborator's address, the account that was copied.
    origin = models.CharField(max_length=254, blank=True)
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


class GuestLink(CodedModel):
    """An occasional access without an account: a signed link for one address, until a day and a number of uses."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="guest_links")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    expires_at = models.DateTimeField(_("valid until"))
    max_uses = models.PositiveIntegerField(_("number of uses"), default=10)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    #: Whether a code sent to the address must be typed before the dossier opens.
    asks_code = models.BooleanField(_("ask for a code by e-mail"), default=True)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    code_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("occasional access")
        verbose_name_plural = _("occasional accesses")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_guest_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_open(self) -> bool:
        """Whether a browser that has already come in may stay: neither revoked nor past its day."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def can_be_used(self) -> bool:
        """Whether it lets another browser in."""
        return self.is_open and self.uses < self.max_uses


class DossierEvent(FirmModel):
    """One line of a dossier's history; names are copied, so that it outlives whom and what it tells of."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=18, choices=EventKind)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=120, blank=True)
    #: Set when a client acted, or something was done for it.
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    #: Set when somebody came in by an occasional access.
    guest = models.ForeignKey(
        GuestLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    file = models.ForeignKey(
        "extranet.DossierFile", null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )
    #: Which version of the file: a newer one has not been downloaded by it.
    file_version = models.PositiveIntegerField(default=1)
    #: Whether a client took it, by account or link: kept when the contact goes.
    by_client = models.BooleanField(default=False)
    #: What it is about, in words: a file's name, a contact's.
    subject = models.CharField(max_length=250, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("dossier"), F("at").desc(), name="extranet_event_dossier_ix"),
            # the home page's recent activity, and its chart
            models.Index(
                F("at").desc(),
                include=["kind", "dossier"],
                name="extranet_event_client_ix",
                condition=Q(by_client=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
