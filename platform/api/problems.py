"""Errors as programs read them: problem details (RFC 9457) with a code, in the caller's language for people."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.exceptions import NotFound as NotFoundError
from rest_framework.exceptions import PermissionDenied as NotAllowedError
from rest_framework.response import Response

from api.problem_codes import CHECKSUM_MISMATCH, PHRASES
from kernel.errors import DomainError, OutsideServiceError

CONTENT_TYPE = "application/problem+json"
#: Codes of DomainError that mean that something was changed meanwhile or is there already.
CONFLICTS = frozenset({"edited_meanwhile", "external_id_taken", "file_gone", "upload_gone", "write_running"})
#: Codes of DomainError that mean that a limit was reached.
TOO_LARGE = frozenset({"file_too_large", "piece_too_long", "upload_too_large"})
#: The statuses of the others that have one of their own, as the protocol tus wants it.
STATUSES: Mapping[str, int] = {
    "piece_checksum": CHECKSUM_MISMATCH,
    "upload_busy": HTTPStatus.LOCKED,
    "upload_closed": HTTPStatus.CONFLICT,
    "upload_expired": HTTPStatus.GONE,
    "upload_interrupted": HTTPStatus.REQUEST_TIMEOUT,
    "wrong_offset": HTTPStatus.CONFLICT,
}

#: What answer_problem has an answer to; anything else is a fault of ours.
EXPECTED = (APIException, DomainError, OutsideServiceError, Http404, PermissionDenied, RequestDataTooBig)


class Problem(APIException):
    """An error of the interface itself: a status, a code, a sentence."""

    def __init__(self, status_code: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, code)
        self.status_code = status_code
        self.headers = dict(headers or {})


class TooManyCalls(Problem):
    """More calls than are allowed (RFC 6585)."""

    def __init__(self, *, wait: int) -> None:
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many_calls",
            _("Too many calls: please wait %(seconds)s s.") % {"seconds": wait},
            headers={"Retry-After": str(wait)},
        )


def answer_problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Returns the answer to an error (REST framework's EXCEPTION_HANDLER); None for a fault of ours."""
    if isinstance(error, RequestDataTooBig):
        error = Problem(
            HTTPStatus.CONTENT_TOO_LARGE, "body_too_large", _("The body is too large: send files by the uploads.")
        )
    if isinstance(error, Http404 | NotFoundError):
        return problem_response(HTTPStatus.NOT_FOUND, "not_found", _("There is nothing here, or not for this key."))
    if isinstance(error, PermissionDenied):
        error = NotAllowedError()
    if isinstance(error, DomainError):
        return problem_response(_status_of(error), error.code, str(error))
    if isinstance(error, OutsideServiceError):
        text = _("A service that is needed for this does not answer. Please try again later.")
        return problem_response(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", text, headers={"Retry-After": "30"})
    if isinstance(error, ValidationError):
        errors = list(_flat(error.detail))
        text = _("What was sent cannot be taken: see “errors”.")
        return problem_response(HTTPStatus.UNPROCESSABLE_CONTENT, "invalid", text, errors=errors)
    if isinstance(error, APIException):
        headers = dict(getattr(error, "headers", {}))
        if header := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = header
        return problem_response(error.status_code, str(error.get_codes()), str(error.detail), headers=headers)
    return None


def problem_response(
    status_code: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Returns an answer of problem details."""
    body = problem_body(status_code, code, detail, errors=errors)
    return Response(body, status=status_code, headers=dict(headers or {}), content_type=CONTENT_TYPE)


def problem_body(
    status_code: int, code: str, detail: str, *, errors: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Returns problem details: `type` names the code, `errors` the places in what was sent."""
    body: dict[str, Any] = {
        "type": f"/api/v1/docs/problems/#{code}",
        "title": PHRASES.get(status_code) or HTTPStatus(status_code).phrase,
        "status": int(status_code),
        "code": code,
        "detail": detail,
    }
    return body | {"errors": list(errors)} if errors else body


def _status_of(error: DomainError) -> int:
    if error.code in CONFLICTS:
        return HTTPStatus.CONFLICT
    if error.code in TOO_LARGE:
        return HTTPStatus.CONTENT_TOO_LARGE
    return STATUSES.get(error.code, HTTPStatus.UNPROCESSABLE_CONTENT)


def _flat(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Returns each error with the place it is about, a JSON pointer (RFC 6901)."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            place = pointer if name == "non_field_errors" else f"{pointer}/{_escaped(str(name))}"
            yield from _flat(inner, place)
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for rank, inner in enumerate(detail):
            yield from _flat(inner, pointer if isinstance(inner, str) else f"{pointer}/{rank}")
    else:
        code = detail.code if isinstance(detail, ErrorDetail) else "invalid"
        yield {"pointer": pointer, "code": str(code), "detail": str(detail)}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
