"""The client of Lyra: PayZen, Systempay and their sister brands, by the REST interface or by the payment form."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from billing.enums import RefundStatus
from billing.providers.base import (
    Access,
    Attempt,
    CredentialsRefused,
    ForgedNotification,
    Incoming,
    Notice,
    PaymentRequest,
    ProviderRefused,
    RefundRequest,
    RefundTruth,
    Started,
    Truth,
    TruthState,
)
from billing.providers.lyra import notices
from billing.providers.lyra.brands import form_url
from billing.providers.lyra.form import form_fields
from billing.providers.lyra.transport import Line
from billing.providers.lyra.truth import SUCCESS, Transaction, latest, of_form, of_rest, truth_of

#: How long a page to pay on lives: the one we ask for, and the form's.
LINK_LIFE, FORM_LIFE = timedelta(days=1), timedelta(hours=1)
#: Nobody has paid yet: Lyra makes no transaction before.
_NOTHING_YET = "PSP_010"
_LOCALES = {"fr": "fr_FR", "en": "en_GB", "es": "es_ES", "de": "de_DE", "it": "it_IT", "nl": "nl_NL"}
_FORM_KEY = re.compile(r"[A-Za-z0-9]{16}")


class LyraGateway:
    """Lyra, for one account and mode."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._line = Line(access)

    def check_credentials(self) -> None:
        """Has Lyra repeat a word, by the REST password.

        The form's key cannot be asked about: only its shape is looked at, and without a password nothing else is.
        """
        if self._access.uses_form:
            if not _FORM_KEY.fullmatch(self._access.secrets.get("form_key", "")):
                raise CredentialsRefused(_("The key of the payment form has 16 letters and digits."), code="form_key")
            if not self._access.secrets.get("password"):
                return
        with self._protocol():
            if self._line.call("Charge/SDKTest", {"value": "diagdesk"})["value"] != "diagdesk":
                raise self._line.unintelligible()

    def start(self, request: PaymentRequest) -> Started:
        """Makes a page to pay on, or the fields of the form; a second call makes a second one, of the same order."""
        if self._access.uses_form:
            ref, fields = form_fields(self._access, request)
            return Started(ref, form_url(self._line.brand), fields, expires_at=request.created_at + FORM_LIFE)
        expires_at = request.created_at + LINK_LIFE
        body: dict[str, Any] = {
            "amount": request.amount,
            "currency": request.currency,
            "orderId": request.reference,
            "channelOptions": {"channelType": "URL"},
            "returnUrl": request.return_url,
            "returnMode": "GET",
            "ipnTargetUrl": request.notify_url,
            "expirationDate": expires_at.isoformat(timespec="seconds"),
            "locale": _LOCALES.get(request.language[:2], "fr_FR"),
            "dataCollectionForm": False,
            "merchantComment": request.description[:255],
        }
        if request.payer_email:
            body["customer"] = {"email": request.payer_email}
        with self._protocol():
            told = self._line.call("Charge/CreatePaymentOrder", body)
            return Started(str(told["paymentOrderId"]), str(told["paymentURL"]), expires_at=expires_at)

    def read(self, attempt: Attempt) -> Truth:
        """Returns what the order's transactions say; without a REST password, what the notifications said."""
        if self._access.uses_form and not self._access.secrets.get("password"):
            return self._kept(attempt)
        with self._protocol():
            order = self._order(attempt)
            if order is None:
                return Truth(TruthState.PENDING, reference=attempt.reference, live=self._access.live)
            details = order["orderDetails"]
            return truth_of(
                _transactions(order),
                attempt,
                live=details["mode"] == "PRODUCTION",
                reference=str(details["orderId"]),
                is_open=order.get("orderCycle") == "OPEN",
            )

    def _order(self, attempt: Attempt) -> dict[str, Any] | None:
        """Returns the order, None where nobody has tried to pay it."""
        try:
            return self._line.call("Order/Get", {"orderId": attempt.reference})
        except ProviderRefused as error:
            if error.code == _NOTHING_YET:
                return None
            raise

    def _kept(self, attempt: Attempt) -> Truth:
        told: list[Transaction] = []
        live = self._access.live
        for body in attempt.kept:
            try:
                fields = notices.fields_of(body)
                if fields.get("vads_order_id") != attempt.reference:
                    continue
                live = fields.get("vads_ctx_mode") == "PRODUCTION"
                one = of_form(fields)
            except (ForgedNotification, ValueError, KeyError):
                continue
            if one is not None:
                told.append(one)
        return truth_of(latest(told), attempt, live=live, reference=attempt.reference)

    def abandon(self, attempt: Attempt) -> None:
        """Does nothing: a page to pay on ends by itself, and should both be paid, the firm is told."""

    def refund(self, attempt: Attempt, request: RefundRequest) -> RefundTruth:
        """Gives money back, unless a credit of that amount is there that we did not know.

        Lyra makes a repeated refund twice: so the order is read before each. What is not captured yet is cancelled
        when all of it goes back; a part must wait for the capture.
        """
        if not self._line.has_keys:
            message = _("Without the REST API password, refund this payment in the back office: it is noted here then.")
            raise ProviderRefused(message, code="no_rest_keys")
        if not attempt.capture_ref:
            raise ProviderRefused(_("No money was taken by this payment."), code=_NOTHING_YET)
        with self._protocol():
            order = self._order(attempt)
            if order is None:
                raise ProviderRefused(_("No money was taken by this payment."), code=_NOTHING_YET)
            known = _transactions(order)
            for one in known:
                if one.credit and one.uuid not in request.known_refs and one.amount == request.amount:
                    told = one.refund()
                    if told.status != RefundStatus.FAILED:
                        return told
            paid = next((one for one in known if one.uuid == attempt.capture_ref), None)
            if paid is not None and paid.status == "CANCELLED" and paid.amount == request.amount:
                return _cancelled(paid)
            whole = paid is not None and paid.status in SUCCESS and paid.amount == request.amount
            answer = self._line.call(
                "Transaction/CancelOrRefund",
                {
                    "uuid": attempt.capture_ref,
                    "amount": request.amount,
                    "currency": request.currency,
                    "resolutionMode": "AUTO" if whole else "REFUND_ONLY",
                    "comment": f"{request.reference} {request.reason}"[:255].strip(),
                },
            )
            made = of_rest(answer)
            if made is None:
                raise self._line.unintelligible()
            return made.refund() if made.credit else _cancelled(made)

    def parse(self, incoming: Incoming) -> Notice:
        """Returns what a notification of either interface says."""
        return notices.parse(self._access, incoming)

    @contextmanager
    def _protocol(self) -> Iterator[None]:
        """Turns an answer of another shape into ProviderUnavailable."""
        try:
            yield
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            raise self._line.unintelligible() from None


def _transactions(order: Mapping[str, Any]) -> list[Transaction]:
    found = (of_rest(told) for told in order.get("transactions") or [])
    return [one for one in found if one is not None]


def _cancelled(paid: Transaction) -> RefundTruth:
    """Returns the refund that a cancellation before the capture is: no transaction of its own tells of it."""
    return RefundTruth(f"{paid.uuid}:cancelled", paid.amount, RefundStatus.SUCCEEDED)
