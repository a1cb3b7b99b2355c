"""Who read and downloaded what, as a sheet: of one contact with its sub-accounts, or of all clients."""

from datetime import date

from django.db.models import Case, CharField, Value, When
from django.utils.translation import gettext as _

from extranet.enums import EventKind
from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.exporters.values import company_or_name
from extranet.models import Contact, DossierEvent

_KINDS = (EventKind.READ, EventKind.READ_STAMPED, EventKind.DOWNLOADED)
_MAIN, _SUB, _GUEST = "main", "sub", "guest"


def consultation_sheet(
    contact: Contact | None = None, *, since: date | None = None, until: date | None = None
) -> Sheet:
    """Returns the sheet of what clients read and downloaded, the latest first."""
    rows = DossierEvent.objects.filter(by_client=True, kind__in=_KINDS)
    if contact is not None:
        rows = rows.filter(contact=contact)
    if since is not None:
        rows = rows.filter(at__date__gte=since)
    if until is not None:
        rows = rows.filter(at__date__lte=until)
    rows = rows.annotate(
        client=company_or_name("contact__"),
        account=Case(
            When(guest__isnull=False, then=Value(_GUEST)),
            When(actor__sub_account__isnull=False, then=Value(_SUB)),
            When(actor__contact__isnull=False, then=Value(_MAIN)),
            default=Value(None),
            output_field=CharField(),
        ),
    ).order_by("-at", "-id")
    title = _("Consultations") if contact is None else _("Consultations of %(contact)s") % {"contact": contact}
    return Sheet(title, _columns(), rows)


def _columns() -> tuple[Column, ...]:
    accounts = ((_MAIN, _("main account")), (_SUB, _("sub-account")), (_GUEST, _("occasional access")))
    return (
        Column(_("When"), "at", Kind.MOMENT, 17),
        Column(_("Action"), "kind", width=26, words=words_of(EventKind.choices)),
        Column(_("Dossier number"), "dossier__reference", width=16),
        Column(_("Dossier"), "dossier__title", width=40),
        Column(_("Address"), "dossier__street", width=32),
        Column(_("Postcode"), "dossier__postcode", width=11),
        Column(_("Town"), "dossier__city", width=20),
        Column(_("File"), "subject", width=36),
        Column(_("Version"), "file_version", Kind.NUMBER, 9),
        Column(_("Client"), "client", width=28),
        Column(_("By"), "actor_name", width=24),
        Column(_("Account"), "account", width=18, words=words_of(accounts)),
        Column(_("E-mail of the occasional access"), "guest__email", width=28),
        Column(_("From"), "address", width=18),
        Column(_("Browser"), "user_agent", width=40),
    )
