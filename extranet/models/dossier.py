"""A dossier and the trace that it leaves when it is deleted."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from extranet.enums import DownloadState, GeoState, Payer, PaymentState, PropertyKind, Transaction
from extranet.rules import address_on_one_line
from kernel.models import CodedModel, FirmModel

#: Of the dossiers that lists show unless asked otherwise.
ACTIVE = Q(archived_at__isnull=True, deleted_at__isnull=True)


class Dossier(CodedModel):
    """What a firm hands over for one property: its reports and what is said about them."""

    #: What another program calls it (decisions/0036); empty when none does.
    external_id = models.CharField(_("identifier in other software"), max_length=100, blank=True)
    reference = models.CharField(_("dossier number"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200)
    comments = models.TextField(_("comments"), blank=True)
    transaction = models.CharField(_("made for"), max_length=8, choices=Transaction, default=Transaction.SALE)
    visited_on = models.DateField(_("visit"), null=True, blank=True)

    # the property
    property_kind = models.CharField(_("property"), max_length=10, choices=PropertyKind, blank=True)
    street = models.CharField(_("address"), max_length=200, blank=True)
    street_extra = models.CharField(_("building, floor, lot"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    cadastre = models.CharField(_("land registry"), max_length=100, blank=True)
    #: Folded postcode and town (actions.search keeps it): what the filter by town looks in.
    place = models.CharField(max_length=120, editable=False, blank=True)

    # the people
    owner_name = models.CharField(_("owner"), max_length=120, blank=True)
    owner_email = models.EmailField(_("owner's e-mail"), blank=True)
    owner_phone = models.CharField(_("owner's phone"), max_length=30, blank=True)
    #: The owner's address that asked, by the link of a reminder, not to be reminded again.
    owner_declined = models.EmailField(blank=True, editable=False)
    orderer_name = models.CharField(_("orderer"), max_length=120, blank=True)
    orderer_email = models.EmailField(_("orderer's e-mail"), blank=True)
    occupant_name = models.CharField(_("occupant"), max_length=120, blank=True)
    occupant_phone = models.CharField(_("occupant's phone"), max_length=30, blank=True)

    # the money
    #: Euros, VAT included; none while nothing was agreed.
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2, null=True, blank=True)
    payment_state = models.CharField(_("payment"), max_length=8, choices=PaymentState, default=PaymentState.NOTHING_DUE)
    payment_changed_at = models.DateTimeField(null=True, blank=True)
    payment_changed_by = models.CharField(max_length=120, blank=True)
    payer = models.CharField(_("who pays"), max_length=8, choices=Payer, blank=True)
    payer_name = models.CharField(_("name of who pays"), max_length=120, blank=True)

    # the place on the map
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    geo_state = models.CharField(max_length=10, choices=GeoState, default=GeoState.NONE)
    #: How sure the address service is, from 0 to 1.
    geo_score = models.FloatField(null=True, blank=True)
    #: The address as the service writes it.
    geo_label = models.CharField(max_length=250, blank=True)
    geo_at = models.DateTimeField(null=True, blank=True)

    #: Over all clients: what has been downloaded of the files that are there now (actions.downloads keeps it).
    download_state = models.CharField(_("state"), max_length=8, choices=DownloadState, default=DownloadState.NONE)
    notified_at = models.DateTimeField(_("client notified"), null=True, blank=True)
    #: The last day on which all of its diagnostics are valid (actions.diagnostic keeps it).
    expires_on = models.DateField(_("expires"), null=True, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    #: In the bin since then: nobody but staff sees it, and only there; a job empties the bin.
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    deleted_by = models.CharField(max_length=120, blank=True)
    #: Grows with each edit: two people who edit at once are told, nobody overwrites.
    version = models.PositiveIntegerField(default=1)
    #: Folded text of all that one looks a dossier up by (actions.search keeps it).
    search = models.TextField(editable=False)

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_dossier_code_uq"),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="extranet_dossier_external_uq"
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="extranet_dossier_amount"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="extranet_dossier_place",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["search"], opclasses=["public.gin_trgm_ops"], name="extranet_dossier_search_ix"),
            models.Index(F("created_at").desc(), F("id").desc(), name="extranet_dossier_created_ix", condition=ACTIVE),
            # what changed since a program asked last
            models.Index(F("updated_at"), F("id"), name="extranet_dossier_updated_ix"),
            # the columns that the list sorts by, read forwards or backwards
            models.Index(F("title"), F("id"), name="extranet_dossier_title_ix", condition=ACTIVE),
            models.Index(F("reference"), F("id"), name="extranet_dossier_ref_ix", condition=ACTIVE),
            models.Index(F("city"), F("id"), name="extranet_dossier_city_ix", condition=ACTIVE),
            models.Index(
                F("amount").desc(nulls_last=True), F("id").desc(), name="extranet_dossier_amount_ix", condition=ACTIVE
            ),
            models.Index(
                F("visited_on").desc(nulls_last=True),
                F("id").desc(),
                name="extranet_dossier_visited_ix",
                condition=ACTIVE,
            ),
            # the home page's figures, read from the index alone
            models.Index(
                fields=["amount", "archived_at"],
                name="extranet_dossier_unpaid_ix",
                condition=Q(payment_state="unpaid", deleted_at__isnull=True),
            ),
            # its dossiers that nobody downloaded yet, those that wait longest first
            models.Index(
                F("notified_at").asc(nulls_last=True),
                F("id"),
                name="extranet_dossier_waiting_ix",
                condition=ACTIVE & Q(download_state="none"),
            ),
            models.Index(
                fields=["expires_on"],
                name="extranet_dossier_expires_ix",
                condition=Q(expires_on__isnull=False, deleted_at__isnull=True),
            ),
            models.Index(fields=["deleted_at"], name="extranet_dossier_bin_ix", condition=Q(deleted_at__isnull=False)),
            models.Index(
                fields=["owner_declined"], name="extranet_dossier_declined_ix", condition=~Q(owner_declined="")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def address_line(self) -> str:
        """The property's address on one line: street, postcode and town."""
        return address_on_one_line(self.street, self.postcode, self.city)

    @property
    def has_place(self) -> bool:
        """Whether it can be shown on a map."""
        return self.latitude is not None and self.longitude is not None


class DossierTrace(FirmModel):
    """What is left of a dossier that was deleted for good: that it was there, and who took it away."""

    dossier_code = models.CharField(max_length=16)
    reference = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    dossier_created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(_("deleted"))
    deleted_by = models.CharField(max_length=120, blank=True)
    #: By a person or by the firm's rule of retention.
    by_rule = models.BooleanField(default=False)
    file_count = models.PositiveIntegerField(default=0)
    purged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-purged_at", "-id"]

    def __str__(self) -> str:
        return self.title
