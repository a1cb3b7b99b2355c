"""A list of dossiers as a sheet: all that the firm knows, or what a client sees of its own."""

from collections.abc import Mapping, Sequence

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.enums import DiagnosticKind, DownloadState, Payer, PaymentState, PropertyKind, Transaction
from extranet.exporters.sheet import Column, Kind, Sheet, list_words_of, words_of
from extranet.exporters.values import among, company_or_name, joined
from extranet.models import Diagnostic, Dossier, DossierAccess
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_filter import DossierFilter, filtered_dossiers


def dossier_sheet(user: User, wanted: DossierFilter) -> Sheet:
    """Returns the sheet of the dossiers that a person sees and that a filter lets through, in its order."""
    lookups = {"clients": _clients, "diagnostic_kinds": _diagnostic_kinds}
    return Sheet(_("Dossiers"), _columns(for_staff=user.is_firm_staff), _rows(user, wanted), lookups)


def _columns(*, for_staff: bool) -> tuple[Column, ...]:
    internal = for_staff
    return (
        Column(_("Dossier number"), "reference", width=16),
        Column(_("Title"), "title", width=40),
        Column(_("Property"), "property_kind", width=16, words=words_of(PropertyKind.choices)),
        Column(_("Address"), "street", width=32),
        Column(_("Building, floor, lot"), "street_extra", width=20),
        Column(_("Postcode"), "postcode", width=11),
        Column(_("Town"), "city", width=20),
        Column(_("Owner"), "owner_name", width=24),
        *([Column(_("Owner's e-mail"), "owner_email", width=28)] if internal else []),
        Column(_("Orderer"), "orderer_name", width=24),
        *([Column(_("Clients"), "clients", width=32)] if internal else []),
        Column(_("Made for"), "transaction", width=14, words=words_of(Transaction.choices)),
        Column(_("Visit"), "visited_on", Kind.DATE, 12),
        Column(_("Published"), "created_at", Kind.MOMENT, 17),
        Column(_("Diagnostics"), "diagnostic_kinds", width=40, words=list_words_of(DiagnosticKind.choices)),
        Column(_("State"), "state", width=20, words=words_of(DownloadState.choices)),
        Column(_("Payment"), "payment_state", width=14, words=words_of(PaymentState.choices)),
        Column(_("Amount"), "amount", Kind.MONEY, 13),
        *(
            [
                Column(_("Who pays"), "payer", width=12, words=words_of(Payer.choices)),
                Column(_("Name of who pays"), "payer_name", width=24),
                Column(_("Client notified"), "notified_at", Kind.MOMENT, 17),
            ]
            if internal
            else []
        ),
        Column(_("Expires"), "expires_on", Kind.DATE, 12),
        Column(_("Archived"), "archived_at", Kind.MOMENT, 17),
    )


def _rows(user: User, wanted: DossierFilter) -> QuerySet[Dossier]:
    found = filtered_dossiers(user, wanted)
    if user.is_firm_staff:
        return found.annotate(state=F("download_state"))
    own = DossierAccess.objects.filter(dossier=OuterRef("pk"), contact_id=contact_id_of(user) or 0)
    return found.annotate(state=Subquery(own.values("download_state")[:1]))


def _clients(ids: Sequence[int]) -> Mapping[int, str]:
    accesses = DossierAccess.objects.filter(dossier_id__in=among(ids)).order_by("dossier_id", "id")
    return joined(accesses.values_list("dossier_id", company_or_name("contact__")), by="; ")


def _diagnostic_kinds(ids: Sequence[int]) -> Mapping[int, str]:
    found = Diagnostic.objects.filter(dossier_id__in=among(ids)).order_by("dossier_id", "position", "id")
    return joined(found.values_list("dossier_id", "kind"), by=",")
