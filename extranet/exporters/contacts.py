"""The list of contacts as a sheet, which the import of contacts reads again."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from extranet.enums import ContactKind, PaymentState
from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.exporters.values import among, joined
from extranet.models import CollaboratorEmail, DossierAccess, SubAccount
from extranet.queries.contact import matching_contacts


def contact_sheet(query: str) -> Sheet:
    """Returns the sheet of the contacts that hold every term of the query, by name."""
    lookups = {"people": _people, "others": _others, "dossier_count": _dossier_counts, "unpaid": _unpaid}
    return Sheet(_("Contacts"), _columns(), matching_contacts(query), lookups)


def contact_columns() -> tuple[Column, ...]:
    """Returns the columns that the import of contacts knows."""
    return (
        Column(_("Type"), "kind", width=18, words=words_of(ContactKind.choices)),
        Column(_("Company"), "company", width=28),
        Column(_("Name"), "name", width=24),
        Column(_("E-mail"), "user__email", width=32),
        Column(_("Phone"), "phone", width=16),
        Column(_("Address"), "street", width=32),
        Column(_("Postcode"), "postcode", width=11),
        Column(_("Town"), "city", width=20),
        Column(_("Collaborators' e-mails"), "people", width=36),
        Column(_("Identifier"), "user__username", width=24),
    )


def _columns() -> tuple[Column, ...]:
    return (
        *contact_columns(),
        Column(_("Sub-accounts"), "others", width=32),
        Column(_("Dossiers"), "dossier_count", Kind.NUMBER, 10),
        Column(_("Unpaid"), "unpaid", Kind.MONEY, 13),
        Column(_("May read unpaid dossiers"), "reads_unpaid", Kind.FLAG, 14),
        Column(_("Access codes sent"), "codes_sent_at", Kind.MOMENT, 17),
        Column(_("Last log-in"), "user__last_login", Kind.MOMENT, 17),
        Column(_("Created"), "created_at", Kind.MOMENT, 17),
    )


def _people(ids: Sequence[int]) -> Mapping[int, str]:
    found = CollaboratorEmail.objects.filter(contact_id__in=among(ids)).order_by("contact_id", "email")
    return joined(found.values_list("contact_id", "email"))


def _others(ids: Sequence[int]) -> Mapping[int, str]:
    found = SubAccount.objects.filter(contact_id__in=among(ids)).order_by("contact_id", "id")
    return joined(found.values_list("contact_id", "user__email"))


def _dossier_counts(ids: Sequence[int]) -> Mapping[int, int]:
    return dict(_accesses(ids).annotate(n=Count("id")).values_list("contact_id", "n"))


def _unpaid(ids: Sequence[int]) -> Mapping[int, Decimal]:
    due = _accesses(ids).filter(dossier__payment_state=PaymentState.UNPAID, dossier__amount__isnull=False)
    return dict(due.annotate(total=Sum("dossier__amount")).values_list("contact_id", "total"))


def _accesses(ids: Sequence[int]) -> QuerySet[DossierAccess, Any]:
    found = DossierAccess.objects.filter(contact_id__in=among(ids), dossier__deleted_at__isnull=True)
    return found.order_by().values("contact_id")
