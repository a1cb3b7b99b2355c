"""How somebody pays, and who it is."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from billing.models import ProviderAccount

MAX_ATTEMPT = 32


class PayForm(forms.Form):
    """The means of payment, and the payer where it is not known."""

    means = forms.ChoiceField(
        label=_("Means of payment"), error_messages={"required": _("Please choose a means of payment.")}
    )
    payer_name = forms.CharField(
        label=_("Your name or company"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("It stands on the receipt."),
    )
    payer_email = forms.EmailField(
        label=_("Your e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The confirmation and the receipt are sent there."),
    )
    #: The cents that the payer saw: what changed meanwhile is shown before it is paid.
    total = forms.IntegerField(widget=forms.HiddenInput)
    #: The same for two clicks on one page.
    attempt = forms.CharField(max_length=MAX_ATTEMPT, widget=forms.HiddenInput, initial=lambda: get_random_string(20))

    def __init__(self, *args: Any, accounts: Sequence[ProviderAccount], asks_payer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = list(accounts)
        means = self.fields["means"]
        assert isinstance(means, forms.ChoiceField)
        means.choices = [(account.code, account.label) for account in self.accounts]
        if not asks_payer:
            del self.fields["payer_name"], self.fields["payer_email"]

    @property
    def chosen(self) -> str:
        """The code of the means that is marked on the page: the one sent, else the first."""
        sent = str(self["means"].value() or "")
        codes = [account.code for account in self.accounts]
        return sent if sent in codes else codes[0] if codes else ""

    def account(self) -> ProviderAccount:
        """Returns the means chosen, of a form that is valid."""
        return next(account for account in self.accounts if account.code == self.cleaned_data["means"])
