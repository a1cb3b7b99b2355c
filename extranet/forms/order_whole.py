"""An order as a whole: what the steps of the wizard check, for whoever fills them in at once."""

import copy
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from extranet.actions.order import CHOICE_FIELDS
from extranet.forms.order import BuildingForm, PeopleForm, PropertyForm, StaffPeopleForm, StepForm, VisitForm
from extranet.forms.order_choice import ChoiceForm
from extranet.models import Order

type Errors = dict[str, list[ValidationError]]


def checked_values(given: Mapping[str, Any], *, order: Order, for_staff: bool, later: bool) -> dict[str, Any]:
    """Returns those of actions.order.FIELDS that change an order to what is given, cleaned as its pages clean them.

    Only the steps are checked of which something is given; `later` lets what is required be missing. Raises
    ValidationError with all errors by field.
    """
    values: dict[str, Any] = {}
    errors: Errors = {}
    for form in _forms(order, given, for_staff=for_staff, later=later):
        if form.is_valid():
            # beside what is given, what the form has filled in
            values |= {
                name: value for name, value in form.values.items() if name in given or value != getattr(order, name)
            }
        errors |= form.errors.as_data()
    if given.keys() & set(CHOICE_FIELDS):
        choice = _choice(order, given)
        if choice.is_valid():
            values |= {name: value for name, value in choice.values.items() if name in given}
        errors |= {_outer(name): found for name, found in choice.errors.as_data().items()}
    if errors:
        raise ValidationError(errors)
    return values


def refuse_incomplete(order: Order, *, for_staff: bool) -> None:
    """Raises ValidationError, by field, when something is missing that an order cannot be sent without."""
    errors: Errors = {}
    for kind in _kinds(for_staff=for_staff):
        names = kind(None, instance=order).fields
        form = kind({name: getattr(order, name) for name in names if hasattr(order, name)}, instance=order)
        errors |= form.errors.as_data()
    if not order.diagnostics:
        errors["diagnostics"] = [ValidationError(_("Choose at least one diagnostic."), code="required")]
    if errors:
        raise ValidationError(errors)


def _kinds(*, for_staff: bool) -> tuple[type[StepForm], ...]:
    return PropertyForm, BuildingForm, StaffPeopleForm if for_staff else PeopleForm, VisitForm


def _forms(order: Order, given: Mapping[str, Any], *, for_staff: bool, later: bool) -> list[StepForm]:
    # what a building is asked depends on what is planned with it
    planned = copy.copy(order)
    planned.transaction = given.get("transaction", order.transaction)
    found: list[StepForm] = []
    for kind in _kinds(for_staff=for_staff):
        instance = planned if kind is BuildingForm else order
        fields = set(kind(None, instance=instance).fields)
        if not given.keys() & fields:
            continue
        data = {name: given.get(name, getattr(order, name, None)) for name in fields - {"place", "as_typed"}}
        found.append(kind(data, instance=instance, later=later))
    return found


def _choice(order: Order, given: Mapping[str, Any]) -> ChoiceForm:
    data: dict[str, Any] = {"diagnostics": given.get("diagnostics", order.diagnostics), "version": order.version}
    data |= {f"zone_{kind}": answer for kind, answer in given.get("zones", {}).items()}
    data |= {f"valid_{kind}": day for kind, day in given.get("valid_reports", {}).items()}
    return ChoiceForm(data, order=order, later=True)


def _outer(name: str) -> str:
    """Returns the field of the order that a field of the form is a part of."""
    if name.startswith("zone_"):
        return "zones"
    return "valid_reports" if name.startswith("valid_") else name
