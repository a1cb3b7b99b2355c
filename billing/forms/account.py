"""The means of payment of a firm, with their keys, and what stands on receipts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from billing.actions.account import AccountValues, TypedKeys
from billing.enums import Method, Mode, Provider
from billing.forms.payment import MANUAL_METHODS
from billing.models import BillingSettings, ProviderAccount
from billing.providers.fields import KeyField
from billing.providers.guide import GUIDES, KeySet
from billing.providers.lyra.brands import CHOICES as BRANDS

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[BillingSettings]
else:
    _ModelForm = forms.ModelForm

#: What a new one is called unless the firm types something else.
LABELS: Mapping[str, Any] = {
    Provider.STRIPE: _("Card"),
    Provider.PAYPAL: "PayPal",
    Provider.PAYZEN: _("Card"),
    Provider.SYSTEMPAY: _("Card"),
    Provider.MANUAL: _("Transfer"),
}
_LYRA = (Provider.PAYZEN, Provider.SYSTEMPAY)
_LONGEST_KEY = 500


@dataclass(frozen=True)
class KeyGroup:
    """The fields of one mode's keys; `named` pairs each with whether it is for the advanced mode alone."""

    mode: Mode
    named: list[tuple[forms.BoundField, bool]]
    keys: KeySet


class AccountForm(forms.Form):
    """A means of payment: what clients read, and the provider's keys of both modes.

    A secret that was typed is never given back to the page; an empty field keeps the stored one.
    """

    label = forms.CharField(
        label=_("Label shown to the client"), max_length=80, help_text=_("What the button of the page to pay on says.")
    )
    instructions = forms.CharField(
        label=_("Explanation for the client"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown under the label; may stay empty."),
    )

    def __init__(
        self,
        *args: Any,
        provider: str,
        account: ProviderAccount | None = None,
        keys: Mapping[Mode, KeySet] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.provider, self.account, self.keys = provider, account, dict(keys or {})
        self.guide = GUIDES.get(provider)
        self.label_suffix = ""
        if self.guide is None:
            self._add_manual()
            return
        self.fields["mode"] = forms.ChoiceField(
            label=_("Mode"), choices=Mode.choices, widget=forms.RadioSelect, initial=Mode.TEST
        )
        if provider in _LYRA:
            self._add_lyra()
        for mode in Mode:
            for key in self.guide.fields:
                if account is None and key.needs_address:
                    continue  # there is no address yet
                self.fields[f"{mode}-{key.name}"] = self._key_field(key, mode)

    def _add_manual(self) -> None:
        self.fields["manual_method"] = forms.ChoiceField(
            label=_("How it is paid"), choices=MANUAL_METHODS, widget=forms.RadioSelect, initial=Method.TRANSFER
        )
        self.order_fields(["manual_method"])
        self.fields["instructions"].label = _("How to pay")
        self.fields["instructions"].widget.attrs["rows"] = 5
        self.fields["instructions"].help_text = _(
            "The client reads it after choosing this means: bank details (IBAN, BIC, holder) of a transfer, order and "
            "address of a cheque."
        )

    def _add_lyra(self) -> None:
        usual = "Systempay" if self.provider == Provider.SYSTEMPAY else "PayZen"
        rest = [(name, label) for name, label in BRANDS if name not in _LYRA]
        self.fields["brand"] = forms.ChoiceField(
            label=_("Brand"),
            choices=[("", usual), *rest],
            required=False,
            help_text=_("Banks sell the same service under other names, at other addresses."),
        )
        self.fields["uses_form"] = forms.BooleanField(
            label=_("Use the payment form (vads) instead of the REST interface"),
            required=False,
            help_text=_(
                "For shops without REST keys. Without the REST password, nothing can be read from the provider: "
                "payments are known by its notifications alone, and refunds are made in its back office."
            ),
        )

    def _key_field(self, key: KeyField, mode: Mode) -> forms.CharField:
        stored = self.keys.get(mode)
        is_stored = stored is not None and stored.holds(key)
        attrs: dict[str, Any] = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
        attrs["placeholder"] = key.example_of(live=mode == Mode.LIVE) if not is_stored else ""
        widget: forms.Widget
        if key.secret:
            if is_stored and stored is not None:
                attrs["placeholder"] = _stored_words(stored)
            widget = forms.PasswordInput(attrs=attrs | {"autocomplete": "new-password"}, render_value=False)
        else:
            widget = forms.TextInput(attrs=attrs)
        return forms.CharField(
            label=str(key.label),
            required=False,
            max_length=_LONGEST_KEY,
            widget=widget,
            help_text=str(key.help_text),
            initial=stored.columns.get(key.column, "") if stored is not None and not key.secret else "",
        )

    def _name(self, key: KeyField, mode: Mode) -> str:
        return f"{mode}-{key.name}"

    def clean(self) -> dict[str, Any]:
        """Refuses keys of another shape, and an account that clients use without what it needs."""
        found = super().clean() or {}
        is_offered = self.account is not None and self.account.is_active
        if self.guide is None:
            needs = found.get("manual_method") != Method.CASH
            if is_offered and needs and "instructions" in found and not found["instructions"].strip():
                self.add_error("instructions", _("Clients are offered this means: tell them how to pay."))
            return found
        for mode in Mode:
            for key in self.guide.fields:
                name = self._name(key, mode)
                value = found.get(name, "")
                if value and (wrong := key.wrong_with(value, live=mode == Mode.LIVE)):
                    self.add_error(name, ValidationError(wrong, code="shape"))
        if is_offered and found.get("mode"):
            self._refuse_gaps(Mode(found["mode"]), uses_form=bool(found.get("uses_form")))
        return found

    def _refuse_gaps(self, mode: Mode, *, uses_form: bool) -> None:
        assert self.guide is not None
        stored = self.keys.get(mode)
        for key in self.guide.fields:
            name = self._name(key, mode)
            kept = key.secret and stored is not None and stored.holds(key)
            if key.is_needed(uses_form=uses_form) and not kept and not self.data.get(name, "").strip():
                self.add_error(name, _("Clients pay with this account: it cannot do without."))

    @property
    def values(self) -> AccountValues:
        """What the firm decided, keys apart."""
        found = self.cleaned_data
        return AccountValues(
            label=found["label"],
            instructions=found["instructions"],
            mode=Mode(found.get("mode") or Mode.LIVE),
            manual_method=found.get("manual_method", ""),
            brand=found.get("brand", ""),
            uses_form=bool(found.get("uses_form")),
        )

    @property
    def typed(self) -> dict[Mode, TypedKeys]:
        """The keys that were typed, by mode; an empty secret is none, an empty identifier takes the stored one away."""
        if self.guide is None:
            return {}
        found: dict[Mode, TypedKeys] = {}
        for mode in Mode:
            there = [key for key in self.guide.fields if self._name(key, mode) in self.cleaned_data]
            values = {key.name: self.cleaned_data[self._name(key, mode)] for key in there}
            found[mode] = TypedKeys(
                columns={key.column: values[key.name] for key in there if not key.secret},
                secrets={key.name: values[key.name] for key in there if key.secret and values[key.name]},
            )
        return found

    @property
    def groups(self) -> list[KeyGroup]:
        """The fields of the keys, by mode."""
        if self.guide is None:
            return []
        uses_form = bool(self["uses_form"].value()) if "uses_form" in self.fields else False
        return [
            KeyGroup(
                mode,
                [
                    (self[self._name(key, mode)], key.advanced and not key.is_needed(uses_form=uses_form))
                    for key in self.guide.fields
                    if self._name(key, mode) in self.fields
                ],
                self.keys.get(mode) or KeySet(mode, {}, frozenset(), None, False, ()),
            )
            for mode in Mode
        ]

    @property
    def chosen_mode(self) -> str:
        """The mode whose keys are shown first."""
        return str(self["mode"].value()) if self.guide is not None else ""

    @property
    def has_hidden_errors(self) -> bool:
        """Whether something is wrong with a field that only the advanced mode shows."""
        hidden = {"brand", "uses_form"}
        for group in self.groups:
            hidden |= {field.name for field, advanced in group.named if advanced or group.mode != self.chosen_mode}
        return bool(hidden & set(self.errors))


def _stored_words(stored: KeySet) -> str:
    if stored.changed_at is None:
        return str(_("stored"))
    day = date_format(localtime(stored.changed_at), "SHORT_DATE_FORMAT")
    return str(_("stored on %(day)s")) % {"day": day}


class BillingForm(_ModelForm):
    """What stands on receipts."""

    legal_mentions = forms.CharField(
        label=_("Legal details on documents"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Printed under your name on receipts, quotes and mission orders. Empty: made of the data of your company."
        ),
    )

    class Meta:
        model = BillingSettings
        fields = ("vat_rate",)
        localized_fields = ("vat_rate",)
        help_texts = {
            "vat_rate": _("Empty: no VAT (article 293 B of the French tax code). Payments made already keep theirs."),
        }
