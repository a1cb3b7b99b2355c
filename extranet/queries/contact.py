"""Lists of contacts."""

from django.db.models import Count, QuerySet

from extranet.models import Contact
from kernel.pagination import Page, paginate
from kernel.text import search_terms


def matching_contacts(query: str) -> QuerySet[Contact]:
    """Returns the contacts that hold every term of the query, by name."""
    contacts = Contact.objects.all()
    for term in search_terms(query):
        contacts = contacts.filter(search__contains=term)
    return contacts.order_by("name", "id")


def contact_page(*, query: str, page: str | None, size: int) -> Page[Contact]:
    """Returns a page of contacts with their account and their number of dossiers: three queries."""
    found = paginate(matching_contacts(query).select_related("user"), page=page, size=size)
    counts = dict(
        Contact.objects.filter(pk__in=[contact.pk for contact in found.rows])
        .annotate(n=Count("accesses"))
        .values_list("pk", "n")
    )
    for contact in found.rows:
        contact.dossier_count = counts.get(contact.pk, 0)
    return found
