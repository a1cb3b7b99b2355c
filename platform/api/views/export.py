"""What leaves whole: a dossier, or all of the firm's data."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.problems import Problem
from api.views.base import ApiView, ListView, answer_one
from api.views.content import ContentView
from extranet.access import access_dossier
from extranet.actions.firm_archive import remove_archive, start_archive
from extranet.actions.setting_change import record_changes
from extranet.models import FirmArchive
from extranet.views.common import firm_of
from extranet.views.office.dossier_export import whole_zip
from storage.models import StoredFile
from tenants.links import here_url

_BINARY = {(200, "application/zip"): OpenApiTypes.BINARY}


class DossierExport(ContentView):
    """A dossier taken away whole."""

    scopes = {"GET": Scope.DOSSIERS_READ}
    rights = {"GET": Permission.EXPORTS}
    clients = False

    @extend_schema(operation_id="dossiers_export", tags=["dossiers"], responses=_BINARY)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """Returns a zip with all files of a dossier and `manifest.json` (format diagdesk-dossier, version 1)."""
        return whole_zip(access_dossier(self.user, code))


class ArchiveSerializer(serializers.ModelSerializer[FirmArchive]):
    """An archive of all of the firm's data; it is there once `ready_at` says when, until `expires_at`."""

    requested_by = serializers.CharField(source="requested_name")
    size = serializers.IntegerField(help_text="Bytes.")

    class Meta:
        model = FirmArchive
        fields = (
            "code",
            "requested_by",
            "created_at",
            "ready_at",
            "expires_at",
            "size",
            "sha256",
            "row_count",
            "object_count",
        )
        read_only_fields = fields


class _ForAdmins(ApiView):
    """What administrators alone may do."""

    clients = False

    def check_permissions(self, request: Request) -> None:
        """Raises Problem `right_missing` for a key of anybody else."""
        super().check_permissions(request)
        if not self.user.is_admin:
            raise Problem(HTTPStatus.FORBIDDEN, "right_missing", _("The person of this key may not do this."))


class Archives(_ForAdmins, ListView):
    """The archives of all of the firm's data."""

    scopes = {"GET": Scope.EXPORT, "POST": Scope.EXPORT}

    @extend_schema(operation_id="export_list", tags=["export"], responses=ArchiveSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Returns the archives that are kept, the newest first."""
        self.query(request)
        found = FirmArchive.objects.filter(expires_at__gt=timezone.now())
        return self.answer_page(request, found, _drawn, names=ArchiveSerializer.Meta.fields)

    @extend_schema(operation_id="export_create", tags=["export"], request=None, responses={202: ArchiveSerializer})
    def post(self, request: Request) -> Response:
        """Has an archive made; a mail tells the person of the key when it is ready."""
        archive = start_archive(by=self.user, link=here_url("settings-export"))
        response = answer_one(request, _drawn([archive])[0], status=HTTPStatus.ACCEPTED)
        response["Location"] = here_url("api-export", archive.code)
        return response


class ArchiveDetail(_ForAdmins):
    """One archive."""

    scopes = {"GET": Scope.EXPORT, "DELETE": Scope.EXPORT}
    # the object goes from the store
    in_transaction = False

    @extend_schema(operation_id="export_read", tags=["export"], responses=ArchiveSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns how far an archive is."""
        return answer_one(request, _drawn([_kept(code)])[0])

    @extend_schema(operation_id="export_delete", tags=["export"], responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Removes an archive before its time."""
        remove_archive(_kept(code), by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class ArchiveContent(_ForAdmins, ContentView):
    """The bytes of an archive."""

    gives_stored = True
    scopes = {"GET": Scope.EXPORT}

    @extend_schema(operation_id="export_content", tags=["export"], responses=_BINARY)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """Returns an archive, and writes down who took it; whole, in part (Range), or the address of the store."""
        archive = _kept(code)
        if archive.ready_at is None:
            raise Http404
        if "Range" not in request.headers:  # a download that goes on was written down when it began
            record_changes({_("Export of all data"): ("", _("downloaded"))}, page="settings-export", by=self.user)
        stored = StoredFile(key=archive.key, size=archive.size, sha256=archive.sha256, content_type="application/zip")
        name = f"{firm_of(request._request).name} {archive.created_at:%Y-%m-%d}.zip"
        return self.stored(request, stored, name=name)


def _drawn(archives: Sequence[FirmArchive]) -> list[dict[str, Any]]:
    return [dict(row) for row in ArchiveSerializer(archives, many=True).data]


def _kept(code: str) -> FirmArchive:
    """Returns an archive that is kept; raises Http404 otherwise."""
    archive = FirmArchive.objects.filter(code=code, expires_at__gt=timezone.now()).first()
    if archive is None:
        raise Http404
    return archive
