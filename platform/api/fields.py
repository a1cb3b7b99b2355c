"""Fields of what goes in, as strict as the database: what passes here is never refused there."""

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

#: What another program may call a thing: any text of one line without a slash.
_EXTERNAL_ID = RegexValidator(r"^[^/\x00-\x1f\x7f]+\Z", _("One line without “/”."), code="invalid")
EXTERNAL_ID_LENGTH = 100


class ExternalIdField(serializers.CharField):
    """What another program calls a thing."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", EXTERNAL_ID_LENGTH)
        options.setdefault("help_text", "What your software calls it: unique within the firm, one line without “/”.")
        super().__init__(**options)
        if not self.allow_blank:
            self.validators.append(_EXTERNAL_ID)


class StrictSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A serializer that refuses what it does not know: a typing mistake is told, not swallowed."""

    def to_internal_value(self, data: Any) -> Any:
        """Returns what is known of `data`; raises ValidationError for what is not."""
        if isinstance(data, dict):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                text = _("There is no such field.")
                raise serializers.ValidationError(
                    {name[:100]: [ErrorDetail(str(text), "unknown_field")] for name in unknown[:20]}
                )
        return super().to_internal_value(data)
