"""The firm's own documents: attestations, certificates, notices, links."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope, User
from api.views.base import ApiView, ListView, answer_one, only
from api.views.content import ContentView
from extranet.access_library import access_document
from extranet.models import FirmDocument
from extranet.queries.library import visible_documents
from kernel.text import search_terms

#: What a client's portal shows of a document.
CLIENT_FIELDS = (
    "code",
    "title",
    "description",
    "category",
    "holding",
    "name",
    "size",
    "content_type",
    "link",
    "text",
    "diagnostician",
    "expires_on",
)
_STAFF_FIELDS = ("audience", "kinds", "version", "created_at", "updated_at")


class DocumentSerializer(serializers.ModelSerializer[FirmDocument]):
    """One of the firm's documents; the bytes of a file are at …/content/."""

    client_fields: ClassVar[Collection[str]] = CLIENT_FIELDS
    category = serializers.CharField(source="category.name")
    diagnostician = serializers.CharField(source="diagnostician.name", allow_null=True)
    size = serializers.IntegerField(source="stored.size", allow_null=True, help_text="Bytes of a file.")
    content_type = serializers.CharField(source="stored.content_type", allow_null=True)

    class Meta:
        model = FirmDocument
        fields = (*CLIENT_FIELDS, *_STAFF_FIELDS)
        read_only_fields = fields


class DocumentQuerySerializer(serializers.Serializer[Any]):
    """What a list of documents is narrowed by."""

    q = serializers.CharField(required=False, max_length=200, help_text="Terms that all must be found.")


class DocumentList(ListView):
    """The firm's documents that the person of the key sees."""

    scopes = {"GET": Scope.DOCUMENTS_READ}
    query_serializer = DocumentQuerySerializer

    @extend_schema(
        operation_id="documents_list",
        tags=["documents"],
        parameters=[DocumentQuerySerializer],
        responses=DocumentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns the firm's documents, the newest first."""
        found = visible_documents(self.user)
        for term in search_terms(self.query(request).get("q", "")):
            found = found.filter(search__contains=term)
        return self.answer_page(request, found, lambda rows: drawn(rows, self.user), names=columns_for(self.user))


class DocumentDetail(ApiView):
    """One of the firm's documents."""

    scopes = {"GET": Scope.DOCUMENTS_READ}

    @extend_schema(operation_id="documents_read", tags=["documents"], responses=DocumentSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns a document."""
        (found,) = drawn([access_document(self.user, code)], self.user)
        return answer_one(request, found)


class DocumentContent(ContentView):
    """The bytes of one of the firm's documents."""

    gives_stored = True
    scopes = {"GET": Scope.DOCUMENTS_READ}

    @extend_schema(
        operation_id="documents_content",
        tags=["documents"],
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """Returns the bytes of a document that is a file."""
        document = access_document(self.user, code)
        if document.stored is None:
            raise Http404
        return self.stored(request, document.stored, name=document.name)


def columns_for(user: User) -> tuple[str, ...]:
    """Returns the fields of a document that this person sees."""
    return DocumentSerializer.Meta.fields if user.is_firm_staff else CLIENT_FIELDS


def drawn(documents: Sequence[FirmDocument], user: User) -> list[dict[str, Any]]:
    """Returns documents as this person sees them."""
    columns = frozenset(columns_for(user))
    return [only(row, columns) for row in DocumentSerializer(documents, many=True).data]
