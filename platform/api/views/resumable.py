"""Large files in pieces: tus 1.0 with creation, termination, checksum and expiration (decisions/0039).

Source: https://tus.io/protocols/resumable-upload (version 1.0.0).
"""

import base64
import re
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.problem_codes import CHECKSUM_MISMATCH
from api.problems import Problem
from api.views.base import ApiView
from storage.access import access_resumable
from storage.actions.resumable import (
    CHECKSUMS,
    Checksum,
    begin_upload,
    finish_upload,
    give_up_upload,
    receive_piece,
)
from storage.models import ResumableUpload

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
PIECE_TYPE = "application/offset+octet-stream"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,15}")

_STATE = inline_serializer(
    "ResumableUpload",
    {
        "code": serializers.CharField(),
        "name": serializers.CharField(),
        "size": serializers.IntegerField(),
        "offset": serializers.IntegerField(help_text="How many bytes are safe: the next piece begins here."),
        "sha256": serializers.CharField(help_text="What the whole is to have; empty if that was not said."),
        "upload": serializers.CharField(
            allow_null=True, help_text="Once the file is whole and found good: its code, as the uploads give it."
        ),
        "error": inline_serializer(
            "ResumableUploadError",
            {"code": serializers.CharField(), "detail": serializers.CharField()},
            allow_null=True,
            help_text="Why the file was refused.",
        ),
        "expires_at": serializers.DateTimeField(),
    },
)


def _header(name: str, text: str, *, required: bool = True, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=text)


_TUS = _header("Tus-Resumable", f"The protocol's version, {VERSION}.")


class _Tus(ApiView):
    """What all requests of the protocol have in common."""

    clients = False
    in_transaction = False
    scopes: ClassVar = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Scope.DOSSIERS_WRITE.value)
    rights: ClassVar = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Permission.DOSSIERS)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answers; a method that some proxy does not let through comes as a header."""
        if request.method == "POST" and (method := request.headers.get("X-HTTP-Method-Override", "").upper()):
            request.method = method
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Checks the protocol's version too."""
        super().initial(request, *args, **kwargs)
        is_asked = request.method not in {"GET", "OPTIONS"} and hasattr(self, str(request.method).lower())
        if is_asked and request.headers.get("Tus-Resumable") != VERSION:
            text = _("Send the header “Tus-Resumable: %(version)s”.") % {"version": VERSION}
            raise Problem(HTTPStatus.PRECONDITION_FAILED, "tus_version", text, headers={"Tus-Version": VERSION})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Adds the version to every answer."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        return response

    @extend_schema(exclude=True)
    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Returns what the server knows of the protocol."""
        headers = {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
            "Tus-Max-Size": str(settings.RESUMABLE_MAX_BYTES),
        }
        return Response(status=HTTPStatus.NO_CONTENT, headers=headers)


class ResumableUploads(_Tus):
    """Uploads, begun here."""

    problems: ClassVar = {"POST": (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONTENT_TOO_LARGE)}

    @extend_schema(
        operation_id="resumable_create",
        tags=["uploads"],
        request=None,
        parameters=[
            _TUS,
            _header("Upload-Length", "The file's size in bytes.", kind=OpenApiTypes.INT64),
            _header(
                "Upload-Metadata",
                "`filename <base64>,sha256 <base64 of 64 hexadecimal digits>`; the sum may lack.",
                required=False,
            ),
        ],
        responses={201: _STATE},
    )
    def post(self, request: Request) -> Response:
        """Begins an upload; its address is in Location."""
        if "Upload-Defer-Length" in request.headers:
            raise _bad("Upload-Length", _("The file's size must be known."))
        size = _number(request, "Upload-Length")
        known = _metadata(request.headers.get("Upload-Metadata", ""))
        sha256 = known.get("sha256", "").lower()
        if sha256 and not _SHA256.fullmatch(sha256):
            raise _bad("Upload-Metadata", _("“sha256” has 64 hexadecimal digits."))
        name = known.get("filename") or known.get("name") or ""
        upload = begin_upload(name=name, size=size, sha256=sha256, user=self.user)
        headers = _headers_of(upload) | {"Location": reverse("api-resumable-upload", args=[upload.code])}
        return Response(_state_of(upload), status=HTTPStatus.CREATED, headers=headers)


class ResumableUploadView(_Tus):
    """One upload."""

    problems: ClassVar = {
        "PATCH": (
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.GONE,
            HTTPStatus.LENGTH_REQUIRED,
            HTTPStatus.LOCKED,
            CHECKSUM_MISMATCH,
        ),
    }

    @extend_schema(operation_id="resumable_get", tags=["uploads"], responses=_STATE)
    def get(self, request: Request, code: str) -> Response:
        """Returns how far it has come, and the file's code once it is whole."""
        upload = access_resumable(self.user, code)
        return Response(_state_of(upload), headers=_headers_of(upload) | {"Cache-Control": "no-store"})

    @extend_schema(exclude=True)
    def head(self, request: Request, code: str) -> Response:
        """Returns how far it has come, in headers."""
        return Response(headers=_headers_of(access_resumable(self.user, code)) | {"Cache-Control": "no-store"})

    @extend_schema(
        operation_id="resumable_append",
        tags=["uploads"],
        request={PIECE_TYPE: OpenApiTypes.BINARY},
        parameters=[
            _TUS,
            _header("Upload-Offset", "Where the piece begins.", kind=OpenApiTypes.INT64),
            _header("Upload-Checksum", f"`<{' | '.join(CHECKSUMS)}> <base64>` of the piece.", required=False),
        ],
        responses={204: None},
    )
    def patch(self, request: Request, code: str) -> Response:
        """Takes the next piece, as much of it as comes.

        With the last one, or an empty one at the end, the file is put together and checked, which takes a while for a
        large one (423 to whoever asks meanwhile).
        """
        if request.headers.get("Content-Type", "").partition(";")[0].strip() != PIECE_TYPE:
            text = _("A piece is sent as “%(type)s”.") % {"type": PIECE_TYPE}
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", text)
        start, length = _number(request, "Upload-Offset"), _length(request)
        checksum = _checksum(request.headers.get("Upload-Checksum", ""))
        upload = access_resumable(self.user, code)
        if length or start != upload.offset:
            upload = receive_piece(upload, start=start, source=request._request, length=length, checksum=checksum)
        if upload.is_complete:
            upload = finish_upload(upload, user=self.user)
        return Response(status=HTTPStatus.NO_CONTENT, headers=_headers_of(upload))

    @extend_schema(operation_id="resumable_delete", tags=["uploads"], parameters=[_TUS], responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Gives the upload up."""
        give_up_upload(access_resumable(self.user, code))
        return Response(status=HTTPStatus.NO_CONTENT)


def _state_of(upload: ResumableUpload) -> dict[str, Any]:
    return {
        "code": upload.code,
        "name": upload.name,
        "size": upload.size,
        "offset": upload.offset,
        "sha256": upload.sha256,
        "upload": upload.stored.code if upload.stored is not None else None,
        "error": {"code": upload.error, "detail": upload.error_text} if upload.error else None,
        "expires_at": upload.expires_at,
    }


def _headers_of(upload: ResumableUpload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Length": str(upload.size),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def _bad(header: str, detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "bad_header", f"{header}: {detail}")


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not _NUMBER.fullmatch(text):
        raise _bad(header, _("a number of bytes is missing."))
    return int(text)


def _length(request: Request) -> int:
    if not request.headers.get("Content-Length"):
        text = _("Say in Content-Length how long the piece is.")
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "length_required", text)
    return _number(request, "Content-Length")


def _metadata(text: str) -> dict[str, str]:
    """Returns the pairs of Upload-Metadata: a key, and a value in Base64 that may lack."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except ValueError:  # no Base64, or no UTF-8 in it
            raise _bad("Upload-Metadata", _("“%(key)s” is no Base64 of UTF-8.") % {"key": key[:50]}) from None
    return found


def _checksum(text: str) -> Checksum | None:
    if not text:
        return None
    algorithm, _space, value = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise _bad("Upload-Checksum", _("known are %(names)s.") % {"names": ", ".join(CHECKSUMS)})
    try:
        return Checksum(algorithm, base64.b64decode(value.strip(), validate=True))
    except ValueError:
        raise _bad("Upload-Checksum", _("the sum is no Base64.")) from None
