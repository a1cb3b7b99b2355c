"""Recording, confirming, refunding and comparing payments."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.enums import Method
from billing.models import PaymentLine
from billing.queries.dues import Due
from billing.rules import cents, dossier_name, in_euros
from extranet.forms.fields import AmountField
from extranet.models import Contact, Dossier
from kernel.money import euros
from kernel.text import new_code

MANUAL_METHODS = [(method.value, method.label) for method in (Method.TRANSFER, Method.CHEQUE, Method.CASH)]
_LEAST = Decimal("0.01")
_CODE = re.compile("[0-9a-z]{12}")


class OnceField(forms.CharField):
    """The hidden code of what a form makes: sent twice, it makes one. Cleans to nothing where somebody tampered."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, initial=new_code, **kwargs)

    def clean(self, value: Any) -> str:
        """Returns the code."""
        return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def day_field(**kwargs: Any) -> forms.DateField:
    """Returns a field of one day, chosen in the browser's own calendar."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def _not_to_come(day: date) -> date:
    if day > timezone.localdate():
        raise ValidationError(_("This day is still to come."), code="date_future")
    return day


class RecordForm(forms.Form):
    """What has come by transfer, cheque or in cash, an amount for each dossier; an empty amount leaves one out."""

    method = forms.ChoiceField(label=_("Paid by"), choices=MANUAL_METHODS, widget=forms.RadioSelect)
    received_on = day_field(label=_("Received on"))
    reference = forms.CharField(
        label=_("Reference"),
        max_length=120,
        required=False,
        help_text=_("The number of the cheque, the label of the transfer: what you find it again by."),
    )
    contact = forms.ModelChoiceField(
        label=_("Client"),
        queryset=Contact.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("None of them"),
        help_text=_("The payment stands in this client's history, with its receipt."),
    )
    payer_name = forms.CharField(label=_("Payer"), max_length=120, required=False)
    payer_email = forms.EmailField(
        label=_("Payer's email"),
        required=False,
        help_text=_("Gets the confirmation and the receipt; without one, the client chosen above gets them."),
    )
    once = OnceField()

    def __init__(self, *args: Any, dues: Sequence[Due], payers: QuerySet[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        contact.queryset = payers
        self.dues = list(dues)
        rest = dict(self.fields)
        self.fields.clear()
        for due in self.dues:
            self.fields[f"amount-{due.dossier.code}"] = AmountField(
                label=dossier_name(due.dossier.reference, due.dossier.title),
                required=False,
                min_value=_LEAST,
                initial=in_euros(due.left) if due.left else None,
                help_text=_due_words(due),
            )
        self.fields.update(rest)

    def clean_received_on(self) -> date:
        """Returns the day; raises ValidationError for one still to come."""
        return _not_to_come(self.cleaned_data["received_on"])

    def clean(self) -> dict[str, Any]:
        """Refuses a payment of nothing."""
        found = super().clean() or {}
        if not self.errors and not self.amounts():
            raise ValidationError(_("Write the amount received for at least one dossier."), code="nothing_due")
        return found

    def amounts(self) -> list[tuple[Dossier, int]]:
        """Returns the cents received for each dossier for which some were."""
        told = [(due.dossier, self.cleaned_data.get(f"amount-{due.dossier.code}")) for due in self.dues]
        return [(dossier, cents(amount)) for dossier, amount in told if amount]


def _due_words(due: Due) -> str:
    if due.left:
        return str(_("Still to be paid: %(left)s.")) % {"left": euros(in_euros(due.left))}
    if due.amount:
        return str(_("Nothing is due any more."))
    return str(_("No amount was set for this dossier."))


class ConfirmForm(forms.Form):
    """When an announced payment arrived."""

    received_on = day_field(label=_("Received on"))
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)

    def clean_received_on(self) -> date:
        """Returns the day; raises ValidationError for one still to come."""
        return _not_to_come(self.cleaned_data["received_on"])


class RefundForm(forms.Form):
    """How much is given back, of what, and why."""

    line = forms.ChoiceField(label=_("What for"), required=False, widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount to refund (€)"), min_value=_LEAST)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("For your records; the payer may see it.")
    )
    reopens = forms.BooleanField(
        label=_("The dossier becomes unpaid again"),
        required=False,
        help_text=_("Tick it when your client must pay again; leave it when too much was paid."),
    )
    once = OnceField()

    def __init__(self, *args: Any, lines: Sequence[tuple[PaymentLine, int]], left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.left = list(lines), left
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        if len(self.lines) > 1:
            whole = (
                "",
                str(_("The whole payment: %(left)s can be refunded")) % {"left": euros(in_euros(left))},
            )
            each = [
                (
                    str(rank),
                    str(_("%(dossier)s: %(left)s can be refunded"))
                    % {"dossier": line.title, "left": euros(in_euros(line_left))},
                )
                for rank, (line, line_left) in enumerate(self.lines, 1)
                if line_left
            ]
            field.choices = [whole, *each]
        else:
            field.choices = [("", ""), *([("1", "")] if self.lines else [])]
            field.widget = forms.HiddenInput()
        self.fields["amount"].help_text = str(_("At most %(left)s.")) % {"left": euros(in_euros(left))}

    @property
    def chosen(self) -> PaymentLine | None:
        """The one line that is refunded, none for the whole payment."""
        rank = self.cleaned_data.get("line") or ""
        return self.lines[int(rank) - 1][0] if rank else None

    @property
    def most(self) -> int:
        """The cents that can be given back of what was chosen."""
        rank = self.cleaned_data.get("line") or ""
        return min(self.left, self.lines[int(rank) - 1][1]) if rank else self.left

    def clean(self) -> dict[str, Any]:
        """Refuses more than what is left."""
        found = super().clean() or {}
        if "amount" in found and "line" in found and cents(found["amount"]) > self.most:
            text = _("This is more than what is left to refund: %(left)s.")
            self.add_error("amount", str(text) % {"left": euros(in_euros(self.most))})
        return found


class ReconcileForm(forms.Form):
    """A period of payments to be compared with what the providers say."""

    since = day_field(label=pgettext_lazy("day", "From"))
    until = day_field(label=_("until"))

    def clean(self) -> dict[str, Any]:
        """Refuses a period that ends before it begins, or longer than a year."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until:
            if until < since:
                self.add_error("until", _("The period ends before it begins."))
            elif until - since > timedelta(days=366):
                self.add_error("until", _("Choose a year at most."))
        return found
