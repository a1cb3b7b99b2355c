"""The two stores keep the same rules."""

import errno
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.message import Message
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from deploy.local.seaweed import Seaweed
from kernel.errors import WrongFirm
from kernel.tenancy import firm_context, public_context
from storage.backends import FirmStorage, S3FirmStorage
from storage.errors import StorageUnavailable
from storage.keys import export_key, firm_prefix
from tenants.models import Firm
from tests.storage.builders import closed_port, files_no_longer_than, temporary
from tests.storage.conftest import s3_options, use_storage

pytestmark = pytest.mark.django_db
FOREIGN = [
    "firms/firm_beta/files/2026/abc",
    "firms/firm_alpha/../firm_beta/abc",
    "firms/firm_alphabet/abc",
    "firms/firm_alpha",
    "firms/firm_alpha/",
    "firms/firm_alpha//abc",
    "firms/firm_alpha/./abc",
    "firms/firm_alpha/a\\..\\b",
    "firms/firm_alpha/a\nb",
    "firms/firm_alpha/.parts/abc",
    "/firms/firm_alpha/abc",
    "files/abc",
    "../abc",
]


def get(
    url: str, *, method: str = "GET", headers: dict[str, str] | None = None
) -> "tuple[int, bytes, Message[str, str]]":
    request = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def keep(store: FirmStorage, name: str, data: bytes = b"bytes") -> str:
    return store.save(f"{firm_prefix()}{name}", ContentFile(data))


def test_save_keeps_each_byte(store: FirmStorage, in_alpha: Firm) -> None:
    data = os.urandom(3_000_000)
    key = keep(store, "files/2026/abc", data)
    assert key == "firms/firm_alpha/files/2026/abc"
    assert b"".join(store.stream(key)) == data
    assert [len(chunk) for chunk in store.stream(key, 2_000_000)] == [2_000_000, 1_000_000]
    assert store.size(key) == 3_000_000
    with store.open(key) as file:
        assert file.read() == data


def test_save_takes_a_temporary_file_of_several_parts(store: FirmStorage, in_alpha: Firm) -> None:
    data = os.urandom(1024) * 40_000  # three parts of an upload to S3
    with temporary(data) as file:
        key = store.save(f"{firm_prefix()}big", file)
        assert Path(file.temporary_file_path()).exists()
    assert b"".join(store.stream(key)) == data


def test_save_never_overwrites(store: FirmStorage, in_alpha: Firm) -> None:
    first, second = keep(store, "logo.png", b"first"), keep(store, "logo.png", b"second")
    assert first != second
    assert b"".join(store.stream(first)) == b"first"
    assert b"".join(store.stream(second)) == b"second"


def test_every_method_refuses_a_key_of_elsewhere(store: FirmStorage, in_alpha: Firm) -> None:
    with firm_context("firm_beta"):
        keep(store, "files/2026/abc", b"of beta")
    attempts: list[Callable[[str], object]] = [
        store.open,
        store.exists,
        store.size,
        store.delete,
        store.stream,
        lambda key: store.download_url(key, name="a.pdf", content_type="application/pdf"),
        lambda key: cast("Any", store)._save(key, ContentFile(b"x")),
    ]
    for key in FOREIGN:
        for attempt in attempts:
            with pytest.raises(WrongFirm):
                attempt(key)
    with firm_context("firm_beta"):
        assert b"".join(store.stream("firms/firm_beta/files/2026/abc")) == b"of beta"


def test_no_prefix_reaches_out_of_the_firm(store: FirmStorage, in_alpha: Firm) -> None:
    beta_by_way_of_alpha = "firms/firm_alpha/../firm_beta/"
    for prefix in (
        "",
        "/",
        "firms/",
        "firms/firm_beta/",
        "firms/firm_alpha",
        "firms/firm_alpha//",
        beta_by_way_of_alpha,
    ):
        for attempt in (store.list_keys, store.total_bytes, store.delete_prefix):
            with pytest.raises(WrongFirm):
                attempt(prefix)


def test_the_public_schema_reads_and_writes_nothing(store: FirmStorage, in_alpha: Firm) -> None:
    key = keep(store, "abc")
    with public_context():
        for attempt in (lambda: store.open(key), lambda: store.stream(key), lambda: store.delete(key)):
            with pytest.raises(WrongFirm):
                attempt()


def test_operators_keep_exports_where_no_firm_reaches(store: FirmStorage, in_alpha: Firm) -> None:
    with public_context():
        key = store.save(export_key("firm_alpha", "abc", date(2026, 11, 24)), ContentFile(b"zip"))
        assert key == "exports/firm_alpha/2026/abc.zip"
        assert b"".join(store.stream(key)) == b"zip"
    for attempt in (store.open, store.stream, store.delete, store.exists):
        with pytest.raises(WrongFirm):
            attempt(key)
    with public_context():
        assert store.delete_prefix("firms/firm_alpha/") == 0
        assert store.size(key) == 3
        store.delete(key)
        assert not store.exists(key)


def test_operators_list_measure_and_remove_one_firm(store: FirmStorage, alpha: Firm, beta: Firm) -> None:
    with firm_context("firm_alpha"):
        keys = sorted([keep(store, "files/2025/a", b"12345"), keep(store, "files/2026/b", b"123"), keep(store, "logo")])
    with firm_context("firm_beta"):
        other = keep(store, "files/2026/c")
    with public_context():
        assert sorted(store.list_keys("firms/firm_alpha/")) == keys
        assert store.total_bytes("firms/firm_alpha/files/") == 8
        for all_firms in ("firms/", "", "/", "firms/../"):
            with pytest.raises(WrongFirm):
                store.delete_prefix(all_firms)
        assert store.delete_prefix("firms/firm_alpha/") == 3
        assert list(store.list_keys("firms/firm_alpha/")) == []
        assert store.delete_prefix("firms/firm_alpha/") == 0
    with firm_context("firm_beta"):
        assert store.exists(other)
        with pytest.raises(WrongFirm):
            store.delete_prefix("firms/firm_alpha/")


def test_an_object_that_is_missing_is_no_failure_of_the_store(store: FirmStorage, in_alpha: Firm) -> None:
    key = f"{firm_prefix()}nothing"
    assert not store.exists(key)
    store.delete(key)
    for attempt in (lambda: store.size(key), lambda: store.open(key), lambda: list(store.stream(key))):
        with pytest.raises(FileNotFoundError):
            attempt()


def test_files_have_no_lasting_address_and_are_written_whole(store: FirmStorage, in_alpha: Firm) -> None:
    key = keep(store, "abc")
    with pytest.raises(NotImplementedError):
        store.url(key)
    with pytest.raises(ValueError, match="save"):
        store.open(key, "wb")


def test_delete_prefix_removes_more_than_one_batch(s3: S3FirmStorage, in_alpha: Firm) -> None:
    for index in range(12):
        keep(s3, f"many/{index}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.backends.s3._DELETE_BATCH", 5)
        assert s3.delete_prefix(f"{firm_prefix()}many/") == 12
    assert list(s3.list_keys(firm_prefix())) == []


# --- addresses --------------------------------------------------------------------------------------------------------
def test_download_url_gives_the_file_under_its_name(s3: S3FirmStorage, in_alpha: Firm) -> None:
    key = keep(s3, "abc", b"%PDF-1.7 bytes")
    url = s3.download_url(key, name="Mesurage « Carrez » n°2 🏠.pdf", content_type="application/pdf")
    assert url is not None
    status, body, headers = get(url)
    assert (status, body) == (200, b"%PDF-1.7 bytes")
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''Mesurage%20%C2%AB%20Carrez%20%C2%BB%20n%C2%B02%20%F0%9F%8F%A0.pdf"
    )
    assert headers["Cache-Control"] == "private, no-store"
    assert get(url, headers={"Range": "bytes=5-7"})[:2] == (206, b"1.7")


def test_download_url_can_show_in_the_page(s3: S3FirmStorage, in_alpha: Firm) -> None:
    url = s3.download_url(keep(s3, "abc"), name='a"b.pdf', content_type="application/pdf", inline=True)
    assert url is not None
    assert get(url)[2]["Content-Disposition"] == 'inline; filename="a\\"b.pdf"'


def test_download_url_expires_and_cannot_be_changed(s3: S3FirmStorage, in_alpha: Firm) -> None:
    key, other = keep(s3, "abc"), keep(s3, "other")
    url = s3.download_url(key, name="a.pdf", content_type="application/pdf", expires=1)
    assert url is not None
    assert get(url)[0] == 200
    assert get(url.replace("/abc?", "/other?"))[0] == 403
    assert get(url.replace("application%2Fpdf", "text%2Fhtml"))[0] == 403
    assert get(url.split("?")[0])[0] == 403
    time.sleep(2.1)
    assert get(url)[0] == 403
    assert s3.exists(other)


def test_a_disk_has_no_addresses(disk: FirmStorage, in_alpha: Firm) -> None:
    assert disk.download_url(keep(disk, "abc"), name="a", content_type="text/plain") is None


# --- the command ------------------------------------------------------------------------------------------------------
def test_prepare_bucket_makes_a_bucket_that_pages_may_read(settings: Any, seaweed: Seaweed, in_alpha: Firm) -> None:
    storage = use_storage(settings, "S3FirmStorage", s3_options(seaweed))
    assert isinstance(storage, S3FirmStorage)
    with pytest.raises(StorageUnavailable):
        keep(storage, "abc")
    for _again in range(2):
        call_command("prepare_bucket", verbosity=0)
    url = storage.download_url(keep(storage, "abc"), name="a.pdf", content_type="application/pdf")
    assert url is not None
    for origin in ("http://alpha.localhost:8000", "null"):
        headers = get(url, headers={"Origin": origin})[2]
        assert headers["Access-Control-Allow-Origin"] in {"*", origin}
    preflight = {"Origin": "null", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    assert get(url, method="OPTIONS", headers=preflight)[0] == 200
    rules = storage.client.get_bucket_lifecycle_configuration(Bucket=storage.bucket_name)["Rules"]
    assert rules[0]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 2}
    storage.client.close()


def test_prepare_bucket_makes_the_folder(disk: FirmStorage, tmp_path: Path) -> None:
    for _again in range(2):
        call_command("prepare_bucket", verbosity=0)
    assert (tmp_path / "files").is_dir()


def test_prepare_bucket_says_when_the_store_is_down(settings: Any, seaweed: Seaweed) -> None:
    use_storage(settings, "S3FirmStorage", s3_options(seaweed, endpoint_url=f"http://127.0.0.1:{closed_port()}"))
    with pytest.raises(CommandError):
        call_command("prepare_bucket", verbosity=0)


# --- failures ---------------------------------------------------------------------------------------------------------
def test_a_store_that_is_down_fails_soon_and_by_name(settings: Any, seaweed: Seaweed, in_alpha: Firm) -> None:
    storage = use_storage(
        settings, "S3FirmStorage", s3_options(seaweed, endpoint_url=f"http://127.0.0.1:{closed_port()}")
    )
    key = f"{firm_prefix()}abc"
    started = time.monotonic()
    for attempt in (
        lambda: keep(storage, "abc"),
        lambda: storage.exists(key),
        lambda: storage.delete(key),
        lambda: storage.open(key),
        lambda: list(storage.stream(key)),
        lambda: list(storage.list_keys(firm_prefix())),
        lambda: storage.delete_prefix(firm_prefix()),
    ):
        with pytest.raises(StorageUnavailable) as failed:
            attempt()
        assert failed.value.retry
        assert str(failed.value.message)
    assert time.monotonic() - started < 15


def test_a_wrong_secret_is_a_failure_of_the_store(settings: Any, s3: S3FirmStorage, in_alpha: Firm) -> None:
    options = settings.STORAGES["default"]["OPTIONS"] | {"secret_key": "wrong"}
    storage = use_storage(settings, "S3FirmStorage", options)
    with pytest.raises(StorageUnavailable):
        keep(storage, "abc")


def test_a_disk_that_takes_no_more_leaves_no_piece(disk: FirmStorage, in_alpha: Firm, tmp_path: Path) -> None:
    with files_no_longer_than(500_000), pytest.raises(StorageUnavailable):
        keep(disk, "files/abc", bytes(1_000_000))
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert keep(disk, "files/abc", bytes(1_000_000)) == "firms/firm_alpha/files/abc"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if (
        os.geteuid()
        or shutil.which("mount") is None
        or subprocess.run(command, capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting a small file system needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_copy_that_was_cut_goes_after_a_while(disk: FirmStorage, in_alpha: Firm, tmp_path: Path) -> None:
    keep(disk, "files/abc")
    part = tmp_path / "files" / "firms" / "firm_alpha" / ".parts" / "cut"
    part.write_bytes(b"half of it")
    assert list(disk.list_keys(firm_prefix())) == ["firms/firm_alpha/files/abc"]
    disk.remove_leftovers(before=timezone.now() - timedelta(hours=1))
    assert part.exists()
    disk.remove_leftovers(before=timezone.now() + timedelta(hours=1))
    assert not part.exists()
    assert disk.exists("firms/firm_alpha/files/abc")


def test_a_full_disk_leaves_no_piece(settings: Any, small_disk: Path, in_alpha: Firm) -> None:
    storage = use_storage(settings, "DiskFirmStorage", {"location": str(small_disk)})
    with temporary(bytes(2_000_000)) as file:  # on another file system, so that it must be copied
        with pytest.raises(StorageUnavailable) as failed:
            storage.save(f"{firm_prefix()}files/abc", file)
        assert isinstance(failed.value.__cause__, OSError)
        assert failed.value.__cause__.errno == errno.ENOSPC
        assert Path(file.temporary_file_path()).stat().st_size == 2_000_000
    assert [path for path in small_disk.rglob("*") if path.is_file()] == []


def test_a_disk_without_right_or_folder_is_a_failure_of_the_store(
    settings: Any, tmp_path: Path, in_alpha: Firm
) -> None:
    (tmp_path / "not a folder").write_bytes(b"")
    storage = use_storage(settings, "DiskFirmStorage", {"location": str(tmp_path / "not a folder")})
    with pytest.raises(StorageUnavailable):
        keep(storage, "abc")
