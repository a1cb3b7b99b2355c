"""Imports of dossiers as their pages show them."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from extranet.enums_import import ImportOutcome
from extranet.models import DossierImport, DossierImportLine
from kernel.pagination import Page, paginate

#: What a page shows of the lines, beside their outcomes: those that a person should look at.
TO_CHECK = "check"


def recent_imports(count: int) -> QuerySet[DossierImport]:
    """Returns the last imports."""
    return DossierImport.objects.select_related("created_by").order_by("-id")[:count]


def import_lines(entry: DossierImport, *, show: str, page: str | None, size: int) -> Page[DossierImportLine]:
    """Returns a page of an import's lines: all, or those of an outcome, or those with something to look at."""
    lines = DossierImportLine.objects.filter(entry=entry).select_related("dossier").order_by("position")
    if show in ImportOutcome.values:
        lines = lines.filter(outcome=show)
    elif show == TO_CHECK:
        lines = lines.filter(~Q(warnings=[]) | ~Q(error=""))
    return paginate(lines, page=page, size=size)


def shown_outcomes(entry: DossierImport) -> Sequence[tuple[str, str, int]]:
    """Returns the outcomes that an import has: value, label, how many."""
    return [
        (outcome.value, str(outcome.label), getattr(entry, outcome.value))
        for outcome in ImportOutcome
        if getattr(entry, outcome.value)
    ]
