"""The steps of an order, the same for a client, the firm's people and whoever has no account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from extranet.actions.order import BUILDING_FIELDS, VISIT_FIELDS, begin_order, save_order, send_order
from extranet.actions.order_place import Picked, known_address, read_picked
from extranet.enums import DiagnosticKind
from extranet.enums_order import OrderOrigin, ZoneKind
from extranet.forms.order import BuildingForm, PeopleForm, PropertyForm, StaffPeopleForm, StepForm, VisitForm
from extranet.forms.order_choice import REPORTS, ChoiceForm
from extranet.models import Contact, Order
from extranet.needs import Need
from extranet.queries.order import diagnostic_labels, files_of
from extranet.queries.order_need import OrderNeeds, order_needs, step_of_answer
from extranet.queries.quote_price import shown_price
from extranet.views.common import visit_of
from extranet.views.portal.order_upload import take_order_files
from kernel.errors import DomainError
from kernel.filters import day_of
from kernel.text import fold

PROPERTY, BUILDING, CHOICE, PEOPLE, VISIT, CHECK = (
    "bien",
    "description",
    "diagnostics",
    "personnes",
    "visite",
    "verification",
)
#: In their order, with their names and what each page asks.
STEPS: dict[str, str | Promise] = {
    PROPERTY: gettext_lazy("Property"),
    BUILDING: gettext_lazy("Description"),
    CHOICE: gettext_lazy("Diagnostics"),
    PEOPLE: gettext_lazy("People"),
    VISIT: gettext_lazy("Visit"),
    CHECK: gettext_lazy("Check and send"),
}
_NAMES = list(STEPS)


@dataclass(frozen=True)
class Desk:
    """Who fills in an order and where: the account if there is one, what pages extend, how addresses are called."""

    user: User | None
    page: str
    #: "order" or "order-visitor": the beginning of the names of its addresses.
    prefix: str

    @property
    def for_staff(self) -> bool:
        """Whether the firm's people fill it in."""
        return self.user is not None and self.user.is_firm_staff

    @property
    def origin(self) -> OrderOrigin:
        """By which door the order comes."""
        if self.user is None:
            return OrderOrigin.VISITOR
        return OrderOrigin.STAFF if self.for_staff else OrderOrigin.CLIENT

    def step_url(self, order: Order, step: str) -> str:
        """Returns the address of a step."""
        return reverse(f"{self.prefix}-step", args=[order.code, step])


@dataclass(frozen=True)
class StepLink:
    """A step as the list above the form shows it."""

    name: str
    label: str
    url: str
    number: int
    is_current: bool
    is_complete: bool


def begin(
    request: HttpRequest,
    desk: Desk,
    *,
    contact: Contact | None,
    opened: Callable[[Order], None] = lambda _order: None,
    extra: dict[str, Any] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Returns the first step of an order that is not there yet, or makes its draft and goes on.

    `answers` were given elsewhere before: the order begins with them.
    """
    given = dict(answers or {})
    data = request.POST if request.method == "POST" else None
    form = PropertyForm(data, instance=Order(**given), later=_later(request))
    if request.method == "POST" and form.is_valid():
        picked = _picked(form)
        if not form.errors:
            order = begin_order(
                origin=desk.origin,
                user=desk.user,
                contact=contact,
                values=given | form.values,
                picked=picked,
                visit=visit_of(request),
            )
            opened(order)
            return _onwards(request, desk, order, PROPERTY)
    context = _frame(desk, None, PROPERTY) | {"form": form, **(extra or {})}
    status = 422 if form.is_bound else 200
    return render(request, "extranet/portal/order_step.html", context, status=status)


def step_page(request: HttpRequest, desk: Desk, order: Order, step: str) -> HttpResponse:
    """Returns a step of an order, or saves it and goes on to the next."""
    if step == CHECK:
        return _check(request, desk, order)
    if step == CHOICE:
        return _choice(request, desk, order)
    later = _later(request)
    form = _form(desk, order, step, request.POST if request.method == "POST" else None, later=later)
    conflict = False
    errors: list[str] = []
    if request.method == "POST":
        if step == VISIT:
            errors = take_order_files(request, order, user=desk.user)
        if form.is_valid() and not errors:
            picked = _picked(form) if isinstance(form, PropertyForm) else None
            if not form.errors:
                try:
                    save_order(order, version=_version(form, order), user=desk.user, picked=picked, **form.values)
                except DomainError as error:
                    conflict = _note_conflict(form, order, error)
                else:
                    return _onwards(request, desk, order, step)
    context = _frame(desk, order, step) | {"form": form, "conflict": conflict, "file_errors": errors}
    if step == VISIT:
        limit = getattr(request, "upload_max_bytes", settings.UPLOAD_MAX_BYTES)
        context |= {"files": files_of(order), "max_bytes": limit}
    status = 409 if conflict else 422 if form.is_bound else 200
    return render(request, "extranet/portal/order_step.html", context, status=status)


def _choice(request: HttpRequest, desk: Desk, order: Order) -> HttpResponse:
    """Returns the step of the diagnostics, with what is due; htmx asks for it again as the answers change."""
    bound = request.method == "POST"
    refreshed = bool(request.headers.get("HX-Request"))
    asked = request.POST if bound else request.GET
    found = order_needs(order, **_overridden(asked)) if bound or refreshed else order_needs(order)
    form = ChoiceForm(
        request.POST if bound else None, order=order, known=found.known_zones, due=found.due, later=_later(request)
    )
    conflict = False
    if bound and form.is_valid():
        try:
            save_order(order, version=_version(form, order), user=desk.user, **form.values)
        except DomainError as error:
            conflict = _note_conflict(form, order, error)
        else:
            return _onwards(request, desk, order, CHOICE)
    ticked = asked.getlist("diagnostics") if bound or refreshed else form.initial["diagnostics"]
    if refreshed and not bound:
        # what has become due by the answer just given
        ticked = [*ticked, *found.due]
    context = _frame(desk, order, CHOICE) | {
        "form": form,
        "conflict": conflict,
        "groups": _groups(desk, order, found, set(ticked)),
        "known_zones": [(ZoneKind(zone).label, answer) for zone, answer in found.known_zones.items()],
    }
    status = 409 if conflict else 422 if bound else 200
    return render(request, "extranet/portal/order_step.html", context, status=status)


def _overridden(asked: QueryDict) -> dict[str, Any]:
    """Returns the zones and the valid reports as the page has them just now."""
    days: dict[str, date | None] = {kind: day_of(asked.get(f"valid_{kind}", "")) for kind in REPORTS}
    return {
        "zones": {kind: asked.get(f"zone_{kind}", "") for kind in ZoneKind.values},
        "valid": {kind: day for kind, day in days.items() if day is not None},
    }


def _groups(desk: Desk, order: Order, found: OrderNeeds, ticked: set[str]) -> list[dict[str, Any]]:
    """Returns the diagnostics in the three lists, and those of which no rule speaks among the last."""
    named = {need.diagnostic for need in [*found.required, *found.conditional, *found.others]}
    unnamed = [kind for kind in DiagnosticKind.values if kind not in named]
    return [
        {"key": "required", "rows": [_row(desk, order, need, ticked) for need in found.required]},
        {"key": "conditional", "rows": [_row(desk, order, need, ticked) for need in found.conditional]},
        {
            "key": "others",
            "rows": [_row(desk, order, need, ticked) for need in found.others]
            + [{"kind": kind, "label": DiagnosticKind(kind).label, "is_ticked": kind in ticked} for kind in unnamed],
            "count": sum(kind in ticked for kind in [*(need.diagnostic for need in found.others), *unnamed]),
        },
    ]


def _row(desk: Desk, order: Order, need: Need, ticked: set[str]) -> dict[str, Any]:
    missing = []
    for name, label in zip(need.missing, need.missing_labels, strict=True):
        step = step_of_answer(name)
        missing.append((label, f"{desk.step_url(order, step)}#id_{name}" if step else "#zones"))
    return {
        "kind": need.diagnostic,
        "label": need.label,
        "is_ticked": need.diagnostic in ticked,
        "reason": need.reason,
        "source": need.source,
        "missing": missing,
    }


def _check(request: HttpRequest, desk: Desk, order: Order) -> HttpResponse:
    """Returns what will be sent, with what is still missing; or sends it."""
    missing = incomplete_steps(desk, order)
    status = 200
    if request.method == "POST":
        if not missing:
            try:
                send_order(order, user=desk.user, visit=visit_of(request))
            except DomainError as error:
                messages.info(request, str(error))
            else:
                messages.success(request, _("The order is sent. An e-mail confirms it."))
            return _sent(desk, order)
        status = 422
    context = _frame(desk, order, CHECK) | {
        "missing": [(STEPS[step], desk.step_url(order, step)) for step in missing],
        "refused": status == 422,
        "diagnostics": diagnostic_labels(order.diagnostics),
        "files": files_of(order),
        "price": shown_price(order, for_staff=desk.for_staff),
    }
    return render(request, "extranet/portal/order_check.html", context, status=status)


def incomplete_steps(desk: Desk, order: Order) -> list[str]:
    """Returns the steps in which something is missing that an order cannot do without."""
    missing = set() if order.diagnostics else {CHOICE}
    for step in (PROPERTY, BUILDING, PEOPLE, VISIT):
        data = {name: getattr(order, name) for name in _form(desk, order, step, None).fields if hasattr(order, name)}
        if not _form(desk, order, step, data).is_valid():
            missing.add(step)
    return [step for step in STEPS if step in missing]


def _form(desk: Desk, order: Order, step: str, data: Any, *, later: bool = False) -> StepForm:
    forms: dict[str, type[StepForm]] = {
        PROPERTY: PropertyForm,
        BUILDING: BuildingForm,
        PEOPLE: StaffPeopleForm if desk.for_staff else PeopleForm,
        VISIT: VisitForm,
    }
    return forms[step](data, instance=order, later=later)


def _picked(form: StepForm) -> Picked | None:
    """Returns where the address is if that is known at once; adds an error when its postcode is another one."""
    values = form.values
    picked = read_picked(form.cleaned_data.get("place", ""))
    if picked is not None and picked.says(values):
        return picked
    if not (values.get("street") and values.get("postcode") and values.get("city")):
        return None
    known = known_address(values["street"], values["postcode"], values["city"])
    if known is None:
        return None
    # a town may have several postcodes, all of its department
    same_town = fold(known.city) == fold(values["city"]) and known.postcode[:2] == values["postcode"][:2]
    if known.postcode == values["postcode"] or same_town:
        return known
    if form.cleaned_data.get("as_typed"):
        return None
    text = _("This address is known in another town: %(address)s. Correct it, or confirm it below.")
    form.add_error("postcode", text % {"address": known.label})
    form.asks_confirmation = True  # type: ignore[attr-defined]
    return None


def _frame(desk: Desk, order: Order | None, step: str) -> dict[str, Any]:
    """Returns what every step's page shows around its form."""
    missing = set(incomplete_steps(desk, order)) if order is not None else set(_NAMES)
    links = [
        StepLink(
            name=name,
            label=str(label),
            url=desk.step_url(order, name) if order is not None else "",
            number=number,
            is_current=name == step,
            is_complete=order is not None and name not in missing and _is_begun(order, name),
        )
        for number, (name, label) in enumerate(STEPS.items(), start=1)
    ]
    rank = _NAMES.index(step)
    return {
        "desk": desk,
        "order": order,
        "shell": desk.page,
        "step": step,
        "steps": links,
        "number": rank + 1,
        "label": links[rank].label,
        "previous": links[rank - 1].url if rank and order is not None else "",
        "addresses_url": reverse(f"{desk.prefix}-addresses"),
        "nav": "orders",
    }


def _is_begun(order: Order, step: str) -> bool:
    """Whether something was said in a step; those in which all can be left out are not done before."""
    optional = {BUILDING: BUILDING_FIELDS, VISIT: VISIT_FIELDS}
    return step != CHECK and (step not in optional or any(getattr(order, name) for name in optional[step]))


def _onwards(request: HttpRequest, desk: Desk, order: Order, step: str) -> HttpResponse:
    if _later(request) and desk.user is not None:
        messages.success(request, _("The draft is kept: go on with it when you like."))
        return redirect("order-list")
    if not order.is_draft:
        messages.success(request, _("Saved."))
        return redirect("order-detail", code=order.code)
    return redirect(desk.step_url(order, _NAMES[_NAMES.index(step) + 1]))


def _sent(desk: Desk, order: Order) -> HttpResponse:
    if desk.user is None:
        return redirect("order-visitor-done", code=order.code)
    return redirect("order-detail", code=order.code)


def _later(request: HttpRequest) -> bool:
    return "later" in request.POST


def _version(form: Any, order: Order) -> int:
    """Returns the version that was read; a page that names none overwrites nothing newer than its own request."""
    version: int | None = form.cleaned_data.get("version")
    return order.version if version is None else version


def _note_conflict(form: Any, order: Order, error: DomainError) -> bool:
    """Adds what happened to the form; returns whether it was an edit meanwhile: saving again is then a decision."""
    order.refresh_from_db()
    form.data = form.data.copy()
    form.data["version"] = str(order.version)
    form.add_error(None, str(error))
    return error.code == "edited_meanwhile"
