"""The forms of webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from extranet.models.webhook import URL_LENGTH, WebhookEndpoint
from extranet.webhook_kinds import grouped


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Returns the events under their headings, in the active language."""
    return [(heading, [(kind.key, str(kind.label)) for kind in kinds]) for heading, kinds in grouped()]


class WebhookForm(forms.Form):
    """An address and the events that it is told of; what the address leads to is looked at by the action."""

    url = forms.CharField(
        label=_("Address"),
        max_length=URL_LENGTH,
        help_text=_("Where your software takes events, by POST over https."),
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocapitalize": "none",
                "spellcheck": "false",
                "placeholder": "https://logiciel.exemple.fr/diagdesk",
            }
        ),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=120,
        required=False,
        help_text=_("So that you know it again. Empty: the address."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        choices=_choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "dd-choices dd-webhook-kinds"}),
        error_messages={"required": _("Choose at least one event.")},
    )

    @classmethod
    def initial_of(cls, endpoint: WebhookEndpoint) -> dict[str, Any]:
        """Returns what the form shows of a webhook."""
        return {"url": endpoint.url, "description": endpoint.description, "kinds": endpoint.kinds}


class ReplayForm(forms.Form):
    """From when on what failed is sent anew."""

    since = forms.DateTimeField(
        label=_("Failed since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
    )
