"""The firm's legal data, its signature and its people's certifications."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from extranet.models import Certification, Company, PortalSettings
from storage.actions.files import claim, delete_stored_file, store_bytes
from storage.models import StoredFile
from themes.pictures import PictureRule, prepare_picture

FIELDS = (
    "legal_name",
    "legal_form",
    "capital",
    "siren",
    "siret",
    "vat_number",
    "rcs_town",
    "naf",
    "street",
    "postcode",
    "city",
    "phone",
    "email",
    "website",
    "insurer",
    "policy",
    "cover_claim",
    "cover_year",
    "expires_on",
    "signer_name",
    "signer_role",
)
CERTIFICATION_FIELDS = ("diagnostician", "domain", "number", "body", "expires_on")
_SIGNATURE = PictureRule(limit=5 * 1024 * 1024, size=(900, 300), keeps_png=True)


def store_signature(upload: "UploadedFile[Any]", *, user: User) -> StoredFile:
    """Returns the stored picture of a signature, made anew.

    Call it outside a transaction. Raises DomainError `signature:…` (themes.pictures) or StorageUnavailable.
    """
    content, extension = prepare_picture(upload, _SIGNATURE, name="signature")
    return store_bytes(content, name=f"signature.{extension}", user=user)


@transaction.atomic
def save_company(
    *, values: dict[str, Any], signature: StoredFile | None = None, remove_signature: bool = False
) -> Company:
    """Returns the firm's saved legal data; a new signature takes the place of the former, whose file goes."""
    company = Company.objects.select_for_update(of=("self",)).select_related("signature").get(pk=1)
    if company.expires_on != values["expires_on"]:
        company.told = None
    for name in FIELDS:
        setattr(company, name, values[name])
    former: StoredFile | None = company.signature
    if signature is not None:
        company.signature = claim(signature)
    elif remove_signature:
        company.signature = None
    company.save()
    if former is not None and former.pk != company.signature_id:
        delete_stored_file(former)
    return company


def compose_mentions() -> None:
    """Makes the firm's documents say the lines that are made of its data, instead of words of its own."""
    PortalSettings.objects.filter(pk=1).update(legal_mentions="")


@transaction.atomic
def save_certification(certification: Certification | None, *, values: dict[str, Any]) -> Certification:
    """Returns the saved certification, a new one without a row."""
    row = certification or Certification()
    if row.expires_on != values["expires_on"]:
        row.told = None
    for name in CERTIFICATION_FIELDS:
        setattr(row, name, values[name])
    row.save()
    return row


def delete_certification(certification: Certification) -> None:
    """Takes a certification away."""
    certification.delete()
