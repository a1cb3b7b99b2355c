"""Beginning to pay: what is due becomes an attempt, and the payer is sent on."""

from collections.abc import Sequence

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.actions.merging import merge
from billing.actions.settling import attempt_of, settle, watch
from billing.enums import OPEN_STATUSES, Method, PaymentStatus, Provider
from billing.locks import lock_dossiers, lock_payment
from billing.models import Payment, PaymentLine, ProviderAccount
from billing.providers import gateway, gateway_of
from billing.providers.base import (
    Item,
    PaymentRequest,
    ProviderRefused,
    ProviderUnavailable,
    Started,
    Truth,
    TruthState,
)
from billing.queries.dues import Due, dues_of
from billing.queries.settings import billing_settings
from billing.rules import dossier_name
from billing.tokens import status_path
from extranet.models import Contact, Dossier
from kernel.errors import DomainError
from kernel.tenancy import require_firm

logger = structlog.get_logger(__name__)

CURRENCY = "EUR"


def start_payment(
    dossiers: Sequence[Dossier],
    *,
    account: ProviderAccount,
    contact: Contact | None,
    payer_name: str,
    payer_email: str,
    base_url: str,
    language: str,
) -> tuple[Payment, Started | None]:
    """Returns an attempt to pay all that is due for dossiers, and how the payer goes on; None: by the instructions.

    `base_url` is the firm's scheme and host. Raises DomainError: nothing_due, amount_changed (some are no longer
    due), account_off, provider_unavailable, provider_refused.
    """
    check_offered(account)
    let_go_of_open_payments(dossiers)
    payment = _create(
        dossiers, account=account, contact=contact, payer_name=payer_name, payer_email=payer_email, language=language
    )
    if account.is_manual:
        return payment, None
    return begin(payment, base_url=base_url)


def check_offered(account: ProviderAccount, *, by_hand: bool = True) -> None:
    """Raises DomainError(account_off) unless a means is offered now; `by_hand`: transfers and the like are too."""
    account.refresh_from_db()
    if not account.is_active or account.deleted_at is not None or (account.is_manual and not by_hand):
        raise DomainError("account_off", _("This means of payment is no longer offered. Please choose another one."))


def let_go_of_open_payments(dossiers: Sequence[Dossier]) -> None:
    """Reads what was begun for these dossiers before, and ends it.

    Raises DomainError(nothing_due) when the money of one is on its way.
    """
    confirming = _("A payment of this dossier is being confirmed. Please wait for it.")
    end_attempts(Payment.objects.filter(lines__dossier__in=dossiers), confirming=confirming)


def end_attempts(payments: QuerySet[Payment], *, confirming: str = "") -> None:
    """Reads those of the payments that are open at a provider, and ends them.

    One whose money is on its way is left alone, or raises DomainError(nothing_due) with the text `confirming`.
    """
    begun = payments.filter(status__in=OPEN_STATUSES).exclude(provider=Provider.MANUAL)
    for payment_id in list(begun.order_by("pk").distinct().values_list("pk", flat=True)):
        try:
            payment = settle(payment_id)
            if not payment.is_open or not payment.provider_ref:
                continue
            if payment.method == Method.DIRECT_DEBIT or payment.capture_ref:
                if confirming:
                    raise DomainError("nothing_due", confirming)
                continue
            gateway_of(payment).abandon(attempt_of(payment))
            settle(payment_id)
        except (ProviderUnavailable, ProviderRefused, ValueError) as error:
            # it goes on being watched; should it be paid all the same, the firm is told
            logger.warning("open_payment_not_ended", payment_id=payment_id, reason=str(error))


@transaction.atomic
def _create(
    dossiers: Sequence[Dossier],
    *,
    account: ProviderAccount,
    contact: Contact | None,
    payer_name: str,
    payer_email: str,
    language: str,
) -> Payment:
    locked = lock_dossiers(dossier.pk for dossier in dossiers)
    there = [locked[dossier.pk] for dossier in dossiers if dossier.pk in locked]
    dues = [due for due in dues_of(there) if due.dossier.deleted_at is None]
    owed = [due for due in dues if due.left > 0]
    if not owed:
        raise DomainError("nothing_due", _("Nothing is due any more."))
    if len(owed) < len(dossiers):
        raise DomainError("amount_changed", _("Some of these dossiers are no longer due. Please look at the rest."))
    if account.is_manual and (same := _announced(owed, account)) is not None:
        return same
    payment = new_attempt(
        account,
        amount=sum(due.left for due in owed),
        contact=contact,
        payer_name=payer_name,
        payer_email=payer_email,
        language=language,
    )
    add_lines(payment, [(due.dossier, due.left) for due in owed])
    return payment


def new_attempt(
    account: ProviderAccount,
    *,
    amount: int,
    contact: Contact | None,
    payer_name: str,
    payer_email: str,
    language: str,
) -> Payment:
    """Returns the row of an attempt to pay some cents, without its lines: announced, or to be begun at the provider."""
    return Payment.objects.create(
        account=account,
        provider=account.provider,
        mode=account.mode,
        status=PaymentStatus.PENDING if account.is_manual else PaymentStatus.CREATED,
        method=account.manual_method if account.is_manual else "",
        amount=amount,
        currency=CURRENCY,
        vat_rate=billing_settings().vat_rate,
        contact=contact,
        payer_name=payer_name[:120],
        payer_email=payer_email,
        language=language,
    )


def add_lines(payment: Payment, parts: Sequence[tuple[Dossier, int]]) -> None:
    """Writes what a payment pays, in cents for each dossier."""
    PaymentLine.objects.bulk_create(
        [
            PaymentLine(
                payment=payment, dossier=dossier, reference=dossier.reference, title=dossier.title, amount=amount
            )
            for dossier, amount in parts
        ]
    )


def _announced(owed: Sequence[Due], account: ProviderAccount) -> Payment | None:
    """Returns the transfer that was announced already for the same."""
    asked = {due.dossier.pk: due.left for due in owed}
    before = Payment.objects.filter(
        account=account, status=PaymentStatus.PENDING, lines__dossier=owed[0].dossier
    ).prefetch_related("lines")
    for payment in before:
        if {line.dossier_id: line.amount for line in payment.lines.all()} == asked:
            return payment
    return None


def begin(payment: Payment, *, base_url: str) -> tuple[Payment, Started]:
    """Has the provider begin the attempt; without its answer nobody can pay it, and it has failed."""
    back = base_url + status_path(payment)
    try:
        started = gateway(payment.account, payment.mode).start(_request(payment, base_url=base_url, back=back))
    except ProviderUnavailable as error:
        merge(payment.pk, Truth(TruthState.FAILED, error=str(error)))
        raise DomainError("provider_unavailable", _UNAVAILABLE) from error
    except (ProviderRefused, ValueError) as error:
        logger.error("payment_start_refused", payment=payment.code, provider=payment.provider, reason=str(error))
        merge(payment.pk, Truth(TruthState.FAILED, error=str(error)))
        raise DomainError("provider_refused", _REFUSED) from error
    with transaction.atomic():
        locked = lock_payment(payment.pk)
        locked.provider_ref, locked.pay_url = started.ref, started.url
        locked.expires_at = started.expires_at
        if locked.status == PaymentStatus.CREATED:
            locked.status = PaymentStatus.PENDING
        locked.save(update_fields=["provider_ref", "pay_url", "expires_at", "status"])
        watch(locked)
    return locked, started


_UNAVAILABLE = gettext_lazy(
    "The payment service does not answer. Nothing was paid: please try again in a moment, or choose another means."
)
_REFUSED = gettext_lazy("The payment service refused to begin. Nothing was paid: please choose another means.")


def _request(payment: Payment, *, base_url: str, back: str) -> PaymentRequest:
    lines = list(payment.lines.all())
    with translation.override(payment.language):
        description = (
            _item_name(lines[0])
            if len(lines) == 1
            else ngettext("%(n)s dossier", "%(n)s dossiers", len(lines)) % {"n": len(lines)}
        )
    return PaymentRequest(
        reference=payment.code,
        idempotency_key=f"{require_firm()}:{payment.code}",
        amount=payment.amount,
        currency=payment.currency,
        description=description,
        items=[Item(_item_name(line), line.amount) for line in lines],
        payer_email=payment.payer_email,
        payer_name=payment.payer_name,
        language=payment.language,
        return_url=back,
        cancel_url=f"{back}?cancelled=1",
        notify_url=base_url + reverse("payment-notify", args=[payment.account.token]),
        created_at=payment.created_at,
    )


def _item_name(line: PaymentLine) -> str:
    return dossier_name(line.reference, line.title)
