"""What is joined to orders."""

from http import HTTPStatus

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.bodies import uploads_of
from api.fields import StrictSerializer
from api.serializers.order import OrderFileSerializer
from api.views.base import ApiView, answer_one, validated
from api.views.content import ContentView
from api.views.order import files_drawn
from extranet.access_order import access_order, access_order_file, access_writable_order
from extranet.actions.order_file import add_order_files, remove_order_file
from extranet.queries.order import files_of
from extranet.views.office.order_file import EXTENSIONS, export_order


class OrderUploadsSerializer(StrictSerializer):
    """Uploads to join to an order."""

    files = serializers.ListField(
        child=serializers.CharField(max_length=16), min_length=1, max_length=30, help_text="Codes of uploads."
    )


_LIST = inline_serializer("OrderFiles", {"results": OrderFileSerializer(many=True)})


class OrderFiles(ApiView):
    """The files of an order."""

    scopes = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}
    rights = {"GET": Permission.ORDERS, "POST": Permission.ORDERS}

    @extend_schema(operation_id="orders_files_list", tags=["orders"], responses=_LIST)
    def get(self, request: Request, code: str) -> Response:
        """Returns what was joined to an order, 30 files at most."""
        files = files_of(access_order(self.user, code))
        return answer_one(request, {"results": files_drawn(files, self.user)})

    @extend_schema(
        operation_id="orders_files_create",
        tags=["orders"],
        request=OrderUploadsSerializer,
        responses={201: _LIST},
    )
    def post(self, request: Request, code: str) -> Response:
        """Joins uploads to an order: to a draft, or for the firm to one that is still open."""
        order = access_writable_order(self.user, code)
        uploads = uploads_of(validated(OrderUploadsSerializer, request)["files"], user=self.user)
        added = add_order_files(order, stored=uploads, user=self.user)
        return Response({"results": files_drawn(added, self.user)}, status=HTTPStatus.CREATED)


class OrderFileDetail(ApiView):
    """One file of an order."""

    scopes = {"DELETE": Scope.ORDERS_WRITE}
    rights = {"DELETE": Permission.ORDERS}

    @extend_schema(operation_id="orders_files_delete", tags=["orders"], responses={204: None})
    def delete(self, request: Request, code: str, attachment_code: str) -> Response:
        """Takes a file from an order: from a draft, or for the firm from one that is still open."""
        access_writable_order(self.user, code)
        remove_order_file(access_order_file(self.user, code, attachment_code), user=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class OrderFileContent(ContentView):
    """The bytes of a file of an order."""

    gives_stored = True
    scopes = {"GET": Scope.ORDERS_READ}
    rights = {"GET": Permission.ORDERS}

    @extend_schema(
        operation_id="orders_files_content",
        tags=["orders"],
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, code: str, attachment_code: str) -> HttpResponseBase:
        """Returns the bytes of what was joined to an order."""
        file = access_order_file(self.user, code, attachment_code)
        return self.stored(request, file.stored, name=file.name)


class OrderExport(ContentView):
    """An order as a file for other software."""

    scopes = {"GET": Scope.ORDERS_READ}
    rights = {"GET": Permission.ORDERS}
    clients = False

    @extend_schema(
        operation_id="orders_export",
        tags=["orders"],
        parameters=[OpenApiParameter("extension", str, "path", enum=list(EXTENSIONS))],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/xml"): OpenApiTypes.STR,
            (200, "text/calendar"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, code: str, extension: str) -> HttpResponseBase:
        """Returns an order in the format diagdesk-order, version 1 (json, xml), or as a task and its visits (ics)."""
        if extension not in EXTENSIONS:
            raise Http404
        order = access_order(self.user, code)
        export = export_order(order, extension, host=request.get_host().split(":")[0])
        return self.made(export.data, content_type=export.content_type, name=export.name)
