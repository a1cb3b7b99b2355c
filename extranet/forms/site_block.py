"""The form of a block, made from the table of blocks: its fields, and a small form for each row of its lists."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from extranet.forms.site import picture_choices
from extranet.models import SiteImage
from extranet.site_blocks import (
    KIND_OF,
    MAX_ITEMS,
    Choice,
    Field,
    Link,
    Picture,
    Rows,
    ShapeError,
    Switch,
    Text,
    Values,
    clean_values,
    is_link,
)
from extranet.site_document import Block
from themes.rich_text import RichTextWidget


class LinkField(forms.CharField):
    """Where a button leads: nothing that could run in a page."""

    def validate(self, value: Any) -> None:
        """Raises ValidationError for an address that is none of ours, http(s), mailto or tel."""
        super().validate(value)
        if value and not is_link(str(value)):
            raise forms.ValidationError(
                _("Write a page of the site (/contact/), an address (https://…), mailto:… or tel:…."), code="link"
            )


class _Fields(forms.Form):
    """Fields made from the table."""

    def __init__(
        self,
        fields: tuple[Field, ...],
        data: Any,
        *,
        initial: Mapping[str, Any],
        prefix: str,
        pictures: list[SiteImage],
    ) -> None:
        super().__init__(data, initial=dict(initial), prefix=prefix or None, use_required_attribute=False)
        for entry in fields:
            self.fields[entry.name] = _form_field(entry, pictures)

    @property
    def picture_names(self) -> list[str]:
        """The names, in the request, of the fields of pictures."""
        return [self.add_prefix(name) for name, field in self.fields.items() if isinstance(field, _PictureField)]


class _PictureField(forms.ChoiceField):
    is_picture = True


class RowsForm:
    """The rows of a list, and what their button says."""

    def __init__(self, rows: Rows, data: Any, *, values: list[dict[str, str]], pictures: list[SiteImage]) -> None:
        self.rows = rows
        count = _count(data, rows.name) if data is not None else len(values)
        self.forms: list[_Fields] = []
        for rank in range(count):
            initial = values[rank] if rank < len(values) else {}
            form = _Fields(rows.fields, data, initial=initial, prefix=f"{rows.name}-{rank}", pictures=pictures)
            form.empty_permitted = data is not None and not any(
                str(data.get(form.add_prefix(field.name), "")).strip() for field in rows.fields
            )
            self.forms.append(form)

    @property
    def name(self) -> str:
        """The name of the list."""
        return self.rows.name

    def values(self) -> list[dict[str, str]]:
        """Returns the rows that hold something."""
        found = [
            {field.name: form.cleaned_data.get(field.name, "") for field in self.rows.fields} for form in self.forms
        ]
        return [row for row in found if any(row.values())]


class BlockForm(_Fields):
    """The form of one block."""

    def __init__(self, block: Block, data: QueryDict | None = None, *, pictures: list[SiteImage]) -> None:
        self.kind = KIND_OF[block.kind]
        plain = tuple(field for field in self.kind.all_fields if not isinstance(field, Rows))
        super().__init__(plain, data, initial=block.values, prefix="", pictures=pictures)
        self.lists: list[RowsForm] = []
        for entry in self.kind.all_fields:
            if isinstance(entry, Rows):
                values: Any = block.values.get(entry.name, [])
                self.lists.append(RowsForm(entry, data, values=values, pictures=pictures))

    def is_valid(self) -> bool:
        """Whether all fields and rows are, and fit together."""
        rows_are = [form.is_valid() for rows in self.lists for form in rows.forms]
        if not (super().is_valid() and all(rows_are)):
            return False
        given = self.cleaned_data | {rows.name: rows.values() for rows in self.lists}
        try:
            self.result: Values = clean_values(self.kind.kind, given)
        except ShapeError as error:
            self.add_error(None, _("Something here is not as it must be: %(what)s") % {"what": error})
            return False
        return True

    @property
    def all_picture_names(self) -> list[str]:
        """The names, in the request, of all fields of pictures, those of rows too."""
        return self.picture_names + [name for rows in self.lists for form in rows.forms for name in form.picture_names]


def rearranged(data: QueryDict) -> QueryDict:
    """Returns what was sent with a row more or less, or in another place: `row` says `items:add`, `items:up:2`…."""
    name, _colon, what = data.get("row", "").partition(":")
    verb, _colon, at = what.partition(":")
    count = _count(data, name)
    order = list(range(count))
    rank = int(at) if at.isdecimal() and int(at) < count else None
    if verb == "add" and count < MAX_ITEMS:
        order.append(-1)
    elif rank is not None and verb == "remove":
        order.remove(rank)
    elif rank is not None and verb in {"up", "down"}:
        order.insert(max(0, rank + (-1 if verb == "up" else 1)), order.pop(rank))
    result = data.copy()
    for key in [key for key in result if key.startswith(f"{name}-")]:
        del result[key]
    result[f"{name}-count"] = str(len(order))
    for new, old in enumerate(order):
        start = f"{name}-{old}-"
        for key in [key for key in data if key.startswith(start)]:
            result[f"{name}-{new}-{key.removeprefix(start)}"] = str(data[key])
    return result


def _count(data: Any, name: str) -> int:
    text = str(data.get(f"{name}-count", ""))
    return min(int(text), MAX_ITEMS) if text.isdecimal() and len(text) < 5 else 0


def _form_field(entry: Field, pictures: list[SiteImage]) -> forms.Field:
    common: dict[str, Any] = {"label": entry.label, "required": False, "help_text": getattr(entry, "help", "")}
    match entry:
        case Text(rows=0):
            return forms.CharField(**common | {"required": entry.required}, max_length=entry.most)
        case Text(rich=True):
            return forms.CharField(**common, max_length=entry.most, widget=RichTextWidget({"rows": entry.rows}))
        case Text():
            area = forms.Textarea(attrs={"rows": entry.rows})
            return forms.CharField(**common | {"required": entry.required}, max_length=entry.most, widget=area)
        case Link():
            return LinkField(**common, max_length=entry.most)
        case Picture():
            return _PictureField(**common, choices=picture_choices(pictures))
        case Choice():
            return forms.ChoiceField(**common | {"required": True}, choices=list(entry.choices))
        case Switch():
            return forms.BooleanField(**common, widget=forms.CheckboxInput(attrs={"role": "switch"}))
        case Rows():
            raise TypeError("a list is no field")
