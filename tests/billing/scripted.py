"""A payment provider in memory that does what a test says: the double of a provider, never of our own code."""

import hmac
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from billing.actions.starting import start_payment
from billing.enums import Dispute, Method, Mode, Provider, RefundStatus
from billing.models import Credentials, Payment, ProviderAccount
from billing.providers.base import (
    Access,
    Attempt,
    CredentialsRefused,
    ForgedNotification,
    Incoming,
    Notice,
    PaymentRequest,
    ProviderRefused,
    ProviderUnavailable,
    RefundRequest,
    RefundTruth,
    Started,
    Truth,
    TruthState,
)
from extranet.actions.payment_state import set_amount
from extranet.models import Contact, Dossier
from kernel.secrets import seal
from tests.factories.portal import add_dossier

KEY = "signing-key-of-alpha"
BASE_URL = "https://alpha.example"


@dataclass
class Session:
    """What the provider has of one attempt."""

    ref: str
    request: PaymentRequest
    state: TruthState = TruthState.PENDING
    amount: int | None = None
    currency: str = "EUR"
    reference: str = ""
    live: bool = False
    method: Method = Method.CARD
    capture_ref: str = ""
    paid_at: datetime | None = None
    refunds: list[RefundTruth] = field(default_factory=list)
    dispute: Dispute = Dispute.NONE

    def pay(self, amount: int | None = None) -> None:
        """The payer pays."""
        self.state, self.amount = TruthState.SUCCEEDED, self.request.amount if amount is None else amount
        self.capture_ref, self.paid_at = f"cap-{self.ref}", timezone.now()

    def refund(self, amount: int, *, reference: str = "", status: RefundStatus = RefundStatus.SUCCEEDED) -> RefundTruth:
        """Gives money back."""
        told = RefundTruth(f"re-{self.ref}-{len(self.refunds)}", amount, status, reference)
        self.refunds.append(told)
        return told

    @property
    def left(self) -> int:
        """What can still be given back."""
        back = sum(refund.amount for refund in self.refunds if refund.status != RefundStatus.FAILED)
        gone = self.state is not TruthState.SUCCEEDED or self.dispute == Dispute.LOST
        return 0 if gone else (self.amount or 0) - back

    @property
    def net(self) -> int:
        """What the firm has of it."""
        back = sum(refund.amount for refund in self.refunds if refund.status == RefundStatus.SUCCEEDED)
        gone = self.state is not TruthState.SUCCEEDED or self.dispute == Dispute.LOST
        return 0 if gone else (self.amount or 0) - back

    def truth(self) -> Truth:
        """All that it says now."""
        took = self.state in {TruthState.SUCCEEDED, TruthState.REVERSED}
        return Truth(
            self.state,
            amount=self.amount if took else None,
            currency=self.currency if took else "",
            reference=self.reference or self.request.reference,
            live=self.live,
            capture_ref=self.capture_ref,
            paid_at=self.paid_at,
            method=self.method,
            instrument="Visa •••• 4242" if took else "",
            refunds=tuple(self.refunds),
            dispute=self.dispute,
        )


@dataclass
class ScriptedProvider:
    """The provider: its sessions, and what goes wrong with the next calls (each taken once, then all is well)."""

    sessions: dict[str, Session] = field(default_factory=dict)
    #: Before a call: `trouble.append(ProviderUnavailable("down"))`; after it was done: `lost.append("refund")`.
    trouble: list[Exception] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    #: Whether `abandon` ends an attempt, and whether refunds carry our reference.
    abandons: bool = True
    names_refunds: bool = True
    #: Keys that are accepted; others are refused. Empty: all.
    keys: set[str] = field(default_factory=set)
    made: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    #: Called within `read`, after the truth was looked up: what happens while the answer is on its way.
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def gateway(self, access: Access) -> "ScriptedGateway":
        """Returns a client: what stands in the table of gateways."""
        return ScriptedGateway(access, self)

    def session_of(self, payment: Payment) -> Session:
        """Returns the session of a payment."""
        return self.sessions[payment.provider_ref]


class ScriptedGateway:
    """The provider's client."""

    def __init__(self, access: Access, provider: ScriptedProvider) -> None:
        self.access, self.provider = access, provider

    def _call(self, name: str) -> None:
        self.provider.calls.append(name)
        if self.provider.keys and self.access.secrets.get("key") not in self.provider.keys:
            raise CredentialsRefused("these keys are revoked", code="invalid_key")
        if self.provider.trouble:
            raise self.provider.trouble.pop(0)

    def _answer(self, name: str) -> None:
        if name in self.provider.lost:
            self.provider.lost.remove(name)
            raise ProviderUnavailable("the answer was lost")

    def check_credentials(self) -> None:
        """Says whether the keys work."""
        self._call("check")

    def start(self, request: PaymentRequest) -> Started:
        """Begins a session, one a key."""
        self._call("start")
        with self.provider.lock:
            ref = self.provider.made.setdefault(request.idempotency_key, f"ses-{len(self.provider.made)}")
            session = self.provider.sessions.setdefault(ref, Session(ref, request, live=self.access.live))
        self._answer("start")
        return Started(session.ref, f"https://pay.example/{session.ref}", expires_at=timezone.now() + timedelta(days=1))

    def read(self, attempt: Attempt) -> Truth:
        """Says what became of it."""
        self._call("read")
        session = self.provider.sessions.get(attempt.ref)
        if session is None:
            raise ProviderRefused("no such session", code="resource_missing")
        truth = session.truth()
        if self.provider.meanwhile:
            self.provider.meanwhile.pop(0)()
        return truth

    def abandon(self, attempt: Attempt) -> None:
        """Ends it where it can."""
        self._call("abandon")
        session = self.provider.sessions[attempt.ref]
        if self.provider.abandons and session.state is TruthState.PENDING:
            session.state = TruthState.EXPIRED

    def refund(self, attempt: Attempt, request: RefundRequest) -> RefundTruth:
        """Gives money back once a key."""
        self._call("refund")
        with self.provider.lock:
            told = self.provider.made.get(request.key)
            if told is None:
                session = self.provider.sessions[attempt.ref]
                if request.amount > session.left:
                    raise ProviderRefused("more than what is left", code="amount_too_large")
                reference = request.reference if self.provider.names_refunds else ""
                told = self.provider.made[request.key] = session.refund(request.amount, reference=reference)
        self._answer("refund")
        found: RefundTruth = told
        return found

    def parse(self, incoming: Incoming) -> Notice:
        """Reads a notification that the current key signed."""
        expected = hmac.digest(self.access.secrets.get("key", "").encode(), incoming.body, "sha256").hex()
        if not hmac.compare_digest(expected, incoming.headers.get("x-signature", "")):
            raise ForgedNotification("the signature does not fit")
        try:
            told = json.loads(incoming.body)
            return Notice(
                dedupe_key=told["id"],
                kind=told["kind"],
                live=bool(told.get("live")),
                payment_code=told.get("code", ""),
                refs=told.get("refs", []),
                matters=told.get("matters", True),
            )
        except (ValueError, KeyError) as error:
            raise ForgedNotification("no message of the protocol") from error


def signed(told: Mapping[str, object], *, key: str = KEY) -> tuple[bytes, dict[str, str]]:
    """Returns the body of a notification and its header."""
    body = json.dumps(told).encode()
    return body, {"x-signature": hmac.digest(key.encode(), body, "sha256").hex()}


def notify(client: Client, account: ProviderAccount, told: Mapping[str, object], *, key: str = KEY) -> int:
    """Sends a notification to the firm; returns the answer's status."""
    body, headers = signed(told, key=key)
    path = reverse("payment-notify", args=[account.token])
    return client.post(path, body, content_type="application/json", headers=headers).status_code


def add_account(*, mode: Mode = Mode.TEST, active: bool = True, key: str = KEY, **columns: Any) -> ProviderAccount:
    """Returns an account with the scripted provider (in Stripe's place), with its keys."""
    account = ProviderAccount.objects.create(
        **{"provider": Provider.STRIPE, "mode": mode, "label": "Carte", "is_active": active, **columns}
    )
    Credentials.objects.create(account=account, mode=mode, sealed=seal({"key": key}))
    return account


def add_manual_account(method: Method = Method.TRANSFER) -> ProviderAccount:
    """Returns a manual account."""
    return ProviderAccount.objects.create(
        provider=Provider.MANUAL, label="Virement", manual_method=method, is_active=True, instructions="IBAN FR00"
    )


def add_unpaid(title: str, euros: str, *, user: User, contacts: Sequence[Contact] = ()) -> Dossier:
    """Returns a dossier for which an amount is due."""
    dossier = add_dossier(title, user=user, contacts=contacts)
    return set_amount(dossier, amount=Decimal(euros), payer="", payer_name="", user=user)


def begin(
    dossiers: Sequence[Dossier],
    account: ProviderAccount,
    *,
    contact: Contact | None = None,
    email: str = "payer@client.example",
) -> Payment:
    """Returns an attempt as the pages begin it."""
    payment, _started = start_payment(
        dossiers,
        account=account,
        contact=contact,
        payer_name="Paul Payeur",
        payer_email=email,
        base_url=BASE_URL,
        language="fr",
    )
    return payment
