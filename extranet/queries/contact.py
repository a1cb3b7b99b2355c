"""Lists of contacts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from extranet.models import Contact, DossierAccess
from kernel.pagination import Page, paginate
from kernel.text import search_terms


@dataclass(frozen=True)
class ContactRow:
    """A line of the list."""

    contact: Contact
    dossier_count: int


def matching_contacts(query: str) -> QuerySet[Contact]:
    """Returns the contacts that hold every term of the query, by name."""
    contacts = Contact.objects.all()
    for term in search_terms(query):
        contacts = contacts.filter(search__contains=term)
    return contacts.order_by("name", "id")


def contact_page(*, query: str, page: str | None, size: int) -> Page[ContactRow]:
    """Returns a page of contacts with their account and their number of dossiers: three queries."""
    found = paginate(matching_contacts(query).select_related("user"), page=page, size=size)
    counted = (
        DossierAccess.objects.filter(contact_id__in=[contact.pk for contact in found.rows])
        .values("contact_id")
        .annotate(n=Count("id"))
    )
    counts = {row["contact_id"]: row["n"] for row in counted}
    return found.with_rows([ContactRow(contact, counts.get(contact.pk, 0)) for contact in found.rows])


def contact_choices(query: str, *, most: int = 20) -> list[Contact]:
    """Returns the first contacts that match, with their account, for a field that searches while one types."""
    return list(matching_contacts(query).select_related("user")[:most])


def contacts_offered(chosen: Sequence[str], *, without: Sequence[int] = (), most: int = 100) -> list[Contact]:
    """Returns the contacts that a select holds before one searches: those chosen (by code), then the first by name."""
    picked = list(Contact.objects.filter(code__in=chosen).order_by("name", "id")) if chosen else []
    others = Contact.objects.exclude(pk__in=without).exclude(code__in=chosen).order_by("name", "id")[:most]
    return [*picked, *others]


def contact_id_of(user: User) -> int | None:
    """Returns the key of the contact that a client reads as, its own or that of its sub-account; one query a request."""
    if not user.is_client:
        return None
    known: int | None = getattr(user, "_contact_id", None)
    if known is None:
        known = (
            Contact.objects.filter(Q(user_id=user.pk) | Q(sub_accounts__user_id=user.pk))
            .values_list("pk", flat=True)
            .first()
        )
        user._contact_id = known  # type: ignore[attr-defined]
    return known
