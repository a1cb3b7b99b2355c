"""The list of contacts as a sheet, which the import of contacts reads again."""

from django.db.models import Count, OuterRef, Subquery, Sum
from django.utils.translation import gettext as _

from extranet.enums import ContactKind, PaymentState
from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.exporters.values import joined
from extranet.models import CollaboratorEmail, DossierAccess, SubAccount
from extranet.queries.contact import matching_contacts


def contact_sheet(query: str) -> Sheet:
    """Returns the sheet of the contacts that hold every term of the query, by name."""
    accesses = (
        DossierAccess.objects.filter(contact=OuterRef("pk"), dossier__deleted_at__isnull=True)
        .order_by()
        .values("contact")
    )
    due = accesses.filter(dossier__payment_state=PaymentState.UNPAID).annotate(total=Sum("dossier__amount"))
    people = CollaboratorEmail.objects.filter(contact=OuterRef("pk")).order_by("email").values("email")
    others = SubAccount.objects.filter(contact=OuterRef("pk")).order_by("id").values("user__email")
    rows = matching_contacts(query).annotate(
        dossier_count=Subquery(accesses.annotate(n=Count("id")).values("n")),
        unpaid=Subquery(due.values("total")),
        people=joined(people),
        others=joined(others),
    )
    return Sheet(_("Contacts"), _columns(), rows)


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
