"""The files of a dossier: put in, described, taken out, and read as the portal hands them out."""

from http import HTTPStatus
from typing import Any, cast

from django.db import transaction
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.entries import read_sent_dossier
from api.problems import Problem
from api.serializers.dossier import (
    CLIENT_FILE_FIELDS,
    DossierFileSerializer,
    DossierPutSerializer,
    FileChangeSerializer,
    SentFilesSerializer,
)
from api.views.base import ApiView, answer_one, check_match, only, validated
from api.views.content import ContentView
from api.views.dossier import answer_put, files_of
from extranet.access import access_dossier, access_file
from extranet.actions.dossier_file import edit_file
from extranet.actions.dossier_file_removal import remove_file
from extranet.actions.dossier_put import update_dossier
from extranet.actions.downloads import record_taken
from extranet.actions.handing import hand_over, handing_of
from extranet.models import DossierFile
from extranet.views.common import visit_of
from kernel.errors import DomainError


class DossierFiles(ApiView):
    """The files of a dossier."""

    scopes = {"GET": Scope.DOSSIERS_READ, "POST": Scope.DOSSIERS_WRITE}
    rights = {"POST": Permission.DOSSIERS}

    @extend_schema(
        operation_id="dossier_files_list",
        tags=["files"],
        responses=inline_serializer("DossierFiles", {"results": DossierFileSerializer(many=True)}),
    )
    def get(self, request: Request, code: str) -> Response:
        """Returns the files of a dossier in its order."""
        dossier = access_dossier(self.user, code)
        return answer_one(request, {"results": [draw(file, self) for file in files_of(dossier, self)]})

    @extend_schema(
        operation_id="dossier_files_add",
        tags=["files"],
        request=SentFilesSerializer,
        responses=DossierPutSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Puts uploads into a dossier; those whose bytes it has already are left out and named."""
        self.refuse_clients()
        dossier = access_dossier(self.user, code)
        data = validated(SentFilesSerializer, request)
        sent = read_sent_dossier(data, user=self.user)
        return answer_put(self, request, update_dossier(dossier, sent, user=self.user), notify=data["notify"])


class DossierFileDetail(ApiView):
    """One file of a dossier."""

    scopes = {"GET": Scope.DOSSIERS_READ, "PATCH": Scope.DOSSIERS_WRITE, "DELETE": Scope.DOSSIERS_WRITE}
    rights = {"PATCH": Permission.DOSSIERS, "DELETE": Permission.DOSSIERS}

    @extend_schema(operation_id="dossier_files_read", tags=["files"], responses=DossierFileSerializer)
    def get(self, request: Request, code: str, file_code: str) -> Response:
        """Returns what is said of a file."""
        return answer_one(request, draw(access_file(self.user, code, file_code), self))

    @extend_schema(
        operation_id="dossier_files_update",
        tags=["files"],
        request=FileChangeSerializer,
        responses=DossierFileSerializer,
    )
    def patch(self, request: Request, code: str, file_code: str) -> Response:
        """Changes what is said of a file."""
        self.refuse_clients()
        file = access_file(self.user, code, file_code)
        check_match(request, draw(file, self))
        values = validated(FileChangeSerializer, request)
        edit_file(
            file,
            name=values.get("name", file.name),
            title=values.get("title", file.title),
            comment=values.get("comment", file.comment),
            kind=values.get("kind", ""),
            visibility=values.get("visibility", ""),
            user=self.user,
        )
        return answer_one(request, draw(access_file(self.user, code, file_code), self))

    @extend_schema(operation_id="dossier_files_delete", tags=["files"], responses={204: None})
    def delete(self, request: Request, code: str, file_code: str) -> Response:
        """Takes a file out of its dossier; for 30 days it can be put back on its page."""
        self.refuse_clients()
        remove_file(access_file(self.user, code, file_code), user=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class DossierFileContent(ContentView):
    """The bytes of a file."""

    scopes = {"GET": Scope.DOSSIERS_READ}
    problems = {"GET": (HTTPStatus.PAYMENT_REQUIRED,)}
    gives_stored = True

    @extend_schema(operation_id="dossier_files_content", tags=["files"], responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, code: str, file_code: str) -> HttpResponseBase:
        """Returns the bytes, or a redirect to the store; recorded as downloaded. Unpaid dossiers keep theirs back."""
        file = access_file(self.user, code, file_code)
        http = request._request
        handing = handing_of(file.dossier, self.user)
        try:
            stored = hand_over(file, handing)
        except DomainError as error:
            raise Problem(HTTPStatus.PAYMENT_REQUIRED, error.code, str(error)) from error
        with transaction.atomic():
            response = self.stored(request, stored, name=file.name)
            if request.method == "GET":
                record_taken(file.dossier, files=[file], handing=handing, user=self.user, visit=visit_of(http))
        return response


def draw(file: DossierFile, view: ApiView) -> dict[str, Any]:
    """Returns a file as this person sees it."""
    drawn = cast("dict[str, Any]", dict(DossierFileSerializer(file).data))
    return drawn if view.user.is_firm_staff else only(drawn, frozenset(CLIENT_FILE_FIELDS))
