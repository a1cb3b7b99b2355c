"""The operators themselves."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from console.actions import operators as act
from console.admin.base import ConsoleAdmin, by, column, minute, two_lines
from console.forms.base import ConfirmForm
from console.forms.operator import InviteOperatorForm
from console.site import site


@admin.register(User, site=site)
class OperatorAdmin(ConsoleAdmin):
    """Who may work in the console."""

    list_title = gettext_lazy("Operators")
    add_label = gettext_lazy("Invite an operator")
    list_display = ["person", "open", "second_factor", "seen", "links"]
    list_display_links = None
    search_fields = ["full_name", "email", "username"]
    search_help_text = gettext_lazy("Name, e-mail")
    ordering = ["full_name", "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Returns True: operators invite operators."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Returns whether it is the list that is asked for: it shows all there is."""
        return obj is None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Returns the operators, each with whether it has a second factor."""
        factors = Authenticator.objects.filter(user_id=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        operators: QuerySet[User] = super().get_queryset(request).filter(role=Role.OPERATOR)
        return operators.annotate(has_factor=Exists(factors))

    def get_urls(self) -> list[URLPattern]:
        """Returns the addresses, with those of what is done to an operator."""
        own = [
            ("close", self.close_view),
            ("open", self.open_view),
            ("codes", self.codes_view),
            ("second-factor", self.second_factor_view),
        ]
        patterns = [
            path(f"<int:pk>/{route}/", self.admin_site.admin_view(view), name=f"accounts_user_{route}")
            for route, view in own
        ]
        return [*patterns, *super().get_urls()]

    @column(gettext_lazy("operator"), order="full_name")
    def person(self, operator: User) -> str:
        """The name, with the e-mail."""
        return two_lines(operator.full_name, operator.email)

    @column(gettext_lazy("active"), order="is_active", boolean=True)
    def open(self, operator: User) -> bool:
        """Whether the account is open."""
        return operator.is_active

    @column(gettext_lazy("second factor"), boolean=True)
    def second_factor(self, operator: Any) -> bool:
        """Whether one is set up."""
        return bool(operator.has_factor)

    @column(gettext_lazy("last log-in"), order="last_login", empty="—")
    def seen(self, operator: User) -> str | None:
        """When the last log-in was."""
        return minute(operator.last_login)

    @column(gettext_lazy("actions"))
    def links(self, operator: User) -> str:
        """What can be done to the account."""
        offered = (
            [("codes", _("New codes")), ("second-factor", _("Reset the second factor"))] if operator.is_active else []
        )
        offered.append(("close", _("Close")) if operator.is_active else ("open", _("Open again")))
        return format_html_join(
            " ",
            '<a class="co-link" href="{}">{}</a>',
            ((reverse(f"console:accounts_user_{route}", args=[operator.pk]), label) for route, label in offered),
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Returns the form that invites an operator."""

        def invite(data: dict[str, Any]) -> HttpResponse:
            act.invite_operator(**data, by=by(request))
            messages.success(request, _("The codes are on their way to %(email)s.") % {"email": data["email"]})
            return self.back_to()

        form = InviteOperatorForm(request.POST or None)
        return self.ask(request, form, invite, title=_("Invite an operator"), button=_("Invite"))

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks whether to close an account."""
        operator = self._operator(pk)

        def close(data: dict[str, Any]) -> HttpResponse:
            act.set_active(operator, active=False, by=by(request))
            messages.success(request, _("The account of %(name)s is closed.") % {"name": operator})
            return self.back_to()

        title = _("Close the account of %(name)s") % {"name": operator}
        text = _("Its sessions end at once.")
        return self.ask(request, _confirmed(request), close, title=title, text=text, button=_("Close"), danger=True)

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks whether to open an account again."""
        operator = self._operator(pk)

        def open_again(data: dict[str, Any]) -> HttpResponse:
            act.set_active(operator, active=True, by=by(request))
            messages.success(request, _("The account of %(name)s is open again.") % {"name": operator})
            return self.back_to()

        title = _("Open the account of %(name)s again") % {"name": operator}
        return self.ask(request, _confirmed(request), open_again, title=title, button=_("Open again"))

    def codes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks whether to send new codes."""
        operator = self._operator(pk)

        def send(data: dict[str, Any]) -> HttpResponse:
            act.send_new_codes(operator, by=by(request))
            messages.success(request, _("The codes are on their way to %(email)s.") % {"email": operator.email})
            return self.back_to()

        title = _("Send new codes to %(name)s") % {"name": operator}
        text = _("The present password stops working; the second factor stays.")
        return self.ask(request, _confirmed(request), send, title=title, text=text, button=_("Send"))

    def second_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks whether to remove an operator's second factor."""
        operator = self._operator(pk)

        def reset(data: dict[str, Any]) -> HttpResponse:
            act.reset_second_factor(operator, by=by(request))
            messages.success(request, _("The codes are on their way to %(email)s.") % {"email": operator.email})
            return self.back_to()

        title = _("Reset the second factor of %(name)s") % {"name": operator}
        text = _(
            "For a lost telephone: make sure that it is this person who asks. New codes are sent, and the next log-in"
            " sets up a new second factor."
        )
        return self.ask(request, _confirmed(request), reset, title=title, text=text, button=_("Reset"), danger=True)

    def _operator(self, pk: int) -> User:
        return get_object_or_404(User, pk=pk, role=Role.OPERATOR)


def _confirmed(request: HttpRequest) -> ConfirmForm:
    return ConfirmForm(request.POST if request.method == "POST" else None)
