"""Firms of a benchmark, and their administrators' sessions."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password

from accounts.actions.signup import open_firm
from accounts.models import Role, User
from accounts.sessions import SessionStore
from kernel.tenancy import firm_context
from tenants.models import Firm

SIRET = "73282932000074"


def add_firm(subdomain: str) -> str:
    """Returns the schema of a new firm of the current database, made as a sign-up makes it."""
    firm = open_firm(
        name=f"Cabinet {subdomain.title()}",
        subdomain=subdomain,
        siret=SIRET,
        language="fr",
        admin_name="Anna Amiante",
        admin_email=f"anna@{subdomain}.example",
        admin_password_hash=make_password(None),
    )
    return str(firm.schema_name)


def host_of(subdomain: str) -> str:
    """Returns the host name of a firm."""
    return f"{subdomain}.{settings.BASE_DOMAIN}"


def firm_at(subdomain: str) -> Firm:
    """Returns a firm with its look, as a request gets it."""
    firm: Firm = Firm.objects.select_related("branding").get(domains__domain=host_of(subdomain))
    return firm


def admin_of(firm: Firm) -> User:
    """Returns the firm's administrator."""
    with firm_context(firm.schema_name):
        return User.objects.get(role=Role.ADMIN)


def cookies_of(firm: Firm, user: User | None = None) -> dict[str, str]:
    """Returns the cookies of somebody of the firm, the administrator unless told, who has just logged in."""
    admin = user or admin_of(firm)
    with firm_context(firm.schema_name):
        session = SessionStore()
        session[SESSION_KEY] = str(admin.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = admin.get_session_auth_hash()
        session.create()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}
