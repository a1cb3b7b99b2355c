"""What every payment provider's client offers, and the words in which it tells the truth.

Amounts are integers of minor units (cents) everywhere but at the wire of a provider that wants otherwise.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from billing.enums import Dispute, Method, RefundStatus
from kernel.errors import OutsideServiceError
from kernel.secrets import Secrets


class ProviderUnavailable(OutsideServiceError):
    """The provider is down, too slow, or gave no answer of its protocol: the same call may succeed later."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=True)


class ProviderRefused(OutsideServiceError):
    """The provider understood and refused; `code` is its own word for why."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message, retry=False)
        self.code = code


class CredentialsRefused(ProviderRefused):
    """The provider does not know these keys, or no longer."""


class ForgedNotification(Exception):
    """A notification whose signature does not fit, is too old, or that is no message of the protocol."""


@dataclass(frozen=True)
class Access:
    """With what an account is reached: made of its row and the credentials of one mode, current ones first."""

    provider: str
    live: bool
    identifier: str
    secrets: Secrets = field(repr=False)
    #: Those before the last change; notifications on their way are signed with them.
    former: Secrets = field(default_factory=Secrets, repr=False)
    webhook_id: str = ""
    brand: str = ""
    uses_form: bool = False


@dataclass(frozen=True)
class Item:
    """A line of what is paid."""

    label: str
    amount: int


@dataclass(frozen=True)
class PaymentRequest:
    """An attempt that is about to begin."""

    #: Payment.code: unique in the firm; what the provider keeps as our reference.
    reference: str
    #: Unique over all firms: "<schema>:<code>"; clients shorten or hash it as their protocol wants.
    idempotency_key: str
    amount: int
    currency: str
    description: str
    items: Sequence[Item]
    payer_email: str
    payer_name: str
    language: str
    #: Where the browser comes back, by GET, whatever happened, and where when the payer gave up.
    return_url: str
    cancel_url: str
    #: Where notifications go.
    notify_url: str
    created_at: datetime


@dataclass(frozen=True)
class Started:
    """How the payer goes on: to `url`, or by a form posted to it when there are `fields`."""

    ref: str
    url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None


class TruthState(enum.StrEnum):
    """What a provider says of an attempt, from what may change to what stays."""

    PENDING = "pending"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUCCEEDED = "succeeded"
    #: It had succeeded, and the provider cancelled it before or at the capture: the money is not there.
    REVERSED = "reversed"


@dataclass(frozen=True)
class RefundTruth:
    """A refund as the provider tells it; `reference` is Refund.code where the protocol carries it."""

    ref: str
    amount: int
    status: RefundStatus
    reference: str = ""
    error: str = ""


@dataclass(frozen=True)
class Truth:
    """All that a provider says of one attempt now."""

    state: TruthState
    #: Of the money taken; None where nothing was.
    amount: int | None = None
    currency: str = ""
    #: Our reference as the provider has it; empty where its answer does not carry it.
    reference: str = ""
    live: bool | None = None
    capture_ref: str = ""
    paid_at: datetime | None = None
    method: Method = Method.CARD
    #: "Visa •••• 4242", or the payer's account, never more.
    instrument: str = ""
    refunds: Sequence[RefundTruth] = ()
    dispute: Dispute = Dispute.NONE
    #: Why it failed, in the provider's words.
    error: str = ""


@dataclass(frozen=True)
class Attempt:
    """What a client needs of a payment to ask about it."""

    reference: str
    idempotency_key: str
    ref: str
    capture_ref: str
    amount: int
    currency: str
    created_at: datetime
    #: Bodies of the notifications that were kept for it, oldest first: all there is to read where the provider
    #: offers no way to ask (Lyra's form without REST keys).
    kept: Sequence[str] = ()
    #: The provider's references of refunds that we know or were told of: all there is to read them by once PayPal no
    #: longer shows the order.
    refund_refs: Sequence[str] = ()


@dataclass(frozen=True)
class RefundRequest:
    """A refund to be made; `key` is unique over all firms ("<schema>:<Refund.code>")."""

    reference: str
    key: str
    amount: int
    currency: str
    reason: str
    #: Refunds of the attempt that we knew before: what is new after a lost answer is ours.
    known_refs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Incoming:
    """A notification as it came."""

    body: bytes
    #: Lower-case names.
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Notice:
    """A notification whose signature is right."""

    #: The same for each delivery of the same thing.
    dedupe_key: str
    kind: str
    live: bool
    #: Our Payment.code where it is told, and the provider's references (Payment.provider_ref or capture_ref).
    payment_code: str = ""
    refs: Sequence[str] = ()
    #: False: genuine, and nothing that concerns a payment.
    matters: bool = True


class Gateway(Protocol):
    """One provider's client, made for one account and mode (`Access`); it keeps nothing between calls.

    All methods that call the provider raise ProviderUnavailable, ProviderRefused or CredentialsRefused.
    """

    def __init__(self, access: Access) -> None: ...

    def check_credentials(self) -> None:
        """Asks the provider whether these keys work, of this mode."""

    def start(self, request: PaymentRequest) -> Started:
        """Begins an attempt; called again with the same key it gives the same attempt where the protocol can."""

    def read(self, attempt: Attempt) -> Truth:
        """Returns the truth, and takes the money first where an approved payment waits for that (PayPal)."""

    def abandon(self, attempt: Attempt) -> None:
        """Ends an attempt that nobody pays any more, where the protocol can; does nothing elsewhere."""

    def refund(self, attempt: Attempt, request: RefundRequest) -> RefundTruth:
        """Gives money back, once however often it is called with one key.

        After ProviderUnavailable the refund may have been made: `read` tells.
        """

    def parse(self, incoming: Incoming) -> Notice:
        """Returns what a notification says; raises ForgedNotification.

        Talks to nobody unless the protocol needs it; then also ProviderUnavailable, and CredentialsRefused for keys
        that the provider does not know.
        """
