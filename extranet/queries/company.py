"""Who the firm is in law, as its documents say it."""

from django.utils.translation import gettext as _

from extranet.company_lines import company_lines
from extranet.models import Certification, Company
from extranet.queries.settings import portal_settings
from storage.backends import firm_storage


def company() -> Company:
    """Returns the firm's legal data: its one row, with the signature's file."""
    return Company.objects.select_related("signature").get(pk=1)


def legal_mentions() -> str:
    """Returns what stands under the firm's name on its documents: its own words, else those made of its data."""
    own: str = portal_settings().legal_mentions
    return own.strip() or company_lines(company())


def signing() -> tuple[str, bytes | None]:
    """Returns who signs for the firm, as what, and the picture of the signature; raises StorageUnavailable."""
    row = company()
    who = ", ".join(part for part in (row.signer_name, row.signer_role) if part)
    return who, b"".join(firm_storage().stream(row.signature.key)) if who and row.signature is not None else None


def certification_lines() -> list[str]:
    """Returns the certifications of whoever makes visits that are in force, a line each: one query."""
    rows = Certification.objects.filter(diagnostician__is_active=True).select_related("diagnostician")
    return [
        _("%(person)s: %(domain)s, no. %(number)s (%(body)s)")
        % {
            "person": row.diagnostician,
            "domain": row.get_domain_display(),
            "number": row.number,
            "body": row.body,
        }
        for row in rows
        if not row.is_expired
    ]
