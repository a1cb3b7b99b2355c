"""The form of how a firm makes its quotes."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.models import QuoteSettings

if TYPE_CHECKING:
    _Form = forms.ModelForm[QuoteSettings]
else:
    _Form = forms.ModelForm

_MOST_SITES = 10
#: Names of hosts as browsers send them (RFC 1123), with one dot at least.
_HOST = re.compile(r"(?=.{4,100}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class SitesField(forms.CharField):
    """Web sites, one a line; cleans to their origins without twins."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none", "inputmode": "url"})

    def clean(self, value: Any) -> list[str]:
        """Returns the origins; raises ValidationError naming what is none."""
        lines = str(super().clean(value) or "").split()
        found = list(dict.fromkeys(origin_of(line) for line in lines))
        if len(found) > _MOST_SITES:
            raise ValidationError(_("%(limit)d web sites at most.") % {"limit": _MOST_SITES}, code="many")
        return found

    def prepare_value(self, value: Any) -> Any:
        """Returns what the field shows: a line each."""
        return "\n".join(value) if isinstance(value, list) else value


def origin_of(text: str) -> str:
    """Returns the origin (RFC 6454) of a site's address, such as https://www.example.fr; raises ValidationError."""
    wrong = ValidationError(
        _("“%(site)s” is not the address of a web site: write it like https://www.example.fr.") % {"site": text[:100]},
        code="site",
    )
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = parts.port
    except ValueError as error:  # a bracket too many, a port beyond 65535, a name that is none
        raise wrong from error
    if parts.scheme != "https" or parts.username is not None or not _HOST.fullmatch(host):
        raise wrong
    return f"https://{host}" + (f":{port}" if port not in {None, 443} else "")


class QuoteSettingsForm(_Form):
    """How a firm makes its quotes."""

    sites = SitesField(
        label=gettext_lazy("Your web sites"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy("One a line. Only these may show the page in a frame."),
    )

    class Meta:
        model = QuoteSettings
        fields = (
            "issue_mode",
            "show_prices",
            "prefix",
            "valid_days",
            "terms",
            "remind",
            "remind_after_days",
            "remind_before_days",
            "most_reminders",
            "sites",
        )
        widgets = {
            "issue_mode": forms.RadioSelect,
            "terms": forms.Textarea(attrs={"rows": 8}),
            **{name: forms.CheckboxInput(attrs={"role": "switch"}) for name in ("show_prices", "remind")},
        }
        labels = {
            "issue_mode": gettext_lazy("When an order is sent"),
            "show_prices": gettext_lazy("Show the price to whoever orders"),
            "prefix": gettext_lazy("Beginning of the numbers"),
            "valid_days": gettext_lazy("Valid for (days)"),
            "terms": gettext_lazy("Terms"),
            "remind": gettext_lazy("Remind clients who have not answered"),
            "remind_after_days": gettext_lazy("After how many days without an answer"),
            "remind_before_days": gettext_lazy("And so many days before the end of validity"),
            "most_reminders": gettext_lazy("Reminders at most"),
        }
        help_texts = {
            "show_prices": gettext_lazy(
                "Before it is sent, and on the page of prices. Never by a price list that nobody has checked yet."
            ),
            "prefix": gettext_lazy("The year and a number without gaps follow."),
            "terms": gettext_lazy("Printed on each quote; a change never alters those that were sent."),
            "remind_before_days": gettext_lazy("0: not then."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issue_mode"].choices = QuoteSettings._meta.get_field("issue_mode").choices  # type: ignore[attr-defined]
