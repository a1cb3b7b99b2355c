"""Large files in pieces (tus 1.0): what arrived is kept, whatever happens to the line, the clock or the process."""

import base64
import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Scope, User
from deploy.local.seaweed import Seaweed
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from storage.actions.files import claim
from storage.actions.resumable import finish_upload, remove_expired
from storage.actions.sweeping import remove_unclaimed
from storage.backends import firm_storage
from storage.errors import StorageUnavailable
from storage.models import ResumableUpload, StoredFile, UploadPiece
from tests.api.calls import Caller, caller
from tests.factories.cast import Cast
from tests.storage.builders import pdf
from tests.storage.conftest import s3_options, use_storage
from tests.support import run_jobs

pytestmark = pytest.mark.django_db

DATA = pdf(2, padding=20_000)
URL = "uploads/resumable/"


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with Seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[None]:
    if request.param == "disk":
        use_storage(settings, "DiskFirmStorage", {"location": str(tmp_path / "files")})
        yield
    else:
        storage: Any = use_storage(settings, "S3FirmStorage", s3_options(request.getfixturevalue("seaweed")))
        storage.prepare()
        yield
        storage.client.close()


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Sender:
    """A tus client by hand: each method is one request."""

    def __init__(self, user: User, *scopes: str, firm: str = "alpha", **headers: str) -> None:
        self.call: Caller = caller(user, *scopes, firm=firm, **{"Tus-Resumable": "1.0.0", **headers})

    def begin(self, data: bytes, *, name: str = "Plans.pdf", sha256: str | None = None, size: int | None = None) -> Any:
        sha256 = hashlib.sha256(data).hexdigest() if sha256 is None else sha256
        headers = {
            "Upload-Length": str(len(data) if size is None else size),
            "Upload-Metadata": f"filename {encoded(name)},sha256 {encoded(sha256)},is_confidential",
        }
        return self.call("POST", URL, **headers)

    def code(self, data: bytes, **options: Any) -> str:
        answer = self.begin(data, **options)
        assert answer.status_code == 201, answer.content
        return str(answer["Location"]).rstrip("/").rpartition("/")[2]

    def send(
        self, code: str, piece: bytes, start: int, *, length: int | None = None, more: dict[str, str] | None = None
    ) -> Any:
        """Sends a piece; with a `length` beyond its own, the line is cut in its midst."""
        body: dict[str, Any] = {"wsgi.input": io.BytesIO(piece)}
        return self.call.http.generic(
            "PATCH",
            f"/api/v1/{URL}{code}/",
            piece,
            headers={"Upload-Offset": str(start), **(more or {})},
            CONTENT_TYPE="application/offset+octet-stream",
            CONTENT_LENGTH=str(len(piece) if length is None else length),
            **body,
        )

    def state(self, code: str) -> dict[str, Any]:
        answer = self.call("GET", f"{URL}{code}/")
        assert answer.status_code == 200
        return dict(answer.json())


@pytest.fixture
def bob(cast: Cast) -> Sender:
    return Sender(cast.bob)


def stored(code: str) -> StoredFile:
    return StoredFile.objects.get(code=code)


def nothing_left(code: str) -> None:
    with firm_context("firm_alpha"):
        run_jobs()
        assert not UploadPiece.objects.exists()
        assert list(firm_storage().list_keys(f"firms/firm_alpha/pieces/{code}/")) == []


def test_a_file_sent_in_pieces_is_the_file(bob: Sender, cast: Cast, store: None) -> None:
    code = bob.code(DATA)
    for start in range(0, len(DATA), 7_000):
        answer = bob.send(code, DATA[start : start + 7_000], start)
        assert answer.status_code == 204, answer.content
        assert answer["Upload-Offset"] == str(min(start + 7_000, len(DATA)))
        assert answer["Tus-Resumable"] == "1.0.0"
    state = bob.state(code)
    assert (state["offset"], state["size"], state["error"]) == (len(DATA), len(DATA), None)
    with firm_context("firm_alpha"):
        file = stored(state["upload"])
        assert b"".join(firm_storage().stream(file.key)) == DATA
        assert (file.name, file.sha256, file.pdf_pages) == ("Plans.pdf", hashlib.sha256(DATA).hexdigest(), 2)
        assert (file.claimed, file.uploaded_by) == (False, cast.bob)
        run_jobs()  # a piece that was put into the whole is gone, the whole is not
        assert b"".join(firm_storage().stream(file.key)) == DATA
    nothing_left(code)


def test_the_server_says_what_it_can(bob: Sender, settings: Any) -> None:
    settings.RESUMABLE_MAX_BYTES = 5_000_000_000
    answer = bob.call("OPTIONS", URL)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,termination,checksum,expiration"
    assert answer["Tus-Max-Size"] == "5000000000"
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"


def test_a_line_cut_at_any_byte_loses_nothing_that_came(bob: Sender) -> None:
    """The line is cut after each byte in turn: what came is kept, the next piece goes on from there."""
    data = b"Mesurage : 52,30 m2\n"
    code = bob.code(data, name="notes.txt")
    for at in range(1, len(data) + 1):
        answer = bob.send(code, data[at - 1 : at], at - 1, length=len(data) - at + 1)
        assert answer.status_code == 204
        head = bob.call("HEAD", f"{URL}{code}/")
        assert (head["Upload-Offset"], head["Upload-Length"]) == (str(at), str(len(data)))
        assert head["Cache-Control"] == "no-store"
    with firm_context("firm_alpha"):
        assert b"".join(firm_storage().stream(stored(bob.state(code)["upload"]).key)) == data


@pytest.mark.parametrize("cut", [0, 1, 6_999, 7_000, 7_001, 13_999, 14_000, len(DATA) - 1])
def test_a_cut_upload_goes_on_from_where_the_server_says(bob: Sender, cut: int) -> None:
    code = bob.code(DATA)
    if cut:
        assert bob.send(code, DATA[:cut], 0, length=len(DATA)).status_code == 204
    offset = int(bob.call("HEAD", f"{URL}{code}/")["Upload-Offset"])
    assert offset == cut
    assert bob.send(code, DATA[offset:], offset).status_code == 204
    with firm_context("firm_alpha"):
        assert stored(bob.state(code)["upload"]).sha256 == hashlib.sha256(DATA).hexdigest()


def test_a_piece_for_another_place_is_refused(bob: Sender) -> None:
    code = bob.code(DATA)
    assert bob.send(code, DATA[:100], 0).status_code == 204
    for start in (0, 99, 101):
        answer = bob.send(code, DATA[start : start + 10], start)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_offset")
    assert bob.state(code)["offset"] == 100


def test_of_two_pieces_for_one_place_one_is_kept(bob: Sender, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a piece is on its way to the store, another request brings the same one and is quicker."""
    code = bob.code(DATA)
    other, real = Sender(cast.bob), firm_storage().save
    answers: list[int] = []

    def slow(name: str, content: Any, **options: Any) -> str:
        if not answers:
            answers.append(0)
            answers[0] = other.send(code, DATA[:6_000], 0).status_code
        return str(real(name, content, **options))

    monkeypatch.setattr(firm_storage(), "save", slow)
    answer = bob.send(code, DATA[:5_000], 0)
    assert (answers, answer.status_code) == ([204], 409)
    assert bob.state(code)["offset"] == 6_000
    with firm_context("firm_alpha"):
        run_jobs()
        assert len(list(firm_storage().list_keys(f"firms/firm_alpha/pieces/{code}/"))) == 1
    assert bob.send(code, DATA[6_000:], 6_000).status_code == 204
    assert bob.state(code)["upload"]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_piece_with_a_wrong_sum_does_not_count(bob: Sender, algorithm: str) -> None:
    code = bob.code(DATA)
    right = base64.b64encode(hashlib.new(algorithm, DATA[:500]).digest()).decode()
    broken = bob.send(code, b"x" + DATA[1:500], 0, more={"Upload-Checksum": f"{algorithm} {right}"})
    assert (broken.status_code, broken.json()["code"]) == (460, "piece_checksum")
    cut = bob.send(code, DATA[:400], 0, length=500, more={"Upload-Checksum": f"{algorithm} {right}"})
    assert cut.status_code == 460
    assert bob.state(code)["offset"] == 0
    assert bob.send(code, DATA[:500], 0, more={"Upload-Checksum": f"{algorithm} {right}"}).status_code == 204
    assert bob.state(code)["offset"] == 500


def test_a_whole_with_a_wrong_sum_is_refused_for_good(bob: Sender, store: None) -> None:
    code = bob.code(DATA, sha256="0" * 64)
    for answer in (bob.send(code, DATA, 0), bob.send(code, b"", len(DATA))):
        assert (answer.status_code, answer.json()["code"]) == (422, "checksum_mismatch")
    state = bob.state(code)
    assert (state["upload"], state["error"]["code"]) == (None, "checksum_mismatch")
    nothing_left(code)
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.exists()


def test_a_whole_is_checked_as_every_upload(bob: Sender) -> None:
    code = bob.code(b"MZ\x00program", name="rapport.pdf")
    answer = bob.send(code, b"MZ\x00program", 0)
    assert (answer.status_code, answer.json()["code"]) == (422, "file_dangerous")
    nothing_left(code)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": "0"}, 422, "file_empty"),
        ({"Upload-Length": "1001"}, 413, "file_too_large"),
        ({"Upload-Length": "-1"}, 400, "bad_header"),
        ({"Upload-Length": "9" * 30}, 400, "bad_header"),
        ({}, 400, "bad_header"),
        ({"Upload-Defer-Length": "1"}, 400, "bad_header"),
        ({"Upload-Length": "10", "Upload-Metadata": "filename é"}, 400, "bad_header"),
        ({"Upload-Length": "10", "Upload-Metadata": f"sha256 {encoded('abc')}"}, 400, "bad_header"),
        ({"Upload-Length": "10", "Tus-Resumable": "0.2.2"}, 412, "tus_version"),
    ],
)
def test_what_cannot_be_begun(bob: Sender, settings: Any, headers: dict[str, str], status: int, code: str) -> None:
    settings.RESUMABLE_MAX_BYTES = 1_000
    answer = bob.call("POST", URL, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    with firm_context("firm_alpha"):
        assert not ResumableUpload.objects.exists()


def test_a_file_over_the_limit_of_forms_may_come_in_pieces(bob: Sender, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000
    code = bob.code(DATA)
    assert bob.send(code, DATA, 0).status_code == 204
    assert bob.state(code)["upload"]


def test_a_piece_that_is_none(bob: Sender) -> None:
    code = bob.code(DATA)
    long = bob.send(code, DATA + b"more", 0)
    assert (long.status_code, long.json()["code"]) == (413, "piece_too_long")
    plain = bob.call.http.generic("PATCH", f"/api/v1/{URL}{code}/", DATA, headers={"Upload-Offset": "0"})
    assert plain.status_code == 415
    assert bob.send(code, DATA, 0, more={"Upload-Offset": "x"}).status_code == 400
    assert bob.send(code, DATA, 0, more={"Upload-Checksum": "crc32 AAAA"}).status_code == 400
    assert bob.state(code)["offset"] == 0


def test_too_many_pieces_or_uploads_are_refused(bob: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.actions.resumable.MOST_PIECES", 2)
    monkeypatch.setattr("storage.actions.resumable.MOST_OPEN", 2)
    code = bob.code(DATA)
    bob.code(DATA)
    assert bob.begin(DATA).json()["code"] == "too_many_uploads"
    assert [bob.send(code, b"x", start).status_code for start in range(3)] == [204, 204, 422]


def test_an_upload_that_was_left_expires_and_goes(bob: Sender, store: None) -> None:
    code = bob.code(DATA)
    bob.send(code, DATA[:100], 0)
    with firm_context("firm_alpha"):
        assert remove_expired() == 0
        ResumableUpload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = bob.send(code, DATA[100:], 100)
    assert (answer.status_code, answer.json()["code"]) == (410, "upload_expired")
    with firm_context("firm_alpha"):
        remove_unclaimed()
        assert not ResumableUpload.objects.exists()
    nothing_left(code)
    assert bob.call("HEAD", f"{URL}{code}/").status_code == 404


def test_objects_of_an_upload_without_its_row_go(bob: Sender) -> None:
    code = bob.code(DATA)
    bob.send(code, DATA[:100], 0)
    with firm_context("firm_alpha"):
        ResumableUpload.objects.all().delete()
        remove_expired()
    nothing_left(code)


def test_an_upload_that_is_given_up_goes(bob: Sender, store: None) -> None:
    code = bob.code(DATA)
    bob.send(code, DATA[:100], 0)
    assert bob.call("DELETE", f"{URL}{code}/").status_code == 204
    nothing_left(code)
    assert bob.send(code, DATA[100:], 100).status_code == 404


def test_a_file_in_use_outlives_its_upload(bob: Sender) -> None:
    code = bob.code(DATA)
    bob.send(code, DATA, 0)
    with firm_context("firm_alpha"):
        file = claim(stored(bob.state(code)["upload"]))
        ResumableUpload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        remove_unclaimed()
        run_jobs()
        assert not ResumableUpload.objects.exists()
        assert b"".join(firm_storage().stream(file.key)) == DATA


def test_a_store_that_fails_costs_a_try_not_the_bytes(bob: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    code = bob.code(DATA)
    with monkeypatch.context() as patch:
        patch.setattr(firm_storage(), "stream", _fail)
        assert bob.send(code, DATA, 0).status_code == 503
    assert (bob.state(code)["offset"], bob.state(code)["upload"]) == (len(DATA), None)
    assert bob.send(code, b"", len(DATA)).status_code == 204
    first = bob.state(code)["upload"]
    assert first
    assert bob.send(code, b"", len(DATA)).status_code == 204
    assert bob.state(code)["upload"] == first


def test_while_one_puts_it_together_another_waits(bob: Sender, cast: Cast) -> None:
    code = bob.code(DATA)
    bob.send(code, DATA[:-1], 0)
    with firm_context("firm_alpha"):
        ResumableUpload.objects.update(finishing_until=timezone.now() + timedelta(minutes=5))
        answer = bob.send(code, DATA[-1:], len(DATA) - 1)
        assert (answer.status_code, answer.json()["code"]) == (423, "upload_busy")
        with pytest.raises(DomainError) as busy:
            finish_upload(ResumableUpload.objects.get(), user=cast.bob)
        assert busy.value.code == "upload_busy"
        # the process died: after a while whoever asks takes over
        ResumableUpload.objects.update(finishing_until=timezone.now() - timedelta(seconds=1))
    assert bob.send(code, b"", len(DATA)).status_code == 204
    assert bob.state(code)["upload"]


def test_an_upload_is_its_senders_alone(bob: Sender, cast: Cast) -> None:
    code = bob.code(DATA)
    bob.send(code, DATA[:100], 0)
    for other in (Sender(cast.anna), Sender(cast.dan, firm="beta")):
        assert other.call("GET", f"{URL}{code}/").status_code == 404
        assert other.call("HEAD", f"{URL}{code}/").status_code == 404
        assert other.send(code, DATA[100:], 100).status_code == 404
        assert other.call("DELETE", f"{URL}{code}/").status_code == 404
    assert bob.state(code)["offset"] == 100


def test_a_key_must_be_made_for_it(cast: Cast) -> None:
    assert Sender(cast.bob, Scope.DOSSIERS_READ).begin(DATA).json()["code"] == "scope_missing"
    assert Sender(cast.alice.user).begin(DATA).status_code == 403
    with firm_context("firm_alpha"):
        User.objects.filter(pk=cast.bob.pk).update(permissions=[])
    assert Sender(User.objects.get(pk=cast.bob.pk)).begin(DATA).json()["code"] == "right_missing"


def test_a_proxy_that_knows_only_post_is_no_hindrance(bob: Sender) -> None:
    code = bob.code(DATA)
    answer = bob.call.http.generic(
        "POST",
        f"/api/v1/{URL}{code}/",
        DATA,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
    )
    assert answer.status_code == 204
    assert bob.state(code)["upload"]


def _fail(*_arguments: Any, **_options: Any) -> Any:
    raise StorageUnavailable("down")
