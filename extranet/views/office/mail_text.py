"""The firm's own words of the mails that leave in its name."""

import json
from dataclasses import dataclass, replace
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission, User
from extranet.actions.setting_change import record_changes
from extranet.forms.mail_text import MailTextForm
from kernel.errors import DomainError
from kernel.ratelimit import consume
from kernel.text import new_code
from mail.actions.outgoing import queue_mail
from mail.actions.text import restore_version, save_text, use_our_words
from mail.content import MailContent
from mail.kinds import MailGroup, MailKind, mail_kinds
from mail.models import MailText, MailTextVersion
from mail.queries.text import own_languages
from mail.rendering import RenderedMail, render_mail
from mail.writing import OwnWords, our_words, write

#: How many trials somebody may send itself, so that no loop fills a mail box.
TRIALS, TRIAL_SECONDS = 10, 600
#: How long what is typed can be looked at, in seconds.
_SHOWN_SECONDS = 900
#: Of a text's versions, how many are listed.
_VERSIONS = 30
#: A mail brings its own styles and pictures, and no script.
_MAIL_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}


@dataclass(frozen=True)
class _Open:
    """The text that a page is about."""

    kind: MailKind
    language: str

    @property
    def address(self) -> str:
        return f"{reverse('settings-mail', args=[self.kind.key])}?langue={self.language}"

    def shown_key(self, user: User) -> str:
        return f"mail-shown:{user.pk}:{self.kind.key}:{self.language}"


@require_safe
@for_permission(Permission.SETTINGS)
def settings_mails(request: HttpRequest) -> HttpResponse:
    """Returns the list of mails by subject, and which of them the firm words itself."""
    own, names = own_languages(), dict(settings.LANGUAGES)
    listed = [kind for kind in mail_kinds().values() if not kind.is_platforms]
    order = list(MailGroup)
    listed.sort(key=lambda kind: order.index(kind.group))
    groups = [
        (
            group.label,
            [
                {
                    "kind": kind,
                    "address": reverse(kind.own_page) if kind.own_page else reverse("settings-mail", args=[kind.key]),
                    "own": [names[code] for code in own.get(kind.key, []) if code in names],
                }
                for kind in kinds
            ],
        )
        for group, kinds in groupby(listed, key=lambda kind: kind.group)
    ]
    return render(request, "extranet/office/settings_mails.html", {"groups": groups, "nav": "settings"})


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_mail(request: HttpRequest, kind: str) -> HttpResponse:
    """Returns the page of one mail in one language (`langue`), or saves it."""
    opened = _opened(request, kind)
    if request.method == "GET":
        return _page(request, opened)
    form = MailTextForm(request.POST, kind=opened.kind)
    if not form.is_valid():
        return _page(request, opened, form)
    try:
        text = save_text(
            opened.kind,
            opened.language,
            words=form.words,
            seen=form.cleaned_data["seen"],
            user=current_user(request),
        )
    except DomainError as error:
        # a second save after the warning is meant
        typed = request.POST.copy()
        typed["seen"] = ""
        form = MailTextForm(typed, kind=opened.kind)
        form.add_error(None, str(error))
        return _page(request, opened, form)
    subject = f"{opened.kind.label} ({opened.language})"
    record_changes(
        {_("Subject"): ("", text.subject), _("Version"): ("", text.number)},
        page="settings-mails",
        by=current_user(request),
        subject=subject,
    )
    messages.success(request, _("Saved.") if text.is_own else _("Saved: these are our words."))
    return redirect(opened.address)


@require_POST
@for_permission(Permission.SETTINGS)
def settings_mail_preview(request: HttpRequest, kind: str) -> HttpResponse:
    """Returns the preview of what is typed, and what is wrong in it; nothing is saved."""
    opened = _opened(request, kind)
    form = MailTextForm(request.POST, kind=opened.kind)
    form.is_valid()
    _content, rendered = _sample(opened, form.words)
    cache.set(opened.shown_key(current_user(request)), rendered.html, _SHOWN_SECONDS)
    context = {
        **_preview(opened, rendered, typed=True),
        "wrong": [error for all_ in form.errors.values() for error in all_],
    }
    return render(request, "extranet/office/settings_mail_preview.html", context)


@require_safe
@for_permission(Permission.SETTINGS)
@xframe_options_sameorigin
@csp_override(_MAIL_CSP)
def settings_mail_shown(request: HttpRequest, kind: str) -> HttpResponse:
    """Returns the mail itself, as its reader's program shows it: what is saved, or with `tape` what was typed last."""
    opened = _opened(request, kind)
    typed = cache.get(opened.shown_key(current_user(request))) if "tape" in request.GET else None
    html = typed or _sample(opened, _saved(opened)[1])[1].html
    return HttpResponse(html, headers={"Cache-Control": "no-store"})


@require_POST
@for_permission(Permission.SETTINGS)
def settings_mail_trial(request: HttpRequest, kind: str) -> HttpResponse:
    """Sends what is typed, with sample values, to the person who typed it; nothing is saved."""
    opened = _opened(request, kind)
    form = MailTextForm(request.POST, kind=opened.kind)
    if not form.is_valid():
        wrong = next(str(error) for errors in form.errors.values() for error in errors)
        return _said(request, opened, form, messages.ERROR, wrong, status=422)
    user = current_user(request)
    if not consume(request, "mail-trial", limit=TRIALS, seconds=TRIAL_SECONDS):
        wait = _("Too many trials. Please wait ten minutes.")
        return _said(request, opened, form, messages.ERROR, wait, status=429)
    content, _rendered = _sample(opened, form.words)
    with override(opened.language):
        told = replace(content, subject=_("Trial: %(subject)s") % {"subject": content.subject})
        queue_mail(to=user.email, content=told, kind="mail_trial")
    sent = _("A trial is on its way to %(email)s.") % {"email": user.email}
    return _said(request, opened, form, messages.SUCCESS, sent)


@require_POST
@for_permission(Permission.SETTINGS)
def settings_mail_default(request: HttpRequest, kind: str) -> HttpResponse:
    """Gives up the firm's words for ours; what they were stays in the history."""
    opened = _opened(request, kind)
    use_our_words(opened.kind, opened.language, user=current_user(request))
    messages.success(request, _("Our text is sent from now on. Yours is in the history."))
    return redirect(opened.address)


@require_POST
@for_permission(Permission.SETTINGS)
def settings_mail_restore(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Puts a former version back."""
    opened = _opened(request, kind)
    version = get_object_or_404(
        MailTextVersion.objects.select_related("text"),
        code=code,
        text__kind=opened.kind.key,
        text__language=opened.language,
    )
    restore_version(version, kind=opened.kind, user=current_user(request))
    messages.success(request, _("Version %(number)d is back.") % {"number": version.number})
    return redirect(opened.address)


def _opened(request: HttpRequest, key: str) -> _Open:
    """Returns the text of the address; raises Http404 when the firm has none such."""
    kind = mail_kinds().get(key)
    if kind is None or not kind.is_editable:
        raise Http404
    languages = [code for code, _name in kind.languages]
    language = request.GET.get("langue", languages[0])
    if language not in languages:
        raise Http404
    return _Open(kind, language)


def _saved(opened: _Open) -> tuple[MailText | None, OwnWords]:
    """Returns what is stored, and the words that are sent: the firm's or ours."""
    text = MailText.objects.filter(kind=opened.kind.key, language=opened.language).first()
    if text is not None and text.is_own:
        return text, OwnWords.of(text)
    with override(opened.language):
        return text, our_words(opened.kind)


def _sample(opened: _Open, words: OwnWords) -> tuple[MailContent, RenderedMail]:
    with override(opened.language):
        kind = opened.kind
        facts = [(str(label), str(value)) for label, value in kind.facts]
        content = write(kind, kind.samples(), words, facts=facts)
        return content, render_mail(content)


def _preview(opened: _Open, rendered: RenderedMail, *, typed: bool) -> dict[str, object]:
    shown = f"{reverse('settings-mail-shown', args=[opened.kind.key])}?langue={opened.language}"
    return {"opened": opened, "mail": rendered, "shown": f"{shown}&tape={new_code()}" if typed else shown}


def _said(
    request: HttpRequest, opened: _Open, form: MailTextForm, level: int, text: str, *, status: int = 200
) -> HttpResponse:
    """Returns a toast for htmx, so that the page stays as it was typed; else the page with what was typed."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204 if status == 200 else status)
        shown = "success" if level == messages.SUCCESS else "error"
        response["HX-Trigger"] = json.dumps({"toast": {"level": shown, "text": text}})
        return response
    if not form.errors:
        messages.add_message(request, level, text)
    return _page(request, opened, form, status=status)


def _page(
    request: HttpRequest, opened: _Open, form: MailTextForm | None = None, *, status: int | None = None
) -> HttpResponse:
    text, words = _saved(opened)
    if form is None:
        form = MailTextForm(kind=opened.kind, initial={**vars(words), "seen": text.number if text else 0})
    else:
        words, status = form.words, status or 422
    _content, rendered = _sample(opened, words)
    if form.is_bound:
        cache.set(opened.shown_key(current_user(request)), rendered.html, _SHOWN_SECONDS)
    own = set(own_languages().get(opened.kind.key, []))
    context = {
        **_preview(opened, rendered, typed=form.is_bound),
        "form": form,
        "text": text,
        "languages": [(code, name, code in own) for code, name in opened.kind.languages],
        "versions": text.versions.order_by("-number")[:_VERSIONS] if text else [],
        "nav": "settings",
    }
    return render(request, "extranet/office/settings_mail.html", context, status=status or 200)
