"""Dossiers, their files, their diagnostics and who may read them."""

from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.models import User
from api.fields import ExternalIdField, StrictSerializer
from extranet.actions.dossier import FIELDS
from extranet.enums import (
    DiagnosticKind,
    DownloadState,
    EnergyLetter,
    FileKind,
    Finding,
    Payer,
    PaymentState,
    PropertyKind,
    Transaction,
    Visibility,
)
from extranet.models import Diagnostic, Dossier, DossierAccess, DossierFile
from extranet.queries.dossier_filter import ACTIVE, ARCHIVE, BIN

_PROPERTY = ("property_kind", "street", "street_extra", "postcode", "city", "cadastre")
#: What a client's portal shows of a dossier.
CLIENT_FIELDS = (
    "code",
    "reference",
    "title",
    "transaction",
    "visited_on",
    *_PROPERTY,
    "amount",
    "payment_state",
    "download_state",
    "expires_on",
    "created_at",
    "updated_at",
    "archived_at",
)


class DossierSerializer(serializers.ModelSerializer[Dossier]):
    """A dossier as lists show it."""

    class Meta:
        model = Dossier
        fields: ClassVar[tuple[str, ...]] = (
            "code",
            "external_id",
            *FIELDS,
            "amount",
            "payment_state",
            "payer",
            "payer_name",
            "latitude",
            "longitude",
            "download_state",
            "notified_at",
            "expires_on",
            "created_at",
            "updated_at",
            "archived_at",
            "version",
        )
        read_only_fields = fields


#: The columns of a line of the list.
COLUMNS: tuple[str, ...] = DossierSerializer.Meta.fields


class DossierFileSerializer(serializers.ModelSerializer[DossierFile]):
    """A file of a dossier; its bytes are at …/content/."""

    size = serializers.IntegerField(source="stored.size", help_text="Bytes.")
    sha256 = serializers.CharField(source="stored.sha256")
    content_type = serializers.CharField(source="stored.content_type")

    class Meta:
        model = DossierFile
        fields: ClassVar[list[str]] = [
            "code",
            "external_id",
            "kind",
            "visibility",
            "name",
            "title",
            "comment",
            "position",
            "version",
            "size",
            "sha256",
            "content_type",
            "created_at",
        ]
        read_only_fields = fields


#: What a client sees of a file.
CLIENT_FILE_FIELDS = ("code", "kind", "name", "title", "comment", "position", "size", "content_type", "created_at")


class DiagnosticSerializer(serializers.ModelSerializer[Diagnostic]):
    """A diagnostic of a dossier."""

    class Meta:
        model = Diagnostic
        fields: ClassVar[list[str]] = [
            "code",
            "kind",
            "performed_on",
            "finding",
            "conclusion",
            "energy_letter",
            "energy_value",
            "climate_letter",
            "climate_value",
            "ademe_number",
            "expires_on",
        ]
        read_only_fields = fields


class DossierAccessSerializer(serializers.ModelSerializer[DossierAccess]):
    """A contact's right to read a dossier, and how much it has downloaded."""

    contact = serializers.CharField(source="contact.code", help_text="The contact's code.")
    external_id = serializers.CharField(source="contact.external_id")
    name = serializers.CharField(source="contact.name")
    company = serializers.CharField(source="contact.company")
    email = serializers.EmailField(source="contact.user.email")

    class Meta:
        model = DossierAccess
        fields: ClassVar[list[str]] = [
            "contact",
            "external_id",
            "name",
            "company",
            "email",
            "kind",
            "download_state",
            "notified_at",
            "created_at",
        ]
        read_only_fields = fields


class DossierDetailSerializer(DossierSerializer):
    """A dossier with its files, diagnostics and, for the firm, who may read it."""

    files = DossierFileSerializer(many=True, read_only=True)
    diagnostics = DiagnosticSerializer(many=True, read_only=True)
    accesses = DossierAccessSerializer(many=True, read_only=True)

    class Meta(DossierSerializer.Meta):
        fields: ClassVar[tuple[str, ...]] = (*DossierSerializer.Meta.fields, "files", "diagnostics", "accesses")
        read_only_fields = fields


class DossierPutSerializer(DossierDetailSerializer):
    """A dossier that was sent, and the files of it that were left out."""

    twins = serializers.ListField(
        child=serializers.CharField(), help_text="Names of sent files that were in the dossier already, byte for byte."
    )
    removed_here = serializers.ListField(
        child=serializers.CharField(), help_text="Names of sent files that somebody took out of the dossier here."
    )

    class Meta(DossierDetailSerializer.Meta):
        fields: ClassVar[tuple[str, ...]] = (*DossierDetailSerializer.Meta.fields, "twins", "removed_here")
        read_only_fields = fields


class SentFileSerializer(StrictSerializer):
    """A file to put into a dossier: the code of an upload and what is said of it."""

    upload = serializers.CharField(max_length=16)
    external_id = ExternalIdField(required=False)
    name = serializers.CharField(max_length=150, required=False)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    comment = serializers.CharField(max_length=500, required=False, allow_blank=True)
    kind = serializers.ChoiceField(
        choices=FileKind.choices, required=False, help_text="Guessed from the name when it is not said."
    )
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)


class SentDiagnosticSerializer(StrictSerializer):
    """A diagnostic of a dossier; one of its kind."""

    kind = serializers.ChoiceField(choices=DiagnosticKind.choices)
    performed_on = serializers.DateField(required=False, allow_null=True)
    finding = serializers.ChoiceField(choices=Finding.choices, required=False)
    conclusion = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    energy_letter = serializers.ChoiceField(choices=EnergyLetter.choices, required=False, allow_blank=True)
    energy_value = serializers.IntegerField(min_value=0, max_value=9_999, required=False, allow_null=True)
    climate_letter = serializers.ChoiceField(choices=EnergyLetter.choices, required=False, allow_blank=True)
    climate_value = serializers.IntegerField(min_value=0, max_value=9_999, required=False, allow_null=True)
    ademe_number = serializers.CharField(max_length=20, required=False, allow_blank=True)


class SentAccessSerializer(StrictSerializer):
    """Who may read a dossier: a contact by its code, external_id or e-mail; with a name, an unknown one is made."""

    contact = serializers.CharField(max_length=16, required=False)
    external_id = ExternalIdField(required=False)
    email = serializers.EmailField(max_length=150, required=False)
    name = serializers.CharField(
        max_length=120, required=False, help_text="With an e-mail that no contact has: a contact of that name is made."
    )
    company = serializers.CharField(max_length=120, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns what was sent; raises ValidationError when it names nobody."""
        if not {"contact", "external_id", "email"} & set(attrs):
            raise serializers.ValidationError(_("One of contact, external_id or email is needed."), code="required")
        return attrs


class SentDossierSerializer(StrictSerializer):
    """A dossier to make or to change; what is not sent stays as it is."""

    title = serializers.CharField(max_length=200, required=False)
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    comments = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    transaction = serializers.ChoiceField(choices=Transaction.choices, required=False)
    visited_on = serializers.DateField(required=False, allow_null=True)
    property_kind = serializers.ChoiceField(choices=PropertyKind.choices, required=False, allow_blank=True)
    street = serializers.CharField(max_length=200, required=False, allow_blank=True)
    street_extra = serializers.CharField(max_length=200, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=10, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    cadastre = serializers.CharField(max_length=100, required=False, allow_blank=True)
    owner_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    owner_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    owner_phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    orderer_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    orderer_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    occupant_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    occupant_phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    amount = serializers.DecimalField(
        max_digits=10,
        decimal_places=2,
        min_value=Decimal(0),
        required=False,
        allow_null=True,
        help_text="Euros, VAT included; null when nothing was agreed. Needs the right to payments.",
    )
    payer = serializers.ChoiceField(choices=Payer.choices, required=False, allow_blank=True)
    payer_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    files: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SentFileSerializer(), required=False, max_length=200
    )
    diagnostics: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SentDiagnosticSerializer(), required=False, max_length=50
    )
    accesses: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SentAccessSerializer(), required=False, max_length=50
    )
    notify = serializers.BooleanField(
        required=False, default=False, help_text="Whether those who may read it are told by e-mail."
    )

    def validate_files(self, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Returns the files; raises ValidationError when one is named twice."""
        for name in ("external_id", "upload"):
            _refuse_twice(files, name)
        return files

    def validate_diagnostics(self, diagnostics: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Returns the diagnostics; raises ValidationError when a kind comes twice."""
        _refuse_twice(diagnostics, "kind")
        return diagnostics


class SentFilesSerializer(StrictSerializer):
    """Uploads to put into a dossier."""

    files: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SentFileSerializer(), max_length=200, allow_empty=False
    )
    notify = serializers.BooleanField(required=False, default=False)

    def validate_files(self, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Returns the files; raises ValidationError when one is named twice."""
        for name in ("external_id", "upload"):
            _refuse_twice(files, name)
        return files


class SentAccessesSerializer(StrictSerializer):
    """Who may read a dossier from now on."""

    accesses: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SentAccessSerializer(), max_length=50, allow_empty=False
    )


class FileChangeSerializer(StrictSerializer):
    """What is said of a file."""

    name = serializers.CharField(max_length=150, required=False)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    comment = serializers.CharField(max_length=500, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=FileKind.choices, required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)


class NewDossierSerializer(SentDossierSerializer):
    """A new dossier."""

    external_id = ExternalIdField(required=False)
    title = serializers.CharField(max_length=200)


class DossierQuerySerializer(serializers.Serializer[Any]):
    """What a list of dossiers is narrowed by."""

    q = serializers.CharField(required=False, max_length=200, help_text="Terms that all must be found.")
    state = serializers.ChoiceField(choices=DownloadState.choices, required=False, help_text="How much is downloaded.")
    paid = serializers.ChoiceField(choices=PaymentState.choices, required=False)
    box = serializers.ChoiceField(choices=[ACTIVE, ARCHIVE, BIN], required=False, help_text="active unless said.")
    since = serializers.DateField(required=False, help_text="Made on or after that day.")
    until = serializers.DateField(required=False, help_text="Made on or before that day.")
    client = serializers.CharField(required=False, max_length=16, help_text="The code of a contact who may read it.")
    external_id = serializers.CharField(required=False, max_length=100)
    reference = serializers.CharField(required=False, max_length=60)
    updated_since = serializers.DateTimeField(required=False, help_text="Changed at or after that moment.")


def _refuse_twice(rows: list[dict[str, Any]], name: str) -> None:
    seen: set[str] = set()
    for rank, row in enumerate(rows):
        value = row.get(name)
        if value in seen:
            errors: list[Any] = [{} for _row in rows]
            errors[rank] = {name: [ErrorDetail(_("This comes twice."), "duplicate")]}
            raise serializers.ValidationError(errors)
        if value:
            seen.add(value)


def columns_for(user: User) -> tuple[str, ...]:
    """Returns the fields of a dossier that this person sees."""
    return COLUMNS if user.is_firm_staff else CLIENT_FIELDS
