"""How a page of a list of dossiers is read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count

from accounts.models import User
from extranet.enums import PaymentState, Visibility
from extranet.models import DossierAccess, DossierFile
from extranet.queries.dossier_filter import DossierFilter, filtered_dossiers
from kernel.pagination import Page, paginate

MAX_CLIENTS_SHOWN = 3


@dataclass(frozen=True)
class DossierRow:
    """A line of the list; `state` is the reader's own for a client, that of all clients for the firm."""

    code: str
    reference: str
    title: str
    street: str
    postcode: str
    city: str
    state: str
    amount: Decimal | None
    payment_state: str
    visited_on: date | None
    expires_on: date | None
    created_at: datetime
    notified_at: datetime | None
    clients: list[str]
    more_clients: int
    file_count: int

    @property
    def is_unpaid(self) -> bool:
        """Whether something is due."""
        return self.payment_state == PaymentState.UNPAID


def dossier_page(user: User, *, wanted: DossierFilter, page: str | None, size: int) -> Page[DossierRow]:
    """Returns a page of the list: four queries, whatever the number of rows."""
    state_field = "download_state" if user.is_firm_staff else "accesses__download_state"
    rows = filtered_dossiers(user, wanted).values_list(
        "id",
        "code",
        "reference",
        "title",
        "street",
        "postcode",
        "city",
        state_field,
        "amount",
        "payment_state",
        "visited_on",
        "expires_on",
        "created_at",
        "notified_at",
    )
    found = paginate(rows, page=page, size=size)
    ids = [row[0] for row in found.rows]
    clients = _clients_of(ids) if user.is_firm_staff else {}
    files = _file_counts(ids, user)
    made: list[DossierRow] = []
    for pk, *told in found.rows:
        names = clients.get(pk, [])
        more = max(0, len(names) - MAX_CLIENTS_SHOWN)
        made.append(_row(told, names[:MAX_CLIENTS_SHOWN], more, files.get(pk, 0)))
    return found.with_rows(made)


def _row(told: Sequence[Any], clients: list[str], more: int, files: int) -> DossierRow:
    return DossierRow(*(*told, clients, more, files))


def _clients_of(ids: Iterable[int]) -> dict[int, list[str]]:
    result: dict[int, list[str]] = defaultdict(list)
    pairs = (
        DossierAccess.objects.filter(dossier_id__in=list(ids))
        .order_by("id")
        .values_list("dossier_id", "contact__company", "contact__name")
    )
    for dossier_id, company, name in pairs:
        result[dossier_id].append(company or name)
    return result


def _file_counts(ids: Iterable[int], user: User) -> dict[int, int]:
    files = DossierFile.objects.filter(dossier_id__in=list(ids), deleted_at__isnull=True)
    if not user.is_firm_staff:
        files = files.filter(visibility=Visibility.CLIENT)
    return {row["dossier_id"]: row["n"] for row in files.order_by().values("dossier_id").annotate(n=Count("id"))}
