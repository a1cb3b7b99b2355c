"""A zip holds the very bytes, under names that every system takes, and is never whole in memory."""

import gc
import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.http import StreamingHttpResponse

from kernel.errors import WrongFirm
from kernel.tenancy import current_schema, firm_context, public_context
from storage.actions.files import store_bytes, store_upload
from storage.archive import stream_zip
from storage.backends import FirmStorage
from storage.errors import StorageUnavailable
from storage.keys import firm_prefix
from storage.models import StoredFile
from tenants.models import Firm
from tests.storage.builders import closed_port, image, pdf, temporary, upload
from tests.storage.conftest import use_storage

pytestmark = pytest.mark.django_db


def opened(data: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return archive


def names(*paths: str) -> list[str]:
    """Returns the names under which one file, put in under each path, is found in the zip."""
    stored = store_bytes(b"text", name="a.txt")
    return opened(b"".join(stream_zip([(stored, path) for path in paths]))).namelist()


def test_zip_holds_each_byte_and_knows_its_length(store: FirmStorage, in_alpha: Firm) -> None:
    contents = {"rapport.pdf": pdf(3, padding=2_500_000), "plan.png": image(), "notes.txt": b"x"}
    files = [(store_upload(upload(data, name), user=None), name) for name, data in contents.items()]
    download = stream_zip(files)
    data = b"".join(download)
    assert len(data) == download.size
    archive = opened(data)
    assert {name: archive.read(name) for name in archive.namelist()} == contents
    assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    assert {entry.filename: entry.CRC for entry in archive.infolist()} == {name: stored.crc32 for stored, name in files}


def test_an_empty_zip_is_a_zip(disk: FirmStorage, in_alpha: Firm) -> None:
    download = stream_zip([])
    data = b"".join(download)
    assert len(data) == download.size
    assert opened(data).namelist() == []


def test_names_are_unique_on_every_system(disk: FirmStorage, in_alpha: Firm) -> None:
    assert names("a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "a", "b/a.pdf", "B/A.pdf", "É.pdf", "é.pdf") == [
        "a.pdf",
        "A (2).PDF",
        "a (3).pdf",
        "a (2) (2).pdf",
        "a",
        "b/a.pdf",
        "b/A (2).pdf",
        "É.pdf",
        "é (2).pdf",
    ]


def test_a_file_never_takes_the_name_of_a_folder(disk: FirmStorage, in_alpha: Firm) -> None:
    assert names("annexes/plan.pdf", "annexes") == ["annexes/plan.pdf", "annexes (2)"]


def test_a_folder_never_takes_the_name_of_a_file(disk: FirmStorage, in_alpha: Firm) -> None:
    assert names("annexes", "Annexes/plan.pdf", "annexes/plan.pdf") == [
        "annexes",
        "Annexes (2)/plan.pdf",
        "Annexes (2)/plan (2).pdf",
    ]


def test_names_are_safe(disk: FirmStorage, in_alpha: Firm) -> None:
    assert names("../../etc/passwd", "/root.pdf", "a\\b.pdf", "C:\\x.pdf", "a\nb.pdf", "..", "") == [
        "etc/passwd",
        "root.pdf",
        "a/b.pdf",
        "C/x.pdf",
        "a b.pdf",
        "document",
        "document (2)",
    ]


def test_names_fit_every_file_system_and_keep_their_letters(disk: FirmStorage, in_alpha: Firm) -> None:
    [cut, kept] = names("🏠" * 140 + ".pdf", "Diagnostic « été » 🏠.pdf")
    assert len(cut.encode()) <= 255
    assert cut.endswith("🏠.pdf")
    assert kept == "Diagnostic « été » 🏠.pdf"


def test_the_zip_is_read_after_the_firm_was_left(store: FirmStorage, in_alpha: Firm, beta: Firm) -> None:
    """As the server does, which reads the response when the middleware has put the schema back."""
    data = pdf(padding=1_200_000)
    download = stream_zip([(store_upload(upload(data), user=None), f"{index}.pdf") for index in range(2)])
    whole = b""
    with firm_context(beta.schema_name):
        for chunk in download:
            assert current_schema() == beta.schema_name
            whole += chunk
    assert [opened(whole).read(f"{index}.pdf") for index in range(2)] == [data, data]


def test_a_file_of_another_firm_is_refused_before_anything_is_sent(
    disk: FirmStorage, in_alpha: Firm, beta: Firm
) -> None:
    with firm_context(beta.schema_name):
        foreign = store_upload(upload(pdf()), user=None)
    with pytest.raises(WrongFirm):
        stream_zip([(foreign, "a.pdf")])
    with public_context(), pytest.raises(WrongFirm):
        stream_zip([])


def test_an_object_that_is_missing_cuts_the_zip(store: FirmStorage, in_alpha: Firm) -> None:
    stored = store_upload(upload(pdf()), user=None)
    store.delete(stored.key)
    with pytest.raises(FileNotFoundError):
        b"".join(stream_zip([(stored, "a.pdf")]))


def test_an_object_that_is_not_what_the_row_says_cuts_the_zip(store: FirmStorage, in_alpha: Firm) -> None:
    stored = store_upload(upload(pdf()), user=None)
    StoredFile.objects.filter(pk=stored.pk).update(size=stored.size + 1)
    stored.refresh_from_db()
    with pytest.raises(RuntimeError):
        b"".join(stream_zip([(stored, "a.pdf")]))


def test_a_store_that_is_down_cuts_the_zip(s3: Any, settings: Any, in_alpha: Firm) -> None:
    stored = store_upload(upload(pdf()), user=None)
    options = settings.STORAGES["default"]["OPTIONS"] | {"endpoint_url": f"http://127.0.0.1:{closed_port()}"}
    use_storage(settings, "S3FirmStorage", options)
    with pytest.raises(StorageUnavailable):
        b"".join(stream_zip([(stored, "a.pdf")]))


def test_a_download_that_is_given_up_closes_what_it_read(store: FirmStorage, in_alpha: Firm) -> None:
    """An open file or connection would be a ResourceWarning, and so a failure, here."""
    stored = store_upload(upload(pdf(padding=3_000_000)), user=None)
    response = StreamingHttpResponse(stream_zip([(stored, "a.pdf")]))
    chunks = iter(response)
    next(chunks), next(chunks)
    response.close()
    del chunks, response
    gc.collect()


def test_a_large_zip_takes_little_memory(store: FirmStorage, in_alpha: Firm, incoming: Path) -> None:
    with temporary(pdf(padding=12_000_000)) as file:
        stored = store_upload(file, user=None)
    download = stream_zip([(stored, f"{index}.pdf") for index in range(4)])
    total = 0
    next(iter(download))
    gc.collect()
    tracemalloc.start()
    try:
        total = sum(len(chunk) for chunk in download)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total > 48_000_000
    assert peak < 8_000_000
    assert firm_prefix() in stored.key
