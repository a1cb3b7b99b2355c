"""What the plain view knows: a page of the list, read once from the product's own database."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from extranet.enums import DownloadState
from extranet.queries.dossier import dossier_page
from kernel.tenancy import firm_context
from tenants.models import Firm
from tests.bench.firms import admin_of


@dataclass(frozen=True)
class Constants:
    """All that the template of the list needs."""

    firm: Firm
    user: User
    context: dict[str, Any]


def read_constants(firm: Firm, query: str) -> Constants:
    """Returns what the product's view would give its template, for the firm's administrator."""
    user, size = admin_of(firm), firm.branding.rows_per_page
    with firm_context(firm.schema_name):
        page = dossier_page(user, query=query, state="", page=None, size=size)
    assert len(page.rows) == size, f"{query!r} finds {len(page.rows)} dossiers"
    context = {"page": page, "query": query, "state": "", "states": DownloadState.choices, "nav": "dossiers"}
    return Constants(firm=firm, user=user, context=context)
