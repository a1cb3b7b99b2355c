"""The forms of the firm's site: its look and details, its pages, its pictures."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from extranet.enums_site import SiteTheme
from extranet.models import SiteImage
from extranet.site_addresses import is_reserved
from extranet.site_document import (
    HOURS,
    MOST_DESCRIPTION,
    MOST_TITLE,
    Document,
    Page,
    is_slug,
)

_DETAILS = ("theme", "name", "tagline", "phone", "email", "street", "postcode", "city", "picture")


class ThemeForm(forms.Form):
    """The look of a new site."""

    theme = forms.ChoiceField(label=_("Theme"), choices=SiteTheme.choices, widget=forms.RadioSelect)


class SiteForm(ThemeForm):
    """What all pages share."""

    name = forms.CharField(label=_("Name of the site"), max_length=200)
    tagline = forms.CharField(label=_("In a few words, below the name"), max_length=200, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    street = forms.CharField(label=_("Address"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    picture = forms.ChoiceField(
        label=_("Picture for social networks"),
        required=False,
        help_text=_("Shown when somebody shares a page of the site."),
    )

    def __init__(self, data: Any = None, *, document: Document, pictures: list[SiteImage]) -> None:
        initial = {name: getattr(document, name) for name in _DETAILS}
        initial |= {f"hours_{day}": text for day, text in enumerate(document.hours)}
        super().__init__(data, initial=initial)
        self.fields["picture"].choices = picture_choices(pictures)  # type: ignore[attr-defined]
        for day, label in WEEKDAYS.items():
            self.fields[f"hours_{day}"] = forms.CharField(
                label=str(label).capitalize(),
                required=False,
                max_length=60,
                widget=forms.TextInput(attrs={"placeholder": "09:00-12:00, 14:00-18:00"}),
            )

    def clean(self) -> dict[str, Any]:
        """Returns the values; hours are written 09:00-12:00, 14:00-18:00."""
        data = super().clean() or {}
        for day in range(7):
            text = data.get(f"hours_{day}", "")
            if text and not HOURS.match(text):
                self.add_error(f"hours_{day}", _("Write the hours like this: 09:00-12:00, 14:00-18:00."))
        return data

    @property
    def hour_fields(self) -> list[forms.BoundField]:
        """The fields of the week."""
        return [self[f"hours_{day}"] for day in range(7)]

    def details(self) -> dict[str, Any]:
        """Returns what the document takes."""
        found = {name: self.cleaned_data[name] for name in _DETAILS}
        return found | {"hours": tuple(self.cleaned_data[f"hours_{day}"] for day in range(7))}


class TitleForm(forms.Form):
    """The title of a new page."""

    title = forms.CharField(
        label=_("Title of the new page"),
        max_length=MOST_TITLE,
        error_messages={"required": _("A page needs a title.")},
    )


class PageForm(forms.Form):
    """What a page is called, where it is and what search engines show of it."""

    title = forms.CharField(
        label=_("Title"),
        max_length=MOST_TITLE,
        help_text=_("Search engines show the first 70 characters."),
    )
    menu = forms.CharField(label=_("Name in menus"), max_length=40, required=False, help_text=_("Empty: the title."))
    slug = forms.CharField(
        label=_("Address"), max_length=60, required=False, help_text=_("Small letters, figures and hyphens.")
    )
    description = forms.CharField(
        label=_("Description for search engines"),
        max_length=MOST_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They show the first 160 characters."),
    )
    in_menu = forms.BooleanField(label=_("In the menu"), required=False)

    def __init__(self, data: Any = None, *, page: Page, document: Document) -> None:
        super().__init__(data, initial={name: getattr(page, name) for name in self.base_fields})
        self._page, self._document = page, document
        if not page.slug:
            del self.fields["slug"]

    def clean_slug(self) -> str:
        """Returns the address; raises ValidationError when it cannot be one, is the portal's or another page's."""
        slug = str(self.cleaned_data["slug"])
        if not is_slug(slug):
            raise ValidationError(_("Small letters without accents, figures and single hyphens only."), code="invalid")
        if is_reserved(slug):
            raise ValidationError(_("This address belongs to the portal: choose another one."), code="reserved")
        other = self._document.page(slug)
        if other is not None and other.code != self._page.code:
            raise ValidationError(_("Another page has this address."), code="taken")
        return slug


class PictureForm(forms.Form):
    """A picture to add to the site."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG, WebP or AVIF, 20 MB and 40 million pixels at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/avif"}),
    )
    alt = forms.CharField(
        label=_("Description for people who do not see it"),
        max_length=200,
        required=False,
        help_text=_("Empty for a mere decoration."),
    )


class AltForm(forms.Form):
    """The description of a picture."""

    alt = forms.CharField(label=_("Description for people who do not see it"), max_length=200, required=False)


def picture_choices(pictures: list[SiteImage]) -> list[tuple[str, Any]]:
    """Returns the pictures to choose from, none first."""
    return [("", _("No picture")), *((image.code, image.alt or image.name) for image in pictures)]
