"""What a firm asks for: price lists with their prices, packs and travels."""

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.enums import ContactKind, DiagnosticKind, PropertyKind, Transaction
from extranet.enums_price import SizeBy
from extranet.models.contact import Contact
from kernel.models import CodedModel, FirmModel

_NOT_NEGATIVE = MinValueValidator(Decimal(0))


def _amount(label: Any, **options: Any) -> Any:
    """Returns a column of euros, without VAT."""
    return models.DecimalField(label, max_digits=9, decimal_places=2, validators=[_NOT_NEGATIVE], **options)


class PriceList(CodedModel):
    """Prices without VAT, for everybody, for a kind of clients or for one; of those that fit, the narrower counts."""

    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)
    #: Of a new firm: nobody has looked at the prices yet.
    is_unchecked = models.BooleanField(default=False, editable=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("client"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="price_lists",
    )
    contact_kind = models.CharField(_("type of clients"), max_length=8, choices=ContactKind, blank=True)
    size_by = models.CharField(_("prices go by"), max_length=7, choices=SizeBy, default=SizeBy.SURFACE)
    #: Percent; none: no VAT (CGI art. 293 B).
    vat_rate = models.DecimalField(
        _("VAT"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        default=Decimal("20.00"),
        validators=[_NOT_NEGATIVE, MaxValueValidator(Decimal(50))],
    )
    #: One way, from the firm to the property.
    travel_free_km = models.PositiveSmallIntegerField(_("kilometres included"), default=0)
    travel_per_km = _amount(_("price of a kilometre beyond"), default=Decimal(0))
    travel_most = _amount(_("travel at most"), null=True, blank=True)
    urgent_amount = _amount(_("urgency: amount"), default=Decimal(0))
    urgent_percent = models.DecimalField(
        _("urgency: percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[_NOT_NEGATIVE, MaxValueValidator(Decimal(200))],
    )
    weekend_amount = _amount(_("week-end"), default=Decimal(0))
    evening_amount = _amount(_("evening"), default=Decimal(0))
    #: Each cellar, garage or shed.
    outbuilding_amount = _amount(_("each outbuilding"), default=Decimal(0))
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_pricelist_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name


class PriceRow(FirmModel):
    """The price of a diagnostic for a kind of property and a range of sizes; of those that fit, the narrower counts."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="rows")
    diagnostic = models.CharField(_("diagnostic"), max_length=14, choices=DiagnosticKind)
    #: Empty: whatever it is made for.
    transaction = models.CharField(_("made for"), max_length=8, choices=Transaction, blank=True)
    #: Empty: whatever the property is.
    property_kind = models.CharField(_("type of property"), max_length=10, choices=PropertyKind, blank=True)
    #: None: from nothing. The upper end is without itself for a surface, and with itself for rooms; None: without end.
    size_from = models.DecimalField(_("from"), max_digits=8, decimal_places=2, null=True, blank=True)
    size_to = models.DecimalField(_("to"), max_digits=8, decimal_places=2, null=True, blank=True)
    price = _amount(_("price without VAT"))

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering: ClassVar[list[Any]] = ["diagnostic", "transaction", "property_kind", "size_from", "id"]

    def __str__(self) -> str:
        return f"{self.diagnostic} {self.price}"


class PricePack(FirmModel):
    """A discount on several diagnostics ordered together: on those it names, or on all when they are so many."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="packs")
    name = models.CharField(_("name"), max_length=80)
    #: Empty: any.
    diagnostics = ArrayField(models.CharField(max_length=14, choices=DiagnosticKind), default=list, blank=True)
    least = models.PositiveSmallIntegerField(_("from how many diagnostics"), null=True, blank=True)
    #: Empty: whatever it is made for.
    transaction = models.CharField(_("made for"), max_length=8, choices=Transaction, blank=True)
    percent = models.DecimalField(
        _("discount (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[_NOT_NEGATIVE, MaxValueValidator(Decimal(100))],
    )
    amount = _amount(_("discount (€)"), null=True, blank=True)

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name


class TravelPrice(FirmModel):
    """What going to a place costs, whatever the distance: the longest beginning of its postcode counts."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="travels")
    postcode = models.CharField(
        _("beginning of the postcode"), max_length=5, validators=[RegexValidator(r"^[0-9]{2,5}$")]
    )
    amount = _amount(_("price without VAT"))

    class Meta:
        verbose_name = _("travel")
        verbose_name_plural = _("travels")
        ordering: ClassVar[list[str]] = ["postcode", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["price_list", "postcode"], name="extranet_travel_postcode_uq"),
        ]

    def __str__(self) -> str:
        return self.postcode
