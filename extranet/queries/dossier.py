"""Lists of dossiers: the one place that says who sees which, and how a page of them is read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, QuerySet

from accounts.models import User
from extranet.enums import DownloadState, EventKind
from extranet.models import Dossier, DossierAccess, DossierEvent, DossierFile
from kernel.pagination import Page, paginate
from kernel.text import search_terms

MAX_CLIENTS_SHOWN = 3


@dataclass(frozen=True)
class DossierRow:
    """A line of the list; `state` is the reader's own for a client, that of all clients for the firm."""

    code: str
    title: str
    state: str
    created_at: datetime
    notified_at: datetime | None
    clients: list[str]
    more_clients: int
    file_count: int


def visible_dossiers(user: User, *, state: str = "") -> QuerySet[Dossier]:
    """Returns the dossiers that a person may see: all for the firm, those it was given for a client.

    With `state`, only those in it: for a client it is that of its own access.
    """
    if user.is_firm_staff:
        return Dossier.objects.filter(download_state=state) if state else Dossier.objects.all()
    # in one filter(): a second one would join the accesses again, and meet those of other clients
    own = {"accesses__contact__user_id": user.pk} | ({"accesses__download_state": state} if state else {})
    return Dossier.objects.filter(**own)


def matching_dossiers(dossiers: QuerySet[Dossier], query: str) -> QuerySet[Dossier]:
    """Returns the dossiers that hold every term of the query, whatever its accents and case."""
    for term in search_terms(query):
        dossiers = dossiers.filter(search__contains=term)
    return dossiers


def dossier_page(user: User, *, query: str, state: str, page: str | None, size: int) -> Page[DossierRow]:
    """Returns a page of the list, newest first: four queries, whatever the number of rows."""
    known_state = state if state in DownloadState.values else ""
    dossiers = matching_dossiers(visible_dossiers(user, state=known_state), query)
    state_field = "download_state" if user.is_firm_staff else "accesses__download_state"
    rows = dossiers.order_by(F("created_at").desc(), F("id").desc()).values_list(
        "id", "code", "title", state_field, "created_at", "notified_at"
    )
    found = paginate(rows, page=page, size=size)
    ids = [row[0] for row in found.rows]
    clients = _clients_of(ids) if user.is_firm_staff else {}
    files = _file_counts(ids)
    return found.with_rows(
        [
            DossierRow(
                code=code,
                title=title,
                state=row_state,
                created_at=created_at,
                notified_at=notified_at,
                clients=clients.get(pk, [])[:MAX_CLIENTS_SHOWN],
                more_clients=max(0, len(clients.get(pk, [])) - MAX_CLIENTS_SHOWN),
                file_count=files.get(pk, 0),
            )
            for pk, code, title, row_state, created_at, notified_at in found.rows
        ]
    )


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


def _file_counts(ids: Iterable[int]) -> dict[int, int]:
    counted = DossierFile.objects.filter(dossier_id__in=list(ids)).values("dossier_id").annotate(n=Count("id"))
    return {row["dossier_id"]: row["n"] for row in counted}


def download_counts(dossier: Dossier) -> dict[int, int]:
    """Returns how often each file (by key) of a dossier was downloaded, by whomever."""
    counted = (
        DossierEvent.objects.filter(dossier=dossier, kind=EventKind.DOWNLOADED, file__isnull=False)
        .order_by()
        .values("file_id")
        .annotate(n=Count("id"))
    )
    return {row["file_id"]: row["n"] for row in counted}
