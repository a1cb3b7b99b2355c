"""The forms of a dossier's files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.dossier_file import FileInput, unclaimed_upload
from extranet.enums import FileKind, Visibility
from kernel.errors import DomainError


class DossierFileForm(forms.Form):
    """What a file is called, what the firm says of it, what it is and who sees it."""

    name = forms.CharField(label=_("File name"), max_length=200)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=FileKind.choices,
        help_text=_("Reports go into the complete dossier; a GENAPI file is offered as one button."),
    )
    visibility = forms.ChoiceField(label=_("Seen by"), choices=Visibility.choices)


@dataclass(frozen=True)
class PostedUploads:
    """The uploads of a posted form, in their order on the page; `refused` says why another one was not taken."""

    codes: list[str]
    refused: DomainError | None = None

    def inputs(self, data: Mapping[str, str], user: User) -> list[FileInput]:
        """Returns them with what was typed and chosen for each.

        Raises DomainError when one was refused (`refused`), is no longer there (`upload_gone`) or has a kind or
        visibility that there is not (`wrong_choice`).
        """
        if self.refused is not None:
            raise self.refused
        return [
            FileInput(
                stored=unclaimed_upload(code, user=user),
                name=data.get(f"name-{code}", "")[:200],
                title=data.get(f"title-{code}", "").replace("\x00", "").strip()[:200],
                comment=data.get(f"comment-{code}", "").replace("\x00", "").strip()[:500],
                kind=_choice(FileKind.values, data.get(f"kind-{code}", ""), ""),
                visibility=_choice(Visibility.values, data.get(f"visibility-{code}", ""), Visibility.CLIENT),
            )
            for code in self.codes
        ]


def _choice(values: Sequence[str], given: str, otherwise: str) -> str:
    if given and given not in values:
        raise DomainError("wrong_choice", _("Choose the kind of each file, and who sees it, from the lists."))
    return given or otherwise
