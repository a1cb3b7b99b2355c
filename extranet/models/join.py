"""Requests for an account, from the login page."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from extranet.enums import ContactKind
from extranet.enums_join import JoinState
from extranet.models.contact import Contact, SubAccount
from kernel.models import CodedModel


class AccountRequest(CodedModel):
    """Somebody who asks for an account; the firm sees it once the e-mail is proved."""

    state = models.CharField(_("state"), max_length=11, choices=JoinState, default=JoinState.UNCONFIRMED)
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    kind = models.CharField(_("type"), max_length=8, choices=ContactKind, default=ContactKind.OTHER)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    message = models.TextField(_("message"), max_length=2_000, blank=True)
    #: In which it was written.
    language = models.CharField(max_length=5, default="fr")
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("received"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    #: Copied, so that it outlives the account.
    decided_name = models.CharField(max_length=120, blank=True)
    #: Of a refusal.
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    #: What became of it.
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="account_requests"
    )
    #: Whether that contact was made of it; one that was there before is never taken back.
    made_contact = models.BooleanField(default=False, editable=False)
    sub_account = models.ForeignKey(
        SubAccount, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("account request")
        verbose_name_plural = _("account requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_join_code_uq"),
            models.CheckConstraint(
                condition=Q(state="unconfirmed") | Q(confirmed_at__isnull=False), name="extranet_join_confirmed"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"]) | Q(decided_at__isnull=False),
                name="extranet_join_decided",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(Lower("email"), name="extranet_join_email_ix"),
            models.Index(F("confirmed_at").desc(), F("id").desc(), name="extranet_join_confirmed_ix"),
            models.Index(fields=["id"], name="extranet_join_waiting_ix", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.company} ({self.name})" if self.company else self.name
