"""What the plain view knows: a page of the list, read once from the product's own database."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from extranet.enums import DownloadState
from extranet.queries.dossier import dossier_page
from kernel.tenancy import firm_context
from tenants.models import Firm


@dataclass(frozen=True)
class Constants:
    """All that the template of the list needs."""

    firm: Firm
    user: User
    csrf_secret: str
    context: dict[str, Any]


def read_constants(firm: Firm, username: str, query: str) -> Constants:
    """Returns what the product's view would give its template."""
    with firm_context(firm.schema_name):
        user = User.objects.get(username=username)
        page = dossier_page(user, query=query, state="", page=None, size=firm.branding.rows_per_page)
    assert len(page.rows) == firm.branding.rows_per_page, f"{query!r} finds {len(page.rows)} dossiers"
    context = {"page": page, "query": query, "state": "", "states": DownloadState.choices, "nav": "dossiers"}
    return Constants(firm=firm, user=user, csrf_secret="c" * 32, context=context)
