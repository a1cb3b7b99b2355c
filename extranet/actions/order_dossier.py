"""An order becomes a dossier: what was asked, of whom and where goes over, with what was joined."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from extranet.actions.diagnostic import add_diagnostics
from extranet.actions.dossier import create_dossier
from extranet.actions.dossier_file import FileInput
from extranet.actions.mission import follow_order
from extranet.actions.mission_file import follow_dossier
from extranet.actions.order import lock_order
from extranet.actions.order_history import write_order_event
from extranet.actions.order_mail import tell_order_state
from extranet.actions.payment_state import set_amount
from extranet.actions.quote_answer import payer_of
from extranet.enums import FileKind, GeoState, Visibility
from extranet.enums_mission import MissionTrigger
from extranet.enums_order import OrderEventKind, OrderState
from extranet.models import Appointment, Contact, Dossier, Order
from extranet.queries.order import files_of
from extranet.queries.quote import agreed_total
from extranet.visit_hooks import tell_dossier_made
from kernel.errors import DomainError
from storage.actions.files import store_bytes
from storage.backends import firm_storage
from storage.models import StoredFile

_OF_DOSSIER = (
    "transaction",
    "property_kind",
    "street",
    "postcode",
    "city",
    "cadastre",
    "owner_name",
    "owner_email",
    "owner_phone",
    "orderer_email",
    "occupant_name",
    "occupant_phone",
)


def copy_order_files(order: Order, *, user: User) -> list[StoredFile]:
    """Returns copies, still unclaimed, of what was joined to an order: it keeps its own.

    Call it outside a transaction: it talks to the store. Raises StorageUnavailable or FileNotFoundError.
    """
    storage = firm_storage()
    return [store_bytes(storage.stream(file.stored.key), name=file.name, user=user) for file in files_of(order)]


@transaction.atomic
def make_dossier(
    order: Order,
    *,
    title: str,
    reference: str,
    visited_on: date | None,
    contacts: Sequence[Contact],
    files: Sequence[StoredFile],
    user: User,
) -> Dossier:
    """Returns the new dossier of an order, with all that it says; the order is in progress from then on at least.

    The files are seen by the firm alone until it says otherwise. Raises DomainError `has_dossier` or `wrong_state`.
    """
    locked = lock_order(order)
    if locked.dossier_id is not None:
        raise DomainError("has_dossier", _("A dossier was made of this order already."))
    if not (locked.is_open or locked.state == OrderState.DONE):
        raise DomainError("wrong_state", _("The order is in another state meanwhile: look at it again."))
    details = {name: getattr(locked, name) for name in _OF_DOSSIER}
    details |= {
        "reference": reference,
        "visited_on": visited_on,
        "street_extra": _extra(locked)[:200],
        "orderer_name": locked.orderer[:120],
    }
    published = create_dossier(
        title=title,
        comments=_comments(locked)[:10_000],
        details=details,
        files=[FileInput(stored, kind=FileKind.OTHER, visibility=Visibility.STAFF) for stored in files],
        contacts=contacts,
        user=user,
    )
    dossier = published.dossier
    if locked.diagnostics:
        # a visit that is still to come has made nothing yet
        made = visited_on if visited_on is not None and visited_on <= timezone.localdate() else None
        add_diagnostics(dossier, kinds=list(locked.diagnostics), performed_on=made, user=user)
    _carry_place(locked, dossier)
    if (agreed := agreed_total(locked)) is not None:
        dossier = set_amount(dossier, amount=agreed, payer=payer_of(locked), payer_name="", user=user)
    locked.dossier = dossier
    started = locked.state == OrderState.TODO
    if started:
        locked.state, locked.started_at = OrderState.ONGOING, dossier.created_at
        locked.assigned_to_id = locked.assigned_to_id or user.pk
    locked.save()
    write_order_event(locked, OrderEventKind.DOSSIER, actor=user, subject=title, for_staff=True)
    follow_dossier(locked)
    if started:
        write_order_event(locked, OrderEventKind.STARTED, actor=user)
        tell_order_state(locked)
        follow_order(locked, MissionTrigger.STARTED)
    # past their own `save`: to their calendars nothing has changed
    Appointment.objects.filter(order=locked, dossier__isnull=True).update(dossier=dossier)
    tell_dossier_made(locked, dossier)
    return dossier


def dossier_title(order: Order) -> str:
    """Returns what the dossier of an order is called unless somebody says otherwise."""
    kind = str(order.get_property_kind_display()) if order.property_kind else ""
    return " – ".join(part for part in (kind, order.address_line) if part)[:200] or order.number


def _carry_place(order: Order, dossier: Dossier) -> None:
    if order.geo_state not in {GeoState.FOUND, GeoState.BY_HAND}:
        return
    names = ("latitude", "longitude", "geo_state", "geo_score", "geo_label", "geo_at")
    values = {name: getattr(order, name) for name in names}
    Dossier.objects.filter(pk=dossier.pk).update(**values)
    for name, value in values.items():
        setattr(dossier, name, value)


def _extra(order: Order) -> str:
    told = (
        ("", order.street_extra),
        (pgettext("of a property", "floor"), order.floor),
        (pgettext("of a property", "door"), order.door),
        (pgettext("of a property", "lot"), order.lot),
    )
    return ", ".join(f"{label} {value}".strip() for label, value in told if value)


def _comments(order: Order) -> str:
    """Returns what a dossier has no field for, a line each; its readers see it, so how to get in stays in the order."""
    told = [(_("Order"), order.number), *order.building_facts]
    told.append((_("Notary"), " · ".join(filter(None, (order.notary_name, order.notary_phone, order.notary_email)))))
    return "\n".join(_("%(label)s: %(value)s") % {"label": _first_upper(k), "value": v} for k, v in told if v)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
