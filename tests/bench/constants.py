"""What the plain view knows: the context of a page, read once from the product's own database."""

from dataclasses import dataclass
from typing import Any

from django.test import RequestFactory
from django.utils import translation

from accounts.models import User
from extranet.queries.dossier import dossier_page
from extranet.queries.dossier_filter import DossierFilter
from extranet.queries.home import firm_home
from extranet.queries.site import published_document
from extranet.views.portal.dossier import filter_choices
from extranet.views.portal.home import home_context
from extranet.views.site.drawing import page_context
from kernel.tenancy import firm_context
from tenants.models import Firm
from tests.bench.firms import admin_of


@dataclass(frozen=True)
class Constants:
    """All that a template needs, and the address at which it is shown, without its first slash."""

    firm: Firm
    user: User
    path: str
    template: str
    context: dict[str, Any]


def read_constants(firm: Firm, query: str) -> Constants:
    """Returns what the product's view would give the template of the list, for the firm's administrator."""
    user, size = admin_of(firm), firm.branding.rows_per_page
    wanted = DossierFilter(q=query)
    with firm_context(firm.schema_name):
        page = dossier_page(user, wanted=wanted, page=None, size=size)
        choices = filter_choices(wanted, is_staff=True)
    assert len(page.rows) == size, f"{query!r} finds {len(page.rows)} dossiers"
    context = {"page": page, "wanted": wanted, "nav": "dossiers"} | choices
    return Constants(firm, user, "dossiers/", "extranet/office/dossier_list.html", context)


def read_home(firm: Firm) -> Constants:
    """Returns what it would give the template of the firm's home page."""
    user = admin_of(firm)
    with firm_context(firm.schema_name):
        context = home_context(user, firm_home(user)) | {"steps": []}
    return Constants(firm, user, "", "extranet/office/home.html", context)


def read_site(firm: Firm) -> Constants:
    """Returns what it would give the template of the home page of the firm's published site, which has no form."""
    request = RequestFactory().get("/")
    request.firm = firm  # type: ignore[attr-defined]
    with firm_context(firm.schema_name), translation.override("fr"):
        document = published_document()
        assert document is not None
        context = page_context(request, document, document.home) | {"form": None}
    return Constants(firm, admin_of(firm), "", "extranet/site/page.html", context)
