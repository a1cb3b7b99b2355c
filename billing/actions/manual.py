"""Money that came without a provider: transfers, cheques, cash, recorded by the firm."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from billing.actions.merging import merge_locked
from billing.actions.starting import CURRENCY, add_lines
from billing.enums import Method, PaymentStatus, Provider
from billing.locks import lock_payment
from billing.models import Payment, ProviderAccount
from billing.providers.base import Truth, TruthState
from billing.queries.settings import billing_settings
from extranet.models import Contact, Dossier
from kernel.errors import DomainError
from kernel.text import new_code


@transaction.atomic
def record_manual_payment(
    dossiers_with_cents: Sequence[tuple[Dossier, int]],
    *,
    account: ProviderAccount,
    method: str,
    received_on: date,
    reference: str,
    payer_name: str,
    payer_email: str,
    user: User,
    contact: Contact | None = None,
    once: str = "",
) -> Payment:
    """Returns the payment of what has come, in cents for each dossier; less than what is due leaves the rest due.

    `once` is the code that a form gives it: sent twice, it is recorded once. Raises DomainError: nothing_due (no
    dossier), amount_wrong (not above 0), account_off (not a manual one), date_future, form_used (for another payment).
    """
    if (before := _recorded(once)) is not None:
        return before
    if not account.is_manual:
        raise DomainError("account_off", _("This means of payment takes the money itself: nothing can be recorded."))
    _check_day(received_on)
    if not dossiers_with_cents:
        raise DomainError("nothing_due", _("Choose at least one dossier."))
    amounts = {dossier.pk: amount for dossier, amount in dossiers_with_cents}
    if len(amounts) < len(dossiers_with_cents) or any(amount <= 0 for amount in amounts.values()):
        raise DomainError("amount_wrong", _("The amount must be above 0."))
    # not locked: whoever locks dossiers holds the payment and the receipts' numbers already
    there = {dossier.pk: dossier for dossier in Dossier.objects.filter(pk__in=amounts)}
    if len(there) < len(amounts):
        raise DomainError("nothing_due", _("One of the dossiers is no longer there."))
    row = Payment(
        code=once or new_code(),
        account=account,
        provider=account.provider,
        mode=account.mode,
        method=method,
        amount=sum(amounts.values()),
        currency=CURRENCY,
        vat_rate=billing_settings().vat_rate,
        contact=contact,
        payer_name=payer_name[:120],
        payer_email=payer_email,
        language=contact.user.language if contact and contact.user.language else get_language() or "fr",
        recorded_by=user,
        provider_ref=reference[:120],
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # the same form, sent twice at once: the other one has just recorded it
        if (before := _recorded(once)) is None:
            raise
        return before
    add_lines(row, [(there[key], amount) for key, amount in amounts.items()])
    return _received(lock_payment(row.pk), method=method, received_on=received_on, user=user, knowingly=True)


def _recorded(once: str) -> Payment | None:
    """Returns what a form has recorded already; raises DomainError(form_used) when its code is of something else."""
    before = Payment.objects.filter(code=once).first() if once else None
    if before is not None and (before.provider != Provider.MANUAL or before.recorded_by_id is None):
        raise DomainError("form_used", _("This form was used already: open it again."))
    return before


@transaction.atomic
def confirm_manual(payment: Payment, *, received_on: date, reference: str, user: User) -> Payment:
    """Returns the announced payment, now received; raises DomainError(not_open), DomainError(date_future)."""
    _check_day(received_on)
    locked = _open_manual(payment)
    locked.recorded_by, locked.provider_ref = user, reference[:120] or locked.provider_ref
    locked.save(update_fields=["recorded_by", "provider_ref"])
    return _received(locked, method=locked.method, received_on=received_on, user=user, knowingly=False)


@transaction.atomic
def cancel_manual(payment: Payment, user: User) -> Payment:
    """Returns the announced payment, now given up; raises DomainError(not_open)."""
    locked = _open_manual(payment)
    return merge_locked(locked, Truth(TruthState.CANCELLED, error=str(user)))


def _open_manual(payment: Payment) -> Payment:
    locked = lock_payment(payment.pk)
    if locked.provider != Provider.MANUAL or locked.status != PaymentStatus.PENDING:
        raise DomainError("not_open", _("This payment no longer waits to be confirmed."))
    return locked


def _received(payment: Payment, *, method: str, received_on: date, user: User, knowingly: bool) -> Payment:
    truth = Truth(
        TruthState.SUCCEEDED,
        amount=payment.amount,
        currency=payment.currency,
        # the day is what counts: at noon it is the same one in every zone of the country's
        paid_at=timezone.make_aware(datetime.combine(received_on, time(12))),
        method=Method(method),
    )
    return merge_locked(payment, truth, user=user, knowingly=knowingly)


def _check_day(received_on: date) -> None:
    if received_on > timezone.localdate():
        raise DomainError("date_future", _("This day is still to come."))
