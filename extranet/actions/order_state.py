"""What the firm does with an order: taken charge of, handled, cancelled, assigned; each change told if wanted."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.history import Visit
from extranet.actions.mission import end_missions, follow_order
from extranet.actions.order import lock_order
from extranet.actions.order_history import write_order_event
from extranet.actions.order_mail import tell_order_assigned, tell_order_state, tell_order_withdrawn
from extranet.actions.order_visits import cancel_visits
from extranet.actions.webhook_emit import emit, order_data
from extranet.enums_mission import MissionTrigger
from extranet.enums_order import OrderEventKind, OrderState
from extranet.models import Order
from extranet.queries.home import forget_figures
from kernel.errors import DomainError

#: For each state that a person can ask for: the states it comes from, its date and its line of history.
_MOVES: dict[str, tuple[frozenset[str], str, OrderEventKind]] = {
    OrderState.TODO: (
        frozenset({OrderState.ONGOING, OrderState.DONE, OrderState.CANCELLED}),
        "",
        OrderEventKind.REOPENED,
    ),
    OrderState.ONGOING: (frozenset({OrderState.TODO, OrderState.DONE}), "started_at", OrderEventKind.STARTED),
    OrderState.DONE: (frozenset({OrderState.TODO, OrderState.ONGOING}), "done_at", OrderEventKind.DONE),
}
#: The dates that an order has no longer once it is put back to a state.
_LATER = {
    OrderState.TODO: ("started_at", "done_at", "cancelled_at"),
    OrderState.ONGOING: ("done_at", "cancelled_at"),
    OrderState.DONE: ("cancelled_at",),
}


@transaction.atomic
def move_order(order: Order, *, to: OrderState, user: User) -> Order:
    """Returns the order in another state, dated and attributed; who orders is told if the firm wants it.

    The first who takes charge of it has it assigned. One that is in that state already stays as it is. Raises
    DomainError `wrong_state` when it cannot go there from where it is.
    """
    locked = lock_order(order)
    if locked.state == to:
        return locked
    sources, date, kind = _MOVES[to]
    if locked.state not in sources:
        raise DomainError("wrong_state", _("The order is in another state meanwhile: look at it again."))
    before, locked.state = locked.state, to
    if date:
        setattr(locked, date, timezone.now())
    for name in _LATER[to]:
        setattr(locked, name, None)
    if to == OrderState.TODO:
        locked.cancel_reason = ""
    if to == OrderState.ONGOING and locked.assigned_to_id is None:
        locked.assigned_to = user
    locked.save()
    write_order_event(locked, kind, actor=user)
    tell_order_state(locked)
    if to == OrderState.ONGOING:
        follow_order(locked, MissionTrigger.STARTED)
    emit("order.state_changed", [locked], lambda each: {**order_data(each), "before": before})
    forget_figures()
    return locked


@transaction.atomic
def cancel_order(order: Order, *, reason: str, user: User, visit: Visit | None = None) -> Order:
    """Returns the order, cancelled for this reason: by the firm while it is open, by its client until it is begun.

    Its visits to come are cancelled with it. The other side is told. Raises DomainError `wrong_state`, or `too_late`
    when its client can no longer cancel the visit.
    """
    locked = lock_order(order)
    allowed = locked.is_open if user.is_firm_staff else locked.state == OrderState.TODO
    if not allowed:
        text = _("This order can no longer be cancelled here: write to the firm.")
        if user.is_firm_staff:
            text = _("The order is in another state meanwhile: look at it again.")
        raise DomainError("wrong_state", text)
    before, locked.state = locked.state, OrderState.CANCELLED
    locked.cancelled_at, locked.cancel_reason = timezone.now(), reason
    locked.save()
    end_missions(locked)
    cancel_visits(locked, reason=reason, user=user)
    write_order_event(locked, OrderEventKind.CANCELLED, actor=user, subject=reason, visit=visit)
    if user.is_firm_staff:
        tell_order_state(locked)
    else:
        tell_order_withdrawn(locked)
    emit("order.state_changed", [locked], lambda each: {**order_data(each), "before": before})
    forget_figures()
    return locked


@transaction.atomic
def assign_order(order: Order, *, person: User | None, user: User) -> Order:
    """Returns the order, that person's to handle from now on, who is told unless it took the order itself."""
    locked = lock_order(order)
    if locked.assigned_to_id == (person.pk if person else None):
        return locked
    locked.assigned_to = person
    locked.save(update_fields=["assigned_to", "updated_at"])
    kind = OrderEventKind.ASSIGNED if person else OrderEventKind.UNASSIGNED
    write_order_event(locked, kind, actor=user, subject=str(person or ""), for_staff=True)
    if person is not None and person.pk != user.pk:
        tell_order_assigned(locked, person=person)
    return locked


@transaction.atomic
def write_staff_notes(order: Order, *, notes: str) -> Order:
    """Returns the order with what only the firm reads."""
    locked = lock_order(order)
    locked.staff_notes = notes
    locked.save(update_fields=["staff_notes", "updated_at"])
    return locked
