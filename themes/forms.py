"""How Django's forms come out: Bootstrap's classes on the widgets, one layout for a form and for a field."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

_CLASS_OF_TYPE = {
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "color": "form-control form-control-color",
    "range": "form-range",
    "hidden": "",
    "submit": "btn",
    "image": "",
}


class FormRenderer(TemplatesSetting):
    """The renderer named by FORM_RENDERER."""

    form_template_name = "themes/forms/form.html"
    formset_template_name = "themes/forms/formset.html"
    field_template_name = "themes/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Returns the HTML of a widget, a field or a form."""
        widget = context.get("widget")
        if isinstance(widget, dict):
            _dress(widget)
        return super().render(template_name, context, request)


def _dress(widget: dict[str, Any]) -> None:
    """Adds Bootstrap's classes to a widget's context and to those of its parts."""
    attrs = widget["attrs"] = dict(widget.get("attrs", {}))
    if "subwidgets" in widget:
        for part in widget["subwidgets"]:
            _dress(part)
        return
    template = widget["template_name"]
    if template.endswith(("/radio.html", "/checkbox_select.html")):
        _add_classes(attrs, "dd-choices")
        for _group, options, _index in widget["optgroups"]:
            for option in options:
                _dress(option)
        return
    if "optgroups" in widget:
        names = "form-select"
    elif "type" in widget:
        names = _CLASS_OF_TYPE.get(widget["type"], "form-control")
    else:
        names = "form-control"
    if attrs.get("aria-invalid") == "true":
        names += " is-invalid"
    _add_classes(attrs, names)


def _add_classes(attrs: dict[str, Any], names: str) -> None:
    given = str(attrs.get("class", "")).split()
    wanted = [name for name in names.split() if name not in given]
    if wanted or given:
        attrs["class"] = " ".join([*wanted, *given])
