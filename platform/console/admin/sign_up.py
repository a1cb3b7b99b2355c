"""Sign-ups, the failed ones above all."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.actions.sign_ups import retry_failed_sign_up
from console.admin.base import ConsoleAdmin, by, column, minute, said, two_lines
from console.forms.base import ConfirmForm
from console.site import site
from kernel.errors import DomainError
from tenants.models import SignUp, SignUpState

STATE_COLOURS = {
    SignUpState.UNCONFIRMED: "warning",
    SignUpState.QUEUED: "info",
    SignUpState.READY: "success",
    SignUpState.FAILED: "danger",
}


@admin.register(SignUp, site=site)
class SignUpAdmin(ConsoleAdmin):
    """All sign-ups that were not forgotten."""

    list_title = gettext_lazy("Sign-ups")
    list_display = ["firm_and_host", "progress", "again", "person", "asked"]
    list_display_links = None
    list_filter = ["state"]
    filter_in_sight = True
    search_fields = ["firm_name", "subdomain", "email", "siret", "admin_name"]
    search_help_text = gettext_lazy("Firm, subdomain, e-mail, SIRET")
    ordering = ["-created_at"]
    actions = ["retry"]

    def get_urls(self) -> list[URLPattern]:
        """Returns the addresses, with the one that tries again."""
        again = path("<int:pk>/retry/", self.admin_site.admin_view(self.retry_view), name="tenants_signup_retry")
        return [again, *super().get_urls()]

    def has_view_permission(self, request: HttpRequest, obj: SignUp | None = None) -> bool:
        """Returns whether it is the list that is asked for: it shows all there is."""
        return obj is None

    @column(gettext_lazy("firm"), order="firm_name")
    def firm_and_host(self, sign_up: SignUp) -> str:
        """The firm's name, with its subdomain under it."""
        return two_lines(sign_up.firm_name, sign_up.subdomain)

    @column(gettext_lazy("administrator"), order="admin_name")
    def person(self, sign_up: SignUp) -> str:
        """Who signed up, with the e-mail."""
        return two_lines(sign_up.admin_name, sign_up.email)

    @column(gettext_lazy("state"), order="state", labels=STATE_COLOURS)
    def progress(self, sign_up: SignUp) -> tuple[str, str]:
        """The state, as a label."""
        return sign_up.state, sign_up.get_state_display()

    @column(gettext_lazy("asked for"), order="created_at")
    def asked(self, sign_up: SignUp) -> str | None:
        """When the form was sent."""
        return minute(sign_up.created_at)

    @column(gettext_lazy("actions"))
    def again(self, sign_up: SignUp) -> str:
        """The link that tries a failed one again."""
        if sign_up.state != SignUpState.FAILED:
            return ""
        address = reverse("console:tenants_signup_retry", args=[sign_up.pk])
        return format_html('<a class="co-link" href="{}">{}</a>', address, _("Try again"))

    @admin.action(description=gettext_lazy("Try the failed ones again"))
    def retry(self, request: HttpRequest, sign_ups: QuerySet[SignUp]) -> None:
        """Tries several again."""
        failed = list(sign_ups.filter(state=SignUpState.FAILED))
        for sign_up in failed:
            try:
                retry_failed_sign_up(sign_up, by=by(request))
            except DomainError as error:
                said(request, error)
        messages.success(request, _("Sign-ups tried again: %(count)s.") % {"count": len(failed)})

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks whether to try again."""
        sign_up = get_object_or_404(SignUp, pk=pk)

        def retry(data: dict[str, object]) -> HttpResponse:
            retry_failed_sign_up(sign_up, by=by(request))
            messages.success(request, _("The portal of “%(firm)s” is being made.") % {"firm": sign_up.firm_name})
            return self.back_to()

        return self.ask(
            request,
            ConfirmForm(request.POST if request.method == "POST" else None),
            retry,
            title=_("Try the sign-up of %(firm)s again") % {"firm": sign_up.firm_name},
            text=_("Its portal could not be made. The visitor’s page goes on as soon as it is there."),
            button=_("Try again"),
        )
