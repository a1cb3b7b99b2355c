"""The forms of a dossier and its files."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.dossier_file import FileInput, unclaimed_upload
from extranet.models import Contact
from kernel.errors import DomainError


class DossierForm(forms.Form):
    """What a dossier is called and what the firm says of it."""

    title = forms.CharField(label=_("Title"), max_length=200)
    comments = forms.CharField(
        label=_("Comments"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class DossierEditForm(DossierForm):
    """The same, with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DossierFileForm(forms.Form):
    """What a file is called and what the firm says of it."""

    name = forms.CharField(label=_("File name"), max_length=200)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)


class AccessForm(forms.Form):
    """A contact who gets access."""

    contact = forms.ModelChoiceField(
        label=_("Contact"),
        queryset=Contact.objects.none(),
        to_field_name="code",
        error_messages={"required": _("Choose a contact."), "invalid_choice": _("This contact no longer exists.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["contact"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Contact.objects.select_related("user").order_by("name", "id")


@dataclass(frozen=True)
class PostedUploads:
    """The uploads of a posted form, in their order on the page; `refused` says why another one was not taken."""

    codes: list[str]
    refused: DomainError | None = None

    def inputs(self, data: Mapping[str, str], user: User) -> list[FileInput]:
        """Returns them with the name, title and comment typed for each.

        Raises DomainError when one was refused (`refused`) or is no longer there (`upload_gone`).
        """
        if self.refused is not None:
            raise self.refused
        return [
            FileInput(
                stored=unclaimed_upload(code, user=user),
                name=data.get(f"name-{code}", "")[:200],
                title=data.get(f"title-{code}", "").strip()[:200],
                comment=data.get(f"comment-{code}", "").strip()[:500],
            )
            for code in self.codes
        ]
