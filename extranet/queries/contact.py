"""Lists of contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from extranet.enums import PaymentState
from extranet.models import Contact, DossierAccess
from kernel.pagination import Page, paginate
from kernel.text import search_terms

#: What the list may be sorted by; each may also fall.
SORTS = {"name": ("name",), "company": ("company", "name"), "created": ("created_at",)}
DEFAULT_SORT = "name"


@dataclass(frozen=True)
class ContactRow:
    """A line of the list; the figures leave dossiers in the bin out, the total is in euros."""

    contact: Contact
    dossier_count: int
    unpaid_total: Decimal


def matching_contacts(query: str) -> QuerySet[Contact]:
    """Returns the contacts that hold every term of the query, by name."""
    contacts = Contact.objects.all()
    for term in search_terms(query):
        contacts = contacts.filter(search__contains=term)
    return contacts.order_by("name", "id")


def contact_page(
    *, query: str, page: str | None, size: int, kind: str = "", sort: str = DEFAULT_SORT
) -> Page[ContactRow]:
    """Returns a page of contacts with their account, their number of dossiers and what is unpaid: three queries."""
    contacts = matching_contacts(query)
    if kind:
        contacts = contacts.filter(kind=kind)
    sign = "-" if sort.startswith("-") else ""
    order = [f"{sign}{column}" for column in (*SORTS[sort.removeprefix("-")], "id")]
    found = paginate(contacts.order_by(*order).select_related("user"), page=page, size=size)
    counted = (
        DossierAccess.objects.filter(
            contact_id__in=[contact.pk for contact in found.rows], dossier__deleted_at__isnull=True
        )
        .order_by()
        .values("contact_id")
        .annotate(n=Count("id"), due=Sum("dossier__amount", filter=Q(dossier__payment_state=PaymentState.UNPAID)))
    )
    figures = {row["contact_id"]: (row["n"], row["due"] or Decimal(0)) for row in counted}
    return found.with_rows([ContactRow(each, *figures.get(each.pk, (0, Decimal(0)))) for each in found.rows])


def contact_choices(query: str, *, most: int = 20) -> list[Contact]:
    """Returns the first contacts that match, with their account, for a field that searches while one types."""
    return list(matching_contacts(query).filter(erased_at__isnull=True).select_related("user")[:most])


def contacts_offered(chosen: Sequence[str], *, without: Sequence[int] = (), most: int = 100) -> list[Contact]:
    """Returns the contacts that a select holds before one searches: those chosen (by code), then the first by name."""
    picked = list(Contact.objects.filter(code__in=chosen).order_by("name", "id")) if chosen else []
    others = Contact.objects.filter(erased_at__isnull=True).exclude(pk__in=without).exclude(code__in=chosen)
    return [*picked, *others.order_by("name", "id")[:most]]


def contact_id_of(user: User) -> int | None:
    """Returns the key of the contact that a client reads as, its own or its sub-account's; one query a request."""
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
