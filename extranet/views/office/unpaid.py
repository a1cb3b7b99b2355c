"""What a firm decides about its unpaid dossiers, and what their clients get."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import current_user, for_permission, for_staff
from accounts.models import Permission
from extranet.access import access_file
from extranet.actions.handing import hand_over, handing_of
from extranet.actions.setting_change import record_form
from extranet.actions.unpaid import save_unpaid_rules
from extranet.forms.unpaid import UnpaidForm, stamp_typed
from extranet.queries.settings import portal_settings, stamp_of
from extranet.queries.unpaid import (
    exempt_contacts,
    files_without_mention,
    handing_context,
    preparation,
    unpaid_count,
)
from extranet.stamp_sample import sample_pdf, sample_svg
from kernel.errors import DomainError
from kernel.http import content_disposition
from storage.delivery import send_file
from storage.watermark import Stamp, StampFailed, stamp_file
from themes.css import WHITE, contrast, parse

#: Shown of the files that cannot bear the mention, and of the contacts that are exempt.
MOST = 50
#: From here on large letters are easily read (WCAG 2.2, 1.4.3).
_GOOD_CONTRAST = 3.0


@require_http_methods(["GET", "HEAD", "POST"])
@for_permission(Permission.SETTINGS)
def settings_unpaid(request: HttpRequest) -> HttpResponse:
    """Returns the page of the rules, or saves them."""
    rules = portal_settings()
    form = UnpaidForm(request.POST if request.method == "POST" else None, instance=rules)
    if request.method == "POST":
        if form.is_valid():
            with transaction.atomic():
                save_unpaid_rules(form.cleaned_data, user=current_user(request))
                record_form(form, page="settings-unpaid", by=current_user(request))
            messages.success(request, _("Saved."))
            return redirect("settings-unpaid")
        rules = portal_settings()
    stamp = stamp_typed(request.POST.dict()) if form.is_bound else stamp_of(rules)
    kept, kept_count = files_without_mention(rules, most=MOST)
    contacts, contact_count = exempt_contacts(most=MOST)
    context = {
        "form": form,
        "rules": rules,
        "is_on": rules.stamp_unpaid or rules.block_unpaid,
        "unpaid_count": unpaid_count(),
        "preparation": preparation(rules),
        "kept": kept,
        "kept_count": kept_count,
        "contacts": contacts,
        "contact_count": contact_count,
        **_preview(stamp),
        "nav": "settings",
    }
    return render(request, "extranet/office/settings_unpaid.html", context, status=422 if form.is_bound else 200)


@require_safe
@for_permission(Permission.SETTINGS)
def unpaid_preview(request: HttpRequest) -> HttpResponse:
    """Returns the fragment with the picture of a page under what is typed, and what is to be known of it."""
    return render(request, "extranet/office/unpaid_preview.html", _preview(stamp_typed(request.GET.dict())))


@require_safe
@for_permission(Permission.SETTINGS)
def unpaid_picture(request: HttpRequest) -> HttpResponse:
    """Returns a page with the mention as a drawing."""
    response = HttpResponse(sample_svg(stamp_typed(request.GET.dict())), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_safe
@for_permission(Permission.SETTINGS)
def unpaid_sample(request: HttpRequest) -> HttpResponse:
    """Returns a PDF of two pages that bears the mention, as clients would get it."""
    with tempfile.TemporaryDirectory(prefix="sample-", dir=settings.FILE_UPLOAD_TEMP_DIR) as name:
        source, target = Path(name, "source.pdf"), Path(name, "stamped.pdf")
        source.write_bytes(sample_pdf())
        try:
            stamp_file(source, target, stamp_typed(request.GET.dict()))
        except StampFailed:
            messages.error(request, _("The sample could not be made just now. Try again in a moment."))
            return redirect("settings-unpaid")
        data = target.read_bytes()
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition(_("sample") + ".pdf", inline=True)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@for_permission(Permission.SETTINGS)
def unpaid_progress(request: HttpRequest) -> HttpResponse:
    """Returns how far the copies are."""
    return render(request, "extranet/office/unpaid_progress.html", {"preparation": preparation(portal_settings())})


@require_safe
@for_staff
def file_as_client(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns the reader with a file as a client without an exemption gets it; recorded nowhere."""
    file = access_file(current_user(request), code, file_code)
    context: dict[str, Any] = {"file": file, "dossier": file.dossier, "nav": "dossiers"}
    context |= handing_context([file], handing_of(file.dossier, None))
    return render(request, "extranet/office/file_as_client.html", context)


@require_safe
@for_staff
def file_as_client_content(request: HttpRequest, code: str, file_code: str) -> HttpResponseBase:
    """Returns the bytes that a client without an exemption gets of a file; recorded nowhere."""
    file = access_file(current_user(request), code, file_code)
    try:
        stored = hand_over(file, handing_of(file.dossier, None))
    except DomainError as error:
        response = HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=403)
        response["Cache-Control"] = "no-store"
        return response
    return send_file(request, stored, name=file.name, inline=True)


def _preview(stamp: Stamp) -> dict[str, Any]:
    """Returns what the preview shows: the mention, how it is written, whether it is easily seen."""
    return {
        "stamp": stamp,
        "is_written_otherwise": stamp.shown != stamp.text,
        "is_pale": contrast(parse(stamp.colour, "#000000"), WHITE) < _GOOD_CONTRAST,
        "is_across": stamp.opacity < 0.5,
    }
