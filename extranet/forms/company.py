"""The forms of the firm's legal data and of its people's certifications."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.fr import siret as stdnum_siret

from extranet.actions.company import CERTIFICATION_FIELDS, FIELDS
from extranet.company_lines import proposed_vat_number
from extranet.forms.library import CodeChoiceField, LinkField
from extranet.models import Certification, Company, Diagnostician
from extranet.validators import clean_naf, clean_siren, clean_vat_number
from tenants.validators import clean_siret

if TYPE_CHECKING:
    _CompanyForm = forms.ModelForm[Company]
else:
    _CompanyForm = forms.ModelForm

#: The law's least, per claim and per year (CCH R271-2), in euros.
LEAST_COVER = (300_000, 500_000)
_FORMS = ("EI", "EURL", "SARL", "SAS", "SASU", "SELARL", "SNC", "SCOP")


class EurosField(forms.IntegerField):
    """Whole euros as people type them: 10 000 or 10000 €."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        """Returns the euros; raises ValidationError when it is no whole number."""
        return super().to_python("".join(value.split()).removesuffix("€") if isinstance(value, str) else value)


def _euros(label: Any, **options: Any) -> EurosField:
    return EurosField(label=label, required=False, max_value=10**12, **options)


class CompanyForm(_CompanyForm):
    """The firm's legal data; the SIREN follows from the SIRET, the VAT number is proposed."""

    capital = _euros(gettext_lazy("Capital (€)"), min_value=1)
    cover_claim = _euros(
        gettext_lazy("Cover per claim (€)"), min_value=0, help_text=gettext_lazy("The law wants €300,000 at least.")
    )
    cover_year = _euros(
        gettext_lazy("Cover per year (€)"), min_value=0, help_text=gettext_lazy("The law wants €500,000 at least.")
    )
    website = LinkField(label=gettext_lazy("Web site"), required=False, max_length=200)
    signature = forms.FileField(
        label=gettext_lazy("Picture of the signature"),
        required=False,
        help_text=gettext_lazy("PNG or JPEG on a white or transparent ground, 5 MB at most. Printed on quotes."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_signature = forms.BooleanField(label=gettext_lazy("Remove the signature"), required=False)

    class Meta:
        model = Company
        fields = FIELDS
        widgets = {
            "legal_form": forms.TextInput(attrs={"list": "legal-forms", "autocomplete": "off"}),
            **{
                name: forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
                for name in ("siren", "siret", "postcode")
            },
            **{name: forms.TextInput(attrs={"autocomplete": "off"}) for name in ("vat_number", "naf")},
            "phone": forms.TextInput(attrs={"inputmode": "tel"}),
            "expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {
            "legal_name": gettext_lazy("Legal name"),
            "legal_form": gettext_lazy("Legal form"),
            "vat_number": gettext_lazy("VAT number"),
            "rcs_town": gettext_lazy("Registered (RCS) at"),
            "naf": gettext_lazy("Activity code (NAF)"),
            "street": gettext_lazy("Address"),
            "postcode": gettext_lazy("Postcode"),
            "city": gettext_lazy("Town"),
            "phone": gettext_lazy("Phone"),
            "email": gettext_lazy("E-mail"),
            "insurer": gettext_lazy("Insurance company"),
            "policy": gettext_lazy("Policy number"),
            "expires_on": gettext_lazy("Valid until"),
            "signer_name": gettext_lazy("Who signs"),
            "signer_role": gettext_lazy("As"),
        }
        help_texts = {
            "siret": gettext_lazy("14 digits; the SIREN is its first nine."),
            "vat_number": gettext_lazy("Empty if you do not charge VAT."),
            "rcs_town": gettext_lazy("The town of the register of companies."),
            "expires_on": gettext_lazy("You are told 60, 30 and 7 days before."),
            "signer_role": gettext_lazy("Such as: manager."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # numbers as they are typed: with spaces and dots
        for name, most in (("siren", 20), ("siret", 25), ("vat_number", 20), ("naf", 10)):
            field = self.fields[name]
            assert isinstance(field, forms.CharField)
            field.max_length = most
            field.widget.attrs["maxlength"] = most
            field.validators = [each for each in field.validators if getattr(each, "code", "") != "max_length"]

    @property
    def legal_forms(self) -> tuple[str, ...]:
        """The usual legal forms, which the field proposes."""
        return _FORMS

    def clean_siren(self) -> str:
        """Returns the nine digits, or nothing."""
        value = self.cleaned_data["siren"]
        return clean_siren(value) if value else ""

    def clean_siret(self) -> str:
        """Returns the fourteen digits, or nothing."""
        value = self.cleaned_data["siret"]
        return clean_siret(value) if value else ""

    def clean_vat_number(self) -> str:
        """Returns the number with its FR, or nothing."""
        value = self.cleaned_data["vat_number"]
        return clean_vat_number(value) if value else ""

    def clean_naf(self) -> str:
        """Returns four figures and a letter, or nothing."""
        value = self.cleaned_data["naf"]
        return clean_naf(value) if value else ""

    def clean(self) -> dict[str, Any]:
        """Returns what was typed, the SIREN filled in from the SIRET; the three numbers are of one company."""
        data = super().clean() or self.cleaned_data
        siret, siren = data.get("siret", ""), data.get("siren", "")
        if siret and "siren" not in self.errors:
            if not siren:
                siren = data["siren"] = stdnum_siret.to_siren(siret)
            elif not siret.startswith(siren):
                self.add_error("siren", _("This is not the SIREN of the SIRET."))
        if self.data.get("use_vat") and siren and not data.get("vat_number"):
            data["vat_number"] = proposed_vat_number(siren)
        if siren and data.get("vat_number") and not data["vat_number"].endswith(siren):
            self.add_error("vat_number", _("This VAT number is not that of the SIREN."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The legal data."""
        return {name: self.cleaned_data[name] for name in FIELDS}


if TYPE_CHECKING:
    _CertificationForm = forms.ModelForm[Certification]
else:
    _CertificationForm = forms.ModelForm


class CertificationForm(_CertificationForm):
    """What a diagnostician is certified for."""

    diagnostician = CodeChoiceField(
        label=gettext_lazy("Diagnostician"),
        queryset=Diagnostician.objects.none(),
        to_field_name="code",
        empty_label=None,
    )

    class Meta:
        model = Certification
        fields = CERTIFICATION_FIELDS
        widgets = {"expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        labels = {
            "domain": gettext_lazy("Domain"),
            "number": gettext_lazy("Certificate number"),
            "body": gettext_lazy("Certification body"),
            "expires_on": gettext_lazy("Valid until"),
        }
        help_texts = {"expires_on": gettext_lazy("You are told 60, 30 and 7 days before, and when it has expired.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["diagnostician"]
        assert isinstance(people, forms.ModelChoiceField)
        people.queryset = Diagnostician.objects.all()
        if self.instance.pk is not None:
            self.initial["diagnostician"] = self.instance.diagnostician.code

    @property
    def values(self) -> dict[str, Any]:
        """What is said of the certification."""
        return {name: self.cleaned_data[name] for name in CERTIFICATION_FIELDS}


def covers_too_little(company: Company) -> bool:
    """Whether the insurance covers less than the law asks of diagnosticians (CCH R271-2)."""
    covers = ((company.cover_claim, LEAST_COVER[0]), (company.cover_year, LEAST_COVER[1]))
    return any(cover is not None and cover < least for cover, least in covers)
