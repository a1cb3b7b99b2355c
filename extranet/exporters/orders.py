"""A list of orders as a sheet: all that the firm knows, or what a client sees of its own."""

from collections.abc import Sequence

from django.db.models import CharField, F, Func, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from extranet.enums import DiagnosticKind, PropertyKind, Transaction
from extranet.enums_order import (
    Answer,
    BuildPeriod,
    HeatingKind,
    Installation,
    OrdererRole,
    OrderOrigin,
    OrderState,
)
from extranet.exporters.sheet import Column, Kind, Sheet, list_words_of, words_of
from extranet.models import Order
from extranet.queries.order_filter import OrderFilter, filtered_orders


def order_sheet(user: User, wanted: OrderFilter) -> Sheet:
    """Returns the sheet of the orders that a person sees and that a filter lets through, in its order."""
    return Sheet(_("Orders"), _columns(for_staff=user.is_firm_staff), _rows(user, wanted))


def _columns(*, for_staff: bool) -> tuple[Column, ...]:
    installation, answer = words_of(_said(Installation.choices)), words_of(_said(Answer.choices))
    return (
        Column(_("Number"), "number", width=12),
        Column(_("State"), "state", width=16, words=words_of(OrderState.choices)),
        Column(pgettext("order", "Sent"), "sent_at", Kind.MOMENT, 17),
        *([Column(_("Came"), "origin", width=16, words=words_of(OrderOrigin.choices))] if for_staff else []),
        Column(_("Orders as"), "orderer_role", width=14, words=words_of(OrdererRole.choices)),
        Column(_("Orderer"), "orderer_name", width=24),
        Column(_("Company"), "orderer_company", width=24),
        Column(_("E-mail"), "orderer_email", width=28),
        Column(_("Phone"), "orderer_phone", width=18),
        Column(_("Made for"), "transaction", width=14, words=words_of(Transaction.choices)),
        Column(_("Property"), "property_kind", width=16, words=words_of(PropertyKind.choices)),
        Column(_("Address"), "street", width=32),
        Column(_("Building, stairs"), "street_extra", width=20),
        Column(_("Floor"), "floor", width=10),
        Column(_("Door"), "door", width=10),
        Column(_("Lot number"), "lot", width=12),
        Column(_("Postcode"), "postcode", width=11),
        Column(_("Town"), "city", width=20),
        Column(_("Land registry"), "cadastre", width=16),
        Column(_("Year of construction"), "year", Kind.NUMBER, 12),
        Column(_("Building permit"), "build_period", width=20, words=words_of(_said(BuildPeriod.choices))),
        Column(_("Surface (m²)"), "surface", Kind.NUMBER, 12),
        Column(_("Rooms"), "rooms", Kind.NUMBER, 8),
        Column(_("In co-ownership"), "co_owned", width=14, words=answer),
        Column(_("Heating"), "heating", width=16, words=words_of(_said(HeatingKind.choices))),
        Column(_("Gas installation"), "gas", width=18, words=installation),
        Column(_("Electrical installation"), "electricity", width=18, words=installation),
        Column(_("Diagnostics"), "kinds", width=48, words=list_words_of(DiagnosticKind.choices)),
        Column(_("Owner"), "owner_name", width=24),
        Column(_("Occupant"), "occupant_name", width=24),
        Column(_("Notary"), "notary_name", width=24),
        Column(_("Reports wanted by"), "wanted_by", Kind.DATE, 14),
        Column(_("Signature planned on"), "signing_on", Kind.DATE, 14),
        Column(_("Urgent"), "urgent", Kind.FLAG, 9),
        *(
            [
                Column(_("Assigned to"), "assigned", width=22),
                Column(_("Dossier"), "dossier_title", width=32),
                Column(_("Internal notes"), "staff_notes", width=40),
            ]
            if for_staff
            else []
        ),
        Column(_("In progress since"), "started_at", Kind.MOMENT, 17),
        Column(_("Handled"), "done_at", Kind.MOMENT, 17),
        Column(pgettext("order", "Cancelled"), "cancelled_at", Kind.MOMENT, 17),
        Column(_("Reason"), "cancel_reason", width=32),
    )


def _rows(user: User, wanted: OrderFilter) -> QuerySet[Order]:
    kinds = Func("diagnostics", Value(","), function="array_to_string", output_field=CharField())
    return filtered_orders(user, wanted).annotate(
        assigned=F("assigned_to__full_name"), dossier_title=F("dossier__title"), kinds=kinds
    )


def _said(choices: Sequence[tuple[str, str | Promise]]) -> list[tuple[str, str | Promise]]:
    """Returns the answers; what nobody knows leaves its cell empty."""
    return [choice for choice in choices if choice[0]]
