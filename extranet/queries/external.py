"""What other programs send, found by what they call it."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from accounts.models import User
from extranet.models import Contact
from storage.models import StoredFile


def own_uploads(codes: Iterable[str], user: User) -> dict[str, StoredFile]:
    """Returns this person's uploads that nothing uses yet, by code."""
    found = StoredFile.objects.filter(code__in=list(codes), claimed=False, uploaded_by=user)
    return {stored.code: stored for stored in found}


def contacts_of(
    *, codes: Iterable[str] = (), emails: Iterable[str] = (), external_ids: Iterable[str] = ()
) -> dict[tuple[str, str], Contact]:
    """Returns contacts that were not erased by ("contact", code), ("email", lower case) and ("external_id", …)."""
    present = Contact.objects.filter(erased_at__isnull=True).select_related("user")
    found: dict[tuple[str, str], Contact] = {}
    if wanted := list(codes):
        found |= {("contact", contact.code): contact for contact in present.filter(code__in=wanted)}
    if wanted := list(external_ids):
        found |= {
            ("external_id", contact.external_id): contact
            for contact in present.filter(external_id__in=wanted).exclude(external_id="")
        }
    if wanted := [email.lower() for email in emails]:
        by_email = present.annotate(folded_email=Lower("user__email")).filter(folded_email__in=wanted)
        found |= {("email", contact.user.email.lower()): contact for contact in by_email}
    return found
