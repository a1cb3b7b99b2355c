"""What every endpoint does: who may, how often, in which language, once, and with which version."""

import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.actions.api_token import Allowance, count_call
from accounts.models import ApiToken, Permission, User
from api import idempotency
from api.pagination import Cursors
from api.problems import Problem, TooManyCalls
from api.renderers import dumps
from kernel.http import client_address

#: Parameters that every list knows.
_EVERY_LIST = frozenset({"limit", "cursor", "ordering", "fields"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class _Replayed(Exception):
    def __init__(self, response: HttpResponse) -> None:
        super().__init__("replayed")
        self.response = response


class ApiView(APIView):
    """An endpoint: `scopes` says what a key must be for by method, `rights` what a member of the staff must have.

    Of several, one is enough. `problems` are the statuses of errors that a method has beside those of all,
    `gives_stored` says that its answer is a stored file. With `clients` False it does not exist for a client's key.
    A write runs in one transaction with its remembered answer, unless `in_transaction` is False: then it talks to the
    store.
    """

    scopes: ClassVar[Mapping[str, str | tuple[str, ...]]] = {}
    rights: ClassVar[Mapping[str, Permission | tuple[Permission, ...]]] = {}
    problems: ClassVar[Mapping[str, Sequence[int]]] = {}
    gives_stored: ClassVar[bool] = False
    clients: ClassVar[bool] = True
    in_transaction: ClassVar[bool] = True
    allowance: Allowance | None = None

    @property
    def user(self) -> User:
        """The person whose key it is."""
        return cast("User", self.request.user)

    def refuse_clients(self) -> None:
        """Raises Http404 for a client's key, where only some methods are for clients."""
        if not self.user.is_firm_staff:
            raise Http404

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Checks the key, its scope and its calls, and prepares a write to be done once."""
        speak(request)
        super().initial(request, *args, **kwargs)
        method = str(request.method)
        if method in _WRITES:
            if self.in_transaction:
                _read_body(request)
            self._prepare_write(request, method)

    def check_permissions(self, request: Request) -> None:
        """Raises Problem `scope_missing`, or what REST framework raises, for what this key is not for."""
        super().check_permissions(request)
        if not isinstance(request.auth, ApiToken):
            return
        if isinstance(request.user, User) and request.user.language and not request.headers.get("Accept-Language"):
            translation.activate(request.user.language)
        method = "GET" if request.method == "HEAD" else str(request.method)
        scopes = several(self.scopes.get(method))
        if scopes and not set(scopes) & set(request.auth.scopes):
            text = _("This key is not made for this: it lacks “%(scope)s”.") % {"scope": " / ".join(scopes)}
            raise Problem(HTTPStatus.FORBIDDEN, "scope_missing", text)
        if self.user.is_firm_staff:
            rights = several(self.rights.get(method))
            if rights and not self.user.may(*rights):
                raise Problem(HTTPStatus.FORBIDDEN, "right_missing", _("The person of this key may not do this."))
        elif not self.clients:
            raise Problem(HTTPStatus.NOT_FOUND, "not_found", _("There is nothing here, or not for this key."))

    def check_throttles(self, request: Request) -> None:
        """Counts the call; raises TooManyCalls when the key has used up its minute."""
        if not isinstance(request.auth, ApiToken):
            return
        self.allowance = count_call(request.auth, address=client_address(request._request))
        if self.allowance.is_exceeded:
            raise TooManyCalls(wait=self.allowance.resets_in)

    def handle_exception(self, exc: Exception) -> Response:
        """Returns the answer to an error, or the remembered one of a write that came again."""
        if isinstance(exc, _Replayed):
            return exc.response  # type: ignore[return-value]
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Adds what every answer says: the calls that are left (draft-ietf-httpapi-ratelimit-headers-10), and more."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance is not None:
            limit = self.allowance
            response["RateLimit-Policy"] = f'"minute";q={limit.limit};w=60'
            response["RateLimit"] = f'"minute";r={limit.left};t={limit.resets_in}'
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache" if response.has_header("ETag") else "no-store"
        response["Content-Language"] = translation.get_language() or ""
        return response

    def _prepare_write(self, request: Request, method: str) -> None:
        key = idempotency.key_of(request)
        handler = getattr(self, method.lower(), None)
        if handler is None:
            return
        if key and isinstance(request.auth, ApiToken):
            found = idempotency.begin(
                request.auth,
                key=key,
                fingerprint=idempotency.fingerprint_of(request, with_body=self.in_transaction),
            )
            if isinstance(found, HttpResponse):
                raise _Replayed(found)
            setattr(self, method.lower(), functools.partial(self._write_once, found, handler))
        elif self.in_transaction:
            setattr(self, method.lower(), transaction.atomic(handler))

    def _write_once(
        self, write: Any, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        return idempotency.run_write(
            write,
            lambda: handler(request, *args, **kwargs),
            on_error=self.handle_exception,
            in_transaction=self.in_transaction,
        )


class ListView(ApiView):
    """A list: `orderings` are the columns to sort by under the names of the interface, none of them ever empty."""

    pagination_class = Cursors
    filter_backends: ClassVar[list[Any]] = []
    query_serializer: ClassVar[type[Serializer[Any]] | None] = None
    orderings: ClassVar[Mapping[str, str]] = {"created_at": "created_at"}
    default_ordering: ClassVar[str] = "-created_at"

    def query(self, request: Request) -> dict[str, Any]:
        """Returns what the list is narrowed by; raises ValidationError, or Problem `unknown_parameter`."""
        known = set() if self.query_serializer is None else set(self.query_serializer._declared_fields)
        if unknown := sorted(set(request.query_params) - known - _EVERY_LIST):
            text = _("There is no parameter %(names)s.") % {"names": ", ".join(unknown)[:200]}
            raise Problem(HTTPStatus.BAD_REQUEST, "unknown_parameter", text)
        if self.query_serializer is None:
            return {}
        serializer = self.query_serializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer_page(
        self,
        request: Request,
        found: QuerySet[Any],
        draw: Callable[[Sequence[Any]], Sequence[Mapping[str, Any]]],
        *,
        names: Iterable[str],
    ) -> Response:
        """Returns a page of `found`, drawn, with the addresses of those beside it."""
        wanted = asked_fields(request, names)
        paginator = self.pagination_class()
        rows = paginator.paginate_queryset(found, request, view=self)
        drawn = draw(rows)
        return paginator.get_paginated_response(drawn if wanted is None else [only(row, wanted) for row in drawn])


def several[T: str](value: T | tuple[T, ...] | None) -> tuple[T, ...]:
    """Returns what an endpoint wants of a method as a tuple, of which one is enough."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def speak(request: Request | HttpRequest) -> None:
    """Answers in the first language of Accept-Language that there is, else in that which the site has chosen."""
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code == "*":
            return
        try:
            translation.activate(get_supported_language_variant(code))
        except LookupError:
            continue
        return


def validated(serializer_class: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """Returns what was sent, checked; raises ValidationError."""
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def etag_of(data: Any) -> str:
    """Returns the strong entity tag of a representation (RFC 9110 § 8.8.3)."""
    return f'"{hashlib.sha256(dumps(data)).hexdigest()[:32]}"'


def check_match(request: Request, data: Any) -> None:
    """Raises Problem `changed_meanwhile` (412) when If-Match names another version than that of the present `data`."""
    wanted = request.headers.get("If-Match", "").strip()
    if not wanted or wanted == "*":
        return
    if etag_of(data) not in {tag.strip().removeprefix("W/") for tag in wanted.split(",")}:
        text = _("This was changed meanwhile: read it again, then change it.")
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "changed_meanwhile", text)


def answer_one(request: Request, data: Mapping[str, Any], *, status: int = HTTPStatus.OK) -> Response:
    """Returns a single resource with its ETag, 304 if the caller has it; of `fields` only those asked for."""
    tag = etag_of(data)
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if request.method in {"GET", "HEAD"} and known & {tag, "*"}:
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(only(data, asked_fields(request, data)), status=status)
    response["ETag"] = tag
    return response


def asked_fields(request: Request, known: Iterable[str]) -> frozenset[str] | None:
    """Returns the names in `?fields=`, None for all; raises Problem `unknown_field`."""
    text = request.query_params.get("fields", "")
    if not text:
        return None
    wanted = frozenset(name.strip() for name in text.split(",") if name.strip())
    if unknown := sorted(wanted - set(known)):
        detail = _("There is no field %(names)s.") % {"names": ", ".join(unknown)[:200]}
        raise Problem(HTTPStatus.BAD_REQUEST, "unknown_field", detail)
    return wanted


def only(data: Mapping[str, Any], wanted: frozenset[str] | None) -> dict[str, Any]:
    """Returns the fields that were asked for."""
    return dict(data) if wanted is None else {name: value for name, value in data.items() if name in wanted}


def _read_body(request: Request) -> None:
    """Reads the body while Django still counts its bytes: raises RequestDataTooBig for a larger one.

    A body that is shorter than was said is none (Problem `body_cut`): nothing is done, nothing remembered.
    """
    http: HttpRequest = request._request
    said = http.META.get("CONTENT_LENGTH") or "0"
    if said.isdigit() and len(http.body) < int(said):
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, "body_cut", _("The line was cut: send it again."))
