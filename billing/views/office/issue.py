"""Saying of what is to be looked at that it is settled."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from billing.access import access_issue
from billing.actions.issues import reopen_issue, resolve_issue
from extranet.views.common import back_to


@require_POST
@for_permission(Permission.PAYMENTS)
def issue_resolve(request: HttpRequest, code: str) -> HttpResponse:
    """Settles something that was to be looked at; the toast takes it back."""
    user = current_user(request)
    issue = access_issue(user, code)
    resolve_issue(issue, user=user)
    undo = reverse("issue-reopen", args=[code])
    messages.success(request, _("Settled: %(what)s.") % {"what": issue}, extra_tags=f"undo:{undo}")
    return back_to(request, reverse("payment-detail", args=[issue.payment.code]))


@require_POST
@for_permission(Permission.PAYMENTS)
def issue_reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Takes that back."""
    issue = reopen_issue(access_issue(current_user(request), code))
    messages.success(request, _("Taken back."))
    return back_to(request, reverse("payment-detail", args=[issue.payment.code]))
