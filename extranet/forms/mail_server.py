"""The form of the firm's own mail server."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from mail.actions.server import ServerValues
from mail.models import MailServer, Security

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[MailServer]
else:
    _ModelForm = forms.ModelForm

#: A host's name (RFC 1123) or an IPv4 address; IPv6 is written without brackets.
_HOST = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|[0-9a-f:]{2,45}"
)
_PLAIN = {"autocapitalize": "none", "spellcheck": "false"}


class MailServerForm(_ModelForm):
    """How the firm's mails leave. A password is never given back to the page; an empty field keeps the stored one."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )

    class Meta:
        model = MailServer
        fields = (
            "from_name",
            "reply_to",
            "from_address",
            "host",
            "port",
            "security",
            "verify_certificate",
            "username",
            "hour_limit",
            "day_limit",
        )
        labels = {
            "from_name": _("Sender's name"),
            "reply_to": _("Address for answers"),
            "from_address": _("Sender's address"),
            "host": _("Server"),
            "port": _("Port"),
            "security": _("Encryption"),
            "verify_certificate": _("Check the server's certificate"),
            "username": _("Login"),
            "hour_limit": _("Mails an hour"),
            "day_limit": _("Mails in 24 hours"),
        }
        help_texts = {
            "from_name": _("What readers see as the sender. Empty: the name of your site."),
            "reply_to": _("Where answers go. Empty: to the sender's address."),
            "from_address": _("An address of your own, which your host lets this login send as."),
            "username": _("Usually the whole address."),
            "verify_certificate": _("Off, anybody between us and the server could read the password."),
            "hour_limit": _("What your host lets through; more than that waits. Empty: no limit."),
        }
        widgets = {
            "host": forms.TextInput(
                attrs={"autocapitalize": "none", "spellcheck": "false", "placeholder": "smtp.example.fr"}
            ),
            "username": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
            "verify_certificate": forms.CheckboxInput(attrs={"role": "switch"}),
        }

    def __init__(self, *args: Any, needs_server: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_server = needs_server
        self.has_password = bool(self.instance.sealed)
        if self.has_password:
            self.fields["password"].widget.attrs["placeholder"] = str(_("stored"))
            self.fields["password"].help_text = _("Empty: the stored one stays.")

    def clean_host(self) -> str:
        """Returns the name in small letters and IDNA."""
        host = str(self.cleaned_data["host"]).strip().rstrip(".").lower()
        try:
            host = punycode(host) if host else ""
        except UnicodeError:
            host = "-"
        if host and not _HOST.fullmatch(host):
            raise ValidationError(_("This is no name of a server: write it like smtp.example.fr."), code="host")
        return host

    def clean(self) -> dict[str, Any]:
        """Refuses a server without what it needs, and a password that would travel in clear."""
        found = super().clean() or {}
        if self.needs_server:
            for name in ("host", "from_address"):
                if name not in self.errors and not found.get(name):
                    self.add_error(name, ValidationError(_("Your own server cannot do without."), code="required"))
        clear = found.get("security") == Security.NONE and found.get("username")
        if clear and not settings.MAIL_ALLOW_PRIVATE_HOSTS:
            self.add_error(
                "security",
                ValidationError(_("The password would travel in clear: choose TLS or STARTTLS."), code="clear"),
            )
        return found

    @property
    def values(self) -> ServerValues:
        """What was typed."""
        columns = {name: self.cleaned_data[name] for name in self.Meta.fields}
        typed = self.cleaned_data["password"]
        # without a login there is nothing to keep
        return ServerValues(columns, typed or (None if columns["username"] else ""))
