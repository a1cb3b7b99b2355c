"""Firms: the list with its figures, one firm's page, and what operators do there."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.actions import firm as act
from console.actions.export import start_export
from console.actions.figures import count_firms, refresh_figures_now
from console.admin.base import ConsoleAdmin, by, column, day, said, two_lines
from console.forms.firm import ChangeFirmForm, CreateFirmForm, DeleteFirmForm, DomainForm, ReasonForm
from console.models import AuditEntry
from console.queries.firm import administrators, confirmation_word, with_main_domain
from console.site import site
from kernel.errors import DomainError
from tenants.actions.suspension import DELETION_DELAY
from tenants.models import Domain, Firm, FirmStatus
from tenants.models.firm import url_of_host

STATUS_COLOURS = {FirmStatus.ACTIVE: "success", FirmStatus.SUSPENDED: "warning", FirmStatus.DELETING: "danger"}
_HISTORY = 20


@admin.register(Firm, site=site)
class FirmAdmin(ConsoleAdmin):
    """All firms."""

    list_title = gettext_lazy("Firms")
    change_list_template = "console/firm_list.html"
    change_form_template = "console/firm.html"
    list_display = ["firm", "portal", "state", "user_count", "dossier_count", "stored", "active", "created"]
    list_display_links = ["firm"]
    list_filter = ["status"]
    filter_in_sight = True
    search_fields = ["name", "domains__domain", "siret", "schema_name", "sign_up__email"]
    search_help_text = gettext_lazy("Name, host name, SIRET, schema, e-mail of the sign-up")
    ordering = ["name", "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Returns True: operators open firms."""
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Firm]:
        """Returns the firms with their main host names."""
        return with_main_domain(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        """Returns the list's and the pages' addresses, with those of what is done to a firm."""
        own = [
            ("figures/", self.figures_view, "figures"),
            ("<int:pk>/edit/", self.edit_view, "edit"),
            ("<int:pk>/suspend/", self.suspend_view, "suspend"),
            ("<int:pk>/resume/", self.resume_view, "resume"),
            ("<int:pk>/delete-firm/", self.schedule_deletion_view, "schedule_deletion"),
            ("<int:pk>/export/", self.export_view, "export"),
            ("<int:pk>/figures/", self.firm_figures_view, "firm_figures"),
            ("<int:pk>/domains/", self.domain_add_view, "domain_add"),
            ("<int:pk>/domains/<int:domain_pk>/primary/", self.domain_primary_view, "domain_primary"),
            ("<int:pk>/domains/<int:domain_pk>/remove/", self.domain_remove_view, "domain_remove"),
        ]
        patterns = [
            path(route, self.admin_site.admin_view(view), name=f"tenants_firm_{name}") for route, view, name in own
        ]
        return [*patterns, *super().get_urls()]

    @column(gettext_lazy("firm"), order="name")
    def firm(self, firm: Firm) -> str:
        """The name, with the number under it."""
        return two_lines(firm.name, firm.siret)

    @column(gettext_lazy("portal"))
    def portal(self, firm: Any) -> str:
        """The main host name, as a link."""
        if not firm.main_domain:
            return ""
        return format_html(
            '<a class="co-link" href="{}" target="_blank" rel="noopener">{}</a>',
            url_of_host(firm.main_domain),
            firm.main_domain,
        )

    @column(gettext_lazy("status"), order="status", labels=STATUS_COLOURS)
    def state(self, firm: Firm) -> tuple[str, str]:
        """The status, as a label."""
        return firm.status, firm.get_status_display()

    @column(gettext_lazy("stored"), order="stored_bytes")
    def stored(self, firm: Firm) -> str:
        """The size of all files."""
        return filesizeformat(firm.stored_bytes)

    @column(gettext_lazy("last activity"), order="last_activity_at", empty="—")
    def active(self, firm: Firm) -> str | None:
        """The day of the last activity."""
        return day(firm.last_activity_at)

    @column(gettext_lazy("created"), order="created_at")
    def created(self, firm: Firm) -> str | None:
        """The day of the opening."""
        return day(firm.created_at)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Returns the list, with the time of its figures."""
        oldest = Firm.objects.exclude(figures_at=None).order_by("figures_at").values_list("figures_at", flat=True)
        return super().changelist_view(request, {"figures_at": oldest.first(), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Returns the firm's page."""
        firm = get_object_or_404(Firm.objects.select_related("branding"), pk=_number(object_id))
        domains = list(firm.domains.order_by("-is_primary", "domain"))
        main = next((domain for domain in domains if domain.is_primary), None)
        context = {
            "title": firm.name,
            "list_title": self.list_title,
            "list_url": self.back_to().url,
            "firm_row": firm,
            "status_colour": STATUS_COLOURS[FirmStatus(firm.status)],
            "portal_url": url_of_host(str(main.domain)) if main else "",
            "sign_up": getattr(firm, "sign_up", None),
            "domains": domains,
            "domain_form": DomainForm(),
            "administrators": administrators(firm),
            "exports": firm.exports.all()[:10],
            "history": AuditEntry.objects.filter(firm=firm)[:_HISTORY],
            "deletion_is_due": act.deletion_is_due(firm),
            "now": timezone.now(),
        }
        return self.page(request, "console/firm.html", context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Returns the form of a new firm; made in the request, as a copy of the template takes less than a second."""

        def create(data: dict[str, Any]) -> HttpResponse:
            firm = act.create_firm(**data, by=by(request))
            messages.success(request, _("“%(firm)s” is open: its access codes are on their way.") % {"firm": firm})
            return self.back_to(firm)

        form = CreateFirmForm(request.POST or None)
        return self.ask(request, form, create, title=_("New firm"), button=_("Create the firm"))

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the form of the name and the number."""
        firm = get_object_or_404(Firm, pk=pk)

        def change(data: dict[str, Any]) -> HttpResponse:
            act.change_firm(firm, **data, by=by(request))
            messages.success(request, _("The firm was changed."))
            return self.back_to(firm)

        form = ChangeFirmForm(request.POST or None, initial={"name": firm.name, "siret": firm.siret})
        return self.ask(request, form, change, title=_("Edit %(firm)s") % {"firm": firm}, button=_("Save"), row=firm)

    def suspend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks why."""
        firm = get_object_or_404(Firm, pk=pk)

        def suspend(data: dict[str, Any]) -> HttpResponse:
            act.suspend_firm(firm, reason=data["reason"], by=by(request))
            messages.success(request, _("The portal of “%(firm)s” is closed.") % {"firm": firm})
            return self.back_to(firm)

        return self.ask(
            request,
            ReasonForm(request.POST or None),
            suspend,
            title=_("Suspend %(firm)s") % {"firm": firm},
            text=_(
                "The portal says politely that it is closed. Nothing is lost, and it can be opened again at any time."
            ),
            button=_("Suspend"),
            danger=True,
            row=firm,
        )

    def resume_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Opens the portal again, or calls a deletion off."""
        firm = _posted(request, pk)
        try:
            act.resume_firm(firm, by=by(request))
        except DomainError as error:
            said(request, error)
        else:
            messages.success(request, _("The portal of “%(firm)s” is open.") % {"firm": firm})
        return self.back_to(firm)

    def schedule_deletion_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks why, and for the subdomain as the proof that it is this firm."""
        firm = get_object_or_404(Firm, pk=pk)

        def schedule(data: dict[str, Any]) -> HttpResponse:
            closed = act.schedule_deletion(firm, reason=data["reason"], by=by(request))
            messages.warning(
                request,
                _("“%(firm)s” will be deleted on %(day)s. Its export is being made.")
                % {"firm": firm, "day": day(closed.deletion_at)},
            )
            return self.back_to(firm)

        form = DeleteFirmForm(request.POST or None, word=confirmation_word(firm))
        form.order_fields(["reason", "confirmation"])
        return self.ask(
            request,
            form,
            schedule,
            title=_("Delete %(firm)s") % {"firm": firm},
            text=_(
                "The portal closes now, an export of all its data is made, and after %(days)s days the firm is removed"
                " for good: its schema, its files, its people. Until then the deletion can be called off."
            )
            % {"days": DELETION_DELAY.days},
            button=_("Schedule the deletion"),
            danger=True,
            row=firm,
        )

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Has an export made."""
        firm = _posted(request, pk)
        start_export(firm, by=by(request), final=firm.status == FirmStatus.DELETING)
        messages.success(request, _("The export is being made: it appears here once it is ready."))
        return self.back_to(firm)

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        """Has the figures of all firms counted."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        refresh_figures_now.enqueue(once="now")
        messages.success(request, _("The figures are being counted: reload the page in a few seconds."))
        return self.back_to()

    def firm_figures_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Counts one firm's figures now."""
        firm = _posted(request, pk)
        count_firms([firm.schema_name])
        return self.back_to(firm)

    def domain_add_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Adds a host name, or returns the page that says why not."""
        firm = get_object_or_404(Firm, pk=pk)

        def add(data: dict[str, Any]) -> HttpResponse:
            domain = act.add_domain(firm, host=data["domain"], by=by(request))
            messages.success(request, _("“%(host)s” now leads to the portal.") % {"host": domain})
            return self.back_to(firm)

        return self.ask(
            request,
            DomainForm(request.POST or None),
            add,
            title=_("Add a domain to %(firm)s") % {"firm": firm},
            text=_("The name must lead to this platform (DNS) and be covered by its certificate."),
            button=_("Add"),
            row=firm,
        )

    def domain_primary_view(self, request: HttpRequest, pk: int, domain_pk: int) -> HttpResponse:
        """Makes a host name the main one."""
        firm = _posted(request, pk)
        domain = get_object_or_404(Domain, pk=domain_pk, tenant=firm)
        act.make_primary(domain, by=by(request))
        messages.success(request, _("Links to the portal now use “%(host)s”.") % {"host": domain})
        return self.back_to(firm)

    def domain_remove_view(self, request: HttpRequest, pk: int, domain_pk: int) -> HttpResponse:
        """Removes a host name."""
        firm = _posted(request, pk)
        domain = get_object_or_404(Domain, pk=domain_pk, tenant=firm)
        try:
            act.remove_domain(domain, by=by(request))
        except DomainError as error:
            said(request, error)
        else:
            messages.success(request, _("“%(host)s” no longer leads to the portal.") % {"host": domain})
        return self.back_to(firm)


def _posted(request: HttpRequest, pk: int) -> Firm:
    """Returns the firm of a button that was pressed; raises Http404 for any other request."""
    if request.method != "POST":
        raise Http404
    return get_object_or_404(Firm, pk=pk)


def _number(text: str) -> int:
    """Returns a primary key of an address; raises Http404 when it is none."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)
