"""All settings at a glance, and how much of them a person sees."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import current_user, for_permission, for_staff
from accounts.actions.team import show_all_settings
from accounts.models import Permission
from extranet.settings_nav import SettingsNav
from extranet.views.common import back_to


@require_safe
@for_permission(Permission.SETTINGS, Permission.PRICES, Permission.WEBSITE, Permission.USERS)
def settings_home(request: HttpRequest) -> HttpResponse:
    """Returns the list of the settings that the person may open, those that have the words of `?q=` alone."""
    query = request.GET.get("q", "")[:100]
    tabs = SettingsNav(request).found(query)
    return render(request, "extranet/office/settings_home.html", {"tabs": tabs, "query": query, "nav": "settings"})


@require_POST
@for_staff
def settings_mode(request: HttpRequest) -> HttpResponse:
    """Keeps whether the person sees all settings (`avance`), and returns to the page."""
    show_all_settings(current_user(request), shown=request.POST.get("avance") == "1")
    return HttpResponse(status=204) if request.headers.get("HX-Request") else back_to(request, "settings")
