"""What the console's forms share."""

from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button says all."""


def text_input(**attributes: Any) -> forms.Widget:
    """Returns the widget of a line of text."""
    widget: forms.Widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", **attributes})
    return widget


def email_input() -> forms.Widget:
    """Returns the widget of an e-mail address."""
    widget: forms.Widget = UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"})
    return widget


def text_area(rows: int = 3) -> forms.Widget:
    """Returns the widget of some lines of text."""
    widget: forms.Widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
    return widget


def language_field(label: Any) -> forms.ChoiceField:
    """Returns the choice of a language, the platform's own first."""
    return forms.ChoiceField(
        label=label, choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE, widget=UnfoldAdminSelectWidget()
    )
