"""What the home page shows: the firm's figures and what matters today, at a number of queries that does not grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, NullIf, TruncMonth
from django.utils import timezone

from accounts.models import User
from extranet.enums import DownloadState, EventKind, PaymentState, RequestState
from extranet.enums_order import OrderState
from extranet.models import (
    Contact,
    Diagnostic,
    Dossier,
    DossierAccess,
    DossierEvent,
    Message,
    Order,
    PortalSettings,
    RequestedDocument,
)
from extranet.models.dossier import ACTIVE
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.message import unread_messages
from extranet.queries.order_filter import visible_orders

MONTHS = 12
#: How many lines each list of the page has.
LINES, ACTIVITY_LINES = 5, 10
#: From how many active dossiers on the firm's figures are remembered; below, they cost nothing and are never late.
CACHED_FROM = 2_000
FIGURES_SECONDS, CHART_SECONDS = 60, 600
#: Days before an expiry from which a client is told.
CLIENT_HORIZON = 90
_FIGURES, _CHART = "home:figures", "home:chart"
#: What a client does, of what the history holds.
CLIENT_DEEDS = (
    EventKind.READ,
    EventKind.READ_STAMPED,
    EventKind.DOWNLOADED,
    EventKind.LINK_OPENED,
    EventKind.DOCUMENT_SENT,
    EventKind.MESSAGE,
)
type Months = list[tuple[date, int, int]]


@dataclass(frozen=True)
class Figures:
    """The numbers of the band; `contacts` and the archive's are the firm's alone. Amounts in euros, VAT included."""

    dossiers: int
    waiting: int
    unpaid: int
    unpaid_total: Decimal
    contacts: int = 0
    archived_unpaid: int = 0
    archived_unpaid_total: Decimal = Decimal(0)
    #: Whether there is a dossier at all, archived or in the bin.
    has_begun: bool = True
    #: Days before an expiry from which it is told.
    horizon: int = CLIENT_HORIZON
    orders_todo: int = 0
    orders_ongoing: int = 0


@dataclass(frozen=True)
class Waiting:
    """A dossier that nobody downloaded yet; `days` since its client was told, none while it was not."""

    code: str
    title: str
    created_at: datetime
    notified_at: datetime | None
    clients: list[str]

    @property
    def days(self) -> int | None:
        """Whole days since the client was notified."""
        if self.notified_at is None:
            return None
        return (timezone.localdate() - timezone.localdate(self.notified_at)).days


@dataclass(frozen=True)
class Home:
    """All that the page reads from the database."""

    figures: Figures
    unread_count: int
    unread: list[Message]
    waiting: list[Waiting]
    documents: list[RequestedDocument]
    expiring: list[Diagnostic]
    months: Months
    activity: Sequence[DossierEvent] = ()


class _CountOf(Subquery):
    """The number of rows of a query, read within another one."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


class _SumOf(Subquery):
    """The sum of the `amount` of a query's rows."""

    template = "(SELECT coalesce(sum(amount), 0) FROM (%(subquery)s) summed)"


def firm_home(user: User) -> Home:
    """Returns the firm's page: eight queries, six where the figures are remembered."""
    known = cache.get_many([_FIGURES, _CHART])
    figures = known.get(_FIGURES) or firm_figures()
    months = known.get(_CHART) or firm_months()
    if figures.dossiers >= CACHED_FROM:
        if _FIGURES not in known:
            cache.set(_FIGURES, figures, FIGURES_SECONDS)
        if _CHART not in known:
            cache.set(_CHART, months, CHART_SECONDS)
    expiring = _expiring(Diagnostic.objects.filter(dossier__deleted_at__isnull=True), figures.horizon)
    sent = RequestedDocument.objects.filter(state=RequestState.SENT, dossier__deleted_at__isnull=True)
    deeds = DossierEvent.objects.filter(by_client=True, kind__in=CLIENT_DEEDS, dossier__deleted_at__isnull=True)
    return Home(
        figures=figures,
        months=months,
        waiting=_waiting(),
        documents=list(sent.select_related("dossier").order_by("answered_at")[:LINES]),
        expiring=expiring,
        activity=list(deeds.select_related("dossier").order_by("-at")[:ACTIVITY_LINES]),
        **_unread(user),
    )


def client_home(user: User) -> Home:
    """Returns a client's page, computed from what it may see: seven queries, the client's contact included."""
    contact_id = contact_id_of(user) or 0
    visible = visible_dossiers(user)
    own = DossierAccess.objects.filter(
        contact_id=contact_id, dossier__archived_at__isnull=True, dossier__deleted_at__isnull=True
    )
    waiting = own.filter(download_state=DownloadState.NONE).order_by("-dossier__created_at", "-dossier_id")
    lines = waiting.values_list("dossier__code", "dossier__title", "dossier__created_at", "notified_at")
    asked = RequestedDocument.objects.filter(
        state__in=[RequestState.ASKED, RequestState.REDO], dossier__in=visible.filter(ACTIVE)
    )
    expiring = _expiring(Diagnostic.objects.filter(dossier__in=visible), CLIENT_HORIZON)
    return Home(
        figures=_client_figures(user, visible, contact_id),
        months=_client_months(visible, contact_id),
        waiting=[Waiting(*line, clients=[]) for line in lines[:LINES]],
        documents=list(asked.select_related("dossier").order_by(F("due_on").asc(nulls_last=True), "id")[:LINES]),
        expiring=expiring,
        **_unread(user),
    )


def forget_figures() -> None:
    """Makes the next home page count again, once what changes now is committed; for actions that move many or money."""
    transaction.on_commit(partial(cache.delete_many, [_FIGURES, _CHART]))


def firm_figures() -> Figures:
    """Returns the figures in one query, each read from an index of its own."""
    active = Dossier.objects.filter(ACTIVE).order_by()
    unpaid = Dossier.objects.filter(payment_state=PaymentState.UNPAID, deleted_at__isnull=True).order_by()
    in_hand, archived = (unpaid.filter(archived_at__isnull=archive) for archive in (True, False))
    row = PortalSettings.objects.values_list(
        _CountOf(active.values("pk")),
        _CountOf(active.filter(download_state=DownloadState.NONE).values("pk")),
        _CountOf(in_hand.values("pk")),
        _SumOf(in_hand.values("amount")),
        _CountOf(Contact.objects.order_by().values("pk")),
        _CountOf(archived.values("pk")),
        _SumOf(archived.values("amount")),
        Exists(Dossier.objects.all()),
        "remind_days_before",
        _CountOf(Order.objects.order_by().filter(state=OrderState.TODO).values("pk")),
        _CountOf(Order.objects.order_by().filter(state=OrderState.ONGOING).values("pk")),
    )
    found: tuple[Any, ...] = row.get()
    return Figures(*found)


def _client_figures(user: User, visible: QuerySet[Dossier], contact_id: int) -> Figures:
    """Returns a client's figures in one query, its orders' too."""
    active, orders = visible.filter(ACTIVE).order_by(), visible_orders(user).order_by()
    unpaid = active.filter(payment_state=PaymentState.UNPAID)
    waiting = active.filter(accesses__contact_id=contact_id, accesses__download_state=DownloadState.NONE)
    row = PortalSettings.objects.values_list(
        _CountOf(active.values("pk")),
        _CountOf(waiting.values("pk")),
        _CountOf(unpaid.values("pk")),
        _SumOf(unpaid.values("amount")),
        _CountOf(orders.filter(state=OrderState.TODO).values("pk")),
        _CountOf(orders.filter(state=OrderState.ONGOING).values("pk")),
    )
    names = ("dossiers", "waiting", "unpaid", "unpaid_total", "orders_todo", "orders_ongoing")
    found: dict[str, Any] = dict(zip(names, row.get(), strict=True))
    return Figures(**found)


def _unread(user: User) -> dict[str, Any]:
    """Returns the last unread messages and how many there are, in one query."""
    counted = unread_messages(user).defer("body").annotate(total=Window(Count("pk")))
    rows = list(counted.select_related("contact", "dossier")[:LINES])
    return {"unread": rows, "unread_count": rows[0].total if rows else 0}


def _waiting() -> list[Waiting]:
    """Returns the firm's dossiers that nobody downloaded yet: those whose client knows longest, then the others."""
    name = Coalesce(NullIf("contact__company", Value("")), "contact__name")
    clients = DossierAccess.objects.filter(dossier=OuterRef("pk")).order_by("id").values_list(name)[:3]
    found = (
        Dossier.objects.filter(ACTIVE, download_state=DownloadState.NONE)
        .order_by(F("notified_at").asc(nulls_last=True), "id")
        .values_list("code", "title", "created_at", "notified_at", ArraySubquery(clients))
    )
    return [Waiting(*row) for row in found[:LINES]]


def _expiring(diagnostics: QuerySet[Diagnostic], horizon: int) -> list[Diagnostic]:
    """Returns the next diagnostics that expire within so many days, with their dossiers."""
    today = timezone.localdate()
    found = diagnostics.filter(expires_on__range=(today, today + timedelta(days=horizon)))
    return list(found.select_related("dossier").order_by("expires_on", "dossier_id")[:LINES])


def firm_months() -> Months:
    """Returns the chart of all dossiers: one query."""
    since = _first_month()
    published = Dossier.objects.filter(deleted_at__isnull=True, created_at__gte=since)
    # deleted dossiers' too: what was done was done, and the index alone answers
    downloads = DossierEvent.objects.filter(by_client=True, kind=EventKind.DOWNLOADED, at__gte=since)
    return _months(published, downloads)


def _client_months(visible: QuerySet[Dossier], contact_id: int) -> Months:
    since = _first_month()
    published = visible.filter(created_at__gte=since)
    downloads = DossierEvent.objects.filter(contact_id=contact_id, kind=EventKind.DOWNLOADED, at__gte=since)
    return _months(published, downloads)


def _first_month() -> datetime:
    """Returns when the first of the chart's months began, in the installation's zone."""
    first = timezone.localdate().replace(day=1) - relativedelta(months=MONTHS - 1)
    return timezone.make_aware(datetime.combine(first, time.min))


def _months(published: QuerySet[Dossier], downloads: QuerySet[DossierEvent]) -> Months:
    """Returns, for each of the chart's months, how many dossiers were published and how many downloaded: one query."""
    of_published = (
        published.order_by()
        .annotate(month=TruncMonth("created_at"))
        .values("month")
        .annotate(column=Value(0), n=Count("pk"))
        .values_list("month", "column", "n")
    )
    of_downloads = (
        downloads.order_by()
        .annotate(month=TruncMonth("at"))
        .values("month")
        .annotate(column=Value(1), n=Count("dossier_id", distinct=True))
        .values_list("month", "column", "n")
    )
    counts = {(timezone.localdate(month), column): n for month, column, n in of_published.union(of_downloads, all=True)}
    first = timezone.localdate(_first_month())
    months = [first + relativedelta(months=rank) for rank in range(MONTHS)]
    return [(month, counts.get((month, 0), 0), counts.get((month, 1), 0)) for month in months]
