"""What the log-in page says and offers."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.setting_change import record_form
from extranet.forms.branding import LoginPageForm
from extranet.views.common import firm_of
from tenants.links import here_url
from themes.actions.branding import update_login_page
from themes.models import Branding


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_login(request: HttpRequest) -> HttpResponse:
    """Returns the settings of the log-in page, or saves them."""
    branding = Branding.objects.get(firm=firm_of(request))
    form = LoginPageForm(request.POST if request.method == "POST" else None, instance=branding)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            update_login_page(form.instance)
            record_form(form, page="settings-login", by=current_user(request))
        messages.success(request, _("Saved."))
        return redirect("settings-login")
    context = {
        "form": form,
        "saved": firm_of(request).branding,
        "join_url": here_url("join"),
        "login_url": here_url("account_login"),
        "reset_url": here_url("account_reset_password"),
        "nav": "settings",
    }
    return render(request, "extranet/office/settings_login.html", context, status=422 if form.is_bound else 200)
