"""What a firm decides about its portal."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.enums import StampPosition
from extranet.enums_mission import MissionTrigger
from kernel.models import FirmModel

#: The manual's words (VII.3); the firm may choose others.
DEFAULT_STAMP = "POUR CONSULTATION UNIQUEMENT"


class PortalSettings(FirmModel):
    """A firm's rules for its dossiers: one row a firm, made when the firm is."""

    #: None: never by itself.
    archive_after_months = models.PositiveIntegerField(
        _("archive dossiers after (months)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    delete_after_months = models.PositiveIntegerField(
        _("delete archived dossiers after (months)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    remind_owners = models.BooleanField(_("remind owners before a diagnostic expires"), default=False)
    remind_days_before = models.PositiveIntegerField(
        _("days before the expiry"), default=60, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    #: Whether clients can pay dossiers on line; the payment providers' settings keep it.
    online_payment = models.BooleanField(default=False, editable=False)

    #: Of the firm, printed on receipts, quotes and mission orders: company form, capital, SIREN, VAT number, address.
    legal_mentions = models.TextField(_("legal details on documents"), max_length=1000, blank=True)

    # orders
    visitor_orders = models.BooleanField(_("take orders from people without an account"), default=False)
    order_mails = models.BooleanField(_("tell who orders of each change of state by e-mail"), default=True)

    # mission orders (VII.5)
    mission_trigger = models.CharField(
        _("make the mission order by itself"), max_length=8, choices=MissionTrigger, default=MissionTrigger.NEVER
    )
    mission_code = models.BooleanField(_("ask for a code by e-mail before signing by a link"), default=True)
    mission_remind_days = models.PositiveIntegerField(
        _("remind every (days)"),
        null=True,
        blank=True,
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    mission_remind_most = models.PositiveIntegerField(
        _("how many reminders at most"), default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )

    # the manual's "Gestion des impayés" (VII.3)
    stamp_unpaid = models.BooleanField(_("add a mention to the PDFs of unpaid dossiers"), default=False)
    block_unpaid = models.BooleanField(_("withhold the documents of unpaid dossiers"), default=False)
    stamp_text = models.CharField(_("mention"), max_length=80, default=DEFAULT_STAMP)
    stamp_colour = models.CharField(
        _("colour"), max_length=7, default="#c0392b", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    stamp_position = models.CharField(
        _("position"), max_length=8, choices=StampPosition, default=StampPosition.DIAGONAL
    )

    class Meta:
        verbose_name = _("portal settings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="extranet_settings_single"),
        ]

    def __str__(self) -> str:
        return "settings"
