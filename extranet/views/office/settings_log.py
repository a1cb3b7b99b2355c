"""The log of changes to settings, and the archive of all data."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import current_user, for_admins, for_permission
from accounts.models import Permission
from extranet.actions.firm_archive import remove_archive, start_archive
from extranet.actions.setting_change import record_changes
from extranet.models import FirmArchive
from extranet.queries.setting_change import people_of_changes, read_changes, setting_changes
from extranet.settings_nav import TABS
from extranet.views.common import firm_of, rows_per_page
from kernel.errors import DomainError
from kernel.pagination import paginate
from storage.delivery import send_file
from storage.models import StoredFile
from tenants.links import firm_url


@require_safe
@for_permission(Permission.SETTINGS)
def settings_log(request: HttpRequest) -> HttpResponse:
    """Returns what was changed in the settings, by whom and when, the last first."""
    wanted = read_changes(request.GET)
    page = paginate(setting_changes(wanted), page=request.GET.get("page"), size=rows_per_page(request))
    pages = {page.route: page.label for tab in TABS for page in tab.pages if page.address}
    context = {
        "page": page.with_rows([(change, pages.get(change.page, change.page)) for change in page.rows]),
        "wanted": wanted,
        "pages": pages,
        "people": people_of_changes(),
        "nav": "settings",
    }
    return render(request, "extranet/office/settings_log.html", context)


@require_safe
@for_admins
def settings_export(request: HttpRequest) -> HttpResponse:
    """Returns the archives of the last week, the last first; to htmx the list alone."""
    archives = list(FirmArchive.objects.filter(expires_at__gt=timezone.now())[:20])
    waits = any(archive.ready_at is None for archive in archives)
    name = "archive_list" if request.headers.get("HX-Request") else "settings_export"
    context = {"archives": archives, "waits": waits, "nav": "settings"}
    return render(request, f"extranet/office/{name}.html", context)


@require_POST
@for_admins
def archive_new(request: HttpRequest) -> HttpResponse:
    """Has an archive made; asks for the password again first."""
    _prove(request)
    link = firm_url(firm_of(request), reverse("settings-export"))
    try:
        start_archive(by=current_user(request), link=link)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The archive is being made. A mail tells you when it is ready."))
    return redirect("settings-export")


@require_safe
@for_admins
def archive_download(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns an archive, and writes down who took it."""
    archive = _archive(code)
    if archive.ready_at is None:
        raise Http404
    _prove(request)
    if "Range" not in request.headers:  # a download that goes on was written down when it began
        record_changes(
            {_("Export of all data"): ("", _("downloaded"))}, page="settings-export", by=current_user(request)
        )
    stored = StoredFile(key=archive.key, size=archive.size, sha256=archive.sha256, content_type="application/zip")
    return send_file(request, stored, name=f"{firm_of(request).name} {archive.created_at:%Y-%m-%d}.zip")


@require_POST
@for_admins
def archive_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Removes an archive before its time."""
    remove_archive(_archive(code), by=current_user(request))
    messages.success(request, _("The archive was removed."))
    return redirect("settings-export")


def _archive(code: str) -> FirmArchive:
    archive = FirmArchive.objects.filter(code=code, expires_at__gt=timezone.now()).first()
    if archive is None:
        raise Http404
    return archive


@reauthentication_required  # type: ignore[untyped-decorator]
def _prove(request: HttpRequest) -> None:
    """Raises ReauthenticationRequired, which allauth answers, unless the password was just typed again."""
