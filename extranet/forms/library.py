"""The forms of the firm's own documents and of their categories."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.actions.library import DocumentValues
from extranet.enums import ContactKind
from extranet.enums_library import Audience, Holding
from extranet.forms.diagnostic import day_field
from extranet.models import Diagnostician, DocumentCategory, FirmDocument

_CHECK_ADDRESS = URLValidator(schemes=["https"])


class LinkField(forms.CharField):
    """The address of a page or program elsewhere; cleans to an https address without a name and password."""

    widget = forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocapitalize": "none"})

    def clean(self, value: Any) -> str:
        """Returns the address; raises ValidationError for one that is none."""
        address = str(super().clean(value) or "")
        if not address:
            return ""
        address = address if "://" in address else f"https://{address}"
        try:
            _CHECK_ADDRESS(address)
            parts = urlsplit(address)
        except (ValidationError, ValueError) as error:
            raise _no_address() from error
        if parts.username is not None:
            raise _no_address()
        return address


def _no_address() -> ValidationError:
    return ValidationError(_("Write the address like https://www.example.fr/page."), code="invalid")


class CodeChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A row by its code."""

    def clean(self, value: Any) -> Any:
        """Returns the row; raises ValidationError for a code that is none."""
        # the database refuses NUL before it could say that there is no such code
        return super().clean(str(value or "").replace("\x00", "?"))


class DocumentForm(forms.Form):
    """One of the firm's documents; what it is made of is chosen once."""

    holding = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=Holding.choices, initial=Holding.FILE, widget=forms.RadioSelect
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    category = CodeChoiceField(
        label=gettext_lazy("Category"),
        queryset=DocumentCategory.objects.none(),
        to_field_name="code",
        empty_label=None,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "PDF, pictures, Word, Excel, zip… A program to install is better given as a link to its maker's page."
        ),
    )
    link = LinkField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Of the page or of the download; it opens in a new tab."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 10})
    )
    description = forms.CharField(label=gettext_lazy("Description"), max_length=500, required=False)
    expires_on = day_field(
        gettext_lazy("Valid until"),
        help_text=gettext_lazy("You are told 60, 30 and 7 days before, and when it has expired. Empty: no end."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Seen by"), choices=Audience.choices, initial=Audience.MEMBERS)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Which types of clients"),
        required=False,
        choices=ContactKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    diagnostician = CodeChoiceField(
        label=gettext_lazy("Of which diagnostician"),
        queryset=Diagnostician.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("The firm's own"),
    )

    def __init__(self, *args: Any, document: FirmDocument | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        category, person = self.fields["category"], self.fields["diagnostician"]
        assert isinstance(category, forms.ModelChoiceField)
        assert isinstance(person, forms.ModelChoiceField)
        category.queryset = DocumentCategory.objects.all()
        person.queryset = Diagnostician.objects.all()
        if document is not None:
            del self.fields["holding"]
            self.fields["file"].label = _("New version")
            self.fields["file"].help_text = _("The present file is kept as an earlier version.")

    @property
    def made_of(self) -> str:
        """What the document is made of."""
        return self.document.holding if self.document is not None else str(self.cleaned_data.get("holding", ""))

    def clean(self) -> dict[str, Any]:
        """Returns what was typed: a link has an address, a text its words, and chosen types are some."""
        data = super().clean() or self.cleaned_data
        if self.made_of == Holding.LINK and not data.get("link") and "link" not in self.errors:
            self.add_error("link", _("Give the address."))
        if self.made_of == Holding.NOTICE and not data.get("text") and "text" not in self.errors:
            self.add_error("text", _("Write the text."))
        if (
            self.made_of == Holding.FILE
            and self.document is None
            and not data.get("file")
            and "file" not in self.errors
        ):
            self.add_error("file", _("Choose a file first."))
        if data.get("audience") == Audience.KINDS and not data.get("kinds"):
            self.add_error("kinds", _("Choose one type at least."))
        return data

    @property
    def values(self) -> DocumentValues:
        """What is said of the document."""
        names = ("category", "title", "description", "audience", "expires_on", "diagnostician", "link", "text")
        return DocumentValues(
            **{name: self.cleaned_data[name] for name in names}, kinds=tuple(self.cleaned_data["kinds"])
        )


def initial_of(document: FirmDocument) -> dict[str, Any]:
    """Returns what the form of a document begins with."""
    names = ("title", "description", "audience", "kinds", "expires_on", "link", "text")
    return {name: getattr(document, name) for name in names} | {
        "category": document.category.code,
        "diagnostician": document.diagnostician.code if document.diagnostician is not None else "",
    }


class CategoryForm(forms.Form):
    """The name of a category."""

    name = forms.CharField(label=gettext_lazy("Name of the category"), max_length=80)
