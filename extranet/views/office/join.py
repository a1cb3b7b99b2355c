"""Requests for an account, as the firm decides them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_join import access_join_request
from extranet.actions.join_answer import accept_request, refuse_request, undo_answer
from extranet.enums_join import JoinState
from extranet.forms.join import AcceptForm, RefuseForm
from extranet.models import AccountRequest
from extranet.queries.join import join_page, possible_twins
from extranet.views.common import firm_of, login_link, rows_per_page
from kernel.errors import DomainError


@require_safe
@for_permission(Permission.CONTACTS)
def join_requests(request: HttpRequest) -> HttpResponse:
    """Returns a page of requests: those that wait, unless another state is asked for."""
    states = {state.value: state.label for state in JoinState if state != JoinState.UNCONFIRMED}
    asked = request.GET.get("state", JoinState.WAITING)
    state = asked if asked in states else ""
    query = request.GET.get("q", "")
    page = join_page(state=state, query=query, page=request.GET.get("page"), size=rows_per_page(request))
    context = {"page": page, "state": state, "states": states.items(), "query": query, "nav": "joins"}
    return render(request, "extranet/office/join_list.html", context)


@require_safe
@for_permission(Permission.CONTACTS)
def join_request(request: HttpRequest, join_code: str) -> HttpResponse:
    """Returns a request, with the contacts that the person may be and what answers it."""
    return _page(request, access_join_request(current_user(request), join_code), RefuseForm())


def _page(request: HttpRequest, row: AccountRequest, form: RefuseForm, *, error: str = "") -> HttpResponse:
    waits = row.state == JoinState.WAITING
    context = {
        "join": row,
        "twins": possible_twins(row) if waits else [],
        "refuse_form": form,
        "error": error,
        "nav": "joins",
    }
    status = 422 if error or form.is_bound else 200
    return render(request, "extranet/office/join_detail.html", context, status=status)


@require_POST
@for_permission(Permission.CONTACTS)
def join_accept(request: HttpRequest, join_code: str) -> HttpResponse:
    """Accepts a request: the person gets its access codes by mail."""
    user = current_user(request)
    row = access_join_request(user, join_code)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _page(request, row, RefuseForm(), error=_("Choose a contact from the list."))
    try:
        accepted = accept_request(
            row,
            twin=form.cleaned_data["twin"],
            user=user,
            firm_name=firm_of(request).branding.site_name,
            link=login_link(request),
        )
    except DomainError as error:
        return _page(request, row, RefuseForm(), error=str(error))
    text = _("%(name)s is accepted: the access codes are on their way.") % {"name": accepted}
    messages.success(request, text, extra_tags=f"undo:{reverse('join-undo', args=[row.code])}")
    return redirect("join-requests")


@require_POST
@for_permission(Permission.CONTACTS)
def join_refuse(request: HttpRequest, join_code: str) -> HttpResponse:
    """Refuses a request, with or without a mail."""
    user = current_user(request)
    row = access_join_request(user, join_code)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    try:
        refused = refuse_request(row, **form.cleaned_data, user=user, firm_name=firm_of(request).branding.site_name)
    except DomainError as error:
        return _page(request, row, RefuseForm(), error=str(error))
    text = _("%(name)s is refused.") % {"name": refused}
    messages.success(request, text, extra_tags=f"undo:{reverse('join-undo', args=[row.code])}")
    return redirect("join-requests")


@require_POST
@for_permission(Permission.CONTACTS)
def join_undo(request: HttpRequest, join_code: str) -> HttpResponse:
    """Takes an answer back: the request waits again, and the account made of it goes."""
    user = current_user(request)
    row = access_join_request(user, join_code)
    try:
        undo_answer(row, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The request of %(name)s waits again.") % {"name": row})
    return redirect("join-request", join_code=row.code)
