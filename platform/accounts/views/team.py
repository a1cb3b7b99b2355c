"""The firm's own people: for its administrators."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.actions.codes import issue_codes
from accounts.actions.team import change_member, invite_member
from accounts.forms import MemberEditForm, MemberForm
from accounts.models import Permission, Role, User, standard_permissions
from kernel.errors import DomainError


def _member(code: str, by: User) -> User:
    member = User.objects.filter(code=code, role__in=[Role.ADMIN, Role.STAFF]).first()
    if member is None or (member.is_admin and not by.is_admin):
        raise Http404
    return member


def _login_link(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


@require_GET
@for_permission(Permission.USERS)
def team_list(request: HttpRequest) -> HttpResponse:
    """Returns the list of the firm's people."""
    members = list(User.objects.filter(role__in=[Role.ADMIN, Role.STAFF]).order_by("-is_active", "full_name", "pk"))
    return render(request, "accounts/team_list.html", {"members": members, "nav": "settings"})


@require_http_methods(["GET", "POST"])
@for_permission(Permission.USERS)
def team_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new member, or invites one."""
    by = current_user(request)
    form = MemberForm(request.POST or None, by=by, initial={"permissions": standard_permissions()})
    if request.method == "POST" and form.is_valid():
        try:
            member = invite_member(
                full_name=form.cleaned_data["full_name"],
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                language=get_language() or "fr",
                firm_name=request.firm.name,  # type: ignore[attr-defined]
                link=_login_link(request),
                permissions=form.cleaned_data["permissions"],
                by=by,
            )
        except DomainError as error:
            form.add_error("email" if error.code == "email_taken" else None, str(error))
        else:
            messages.success(request, _("%(name)s gets the access codes by mail.") % {"name": member})
            return redirect("team-list")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/team_form.html", {"form": form, "nav": "settings"}, status=status)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.USERS)
def team_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a member, or changes it."""
    by = current_user(request)
    member = _member(code, by)
    initial = {
        "full_name": member.full_name,
        "role": member.role,
        "is_active": member.is_active,
        "permissions": member.permissions,
    }
    form = MemberEditForm(request.POST or None, initial=initial, by=by)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_member(
                member,
                full_name=data["full_name"],
                role=Role(data["role"]),
                is_active=data["is_active"],
                # what this person cannot give stays as it is
                permissions=[*data["permissions"], *(set(member.permissions) - by.rights)],
                by=by,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("team-list")
    status = 422 if form.is_bound else 200
    return render(
        request, "accounts/team_form.html", {"form": form, "member": member, "nav": "settings"}, status=status
    )


@require_POST
@for_permission(Permission.USERS)
def team_codes(request: HttpRequest, code: str) -> HttpResponse:
    """Sends a member new access codes."""
    member = _member(code, current_user(request))
    issue_codes(member, firm_name=request.firm.name, link=_login_link(request))  # type: ignore[attr-defined]
    messages.success(request, _("New access codes were sent to %(email)s.") % {"email": member.email})
    return redirect("team-list")
