"""Files on their way in: many small ones by one request, put into a dossier or a message by their codes."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.problems import Problem
from api.views.base import ApiView
from kernel.errors import DomainError
from storage.actions.files import delete_stored_file, store_upload
from storage.models import StoredFile
from storage.uploads import raise_upload_error

MOST_FILES = 100


class UploadSerializer(serializers.ModelSerializer[StoredFile]):
    """A file that arrived: it waits a day for something to use it."""

    class Meta:
        model = StoredFile
        fields: ClassVar[list[str]] = ["code", "name", "size", "sha256", "content_type", "created_at"]
        read_only_fields = fields


_LIST = inline_serializer("Uploads", {"results": UploadSerializer(many=True)})


#: Files go into dossiers, orders and messages.
_SCOPES = (Scope.DOSSIERS_WRITE, Scope.ORDERS_WRITE, Scope.MESSAGES_WRITE)
_RIGHTS = (Permission.DOSSIERS, Permission.ORDERS, Permission.MESSAGES)


class Uploads(ApiView):
    """The uploads of this key's person that nothing uses yet."""

    scopes = {"GET": _SCOPES, "POST": _SCOPES}
    rights = {"GET": _RIGHTS, "POST": _RIGHTS}
    in_transaction = False
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="uploads_list",
        tags=["uploads"],
        parameters=[
            inline_serializer(
                "UploadQuery",
                {
                    "sha256": serializers.CharField(
                        required=False, max_length=64, help_text="Only those of these bytes."
                    )
                },
            )
        ],
        responses=_LIST,
    )
    def get(self, request: Request) -> Response:
        """Returns what arrived and still waits, the last 200: a program that lost its thread goes on from here."""
        found = StoredFile.objects.filter(claimed=False, uploaded_by=self.user).order_by("-created_at", "-pk")
        if digest := request.query_params.get("sha256", "").replace("\x00", ""):
            found = found.filter(sha256=digest.lower())
        return Response({"results": UploadSerializer(found[:200], many=True).data})

    @extend_schema(
        operation_id="uploads_create",
        tags=["uploads"],
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                "required": ["file"],
            }
        },
        responses={201: _LIST},
    )
    def post(self, request: Request) -> Response:
        """Takes files, each a part “file”; if one is refused, none is kept."""
        http: Any = request._request
        request.data  # noqa: B018 - parses
        raise_upload_error(http)
        files = request.FILES.getlist("file")
        if not files:
            raise Problem(HTTPStatus.UNPROCESSABLE_CONTENT, "required", _("Send at least one part called “file”."))
        if len(files) > MOST_FILES:
            text = _("At most %(count)s files at once.") % {"count": MOST_FILES}
            raise Problem(HTTPStatus.UNPROCESSABLE_CONTENT, "too_many_files", text)
        stored: list[StoredFile] = []
        try:
            for file in files:
                stored.append(store_upload(file, user=self.user))
        except DomainError as error:
            for one in stored:
                delete_stored_file(one)
            raise DomainError(error.code, f"{file.name}: {error}") from error
        return Response({"results": UploadSerializer(stored, many=True).data}, status=HTTPStatus.CREATED)
