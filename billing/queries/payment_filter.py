"""What a list of payments is filtered and sorted by: read from an address, kept in it, applied to a query."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce
from django.http import QueryDict

from billing.enums import OPEN_STATUSES, Dispute, Mode, PaymentStatus, Provider
from billing.models import Payment, PaymentIssue, PaymentLine
from billing.rules import cents
from extranet.models import Contact, Dossier
from kernel.filters import AddressFilter, read_address, within_days
from kernel.text import fold

#: States of a list that are no state of an attempt: what waits, what gave money back, what is contested.
OPEN, REFUNDED, DISPUTED = "open", "refunded", "disputed"
#: Those of the filter `mode` that lets both through; without a choice, live ones alone as soon as there are any.
ALL_MODES = "all"
SORTS = {"date": "happened_at", "amount": "amount"}
DEFAULT_SORT = "-date"
MAX_TERMS = 8
_MOST_CENTS = 10**15
_MOST_INTEGER = 2**31 - 1
#: A cheque is real whatever the mode of the account that it is recorded under (rules.is_test).
_REAL = Q(mode=Mode.LIVE) | Q(provider=Provider.MANUAL)
_AMOUNT = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?")


@dataclass(frozen=True)
class PaymentFilter(AddressFilter):
    """What is wanted of a list; each field is a parameter of the address, empty when it does not matter."""

    q: str = ""
    state: str = ""
    #: "1": with something to look at.
    look: str = ""
    provider: str = ""
    mode: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""
    #: "months": the totals by month instead of the list.
    view: str = ""
    #: What was asked for and is no filter: told, never silently applied.
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_query(cls, query: QueryDict) -> "PaymentFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out and named in `wrong`."""
        closed = {
            "state": {*PaymentStatus.values, OPEN, REFUNDED, DISPUTED},
            "look": {"1"},
            "provider": set(Provider.values),
            "mode": {*Mode.values, ALL_MODES},
            "sort": {*SORTS, *(f"-{name}" for name in SORTS)},
            "view": {"months"},
        }
        asked, wrong = read_address(query, cls.names(), closed=closed, days=("since", "until"))
        return cls(**asked, wrong=wrong)

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anything out that the list would show by itself."""
        return any(getattr(self, name) for name in self.names() if name not in {"sort", "view"})

    @property
    def is_to_confirm(self) -> bool:
        """Whether it asks for the announced transfers, cheques and cash."""
        return self.state == OPEN and self.provider == Provider.MANUAL

    @property
    def more_count(self) -> int:
        """How many of the filters behind the button are set."""
        shown = ("mode", "since", "until") if self.is_to_confirm else ("provider", "mode", "since", "until")
        chosen = sum(bool(getattr(self, name)) for name in shown)
        return chosen + (self.state in _MORE_STATES and not self.is_to_confirm)


#: Those without a button of their own.
_MORE_STATES = {*PaymentStatus.values, OPEN, REFUNDED, DISPUTED} - {PaymentStatus.SUCCEEDED}


def dated_payments() -> QuerySet[Payment]:
    """Returns all payments with `happened_at`: when the money was taken, else when the attempt began."""
    return Payment.objects.annotate(happened_at=Coalesce("paid_at", "created_at"))


def default_mode() -> str:
    """Returns the mode that a list shows without a choice: live once there is any, else all."""
    return Mode.LIVE if Payment.objects.filter(_REAL).exists() else ALL_MODES


def shown_mode(wanted: PaymentFilter) -> str:
    """Returns the mode that a filter shows; what is to be looked at is looked at in both. One query, if not said."""
    return wanted.mode or (ALL_MODES if wanted.look else default_mode())


def real_only(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Returns those that move money."""
    return payments.filter(_REAL)


def filtered_payments(wanted: PaymentFilter, *, mode: str = "") -> QuerySet[Payment]:
    """Returns the firm's payments that a filter lets through, in its order; `mode` where it is known already."""
    found = dated_payments()
    mode = mode or shown_mode(wanted)
    if mode != ALL_MODES:
        found = found.filter(_REAL if mode == Mode.LIVE else ~_REAL)
    if wanted.state:
        found = found.filter(_in_state(wanted.state))
    if wanted.look:
        found = found.filter(has_open_issue())
    if wanted.provider:
        found = found.filter(provider=wanted.provider)
    found = found.filter(within_days("happened_at", since=wanted.since, until=wanted.until))
    if wanted.q:
        found = found.filter(_matching(wanted.q))
    return found.order_by(*_order(wanted.sort or DEFAULT_SORT))


def has_open_issue() -> Exists:
    """Returns whether a payment has something to look at."""
    return Exists(PaymentIssue.objects.filter(payment=OuterRef("pk"), resolved_at__isnull=True))


def _in_state(state: str) -> Q:
    if state == OPEN:
        return Q(status__in=OPEN_STATUSES)
    if state == REFUNDED:
        return Q(refunded__gt=0)
    if state == DISPUTED:
        return ~Q(dispute=Dispute.NONE)
    return Q(status=state)


def _matching(query: str) -> Q:
    """Returns the payments that hold every term: of the payer, the dossiers, the references, or an amount of euros."""
    every = Q()
    for term in query.split()[:MAX_TERMS]:
        every &= _holding(term)
    whole = _amount("".join(query.split()))
    return every | Q(amount=whole) if whole is not None else every


def _holding(term: str) -> Q:
    folded = fold(term)
    # a term of one or two letters matches at the start of a word, as everywhere (kernel.text.search_terms)
    looked_up = folded if len(folded) > 2 else f" {folded}"
    lines = PaymentLine.objects.filter(
        Q(title__icontains=term)
        | Q(reference__icontains=term)
        | Q(dossier_id__in=Dossier.objects.filter(search__contains=looked_up).values("pk"))
    )
    held = (
        Q(payer_name__icontains=term)
        | Q(payer_email__icontains=term)
        | Q(code__istartswith=term)
        | Q(provider_ref__icontains=term)
        | Q(capture_ref__icontains=term)
        | Q(contact_id__in=Contact.objects.filter(search__contains=looked_up).values("pk"))
        | Q(pk__in=lines.values("payment_id"))
    )
    amount = _amount(term)
    if amount is not None:
        held |= Q(amount=amount)
    if term.isascii() and term.isdigit() and int(term[:10]) <= _MOST_INTEGER and len(term) <= len(str(_MOST_INTEGER)):
        held |= Q(receipt_number=int(term))
    return held


def _amount(text: str) -> int | None:
    """Returns the cents that a text of euros says: 120, 120,5 or 120.50 €; None when it says none."""
    bare = text.removesuffix("€")
    if not _AMOUNT.fullmatch(bare) or len(bare) > len(str(_MOST_CENTS)):
        return None
    try:
        return cents(Decimal(bare.replace(",", ".")))
    except (InvalidOperation, ValueError):
        return None


def _order(sort: str) -> list[OrderBy]:
    column = F(SORTS[sort.removeprefix("-")])
    return [column.desc(), F("id").desc()] if sort.startswith("-") else [column.asc(), F("id").asc()]
