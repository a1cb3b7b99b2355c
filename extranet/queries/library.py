"""The firm's own documents as a person sees them, and what of the firm's papers runs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.enums_library import Audience, CertificationDomain
from extranet.models import Certification, Company, Contact, DocumentCategory, FirmDocument
from extranet.models.expiring import STEPS, Expiring
from extranet.queries.contact import contact_id_of
from kernel.text import search_terms


@dataclass(frozen=True)
class DocumentGroup:
    """A category with what one sees of it."""

    category: DocumentCategory
    documents: Sequence[FirmDocument]


@dataclass(frozen=True)
class Deadline:
    """One of the firm's papers with its last day, and the page where a new one is noted."""

    row: Expiring
    #: In the language in which it is read.
    label: str | Promise
    expires_on: date
    path: str


def visible_documents(user: User | None) -> QuerySet[FirmDocument]:
    """Returns the documents that a person may see; None is a visitor who has not logged in."""
    found = FirmDocument.objects.select_related("stored", "category", "diagnostician")
    if user is None:
        return found.filter(audience=Audience.PUBLIC)
    if user.is_firm_staff:
        return found
    kinds = Contact.objects.filter(pk=contact_id_of(user) or 0).values_list("kind", flat=True)
    chosen = Q(audience=Audience.KINDS, kinds__contains=list(kinds)) if kinds else Q(pk=None)
    return found.filter(Q(audience__in=[Audience.MEMBERS, Audience.PUBLIC]) | chosen)


def document_groups(user: User, *, query: str) -> list[DocumentGroup]:
    """Returns the categories with the documents that match, in the firm's order: a few queries, whatever their number.

    The firm sees empty categories too, unless it searches.
    """
    documents = visible_documents(user)
    for term in search_terms(query):
        documents = documents.filter(search__contains=term)
    of_category: dict[int, list[FirmDocument]] = {}
    for document in documents.order_by("position", "id"):
        of_category.setdefault(document.category_id, []).append(document)
    shows_empty = user.is_firm_staff and not search_terms(query)
    return [
        DocumentGroup(category, of_category.get(category.pk, []))
        for category in DocumentCategory.objects.all()
        if shows_empty or category.pk in of_category
    ]


def public_documents() -> QuerySet[FirmDocument]:
    """Returns what visitors of the web site may see, in the firm's order."""
    return visible_documents(None).order_by("category__position", "category_id", "position", "id")


def deadlines(*, within: int = STEPS[0]) -> list[Deadline]:
    """Returns the papers of the firm that expire within so many days or have expired, the first first: three queries.

    Of whoever makes no visits any more nothing is told.
    """
    last = timezone.localdate() + timedelta(days=within)
    company = reverse("settings-company", urlconf="config.urls_firm")
    found: list[Deadline] = []
    for document in FirmDocument.objects.filter(expires_on__lte=last).order_by("id"):
        path = reverse("library-edit", args=[document.code], urlconf="config.urls_firm")
        found += _deadline(document, document.title, path)
    certified = Certification.objects.filter(expires_on__lte=last, diagnostician__is_active=True)
    for certification in certified.select_related("diagnostician").order_by("id"):
        label = format_lazy(
            _("Certification of {person}: {domain}"),
            person=str(certification.diagnostician),
            domain=CertificationDomain(certification.domain).label,
        )
        found += _deadline(certification, label, f"{company}#certifications")
    for row in Company.objects.filter(expires_on__lte=last):
        found += _deadline(row, _("Professional liability insurance"), f"{company}#insurance")
    return sorted(found, key=lambda each: each.expires_on)


def _deadline(row: Expiring, label: str | Promise, path: str) -> list[Deadline]:
    day: date | None = row.expires_on
    return [] if day is None else [Deadline(row, label, day, path)]
