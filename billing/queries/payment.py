"""How the pages of payments are read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from billing.enums import OPEN_STATUSES, PaymentStatus, Provider
from billing.models import Payment, PaymentIssue, PaymentLine, ReminderStop, UnpaidReminder
from billing.queries.payment_filter import dated_payments, has_open_issue
from extranet.enums import PaymentState
from extranet.models import Contact, Dossier, DossierAccess
from kernel.pagination import Page, paginate
from kernel.text import search_terms


@dataclass(frozen=True)
class Totals:
    """What payments amount to, in cents: of those that succeeded what was taken and given back; how many there are."""

    count: int = 0
    paid_count: int = 0
    paid: int = 0
    refunded: int = 0
    waiting_count: int = 0
    waiting: int = 0

    @property
    def kept(self) -> int:
        """What stayed with the firm."""
        return self.paid - self.refunded


@dataclass(frozen=True)
class MonthTotals:
    """The money of a month: cents taken by provider, and given back of what was taken in that month."""

    month: date
    paid: dict[str, int] = field(default_factory=dict)
    count: int = 0
    refunded: int = 0

    @property
    def total(self) -> int:
        """What was taken."""
        return sum(self.paid.values())

    @property
    def kept(self) -> int:
        """What stayed with the firm."""
        return self.total - self.refunded


@dataclass(frozen=True)
class Alerts:
    """What of the payments waits for somebody of the firm."""

    issues: int = 0
    to_confirm: int = 0


def payment_page(payments: QuerySet[Payment], *, page: str | None, size: int) -> Page[Payment]:
    """Returns a page of filtered payments, each with its lines and `to_look_at`: three queries."""
    return paginate(with_lines(payments), page=page, size=size)


def with_lines(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Returns payments with what their rows on a page show."""
    lines = PaymentLine.objects.select_related("dossier").only(
        "id", "payment_id", "title", "reference", "amount", "refunded", "dossier__code", "dossier__deleted_at"
    )
    shown = payments.annotate(to_look_at=has_open_issue()).select_related("contact")
    shown = shown.defer("pay_url", "contact__search", "contact__notes")
    return shown.prefetch_related(Prefetch("lines", queryset=lines))


def totals_of(payments: QuerySet[Payment]) -> Totals:
    """Returns what filtered payments amount to: one query."""
    succeeded, waiting = Q(status=PaymentStatus.SUCCEEDED), Q(status__in=OPEN_STATUSES)
    found = payments.order_by().aggregate(
        count=Count("pk"),
        paid_count=Count("pk", filter=succeeded),
        paid=Sum("amount", filter=succeeded, default=0),
        refunded=Sum("refunded", filter=succeeded, default=0),
        waiting_count=Count("pk", filter=waiting),
        waiting=Sum("amount", filter=waiting, default=0),
    )
    return Totals(**{name: int(value) for name, value in found.items()})


def months_of(payments: QuerySet[Payment]) -> list[MonthTotals]:
    """Returns the money of each month in which some was taken, the last one first: one query."""
    rows = (
        payments.filter(status=PaymentStatus.SUCCEEDED)
        .order_by()
        .annotate(month=TruncMonth("happened_at"))
        .values("month", "provider")
        .annotate(n=Count("pk"), paid=Sum("amount"), back=Sum("refunded"))
        .values_list("month", "provider", "n", "paid", "back")
    )
    months: dict[date, MonthTotals] = {}
    for at, provider, count, paid, back in rows:
        month = at.date()
        before = months.get(month) or MonthTotals(month)
        months[month] = MonthTotals(
            month=month,
            paid=before.paid | {provider: int(paid)},
            count=before.count + count,
            refunded=before.refunded + int(back),
        )
    return [months[month] for month in sorted(months, reverse=True)]


def providers_of(months: Iterable[MonthTotals]) -> list[Provider]:
    """Returns the providers that took money in these months, in their usual order."""
    seen = {provider for month in months for provider in month.paid}
    return [provider for provider in Provider if provider in seen]


def alerts() -> Alerts:
    """Returns how many payments are to be looked at and how many announced payments to be confirmed: two queries."""
    return Alerts(
        issues=PaymentIssue.objects.filter(resolved_at__isnull=True).values("payment_id").distinct().count(),
        to_confirm=Payment.objects.filter(provider=Provider.MANUAL, status__in=OPEN_STATUSES).count(),
    )


def payments_of_dossier(dossier_id: int, *, contact_id: int | None = None) -> list[PaymentLine]:
    """Returns what was paid or tried for a dossier, the newest first, each with its payment: one query.

    With `contact_id` those of that contact alone, and of its attempts only what came to something or may yet.
    """
    lines = PaymentLine.objects.filter(dossier_id=dossier_id)
    if contact_id is not None:
        shown = (PaymentStatus.SUCCEEDED, PaymentStatus.PENDING)
        lines = lines.filter(payment__contact_id=contact_id, payment__status__in=shown)
    open_issues = PaymentIssue.objects.filter(payment=OuterRef("payment_id"), resolved_at__isnull=True)
    found = lines.annotate(to_look_at=Exists(open_issues)).select_related("payment")
    return list(found.order_by("-payment__created_at", "-id"))


def payments_of_contact(contact_id: int | None) -> QuerySet[Payment]:
    """Returns a client's payments, the last one first: what came to something or may yet."""
    shown = (PaymentStatus.SUCCEEDED, PaymentStatus.PENDING)
    found = dated_payments().filter(contact_id=contact_id or 0, status__in=shown)
    return found.order_by(F("happened_at").desc(), "-id")


def reminders_of(dossier_id: int) -> tuple[list[UnpaidReminder], ReminderStop | None]:
    """Returns the reminders that were sent of an unpaid dossier, oldest first, and whether they were stopped."""
    sent = list(UnpaidReminder.objects.filter(dossier_id=dossier_id))
    return sent, ReminderStop.objects.filter(dossier_id=dossier_id).first()


def dossiers_to_pay(query: str, *, most: int = 30) -> list[Dossier]:
    """Returns the dossiers in progress or archived that hold every term, those that are unpaid first."""
    found = Dossier.objects.filter(deleted_at__isnull=True)
    for term in search_terms(query):
        found = found.filter(search__contains=term)
    if not query.strip():
        found = found.filter(payment_state=PaymentState.UNPAID)
    unpaid_first = Case(When(payment_state=PaymentState.UNPAID, then=Value(0)), default=Value(1))
    return list(found.order_by(unpaid_first, "-created_at", "-id")[:most])


def payers_of(dossier_ids: Iterable[int]) -> QuerySet[Contact]:
    """Returns the contacts that have access to any of the dossiers: who may have paid."""
    chosen = DossierAccess.objects.filter(dossier_id__in=list(dossier_ids)).values("contact_id")
    return Contact.objects.filter(pk__in=chosen).select_related("user").order_by("name", "id")
