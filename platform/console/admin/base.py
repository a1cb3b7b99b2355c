"""What the console's pages share: read-only lists, pages that ask before they act, columns."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ActionLocation, ShowFacets
from django.contrib.admin import ModelAdmin as DjangoModelAdmin
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from accounts.access import current_user
from console.actions.audit import By
from kernel.errors import DomainError
from kernel.http import client_address

type Text = str | Promise


class ConsolePaginator(Paginator):  # type: ignore[type-arg]
    """Django's paginator, with the words of the console under the list."""

    template_name = "console/pagination.html"


class ConsoleAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows that the console shows; what changes them goes through actions, never through the admin's own forms."""

    #: What the list is called, and its button that adds.
    list_title: Text = ""
    add_label: Text = ""
    #: Whether the first filter is always in sight, as a row of buttons.
    filter_in_sight = False
    list_per_page = 50
    paginator = ConsolePaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    actions: Any = None
    actions_selection_counter = True
    change_list_template = "console/list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Returns False: nothing is added here unless a page says so."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Returns False: rows are read here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Returns False: rows are not deleted here."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Returns the addresses of the list, the form and the page, without the admin's own deletion and history."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        unused = {f"{name}_delete", f"{name}_history"}
        return [pattern for pattern in super().get_urls() if pattern.name not in unused]

    def get_action_choices(
        self, request: HttpRequest, default_choices: Any = None, action_location: Any = ActionLocation.CHANGE_LIST
    ) -> Any:
        """Returns Django's choices: unfold's own method lacks the location, which Django warns about."""
        choices = [("", _("Select action"))]
        return DjangoModelAdmin.get_action_choices(self, request, choices, action_location)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Returns the list."""
        context = {"title": self.list_title, "add_label": self.add_label, **(extra_context or {})}
        response = cast("HttpResponse", super().changelist_view(request, context))
        data = response.context_data if isinstance(response, TemplateResponse) else None
        if self.filter_in_sight and data and "cl" in data:
            data["chips"] = list(data["cl"].filter_specs[0].choices(data["cl"]))
        return response

    def page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        """Returns a page of the console."""
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )

    def back_to(self, row: Model | None = None) -> HttpResponseRedirect:
        """Returns the redirect to a row's page, or to the list."""
        name = f"console:{self.opts.app_label}_{self.opts.model_name}"
        address = reverse(f"{name}_changelist") if row is None else reverse(f"{name}_change", args=[row.pk])
        return HttpResponseRedirect(address)

    def ask(
        self,
        request: HttpRequest,
        form: forms.Form,
        act: Callable[[dict[str, Any]], HttpResponse],
        *,
        title: Text,
        button: Text,
        text: Text = "",
        danger: bool = False,
        row: Model | None = None,
    ) -> HttpResponse:
        """Returns the page that asks; once it is answered well, what `act` returns. A DomainError is shown on it."""
        if request.method == "POST" and form.is_valid():
            try:
                return act(form.cleaned_data)
            except DomainError as error:
                form.add_error(error_field(form, error), str(error.message))
        context = {
            "title": title,
            "text": text,
            "form": form,
            "button": button,
            "danger": danger,
            "row": row,
            "back": self.back_to(row).url,
            "list_title": self.list_title,
            "list_url": self.back_to().url,
        }
        return self.page(request, "console/ask.html", context)


def day(moment: datetime | None) -> str | None:
    """Returns a moment's day, as the reader writes it."""
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT") if moment else None


def minute(moment: datetime | None) -> str | None:
    """Returns a moment to the minute, as the reader writes it."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else None


def two_lines(first: str, second: str) -> str:
    """Returns the HTML of a cell with a second line in small."""
    return format_html('<span class="co-strong">{}</span><span class="co-sub">{}</span>', first, second)


def error_field(form: forms.Form, error: DomainError) -> str | None:
    """Returns the field that an action's error is about, by the first word of its code; None for the whole form."""
    field = error.code.partition("_")[0]
    return field if field in form.fields else None


def by(request: HttpRequest) -> By:
    """Returns who acts."""
    return By(user=current_user(request), address=client_address(request))


def said(request: HttpRequest, error: DomainError) -> None:
    """Shows an action's error on the next page."""
    messages.error(request, str(error.message))


def column[**P, R](
    title: Text,
    *,
    order: str | None = None,
    labels: Mapping[Any, str] | None = None,
    boolean: bool = False,
    empty: str | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a method a column: `labels` gives each value the colour of its label."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        method.short_description = title  # type: ignore[attr-defined]
        if order is not None:
            method.admin_order_field = order  # type: ignore[attr-defined]
        if labels is not None:
            method.label = labels  # type: ignore[attr-defined]
        if boolean:
            method.boolean = True  # type: ignore[attr-defined]
        if empty is not None:
            method.empty_value_display = empty  # type: ignore[attr-defined]
        return method

    return decorate
