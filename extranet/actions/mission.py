"""Mission orders: made of an order, mailed to be signed, reminded of, withdrawn."""

from contextlib import suppress
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.mission_mail import tell_mission_to_sign
from extranet.actions.mission_model import change_mission_model
from extranet.actions.order_history import write_order_event
from extranet.actions.readers import in_language_of
from extranet.enums_mission import MissionState, MissionTrigger
from extranet.enums_order import OrderEventKind, OrderState
from extranet.exporters.mission import mission_pdf
from extranet.models import MissionOrder, Order, OrderEvent
from extranet.queries.mission import current_model, missions_to_remind
from extranet.queries.mission_data import is_consumer
from extranet.queries.settings import portal_settings
from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from storage.actions.files import claim, delete_stored_file, store_bytes
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: A person who reminds twice within this time reminds once.
AGAIN_AFTER = timedelta(minutes=10)


def make_mission(order: Order, *, user: User | None) -> MissionOrder:
    """Returns a new mission order of an order, mailed to who orders; the one that waited for its signature is replaced.

    Call it outside a transaction: it talks to the store. Raises DomainError `wrong_state`, `edited_meanwhile` or one of
    the model's PDF (storage.filling), StorageUnavailable, FileNotFoundError.
    """
    order = Order.objects.select_related("contact").get(pk=order.pk)
    _check_open(order)
    model = current_model()
    if not model.is_saved:
        with in_language_of(order.contact):
            model = change_mission_model(user=user)
    rank = _next_rank(order)
    with in_language_of(order.contact):
        language = translation.get_language() or "fr"
        name = MissionOrder(order=order, rank=rank).number
        stored = store_bytes(mission_pdf(order, model, number=name), name=f"{name}.pdf", user=user)
    try:
        with transaction.atomic():
            locked = Order.objects.select_for_update(of=("self",)).select_related("contact").get(pk=order.pk)
            _check_open(locked)
            if locked.version != order.version or _next_rank(locked) != rank:
                raise DomainError("edited_meanwhile", _("The order was changed meanwhile: look at it and try again."))
            waiting = MissionOrder.objects.select_for_update(of=("self",)).filter(
                order=locked, state=MissionState.TO_SIGN
            )
            waiting.update(state=MissionState.REPLACED, ended_at=timezone.now(), code_hash="", code_expires_at=None)
            mission = MissionOrder.objects.create(
                order=locked,
                rank=rank,
                model=model,
                order_version=locked.version,
                stored=claim(stored),
                sha256=stored.sha256,
                language=language,
                for_consumer=is_consumer(locked),
                email=locked.orderer_email,
                asks_code=portal_settings().mission_code and bool(locked.orderer_email),
                created_by=user,
                mailed_at=timezone.now() if locked.orderer_email else None,
            )
            write_order_event(locked, OrderEventKind.MISSION, actor=user, subject=mission.number)
            if mission.email:
                tell_mission_to_sign(mission)
    except BaseException:
        delete_stored_file(stored)
        raise
    return mission


def follow_order(order: Order, trigger: MissionTrigger) -> None:
    """Has the mission order made by a job when the firm wants that at this moment, unless there is one already.

    Call it in the transaction of what happened.
    """
    if portal_settings().mission_trigger == trigger:
        make_mission_of.enqueue(order_id=order.pk, once=str(order.pk))


@firm_job(queue="documents")
def make_mission_of(*, order_id: int) -> None:
    """Makes an order's first mission order; an order that has one, or is closed, is left alone."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None or order.is_draft or order.state == OrderState.CANCELLED:
        return
    if MissionOrder.objects.filter(order=order, state__in=[MissionState.TO_SIGN, MissionState.SIGNED]).exists():
        return
    try:
        make_mission(order, user=None)
    except DomainError as error:
        # somebody has just made one, or the firm's PDF cannot be read: its order's page has the button
        logger.warning("mission_not_made", order=order.code, error=error.code)


@transaction.atomic
def remind_mission(mission: MissionOrder, *, user: User | None) -> MissionOrder:
    """Returns the mission order, whose link was mailed once more, to the order's present address.

    Raises DomainError `not_open`, `no_email`, or `just_sent` when somebody has just done it.
    """
    locked = lock_mission(mission)
    if not locked.is_open:
        raise not_open(locked)
    if not locked.order.orderer_email:
        raise DomainError("no_email", _("The order has no e-mail address of who orders: write it there first."))
    now = timezone.now()
    if user is not None and locked.reminders and locked.mailed_at and locked.mailed_at > now - AGAIN_AFTER:
        raise DomainError("just_sent", _("A reminder has just been sent."))
    locked.email, locked.mailed_at, locked.reminders = locked.order.orderer_email, now, locked.reminders + 1
    locked.save(update_fields=["email", "mailed_at", "reminders"])
    write_order_event(locked.order, OrderEventKind.ODM_REMINDED, actor=user, subject=locked.email, for_staff=True)
    tell_mission_to_sign(locked, again=True)
    return locked


@transaction.atomic
def set_mission_reminders(mission: MissionOrder, *, stopped: bool) -> MissionOrder:
    """Returns the mission order, which is no longer reminded of by itself, or is again."""
    locked = lock_mission(mission)
    locked.reminders_stopped = stopped
    locked.save(update_fields=["reminders_stopped"])
    return locked


@transaction.atomic
def withdraw_mission(mission: MissionOrder, *, reason: str, user: User) -> MissionOrder:
    """Returns the mission order, which nobody can sign any more; raises DomainError `not_open`."""
    locked = lock_mission(mission)
    if locked.state == MissionState.WITHDRAWN:
        return locked
    if not locked.is_open:
        raise not_open(locked)
    locked.state, locked.ended_at, locked.end_reason = MissionState.WITHDRAWN, timezone.now(), reason
    locked.code_hash, locked.code_expires_at = "", None
    locked.save(update_fields=["state", "ended_at", "end_reason", "code_hash", "code_expires_at"])
    subject = f"{locked.number} {reason}".strip()
    write_order_event(locked.order, OrderEventKind.ODM_TAKEN, actor=user, subject=subject)
    return locked


def end_missions(order: Order) -> None:
    """Withdraws what waits for its signature of a cancelled order, which the caller has locked."""
    MissionOrder.objects.filter(order=order, state=MissionState.TO_SIGN).update(
        state=MissionState.WITHDRAWN, ended_at=timezone.now(), code_hash="", code_expires_at=None
    )


def forget_missions(order: Order) -> None:
    """Deletes the mission orders of an order that nobody has signed; signed ones stay, as evidence of the contract.

    In the caller's transaction, which has locked the order.
    """
    for mission in MissionOrder.objects.filter(order=order).select_related("stored"):
        if mission.state == MissionState.SIGNED:
            MissionOrder.objects.filter(pk=mission.pk).update(email="")
            continue
        stored = mission.stored
        mission.delete()
        delete_stored_file(stored)
    told = OrderEvent.objects.filter(order=order, kind__in=[OrderEventKind.ODM_SIGNED, OrderEventKind.ODM_REMINDED])
    told.update(subject="")


def lock_mission(mission: MissionOrder) -> MissionOrder:
    """Returns the mission order as it is now, its order and itself locked."""
    Order.objects.select_for_update(of=("self",)).get(pk=mission.order_id)
    rows = MissionOrder.objects.select_for_update(of=("self",)).select_related("order__contact__user", "stored")
    return rows.get(pk=mission.pk)


def not_open(mission: MissionOrder) -> DomainError:
    """Returns the error that says why a mission order cannot be signed."""
    texts = {
        MissionState.SIGNED: ("already_signed", _("This mission order was signed already.")),
        MissionState.WITHDRAWN: ("withdrawn", _("The firm has withdrawn this mission order: it cannot be signed.")),
        MissionState.REPLACED: (
            "replaced",
            _("The firm has made a new mission order since: use the link of its last e-mail."),
        ),
    }
    return DomainError(*texts[MissionState(mission.state)])


@periodic("11 7 * * *")
def remind_missions() -> None:
    """Has who has not signed yet reminded, by one job a firm."""
    enqueue_daily(remind_missions_due, only_active=True)


@firm_job()
def remind_missions_due() -> int:
    """Reminds of the mission orders that wait, as the firm wants; returns how many mails leave."""
    settings = portal_settings()
    if settings.mission_remind_days is None:
        return 0
    sent = 0
    for key in missions_to_remind(days=settings.mission_remind_days, most=settings.mission_remind_most):
        # one that was signed meanwhile, or whose order has no address any more, is passed over
        with suppress(DomainError):
            remind_mission(MissionOrder.objects.get(pk=key), user=None)
            sent += 1
    if sent:
        logger.info("missions_reminded", count=sent)
    return sent


def _check_open(order: Order) -> None:
    if order.is_draft or order.state == OrderState.CANCELLED:
        raise DomainError("wrong_state", _("The order is in another state meanwhile: look at it again."))


def _next_rank(order: Order) -> int:
    return (MissionOrder.objects.filter(order=order).aggregate(last=Max("rank"))["last"] or 0) + 1
