"""Deposits of visits: begun, ended when their time goes, given back, counted for the dossier that follows.

Locks in this order: the payment, the diagnosticians, the visit, the dossiers (decisions/0024).
"""

import hashlib

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing.actions.issues import note_issue, note_words
from billing.actions.merging import paid_by
from billing.actions.refunding import finish_refund, left_to_refund, refund_payment
from billing.actions.starting import begin, check_offered, end_attempts, new_attempt
from billing.enums import IssueKind, PaymentStatus, Provider, RefundStatus
from billing.locks import lock_dossiers
from billing.models import Payment, PaymentLine, ProviderAccount, Refund
from billing.providers.base import Started
from billing.queries.dues import received_for
from billing.rules import cents
from extranet.actions.appointment_row import lock_visit
from extranet.actions.client_booking import confirm_announced
from extranet.actions.payment_state import set_paid
from extranet.emails_visit import when_words
from extranet.enums import PaymentState
from extranet.enums_booking import BUSY_STATES, AppointmentState
from extranet.models import Appointment, Contact, Dossier, Order
from extranet.queries.slot import booking_settings, zone_of
from kernel.errors import DomainError
from kernel.jobs import firm_job
from kernel.tenancy import require_firm

logger = structlog.get_logger(__name__)


def start_deposit(
    appointment: Appointment,
    *,
    account: ProviderAccount,
    contact: Contact | None,
    payer_name: str,
    payer_email: str,
    base_url: str,
    language: str,
) -> tuple[Payment, Started | None]:
    """Returns an attempt to pay the deposit of a visit, and how the payer goes on.

    None: by the instructions, where the firm takes the announcement of a transfer or cheque for it; the visit is
    confirmed then. Raises DomainError: nothing_due (paid, lapsed or cancelled), account_off, provider_unavailable,
    provider_refused.
    """
    check_offered(account, by_hand=booking_settings().deposit_by_hand)
    confirming = _("A payment of it is being confirmed. Please wait for it.")
    end_attempts(_payments_of(appointment.pk), confirming=confirming)
    payment = _create(
        appointment,
        account=account,
        contact=contact,
        payer_name=payer_name,
        payer_email=payer_email,
        language=language,
    )
    if account.is_manual:
        return payment, None
    return begin(payment, base_url=base_url)


@transaction.atomic
def _create(
    appointment: Appointment,
    *,
    account: ProviderAccount,
    contact: Contact | None,
    payer_name: str,
    payer_email: str,
    language: str,
) -> Payment:
    visit = lock_visit(appointment)
    if not visit.deposit_is_due or visit.deposit is None or visit.state not in BUSY_STATES:
        raise DomainError("nothing_due", _("This time is no longer kept, or its deposit is paid."))
    announced = Payment.objects.filter(account=account, status=PaymentStatus.PENDING, lines__appointment=visit)
    if account.is_manual and (same := announced.first()) is not None:
        return same
    payment = new_attempt(
        account,
        amount=cents(visit.deposit),
        contact=contact,
        payer_name=payer_name,
        payer_email=payer_email,
        language=language,
    )
    with translation.override(language):
        title = deposit_title(visit)
    PaymentLine.objects.create(
        payment=payment,
        appointment=visit,
        dossier_id=visit.paid_dossier_id,
        reference=visit.order.number if visit.order is not None else "",
        title=title,
        amount=payment.amount,
    )
    if account.is_manual:
        confirm_announced(visit)
    return payment


def deposit_title(visit: Appointment) -> str:
    """Returns what a deposit is called on receipts and in lists, in the active language."""
    with timezone.override(zone_of(booking_settings())):
        told = {"when": when_words(visit.starts_at), "where": visit.address_line}
    text = _("Deposit – visit of %(when)s, %(where)s") if visit.address_line else _("Deposit – visit of %(when)s")
    return (text % told)[:200]


def _payments_of(appointment_id: int) -> QuerySet[Payment]:
    return Payment.objects.filter(lines__appointment=appointment_id)


def end_attempts_of(appointment: Appointment) -> None:
    """Has a job end what was begun for the deposit of a visit whose time goes."""
    end_deposit_attempts.enqueue(appointment_id=appointment.pk, once=f"deposit-end:{appointment.pk}")


@firm_job(attempts=3)
def end_deposit_attempts(*, appointment_id: int) -> None:
    """Ends what was begun for a deposit, unless the visit is held or confirmed again."""
    visit = Appointment.objects.filter(pk=appointment_id).first()
    if visit is not None and visit.state not in BUSY_STATES:
        end_attempts(_payments_of(appointment_id))


def give_back_of(appointment: Appointment) -> None:
    """Has a job give back of a visit's deposit what its cancellation says."""
    give_back_deposit.enqueue(appointment_id=appointment.pk, once=f"deposit-back:{appointment.pk}")


@firm_job()
def give_back_deposit(*, appointment_id: int) -> None:
    """Gives back what a cancelled visit owes of its deposit; run again, it gives nothing twice.

    What the provider refuses, or what came by hand, is a thing for the firm to look at.
    """
    visit = Appointment.objects.select_related("order").filter(pk=appointment_id).first()
    if visit is None or not visit.deposit_back:
        return
    lines = PaymentLine.objects.select_related("payment").filter(
        appointment=visit, payment__status=PaymentStatus.SUCCEEDED
    )
    line = lines.order_by("payment__paid_at", "pk").first()
    if line is None:
        return
    payment, target = line.payment, min(cents(visit.deposit_back), line.amount)
    code = _refund_code(visit, target)
    before = Refund.objects.filter(code=code).first()
    if before is not None:
        if before.status == RefundStatus.REQUESTED:  # this job ended between its row and the provider's answer
            finish_refund.enqueue(refund_id=before.pk, once=f"refund:{before.pk}")
        return
    amount = target - (line.amount - left_to_refund(payment, line))
    if amount <= 0:
        return
    note = note_words("%(line)s, %(amount)s", line=line, amount=amount)
    if payment.provider == Provider.MANUAL:
        note_issue(payment, IssueKind.DEPOSIT_BACK, note)
        return
    refund = refund_payment(
        payment,
        amount=amount,
        line=line,
        reason=note_words(_("Visit cancelled")),
        reopens=False,
        user=None,
        once=code,
    )
    if refund.status == RefundStatus.FAILED:
        note_issue(payment, IssueKind.DEPOSIT_BACK, note)


def _refund_code(visit: Appointment, target: int) -> str:
    """Returns the code of the one refund that brings what was given back of a visit's deposit to these cents."""
    return hashlib.sha256(f"{require_firm()}:{visit.code}:{target}".encode()).hexdigest()[:16]


def adopt_deposits(order: Order, dossier: Dossier) -> None:
    """Has the deposits of an order's visits count for its dossier, which is paid when they cover it."""
    lines = PaymentLine.objects.filter(appointment__order=order, dossier__isnull=True)
    keys = list(lines.order_by().values_list("payment_id", flat=True))
    if not keys:
        return
    # whoever merges a payment holds it first
    payments = list(Payment.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    lines.update(dossier=dossier)
    locked = lock_dossiers([dossier.pk])[dossier.pk]
    due = cents(locked.amount) if locked.amount else 0
    paid = [each for each in payments if each.status == PaymentStatus.SUCCEEDED]
    if (
        due
        and paid
        and locked.payment_state != PaymentState.PAID
        and received_for([locked.pk]).get(locked.pk, 0) >= due
    ):
        set_paid([locked], paid=True, user=None, by=paid_by(paid[-1]))


def is_payable(visit: Appointment) -> bool:
    """Whether the deposit of a visit can be paid now."""
    now = timezone.now()
    if not visit.deposit_is_due or visit.starts_at <= now:
        return False
    if visit.state == AppointmentState.HELD:
        return visit.held_until is not None and visit.held_until > now
    return visit.state == AppointmentState.CONFIRMED
