"""A client of the firm: an agency, a notary, a private person."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from extranet.enums import ContactKind
from kernel.models import CodedModel, FirmModel


class Contact(CodedModel):
    """A client and its account; the account's e-mail and identifier are those of `user`."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contact")
    #: What another program calls it (decisions/0036); empty when none does.
    external_id = models.CharField(_("identifier in other software"), max_length=100, blank=True)
    kind = models.CharField(_("type"), max_length=8, choices=ContactKind, default=ContactKind.OTHER)
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    street = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    notes = models.TextField(_("internal notes"), blank=True)
    #: The manual's "accès aux documents même en cas d'impayés".
    reads_unpaid = models.BooleanField(_("may read unpaid dossiers"), default=False)
    #: The account whose rights and accesses were copied when this one was made.
    inherited_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="heirs", db_index=False
    )
    codes_sent_at = models.DateTimeField(_("access codes sent"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    #: Set once its personal data were erased on request: only what the law makes the firm keep is left.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    #: Folded text of all that one looks a contact up by (kernel.text.search_text).
    search = models.TextField(editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_contact_code_uq"),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="extranet_contact_external_uq"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["search"], opclasses=["public.gin_trgm_ops"], name="extranet_contact_search_ix"),
            models.Index(fields=["name", "id"], name="extranet_contact_name_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.company} ({self.name})" if self.company and self.company != self.name else self.name


class CollaboratorEmail(FirmModel):
    """An address of somebody who works with a contact: mail about a dossier sent there gives the contact access."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="collaborators")
    email = models.EmailField(_("e-mail"))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("contact", Lower("email"), name="extranet_collaborator_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(Lower("email"), name="extranet_collab_email_ix"),
        ]

    def __str__(self) -> str:
        return self.email


class SubAccount(CodedModel):
    """A collaborator's own log-in under a contact: it reads what the contact reads."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="sub_accounts")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sub_account")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("sub-account")
        verbose_name_plural = _("sub-accounts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_subaccount_code_uq"),
        ]

    def __str__(self) -> str:
        return str(self.user)
