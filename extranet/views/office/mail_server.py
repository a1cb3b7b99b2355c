"""The firm's own mail server: set up, checked, tried."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.setting_change import record_changes, record_form
from extranet.forms.mail_server import MailServerForm
from extranet.queries.mail_log import mail_trouble, waiting_mails
from extranet.views.common import firm_of
from kernel.ratelimit import consume
from mail.actions.server import forget_server, keep_server, put_server_aside, send_trial, use_server
from mail.content import MailContent
from mail.dns_hints import hints_of
from mail.limits import limits_of
from mail.models import MailServer, Route
from mail.presets import PRESETS, include_of
from mail.queries.server import mail_server
from mail.routes import RefusedError
from mail.troubles import ServerTroubleError, words_of_trouble

#: How often somebody may have a server asked, so that nobody makes us knock at strangers' doors.
ASKS, ASK_SECONDS = 20, 600


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_mail_server(request: HttpRequest) -> HttpResponse:
    """Returns the page; checks the server and uses it (`use`), or keeps what was typed without using it."""
    server = mail_server() or MailServer(pk=1)
    if request.method == "GET":
        return _page(request, MailServerForm(instance=server))
    uses = request.POST.get("use") == "1"
    form = MailServerForm(request.POST, instance=server, needs_server=uses)
    if not form.is_valid():
        return _page(request, form, status=422)
    if not uses:
        kept = keep_server(form.values)
        record_form(form, page="settings-mail-server", by=current_user(request))
        text = _("Saved.") if kept.is_active or not kept.host else _("Saved, and not used: it was not checked.")
        messages.success(request, text)
        return redirect("settings-mail-server")
    if not consume(request, "mail-server", limit=ASKS, seconds=ASK_SECONDS):
        form.add_error(None, _("Too many tries. Please wait ten minutes."))
        return _page(request, form, status=429)
    try:
        use_server(form.values)
    except ServerTroubleError as trouble:
        if server.is_active:
            return _page(request, form, status=422, trouble=trouble)
        # a password is never given back to the page: what was typed is kept, that nobody types it twice
        return _page(request, MailServerForm(instance=keep_server(form.values)), status=422, trouble=trouble)
    record_form(form, page="settings-mail-server", by=current_user(request))
    record_changes({_("Your own server"): ("", True)}, page="settings-mail-server", by=current_user(request))
    messages.success(request, _("The server was checked: your mails leave by it from now on."))
    return redirect("settings-mail-server")


@require_POST
@for_permission(Permission.SETTINGS)
def mail_server_trial(request: HttpRequest) -> HttpResponse:
    """Sends the person a trial by the stored server, whether it is used or not."""
    user, server = current_user(request), mail_server()
    if server is None or not server.host or not server.from_address:
        messages.error(request, _("Set up a server first."))
    elif not consume(request, "mail-server", limit=ASKS, seconds=ASK_SECONDS):
        messages.error(request, _("Too many tries. Please wait ten minutes."))
    else:
        content = MailContent(
            subject=_("Trial of your mail server"),
            paragraphs=[_("This mail left by %(host)s. Answer it to see where answers go.") % {"host": server.host}],
        )
        try:
            send_trial(server, to=user.email, content=content)
        except ServerTroubleError as trouble:
            messages.error(request, _told(trouble))
        except RefusedError as refusal:
            messages.error(request, _("The server refused the trial: %(said)s") % {"said": refusal.text})
        else:
            messages.success(request, _("A trial is on its way to %(email)s.") % {"email": user.email})
    return redirect("settings-mail-server")


@require_POST
@for_permission(Permission.SETTINGS)
def mail_server_aside(request: HttpRequest) -> HttpResponse:
    """Lets mails leave by the platform's server again; `forget` takes the firm's away with its password."""
    record_changes({_("Your own server"): (True, False)}, page="settings-mail-server", by=current_user(request))
    if request.POST.get("forget"):
        forget_server()
        messages.success(request, _("Your server and its password are forgotten."))
    else:
        put_server_aside()
        messages.success(request, _("Your mails leave by our server again."))
    return redirect("settings-mail-server")


@require_safe
@for_permission(Permission.SETTINGS)
def mail_server_hints(request: HttpRequest) -> HttpResponse:
    """Returns what the DNS says about the stored sender's domain."""
    server = mail_server()
    hints, domain = [], ""
    if server is not None and server.from_address and server.host:
        domain = server.from_address.rpartition("@")[2]
        hints = hints_of(domain, host=server.host, include=include_of(server.host))
    context = {"hints": hints, "domain": domain, "server": server, "include": include_of(server.host) if server else ""}
    return render(request, "extranet/office/mail_hints.html", context)


def _page(
    request: HttpRequest, form: MailServerForm, *, status: int = 200, trouble: ServerTroubleError | None = None
) -> HttpResponse:
    stored = mail_server() if form.is_bound else form.instance
    count, last = waiting_mails()
    context: dict[str, Any] = {
        "form": form,
        "server": stored if stored is not None and stored.pk and not stored._state.adding else None,
        "trouble": words_of_trouble(trouble.trouble) if trouble else "",
        "trouble_detail": trouble.detail if trouble else "",
        "failing": mail_trouble().server,
        "presets": PRESETS,
        "is_kept": trouble is not None and not form.is_bound,
        "site_name": firm_of(request).branding.site_name,
        "platform_limits": limits_of(Route.PLATFORM, None),
        "waiting": count,
        "waiting_until": last,
        "nav": "settings",
    }
    failing = context["failing"]
    context["failing_words"] = words_of_trouble(failing.trouble) if failing else ""
    return render(request, "extranet/office/settings_mail_server.html", context, status=status)


def _told(trouble: ServerTroubleError) -> str:
    words = words_of_trouble(trouble.trouble)
    return f"{words} ({trouble.detail})" if trouble.detail else words
