"""The legal lines of a firm's documents, made of its data (code de commerce R123-237, CCH L271-6)."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from extranet.models import Company


def company_lines(company: Company) -> str:
    """Returns at most four lines: form and address, contact, registration, insurance; what is unknown is left out."""
    place = " ".join(part for part in (company.postcode, company.city) if part)
    lines = (
        (_named(company), company.street, place),
        (company.phone, company.email, company.website),
        _registration(company),
        _insurance(company),
    )
    return "\n".join(filter(None, (" · ".join(filter(None, parts)) for parts in lines)))


def proposed_vat_number(siren: str) -> str:
    """Returns the VAT number that goes with a SIREN (its key is (12 + 3 × (SIREN mod 97)) mod 97); "" for none."""
    if not stdnum_siren.is_valid(siren):
        return ""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _named(company: Company) -> str:
    form = company.legal_form
    if company.capital:
        capital = number_format(company.capital, force_grouping=True)
        form = _("%(form)s with a capital of %(capital)s €") % {"form": form, "capital": capital} if form else ""
    return ", ".join(filter(None, (company.legal_name, form)))


def _registration(company: Company) -> tuple[str, ...]:
    number = ""
    if company.siret:
        number = f"SIRET {stdnum_siret.format(company.siret)}"
    elif company.siren:
        number = f"SIREN {company.siren}"
    return (
        number,
        f"RCS {company.rcs_town}" if company.rcs_town else "",
        f"NAF {company.naf}" if company.naf else "",
        _("VAT %(number)s") % {"number": company.vat_number} if company.vat_number else "",
    )


def _insurance(company: Company) -> tuple[str, ...]:
    if not company.insurer:
        return ()
    amounts = [
        text % {"amount": number_format(amount, force_grouping=True)}
        for text, amount in (
            (_("%(amount)s € per claim"), company.cover_claim),
            (_("%(amount)s € per year"), company.cover_year),
        )
        if amount
    ]
    policy = _("policy no. %(number)s") % {"number": company.policy} if company.policy else ""
    return (_("Professional liability: %(insurer)s") % {"insurer": company.insurer}, policy, *amounts)
