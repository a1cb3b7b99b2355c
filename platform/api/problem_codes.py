"""The codes of errors that the interface itself gives, as its documentation explains them."""

from dataclasses import dataclass
from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: tus 1.0, extension Checksum.
CHECKSUM_MISMATCH = 460
PHRASES = {CHECKSUM_MISMATCH: "Checksum Mismatch"}


@dataclass(frozen=True)
class ProblemCode:
    """A code with the status that it comes with, and what to do about it."""

    code: str
    status: int
    text: str | Promise

    @property
    def phrase(self) -> str:
        """The status in words."""
        return PHRASES.get(self.status) or HTTPStatus(self.status).phrase


#: By status; a code never changes its meaning and is never used again for another (tests/api/test_problems.py).
PROBLEM_CODES = (
    ProblemCode("bad_request", HTTPStatus.BAD_REQUEST, _("The call cannot be understood at all.")),
    ProblemCode("parse_error", HTTPStatus.BAD_REQUEST, _("The body is no JSON.")),
    ProblemCode(
        "bad_idempotency_key",
        HTTPStatus.BAD_REQUEST,
        _("The Idempotency-Key is too long, or has characters that cannot be printed."),
    ),
    ProblemCode("unknown_field", HTTPStatus.BAD_REQUEST, _("“fields” names something that the answer does not have.")),
    ProblemCode("unknown_parameter", HTTPStatus.BAD_REQUEST, _("The address does not know this parameter.")),
    ProblemCode("unknown_ordering", HTTPStatus.BAD_REQUEST, _("“ordering” names something that cannot be sorted by.")),
    ProblemCode(
        "bad_cursor",
        HTTPStatus.BAD_REQUEST,
        _("The cursor is none of ours: follow “next” and “previous” as they are."),
    ),
    ProblemCode("bad_header", HTTPStatus.BAD_REQUEST, _("A header is missing or cannot be read: “detail” names it.")),
    ProblemCode("token_missing", HTTPStatus.UNAUTHORIZED, _("There is no key in the header “Authorization”.")),
    ProblemCode(
        "token_invalid",
        HTTPStatus.UNAUTHORIZED,
        _("The key is not of this firm, has expired, was revoked, or comes from a network that it may not come from."),
    ),
    ProblemCode(
        "withheld",
        HTTPStatus.PAYMENT_REQUIRED,
        _("The dossier is to be paid first: its files are kept back until then, or come with a watermark."),
    ),
    ProblemCode(
        "stamp_failed",
        HTTPStatus.PAYMENT_REQUIRED,
        _("The dossier is not paid yet, and no watermark can be put on this file: it is kept back until then."),
    ),
    ProblemCode("scope_missing", HTTPStatus.FORBIDDEN, _("The key was not made for this: make one that is.")),
    ProblemCode(
        "right_missing",
        HTTPStatus.FORBIDDEN,
        _("The person whose key it is may not do this: an administrator gives the right, in Settings, Team."),
    ),
    ProblemCode("permission_denied", HTTPStatus.FORBIDDEN, _("This may not be done.")),
    ProblemCode(
        "not_found",
        HTTPStatus.NOT_FOUND,
        _("There is nothing at this address. What a key may not see is not told apart from what does not exist."),
    ),
    ProblemCode("method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED, _("The address does not know this method.")),
    ProblemCode("not_acceptable", HTTPStatus.NOT_ACCEPTABLE, _("Answers are JSON: the header “Accept” excludes it.")),
    ProblemCode(
        "body_cut", HTTPStatus.REQUEST_TIMEOUT, _("The line was cut before the body was whole: send it again.")
    ),
    ProblemCode(
        "upload_interrupted",
        HTTPStatus.REQUEST_TIMEOUT,
        _("The line was cut in the middle of a file: send it again."),
    ),
    ProblemCode(
        "write_running",
        HTTPStatus.CONFLICT,
        _("The first call with this Idempotency-Key is still at work: ask again after “Retry-After”."),
    ),
    ProblemCode("has_dossier", HTTPStatus.CONFLICT, _("A dossier was made of this order already: read the order.")),
    ProblemCode(
        "wrong_offset",
        HTTPStatus.CONFLICT,
        _("The piece does not begin where the upload ends: ask how far it is, then go on from there."),
    ),
    ProblemCode("upload_closed", HTTPStatus.CONFLICT, _("The upload is whole already, or was refused: read it.")),
    ProblemCode("upload_expired", HTTPStatus.GONE, _("Nobody went on with the upload for too long: begin a new one.")),
    ProblemCode("length_required", HTTPStatus.LENGTH_REQUIRED, _("A piece is sent with its Content-Length.")),
    ProblemCode(
        "changed_meanwhile",
        HTTPStatus.PRECONDITION_FAILED,
        _("It was changed since the version that If-Match names: read it again, apply the change to that, send it."),
    ),
    ProblemCode(
        "tus_version",
        HTTPStatus.PRECONDITION_FAILED,
        _("The header “Tus-Resumable” is missing, or names a version of the protocol that we do not speak."),
    ),
    ProblemCode(
        "body_too_large", HTTPStatus.CONTENT_TOO_LARGE, _("The body is too large: files are sent by the uploads.")
    ),
    ProblemCode(
        "unsupported_media_type", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("The body has another type than the call takes.")
    ),
    ProblemCode(
        "invalid",
        HTTPStatus.UNPROCESSABLE_CONTENT,
        _("What was sent cannot be taken: each of “errors” names a place in it and what is wrong there."),
    ),
    ProblemCode("required", HTTPStatus.UNPROCESSABLE_CONTENT, _("Something is missing that this call needs.")),
    ProblemCode(
        "bad_external_id", HTTPStatus.UNPROCESSABLE_CONTENT, _("An external_id is one line of at most 100 characters.")
    ),
    ProblemCode("too_many_files", HTTPStatus.UNPROCESSABLE_CONTENT, _("There are too many files in one upload.")),
    ProblemCode(
        "idempotency_key_reused",
        HTTPStatus.UNPROCESSABLE_CONTENT,
        _("This Idempotency-Key was sent with another request: each write has a new one."),
    ),
    ProblemCode(
        "upload_busy",
        HTTPStatus.LOCKED,
        _("Another call is writing to this upload, or its file is being put together: ask again in a moment."),
    ),
    ProblemCode(
        "too_many_calls",
        HTTPStatus.TOO_MANY_REQUESTS,
        _("The key has used up its calls of this minute: ask again after “Retry-After”."),
    ),
    ProblemCode(
        "piece_checksum",
        CHECKSUM_MISMATCH,
        _("The piece does not have the sum that was said: nothing of it was kept, send it again."),
    ),
    ProblemCode("error", HTTPStatus.INTERNAL_SERVER_ERROR, _("A fault of ours, which we are told of. Try it again.")),
    ProblemCode(
        "unavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("The portal is closed, or a service that this needs does not answer. Ask again after “Retry-After”."),
    ),
)
#: What a status means that was given without knowing of the interface: by a middleware, by Django itself.
BY_STATUS = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.FORBIDDEN: "permission_denied",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.CONTENT_TOO_LARGE: "body_too_large",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_calls",
    HTTPStatus.INTERNAL_SERVER_ERROR: "error",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}
_TEXTS = {entry.code: entry.text for entry in PROBLEM_CODES}


def text_of(code: str) -> str:
    """Returns what a code of the table means; KeyError for another."""
    return str(_TEXTS[code])
