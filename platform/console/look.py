"""How the console looks: the platform's colours, its navigation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from console.queries.jobs import failed_job_count
from themes.css import BLACK, DEFAULT_BUTTON, WHITE, mix, parse, to_hex

_BRAND = parse(DEFAULT_BUTTON, DEFAULT_BUTTON)
_LIGHTER = {50: 0.06, 100: 0.12, 200: 0.25, 300: 0.45, 400: 0.7, 500: 0.88, 600: 1.0}
_DARKER = {700: 0.85, 800: 0.7, 900: 0.55, 950: 0.38}
#: unfold's scale of the main colour, made of the platform's own.
PRIMARY = {str(weight): to_hex(mix(_BRAND, WHITE, share)) for weight, share in _LIGHTER.items()} | {
    str(weight): to_hex(mix(_BRAND, BLACK, share)) for weight, share in _DARKER.items()
}


def look(request: HttpRequest) -> dict[str, Any]:
    """Returns what unfold's templates read of the site."""
    title = f"{settings.PLATFORM_NAME} console"
    return {
        "site_title": title,
        "site_header": settings.PLATFORM_NAME,
        "site_subheader": _("Console"),
        "site_symbol": "domain",
        "site_url": "",
        "theme": "light",
        "show_languages": True,
        "languages_list": [get_language_info(code) for code in settings.OFFICE_LANGUAGES],
        "site_favicons": [{"rel": "icon", "type": "image/svg+xml", "href": static("themes/img/favicon.svg")}],
        "styles": [static("console/console.css")],
        "account_links": [
            {"title": _("Change password"), "link": reverse("account_change_password")},
            {"title": _("Second factor"), "link": reverse("mfa_index")},
            {"title": _("Sessions"), "link": reverse("usersessions_list")},
        ],
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Returns the groups of the side bar."""
    failed = failed_job_count()
    return [
        {"items": [_item(request, _("Dashboard"), "dashboard", "index", exact=True)]},
        {
            "title": _("Firms"),
            "separator": True,
            "items": [
                _item(request, _("Firms"), "apartment", "tenants_firm_changelist"),
                _item(request, _("Sign-ups"), "person_add", "tenants_signup_changelist"),
                _item(request, _("Exports"), "archive", "console_firmexport_changelist"),
            ],
        },
        {
            "title": _("Operation"),
            "separator": True,
            "items": [
                {
                    **_item(request, _("Jobs"), "manufacturing", "procrastinate_procrastinatejob_changelist"),
                    **({"badge": str(failed), "badge_variant": "danger"} if failed else {}),
                },
                _item(request, _("Operators"), "badge", "accounts_user_changelist"),
                _item(request, _("Audit log"), "history", "console_auditentry_changelist"),
            ],
        },
    ]


def _item(request: HttpRequest, title: str, icon: str, name: str, *, exact: bool = False) -> dict[str, Any]:
    link = reverse(f"console:{name}")
    active = request.path == link if exact else request.path.startswith(link)
    return {"title": title, "icon": icon, "link": link, "active": active, "has_permission": True}
