"""An order of diagnostics, its attachments and its history."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from extranet.enums import DiagnosticKind, EnergyLetter, GeoState, PropertyKind, Transaction
from extranet.enums_order import (
    Answer,
    BuildPeriod,
    HeatingKind,
    Installation,
    OrdererRole,
    OrderEventKind,
    OrderOrigin,
    OrderState,
)
from extranet.models.contact import Contact
from extranet.models.dossier import Dossier
from extranet.rules import address_on_one_line
from kernel.models import CodedModel, FirmModel
from storage.models import StoredFile

#: Of the orders that lists show unless asked otherwise.
SENT = ~Q(state="draft")

_BUILDING = (
    "build_period",
    "year",
    "surface",
    "rooms",
    "outbuildings",
    "co_owned",
    "heating",
    "wood_heating",
    "gas",
    "electricity",
    "sewered",
    "pool",
    "energy_class",
    "cadastre",
    "occupied",
)


@dataclass(frozen=True)
class Person:
    """Somebody whom an order names."""

    label: str | Promise
    name: str
    email: str
    phone: str
    address: str = ""


class Order(CodedModel):
    """What somebody asks the firm to diagnose: the property, the people, the visit, and what became of it."""

    #: What people call it by: made of the year and the key (actions.order keeps it).
    number = models.CharField(_("number"), max_length=20, editable=False)
    #: What another program calls it (decisions/0036); empty when none does.
    external_id = models.CharField(_("identifier in other software"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=OrderState, default=OrderState.DRAFT)
    origin = models.CharField(_("came"), max_length=8, choices=OrderOrigin)
    #: None for whoever has no account.
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders", db_index=False
    )

    # the mission
    transaction = models.CharField(_("made for"), max_length=8, choices=Transaction, default=Transaction.SALE)
    furnished = models.CharField(_("let furnished"), max_length=8, choices=Answer, blank=True)
    diagnostics = ArrayField(
        models.CharField(max_length=14, choices=DiagnosticKind), default=list, blank=True, verbose_name=_("diagnostics")
    )
    #: The last day of validity (ISO 8601) of reports that are there already, by diagnostic.
    valid_reports = models.JSONField(_("reports that are still valid"), default=dict, blank=True)
    #: "yes" or "no" by ZoneKind; what is not there is not known.
    zones = models.JSONField(_("zones"), default=dict, blank=True)

    # the property
    property_kind = models.CharField(_("property"), max_length=10, choices=PropertyKind, blank=True)
    street = models.CharField(_("address"), max_length=200, blank=True)
    street_extra = models.CharField(_("building, stairs"), max_length=200, blank=True)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    door = models.CharField(_("door"), max_length=20, blank=True)
    lot = models.CharField(_("lot"), max_length=60, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    insee = models.CharField(max_length=5, blank=True, editable=False)
    cadastre = models.CharField(_("land registry"), max_length=100, blank=True)
    year = models.PositiveSmallIntegerField(_("year of construction"), null=True, blank=True)
    build_period = models.CharField(_("building permit"), max_length=12, choices=BuildPeriod, blank=True)
    #: Square metres.
    surface = models.DecimalField(_("surface (m²)"), max_digits=8, decimal_places=2, null=True, blank=True)
    rooms = models.PositiveSmallIntegerField(
        _("rooms"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    outbuildings = models.CharField(_("outbuildings"), max_length=200, blank=True)
    co_owned = models.CharField(_("in co-ownership"), max_length=8, choices=Answer, blank=True)
    heating = models.CharField(_("heating"), max_length=12, choices=HeatingKind, blank=True)
    wood_heating = models.CharField(_("wood-fired heating"), max_length=8, choices=Answer, blank=True)
    pool = models.CharField(_("private pool"), max_length=8, choices=Answer, blank=True)
    gas = models.CharField(_("gas installation"), max_length=8, choices=Installation, blank=True)
    electricity = models.CharField(_("electrical installation"), max_length=8, choices=Installation, blank=True)
    sewered = models.CharField(_("connected to the public sewer"), max_length=8, choices=Answer, blank=True)
    energy_class = models.CharField(_("known energy class"), max_length=1, choices=EnergyLetter, blank=True)

    # the people
    orderer_role = models.CharField(_("orders as"), max_length=8, choices=OrdererRole, blank=True)
    orderer_name = models.CharField(_("name"), max_length=120, blank=True)
    orderer_company = models.CharField(_("company"), max_length=120, blank=True)
    orderer_email = models.EmailField(_("e-mail"), blank=True)
    orderer_phone = models.CharField(_("phone"), max_length=30, blank=True)
    orderer_address = models.CharField(_("postal address"), max_length=250, blank=True)
    owner_name = models.CharField(_("owner"), max_length=120, blank=True)
    owner_email = models.EmailField(_("owner's e-mail"), blank=True)
    owner_phone = models.CharField(_("owner's phone"), max_length=30, blank=True)
    owner_address = models.CharField(_("owner's postal address"), max_length=250, blank=True)
    occupied = models.CharField(_("occupied"), max_length=8, choices=Answer, blank=True)
    occupant_name = models.CharField(_("occupant"), max_length=120, blank=True)
    occupant_email = models.EmailField(_("occupant's e-mail"), blank=True)
    occupant_phone = models.CharField(_("occupant's phone"), max_length=30, blank=True)
    notary_name = models.CharField(_("notary"), max_length=120, blank=True)
    notary_email = models.EmailField(_("notary's e-mail"), blank=True)
    notary_phone = models.CharField(_("notary's phone"), max_length=30, blank=True)

    # the visit
    wanted_by = models.DateField(_("reports wanted by"), null=True, blank=True)
    signing_on = models.DateField(_("signature planned on"), null=True, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    keys = models.CharField(_("where the keys are"), max_length=200, blank=True)
    access_name = models.CharField(_("contact for the visit"), max_length=120, blank=True)
    access_phone = models.CharField(_("phone of this contact"), max_length=30, blank=True)
    access_note = models.CharField(_("how to get in"), max_length=500, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)

    # the place on the map
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    geo_state = models.CharField(max_length=10, choices=GeoState, default=GeoState.NONE)
    #: How sure the address service is, from 0 to 1.
    geo_score = models.FloatField(null=True, blank=True)
    geo_label = models.CharField(max_length=250, blank=True)
    geo_at = models.DateTimeField(null=True, blank=True)

    # what the firm does of it
    staff_notes = models.TextField(_("internal notes"), blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    dossier = models.OneToOneField(Dossier, null=True, blank=True, on_delete=models.SET_NULL, related_name="order")
    cancel_reason = models.CharField(_("reason"), max_length=500, blank=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    started_at = models.DateTimeField(_("in progress since"), null=True, blank=True)
    done_at = models.DateTimeField(_("handled"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    #: Grows with each edit: two people who edit at once are told, nobody overwrites.
    version = models.PositiveIntegerField(default=1)
    #: Folded text of all that one looks an order up by (actions.order_search keeps it).
    search = models.TextField(editable=False)
    #: Where its mission order stands (queries.mission.mark_missions), on lists.
    mission_state: str = ""

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_order_code_uq"),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="extranet_order_external_uq"
            ),
            models.CheckConstraint(condition=Q(surface__isnull=True) | Q(surface__gt=0), name="extranet_order_surface"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="extranet_order_place",
            ),
            # what was sent says when
            models.CheckConstraint(condition=Q(state="draft") | Q(sent_at__isnull=False), name="extranet_order_sent"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["search"], opclasses=["public.gin_trgm_ops"], name="extranet_order_search_ix"),
            models.Index(F("sent_at").desc(), F("id").desc(), name="extranet_order_sent_ix", condition=SENT),
            models.Index(F("contact"), F("sent_at").desc(), name="extranet_order_contact_ix"),
            # what waits, for the home pages and the list's first filter
            models.Index(
                fields=["state", "sent_at"], name="extranet_order_open_ix", condition=Q(state__in=["todo", "ongoing"])
            ),
            models.Index(fields=["updated_at"], name="extranet_order_draft_ix", condition=Q(state="draft")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def address_line(self) -> str:
        """The property's address on one line: street, postcode and town."""
        return address_on_one_line(self.street, self.postcode, self.city)

    @property
    def building_facts(self) -> list[tuple[str, str]]:
        """What is known of the building and its installations, as label and value; what is not known is left out."""
        facts: list[tuple[str, str]] = []
        for name in _BUILDING:
            field, value = self._meta.get_field(name), getattr(self, name)
            if value in {None, ""}:
                continue
            shown = getattr(self, f"get_{name}_display")() if getattr(field, "choices", None) else value
            if name == "surface":
                shown = number_format(value.normalize() if value % 1 else value.to_integral_value(), use_l10n=True)
            facts.append((str(getattr(field, "verbose_name", name)), str(shown)))
        return facts

    @property
    def people(self) -> list[Person]:
        """The people whom it names."""
        named = [
            Person(
                _("Orderer"),
                " – ".join(part for part in (self.orderer_name, self.orderer_company) if part),
                self.orderer_email,
                self.orderer_phone,
                self.orderer_address,
            ),
            Person(_("Owner"), self.owner_name, self.owner_email, self.owner_phone, self.owner_address),
            Person(_("Occupant"), self.occupant_name, self.occupant_email, self.occupant_phone),
            Person(_("Notary"), self.notary_name, self.notary_email, self.notary_phone),
        ]
        return [one for one in named if one.name or one.email or one.phone]

    @property
    def orderer(self) -> str:
        """Who orders, as lists say it: the company first."""
        return self.orderer_company or self.orderer_name or self.orderer_email

    @property
    def is_draft(self) -> bool:
        """Whether it was not sent yet."""
        return self.state == OrderState.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether the firm still has something to do for it."""
        return self.state in {OrderState.TODO, OrderState.ONGOING}


class OrderFile(CodedModel):
    """What was joined to an order: an earlier report, plans, a title deed."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="files")
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="order_file")
    name = models.CharField(_("file name"), max_length=150)
    added_by = models.CharField(max_length=120, blank=True)
    by_staff = models.BooleanField(default=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_orderfile_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name


class OrderEvent(FirmModel):
    """One line of an order's history; names are copied, so that it outlives whom it tells of."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=12, choices=OrderEventKind)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=120, blank=True)
    #: What it is about, in words: a reason, a file's name, a person's.
    subject = models.CharField(max_length=500, blank=True)
    #: Whether only the firm reads it.
    for_staff = models.BooleanField(default=False)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("order"), F("at").desc(), name="extranet_order_event_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
