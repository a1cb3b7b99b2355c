"""What every carrier's client offers, and the words in which it tells what became of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Protocol

from django.utils.functional import Promise

from kernel.errors import OutsideServiceError
from mail.sms.enums import SmsState


class CarrierUnavailable(OutsideServiceError):
    """The carrier is down or busy and has not taken the message: the same call may succeed later."""

    def __init__(self, message: str, *, wait_seconds: int = 0) -> None:
        super().__init__(message, retry=True)
        #: What the carrier asked for (Retry-After); 0 where it asked for nothing.
        self.wait_seconds = wait_seconds


class AnswerLost(OutsideServiceError):
    """The call left and no answer came: the message may be on its way, so that sending it again could send it twice."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


class CarrierRefused(OutsideServiceError):
    """The carrier understood and refused; `code` is its own word for why."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message, retry=False)
        self.code = code


class KeysRefused(CarrierRefused):
    """The carrier does not know these keys, or no longer."""


class NumberStopped(CarrierRefused):
    """The carrier keeps a list of who said STOP, and this number is on it."""


class ForgedCall(Exception):
    """A call whose signature does not fit, or that is no message of the protocol."""


@dataclass(frozen=True)
class KeyField:
    """One of the keys of an account, as the settings ask for it."""

    name: str
    label: str | Promise
    secret: bool = False
    optional: bool = False
    help_text: str | Promise = ""
    #: What it looks like: a regular expression that the whole value matches.
    shape: str = r"[!-~]{4,200}"


@dataclass(frozen=True)
class Keys:
    """With what an account is reached."""

    identifiers: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        return self.secrets.get(name) or self.identifiers.get(name, "")


@dataclass(frozen=True)
class Parcel:
    """A message about to leave."""

    #: Our own code of it, which the carrier keeps.
    reference: str
    #: E.164.
    to: str
    text: str
    #: Up to eleven letters and figures, or a number; empty: the carrier's own number, which people can answer.
    sender: str
    is_unicode: bool
    #: Where the carrier tells what becomes of it, where it takes one for each message.
    news_url: str


@dataclass(frozen=True)
class Accepted:
    """That the carrier has the message: by its own name, with what it told of parts and price."""

    ref: str
    parts: int | None = None
    price: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Call:
    """A call of the carrier's to us; the names of the headers are in lower case."""

    url: str
    method: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Progress:
    """What became of a message: delivered or failed, with the carrier's own words for why."""

    ref: str
    state: SmsState
    reason: str = ""


@dataclass(frozen=True)
class Reply:
    """What somebody wrote back; `is_stop`: the carrier says that it is one."""

    number: str
    text: str
    is_stop: bool = False


type News = Progress | Reply


class Carrier(Protocol):
    """A carrier's client, for one account."""

    FIELDS: ClassVar[tuple[KeyField, ...]]

    def __init__(self, keys: Keys) -> None: ...

    def check(self) -> str:
        """Returns what is left on the account, in the carrier's words, without sending anything.

        Raises KeysRefused, CarrierRefused, CarrierUnavailable.
        """

    def send(self, parcel: Parcel) -> Accepted:
        """Returns what the carrier said when it took a message; raises an OutsideServiceError of this module."""

    def parse(self, call: Call) -> list[News]:
        """Returns what a call tells; talks to nobody. Raises ForgedCall."""
