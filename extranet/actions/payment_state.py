"""What is due for a dossier, by whom, and whether it was paid."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from extranet.actions.history import build_event
from extranet.actions.unpaid import follow_unpaid
from extranet.actions.webhook_emit import dossier_data, emit
from extranet.enums import EventKind, PaymentState
from extranet.models import Dossier
from extranet.queries.home import forget_figures
from kernel.money import euros


@transaction.atomic
def set_amount(dossier: Dossier, *, amount: Decimal | None, payer: str, payer_name: str, user: User | None) -> Dossier:
    """Returns the dossier with its amount (euros, VAT included) and who pays it.

    A first amount makes it unpaid; without an amount nothing is due, unless it was paid already.
    """
    locked = Dossier.objects.select_for_update().get(pk=dossier.pk)
    before, state_before = locked.amount, locked.payment_state
    locked.amount, locked.payer, locked.payer_name = amount, payer, payer_name
    state = PaymentState.UNPAID if amount else PaymentState.NOTHING_DUE
    if locked.payment_state not in {PaymentState.PAID, state}:
        locked.payment_state, locked.payment_changed_at = state, timezone.now()
        locked.payment_changed_by = str(user or "")[:120]
    changed = ["payment_state", "payment_changed_at", "payment_changed_by"]
    locked.save(update_fields=["amount", "payer", "payer_name", *changed, "updated_at"])
    forget_figures()
    if PaymentState.UNPAID == locked.payment_state != state_before:
        follow_unpaid([locked])
    if before != amount:
        text = f"{_euros(before)} → {_euros(amount)}"
        build_event(locked, EventKind.AMOUNT, actor=user, subject=text).save()
        emit("dossier.updated", [locked], lambda each: {**dossier_data(each), "changed": ["amount"]})
    return locked


@transaction.atomic
def set_paid(dossiers: Iterable[Dossier], *, paid: bool, user: User | None, by: str = "") -> list[Dossier]:
    """Returns those of the dossiers that were not so already, now marked as paid or unpaid, with who and when.

    `by` is what pages show instead of the person's name: of a payment that did it without anybody.
    """
    state = PaymentState.PAID if paid else PaymentState.UNPAID
    locked = Dossier.objects.select_for_update().filter(pk__in=[dossier.pk for dossier in dossiers]).order_by("pk")
    changed: list[Dossier] = []
    for dossier in locked:
        if dossier.payment_state == state:
            continue
        dossier.payment_state = state
        dossier.payment_changed_at = timezone.now()
        dossier.payment_changed_by = (by or str(user or ""))[:120]
        dossier.save(update_fields=["payment_state", "payment_changed_at", "payment_changed_by", "updated_at"])
        kind = EventKind.PAID if paid else EventKind.UNPAID
        event = build_event(dossier, kind, actor=user, subject=_euros(dossier.amount))
        event.actor_name = event.actor_name or by[:120]
        event.save()
        changed.append(dossier)
    if changed:
        forget_figures()
        if not paid:
            follow_unpaid(changed)
    if paid:
        emit("dossier.paid", changed, lambda each: {**dossier_data(each), "amount": _plain(each.amount)})
    return changed


def _plain(amount: Decimal | None) -> str | None:
    return str(amount) if amount is not None else None


def _euros(amount: Decimal | None) -> str:
    return euros(amount) if amount is not None else "—"
