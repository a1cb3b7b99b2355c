"""Who the firm is in law: its registration, its insurance, its people's certifications, its signature."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from extranet.enums_library import CertificationDomain
from extranet.models.diagnostician import Diagnostician
from extranet.models.expiring import Expiring
from storage.models import StoredFile


class Company(Expiring):
    """The firm's legal data: one row a firm, made when the firm is; `expires_on` is the end of its insurance."""

    legal_name = models.CharField(_("legal name"), max_length=150, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=40, blank=True)
    #: Whole euros.
    capital = models.PositiveBigIntegerField(
        _("capital (€)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10**12)]
    )
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=13, blank=True)
    rcs_town = models.CharField(_("registered (RCS) at"), max_length=80, blank=True)
    #: Four figures and a letter (INSEE, NAF rév. 2).
    naf = models.CharField(_("activity code (NAF)"), max_length=5, blank=True)
    street = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.CharField(_("web site"), max_length=200, blank=True)

    # professional liability (CCH L271-6, R271-2)
    insurer = models.CharField(_("insurance company"), max_length=120, blank=True)
    policy = models.CharField(_("policy number"), max_length=60, blank=True)
    #: Whole euros.
    cover_claim = models.PositiveBigIntegerField(
        _("cover per claim (€)"), null=True, blank=True, validators=[MaxValueValidator(10**12)]
    )
    cover_year = models.PositiveBigIntegerField(
        _("cover per year (€)"), null=True, blank=True, validators=[MaxValueValidator(10**12)]
    )

    signer_name = models.CharField(_("who signs"), max_length=120, blank=True)
    signer_role = models.CharField(_("as"), max_length=80, blank=True)
    #: A PNG that was made anew from what was uploaded.
    signature = models.OneToOneField(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="company_signature"
    )

    class Meta:
        verbose_name = _("company")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_company_code_uq"),
            models.CheckConstraint(condition=Q(id=1), name="extranet_company_single"),
        ]

    def __str__(self) -> str:
        return self.legal_name or "company"


class Certification(Expiring):
    """What a diagnostician is certified for, by whom and until when."""

    diagnostician = models.ForeignKey(
        Diagnostician, on_delete=models.CASCADE, related_name="certifications", verbose_name=_("diagnostician")
    )
    domain = models.CharField(_("domain"), max_length=14, choices=CertificationDomain)
    number = models.CharField(_("certificate number"), max_length=60)
    body = models.CharField(_("certification body"), max_length=120)

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        ordering: ClassVar[list[str]] = ["diagnostician__name", "diagnostician_id", "domain", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_certification_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["expires_on"], name="extranet_certification_end_ix", condition=Q(expires_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_domain_display()} – {self.diagnostician}"
