"""The specification (OpenAPI 3.1): what every operation has in common is added here, to what the endpoints say."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from api.fields import StrictSerializer
from api.problem_codes import CHECKSUM_MISMATCH, text_of
from api.problems import CONTENT_TYPE, problem_body
from api.views.base import several

type Json = dict[str, Any]

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MODIFIES = frozenset({"PUT", "PATCH", "DELETE"})

_PROBLEM: Json = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Where the code is explained."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "description": "What went wrong, for programs: it never changes."},
        "detail": {"type": "string", "description": "What went wrong, for people, in their language."},
        "errors": {
            "type": "array",
            "description": "The places in what was sent that cannot be taken.",
            "items": {"$ref": "#/components/schemas/ProblemPlace"},
        },
    },
}
_PLACE: Json = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "A JSON pointer (RFC 6901) into the body.", "example": "/title"},
        "code": {"type": "string", "example": "required"},
        "detail": {"type": "string"},
    },
}

_SCHEMAS: dict[str, Json] = {"Problem": _PROBLEM, "ProblemPlace": _PLACE}
_HEADERS: dict[str, Json] = {
    "RateLimit-Policy": {
        "description": "How many calls a key has in how many seconds.",
        "schema": {"type": "string", "example": '"minute";q=600;w=60'},
    },
    "RateLimit": {
        "description": "How many calls are left (r), and the seconds until there are new ones (t).",
        "schema": {"type": "string", "example": '"minute";r=598;t=42'},
    },
    "Retry-After": {"description": "After how many seconds to ask again.", "schema": {"type": "string"}},
    "ETag": {"description": "The version that was read: for If-Match and If-None-Match.", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "There, and `true`, when this write had been done before: this is the answer that it got then.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
_PARAMETERS: dict[str, Json] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A name of its own for this write: sent again within a day, it is done once and answered alike.",
        "schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]+$"},
        "example": "8f14e45f-ceea-467f-a8b1-2f1f4e2b7c11",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of the version that is changed; of another one the answer is 412.",
        "schema": {"type": "string"},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of the version that the caller has: unchanged, the answer is 304 and empty.",
        "schema": {"type": "string"},
    },
}
#: By status: the name of the answer, when it is given, and the code of an example.
_PROBLEMS: dict[int, tuple[str, str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        "BadRequest",
        "The call cannot be understood: its query, a header, or JSON that is none.",
        "parse_error",
    ),
    HTTPStatus.UNAUTHORIZED: (
        "Unauthorized",
        "There is no key, or one that opens nothing here and now.",
        "token_invalid",
    ),
    HTTPStatus.FORBIDDEN: ("Forbidden", "The key lacks the scope, or its person the right.", "scope_missing"),
    HTTPStatus.NOT_FOUND: ("NotFound", "There is no such thing, or not for this key.", "not_found"),
    HTTPStatus.CONFLICT: ("Conflict", "Something else was quicker, or is there already.", "write_running"),
    HTTPStatus.PRECONDITION_FAILED: (
        "PreconditionFailed",
        "It was changed since the version that If-Match names.",
        "changed_meanwhile",
    ),
    HTTPStatus.PAYMENT_REQUIRED: (
        "PaymentRequired",
        "The dossier is to be paid first: its files are kept back until then.",
        "withheld",
    ),
    HTTPStatus.REQUEST_TIMEOUT: ("LineCut", "The line was cut before the body was whole.", "body_cut"),
    HTTPStatus.GONE: ("Gone", "Nobody went on with it for too long.", "upload_expired"),
    HTTPStatus.LENGTH_REQUIRED: ("LengthRequired", "The length of the body is not said.", "length_required"),
    HTTPStatus.LOCKED: ("Locked", "Another call is at work on it.", "upload_busy"),
    CHECKSUM_MISMATCH: ("ChecksumMismatch", "The piece does not have the sum that was said.", "piece_checksum"),
    HTTPStatus.CONTENT_TOO_LARGE: ("TooLarge", "The body or a file is too large.", "body_too_large"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "UnsupportedMediaType",
        "The body has another type than the call takes.",
        "unsupported_media_type",
    ),
    HTTPStatus.UNPROCESSABLE_CONTENT: ("Unprocessable", "What was sent is understood and cannot be done.", "invalid"),
    HTTPStatus.TOO_MANY_REQUESTS: ("TooManyCalls", "The key has used up its calls of this minute.", "too_many_calls"),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Unavailable",
        "The portal is closed, or a service that is needed is away.",
        "unavailable",
    ),
}

#: How else a stored file is answered.
_OF_STORED = {
    "302": "The address at which the store gives the file, for a short time.",
    "304": "The caller has this file.",
    "416": "The file has no such part.",
}


class ApiSchema(AutoSchema):
    """What is said of an endpoint, with scopes, problems, versions and limits as `api.views.base` handles them."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Json | None:
        """Returns the operation of a method of an endpoint (OpenAPI 3.1, Operation Object)."""
        operation: Json | None = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        sentence, _blank, rest = str(operation.get("description", "")).partition("\n\n")
        operation["summary"] = " ".join(sentence.split()).rstrip(".")
        operation["description"] = " ".join((rest or sentence).split())
        if scopes := self._scopes():
            operation["x-scopes"] = scopes
            # one is enough; roles of a bearer token: OpenAPI 3.1, Security Requirement Object
            operation["security"] = [{"token": [scope]} for scope in scopes]
        self._add_parameters(operation)
        self._add_answers(operation)
        return operation

    def _scopes(self) -> list[str]:
        return [
            str(getattr(scope, "value", scope)) for scope in several(getattr(self.view, "scopes", {}).get(self.method))
        ]

    def _add_parameters(self, operation: Json) -> None:
        parameters: list[Json] = operation.setdefault("parameters", [])
        present = {parameter.get("name") for parameter in parameters}
        extra: list[str] = []
        if self.method == "GET" and (orderings := getattr(self.view, "orderings", None)):
            parameters.append(_ordering_parameter(sorted(orderings), str(getattr(self.view, "default_ordering", ""))))
        if self.method in _WRITES:
            extra.append("IdempotencyKey")
        if self.method in _MODIFIES and "{" in self.path:
            extra.append("IfMatch")
        if self.method == "GET" and self._gives_json(operation):
            if not _is_page(self._answer(operation)):
                extra.append("IfNoneMatch")
            # no parameter: a typed client, and whoever checks answers by their schema, could not take a part of one
            if names := sorted(self._fields(operation)):
                operation["x-fields"] = names
        parameters += [
            self._part(name, ResolvedComponent.PARAMETER, _PARAMETERS[name])
            for name in extra
            if _PARAMETERS[name]["name"] not in present
        ]
        if not parameters:
            del operation["parameters"]

    def _add_answers(self, operation: Json) -> None:
        answers: Json = operation["responses"]
        if getattr(self.view, "gives_stored", False):
            answers["206"] = answers["200"] | {"description": "The part that the header Range asks for."}
            answers |= {status: {"description": text} for status, text in _OF_STORED.items()}
        limits = ["RateLimit-Policy", "RateLimit"]
        for code, answer in answers.items():
            if code.startswith("2"):
                names = [*limits, "ETag"]
                if self.method in _WRITES:
                    names.append("Idempotency-Replayed")
                answer["headers"] = self._header_refs(names) | answer.get("headers", {})
        if self.method == "GET" and self._gives_json(operation) and not _is_page(self._answer(operation)):
            answers.setdefault(
                "304", {"description": "The caller has this version.", "headers": self._header_refs(limits)}
            )
        for status in self._problem_statuses(operation):
            answers.setdefault(str(int(status)), self._problem(status))
        operation["responses"] = dict(sorted(answers.items()))

    def _problem_statuses(self, operation: Json) -> Iterable[int]:
        yield HTTPStatus.BAD_REQUEST
        if operation.get("security"):
            yield from (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)
        if self._scopes() or getattr(self.view, "rights", {}).get(self.method):
            yield HTTPStatus.FORBIDDEN
        if "{" in self.path or not getattr(self.view, "clients", True):
            yield HTTPStatus.NOT_FOUND
        if self.method in _WRITES:
            yield HTTPStatus.CONFLICT
        if self.method in _WRITES or hasattr(self.view, "query_serializer"):
            yield HTTPStatus.UNPROCESSABLE_CONTENT
        if self.method in _MODIFIES and "{" in self.path:
            yield HTTPStatus.PRECONDITION_FAILED
        if "requestBody" in operation:
            yield from (
                HTTPStatus.REQUEST_TIMEOUT,
                HTTPStatus.CONTENT_TOO_LARGE,
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            )
        yield from getattr(self.view, "problems", {}).get(self.method, ())
        yield HTTPStatus.SERVICE_UNAVAILABLE

    def _problem(self, status: int) -> Json:
        for name, schema in _SCHEMAS.items():
            self._part(name, ResolvedComponent.SCHEMA, schema)
        name, text, code = _PROBLEMS[status]
        example = problem_body(status, code, text_of(code))
        if code == "invalid":
            example["errors"] = [{"pointer": "/title", "code": "required", "detail": "This field is required."}]
        content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        answer: Json = {"description": text, "content": {CONTENT_TYPE: content}}
        if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
            answer["headers"] = self._header_refs(["Retry-After"])
        return self._part(name, ResolvedComponent.RESPONSE, answer)

    def _header_refs(self, names: Iterable[str]) -> Json:
        return {name: self._part(name, ResolvedComponent.HEADER, _HEADERS[name]) for name in names}

    def _part(self, name: str, kind: str, schema: Json) -> Json:
        """Returns the reference to a shared part of the specification, which is added where it is missing."""
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)  # type: ignore[no-untyped-call]
        self.registry.register_on_missing(component)
        return component.ref

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Json:
        """Returns the schema of a serializer; strict ones take no more, and clients' keys are not shown all."""
        schema: Json = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        _say_times(schema.get("properties", {}))
        if direction == "response":
            _allow_blanks(serializer, schema.get("properties", {}))
        for_clients = getattr(serializer, "client_fields", None)
        if for_clients is not None and direction == "response" and "required" in schema:
            schema["required"] = [name for name in schema["required"] if name in for_clients]
        return schema

    def _gives_json(self, operation: Json) -> bool:
        return set(operation["responses"].get("200", {}).get("content", ())) == {"application/json"}

    def _answer(self, operation: Json) -> Json:
        """Returns the schema of the JSON that a GET gives."""
        return self._resolved(operation["responses"]["200"]["content"]["application/json"]["schema"])

    def _resolved(self, schema: Json) -> Json:
        if "$ref" not in schema:
            return schema
        found: Json = self.registry[schema["$ref"].rpartition("/")[2], ResolvedComponent.SCHEMA].schema
        return found

    def _fields(self, operation: Json) -> Mapping[str, Any]:
        """Returns the properties of what a GET gives, of a list those of its rows."""
        answer = self._answer(operation)
        if "results" in answer.get("properties", {}):
            if not _is_page(answer):
                return {}
            answer = self._resolved(answer["properties"]["results"]["items"])
        properties: Json = answer.get("properties", {})
        return properties


def specification() -> Json:
    """Returns the specification of the whole interface, in English whatever the reader's language."""
    with translation.override("en"):
        generator = SchemaGenerator(urlconf=settings.ROOT_URLCONF)  # type: ignore[no-untyped-call]
        result: Json = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return result


def _allow_blanks(serializer: Any, properties: Json) -> None:
    """Lets the texts of a model that may be empty be so, which REST framework does not say of what is only read."""
    model = getattr(getattr(serializer, "Meta", None), "model", None)
    blank = {field.name for field in model._meta.get_fields() if getattr(field, "blank", False)} if model else set()
    for name, schema in properties.items():
        if name in blank and schema.get("type") == "string":
            if "enum" in schema and "" not in schema["enum"]:
                schema["enum"] = [*schema["enum"], ""]
            if schema.get("format") in {"email", "uri"}:
                del schema["format"]


def _say_times(properties: Json) -> None:
    """Says of times of a day what they are: those of JSON Schema have an offset (RFC 3339 § 5.6)."""
    for schema in properties.values():
        if schema.get("format") == "time":
            del schema["format"]
            schema["pattern"] = r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"


def _is_page(answer: Json) -> bool:
    return "next" in answer.get("properties", {})


def _ordering_parameter(names: list[str], default: str) -> Json:
    return {
        "name": "ordering",
        "in": "query",
        "description": "By what the rows are sorted, with “-” before it the other way round.",
        "schema": {"type": "string", "enum": [*names, *(f"-{name}" for name in names)], "default": default},
    }
