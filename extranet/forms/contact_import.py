"""The forms of an import of contacts."""

from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.importers.contacts import FIELDS, REQUIRED, guess_columns, title_of
from extranet.importers.table import MAX_LINES, Head


class ImportForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx) or text (.csv)"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = number_format(MAX_LINES, force_grouping=True)
        self.fields["file"].help_text = _(
            "One contact a line, %(most)s lines at most; the titles of the columns in the first line."
        ) % {"most": most}


class ColumnsForm(forms.Form):
    """Which column of the table fills what."""

    send_codes = forms.BooleanField(
        label=gettext_lazy("Send the access codes to the new contacts"),
        required=False,
        help_text=gettext_lazy("Each gets its own password by e-mail, as soon as it is imported."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )

    def __init__(self, data: Any = None, *, head: Head, chosen: dict[str, int] | None = None) -> None:
        guessed = chosen or guess_columns(head)
        initial = {name: str(column) for name, column in guessed.items()}
        super().__init__(data, initial=initial)
        columns = [(str(column), _with_samples(head, column)) for column in range(len(head.titles))]
        for name, label in FIELDS.items():
            required = name in REQUIRED
            self.fields[name] = forms.ChoiceField(
                label=str(label),
                required=required,
                choices=[("", _("choose a column") if required else _("not imported")), *columns],
            )
        self.order_fields([*FIELDS, "send_codes"])

    def clean(self) -> dict[str, Any]:
        """Returns the choices; a name or a company is needed, and a column fills one field only."""
        data: dict[str, Any] = super().clean() or {}
        taken: dict[str, str] = {}
        for name, label in FIELDS.items():
            column = data.get(name)
            if not column:
                continue
            if column in taken:
                self.add_error(name, _("This column is chosen for “%(field)s” already.") % {"field": taken[column]})
            taken.setdefault(column, str(label))
        if not self.errors and not data.get("name") and not data.get("company"):
            self.add_error("name", _("Choose the column of the name or that of the company."))
        return data

    @property
    def columns(self) -> dict[str, int]:
        """The choices: the column, from 0, by the field."""
        return {name: int(self.cleaned_data[name]) for name in FIELDS if self.cleaned_data.get(name)}


def _with_samples(head: Head, column: int) -> str:
    samples = ", ".join(text[:30] for text in head.samples_of(column)[:3])
    return f"{title_of(head.titles, column)} ({samples})" if samples else title_of(head.titles, column)
