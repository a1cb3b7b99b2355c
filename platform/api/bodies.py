"""What is sent, checked: by a serializer first, and where a page has a form for it, by that form too."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError as FieldsError
from django.forms import BaseForm
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.models import User
from extranet.actions.dossier_file import unclaimed_upload
from extranet.models import Contact
from kernel.errors import DomainError
from storage.models import StoredFile


def refuse_errors(form: BaseForm) -> None:
    """Raises ValidationError with what one of the pages' forms refuses."""
    if form.errors:
        raise serializers.ValidationError(errors_of(form.errors.as_data()))


def errors_of(errors: Mapping[str, Iterable[FieldsError]]) -> dict[str, list[ErrorDetail]]:
    """Returns Django's errors by field as REST framework tells them."""
    return {
        "non_field_errors" if name == "__all__" else name: [
            ErrorDetail(text, code=error.code or "invalid") for error in found for text in error.messages
        ]
        for name, found in errors.items()
    }


def wrong(name: str, text: str, *, code: str = "invalid") -> serializers.ValidationError:
    """Returns the error of one field, to be raised."""
    return serializers.ValidationError({name: [ErrorDetail(text, code=code)]})


def contact_of(code: str, *, field: str = "contact") -> Contact:
    """Returns the contact of this code whose data were not erased; raises ValidationError at the field."""
    found = Contact.objects.select_related("user").filter(code=code, erased_at__isnull=True).first()
    if found is None:
        raise wrong(field, _("There is no such contact."), code="unknown_contact")
    return found


def uploads_of(codes: Sequence[str], *, user: User, field: str = "files") -> list[StoredFile]:
    """Returns this person's uploads, each once, which nothing uses yet; raises ValidationError at the field."""
    found: list[StoredFile] = []
    for rank, code in enumerate(dict.fromkeys(codes)):
        try:
            found.append(unclaimed_upload(code, user=user))
        except DomainError as error:
            errors: list[Any] = [[] for _code in codes]
            errors[rank] = [ErrorDetail(str(error), code=error.code)]
            raise serializers.ValidationError({field: errors}) from error
    return found
