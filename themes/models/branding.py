"""How a firm's portal and mails look."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.tenancy import in_public
from tenants.models import Firm
from themes import css

_COLOUR = RegexValidator(r"^#[0-9a-f]{6}$", _("A colour is written as # and six hexadecimal digits."))


class Branding(models.Model):
    """The logo, names and colours of one firm; in the public schema, so that it comes with the firm at no query."""

    firm = models.OneToOneField(Firm, on_delete=models.CASCADE, related_name="branding")
    site_name = models.CharField(_("site name"), max_length=80)
    logo_key = models.CharField(max_length=300, blank=True)
    background_key = models.CharField(max_length=300, blank=True)
    background_color = models.CharField(
        _("background colour"), max_length=7, default=css.DEFAULT_BACKGROUND, validators=[_COLOUR]
    )
    button_color = models.CharField(_("button colour"), max_length=7, default=css.DEFAULT_BUTTON, validators=[_COLOUR])
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    rows_per_page = models.PositiveSmallIntegerField(
        _("rows a page"), default=25, validators=[MinValueValidator(10), MaxValueValidator(350)]
    )
    top_offset = models.PositiveSmallIntegerField(
        _("space at the top of the page (pixels)"), default=0, validators=[MaxValueValidator(300)]
    )
    #: The look before the last change, so that it can be taken back; its pictures are kept as long.
    previous = models.JSONField(null=True, blank=True, editable=False)
    # the log-in page (VII.2)
    offer_account_request = models.BooleanField(_("let people ask for an account"), default=False)
    offer_password_reset = models.BooleanField(_("let clients choose a new password by e-mail"), default=True)
    welcome_text = models.TextField(_("words of welcome in French"), max_length=1_000, blank=True)
    welcome_text_en = models.TextField(_("words of welcome in English"), max_length=1_000, blank=True)
    #: Grows with each change: part of the addresses of the stylesheet and images.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("branding")
        verbose_name_plural = _("brandings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="themes_branding_rows_ck",
                condition=models.Q(rows_per_page__gte=10, rows_per_page__lte=350),
            )
        ]

    def __str__(self) -> str:
        return self.site_name

    @property
    def welcome(self) -> str:
        """What the log-in page says above its form: the French words, to others the English ones if any."""
        own: str = "" if get_language() == "fr" else self.welcome_text_en
        return own or self.welcome_text


def current_branding() -> Branding:
    """Returns the branding of the current firm; the platform's own (never saved) in the public schema."""
    if in_public():
        return Branding(site_name=settings.PLATFORM_NAME)
    tenant = connection.tenant  # type: ignore[attr-defined]
    if isinstance(tenant, Firm):
        # in a request: the firm that the middleware loaded
        branding: Branding = tenant.branding
        return branding
    return Branding.objects.select_related("firm").get(firm__schema_name=tenant.schema_name)
