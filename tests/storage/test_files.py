"""Files come in whole or not at all, belong to one thing, and go without trace."""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from deploy.local.seaweed import Seaweed
from kernel.errors import DomainError, WrongFirm
from kernel.tenancy import firm_context, public_context
from storage.actions.files import claim, delete_object, delete_stored_file, store_bytes, store_upload
from storage.actions.sweeping import KEEP_UNCLAIMED, remove_unclaimed, sweep_unclaimed
from storage.backends import FirmStorage
from storage.errors import ScannerUnavailable, StorageUnavailable
from storage.keys import firm_prefix
from storage.models import Scan, StoredFile
from tenants.models import Firm
from tests.storage.builders import closed_port, files_no_longer_than, image, pdf, temporary, upload
from tests.storage.clamd_server import EICAR, Clamd
from tests.storage.conftest import s3_options, use_storage

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(in_alpha: Firm) -> User:
    return User.objects.get(username="anna@alpha.example")


@pytest.fixture
def nothing_kept(incoming: Path) -> Iterator[None]:
    """Afterwards there is no row, and no temporary file."""
    yield
    assert not StoredFile.objects.exists()
    assert list(incoming.iterdir()) == []


def test_store_upload_keeps_the_bytes_and_what_they_are(store: FirmStorage, anna: User, incoming: Path) -> None:
    data = pdf(4, padding=3_000_000)
    with temporary(data, "../Mesurage « Carrez ».PDF") as file:
        stored = store_upload(file, user=anna)
    stored = StoredFile.objects.get(pk=stored.pk)
    assert b"".join(store.stream(stored.key)) == data
    assert stored.key == f"firms/firm_alpha/files/{timezone.now().year}/{stored.code}"
    assert (stored.name, stored.size) == ("Mesurage « Carrez ».PDF", len(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert stored.crc32 == zlib.crc32(data)
    assert (stored.content_type, stored.pdf_pages) == ("application/pdf", 4)
    assert (stored.is_encrypted, stored.is_damaged, stored.problem) == (False, False, "")
    assert (stored.scan, stored.claimed, stored.uploaded_by_id) == (Scan.NOT_SCANNED, False, anna.pk)
    assert list(incoming.iterdir()) == []


def test_store_upload_takes_an_upload_that_waits_in_memory(store: FirmStorage, in_alpha: Firm, incoming: Path) -> None:
    data = image()
    stored = store_upload(upload(data, "plan"), user=None)
    assert (stored.name, stored.content_type, stored.uploaded_by_id) == ("plan.png", "image/png", None)
    assert b"".join(store.stream(stored.key)) == data
    assert list(incoming.iterdir()) == []


def test_store_bytes_keeps_what_the_product_makes(store: FirmStorage, in_alpha: Firm) -> None:
    stored = store_bytes((b"a;b\n" for _ in range(3)), name="export.csv")
    assert b"".join(store.stream(stored.key)) == b"a;b\n" * 3
    assert stored.content_type == "text/csv; charset=utf-8"
    assert store_bytes(b"text", name="note.txt").size == 4


def test_the_same_file_twice_is_kept_twice_and_known_as_the_same(store: FirmStorage, in_alpha: Firm) -> None:
    data = pdf()
    first, second = (store_upload(upload(data), user=None) for _ in range(2))
    assert first.key != second.key
    assert first.sha256 == second.sha256


def test_the_object_has_the_type_of_its_bytes(s3: Any, in_alpha: Firm) -> None:
    with temporary(image(), "plan.png") as file:
        stored = store_upload(file, user=None)
    assert s3.client.head_object(Bucket=s3.bucket_name, Key=stored.key)["ContentType"] == "image/png"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("rapport.pdf", b"", "file_empty"),
        ("rapport.pdf", image(), "file_type_mismatch"),
        ("rapport.pdf", b"\x7fELF" + bytes(100), "file_dangerous"),
    ],
)
def test_a_refused_upload_leaves_nothing(
    disk: FirmStorage, in_alpha: Firm, nothing_kept: None, name: str, data: bytes, code: str
) -> None:
    with temporary(data, name) as file, pytest.raises(DomainError) as refused:
        store_upload(file, user=None)
    assert refused.value.code == code
    assert list(disk.list_keys(firm_prefix())) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [(pdf(password="secret"), "is_encrypted"), (pdf()[:150], "is_damaged")],
    ids=["encrypted", "damaged"],
)
def test_a_pdf_that_clients_may_not_read_comes_in_with_a_warning(
    disk: FirmStorage, in_alpha: Firm, data: bytes, problem: str
) -> None:
    stored = store_upload(upload(data), user=None)
    assert getattr(stored, problem)
    assert stored.pdf_pages is None
    assert str(stored.problem)


def test_an_infected_upload_leaves_nothing(
    disk: FirmStorage, in_alpha: Firm, nothing_kept: None, settings: Any
) -> None:
    with Clamd() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        with temporary(EICAR, "facture.txt") as file, pytest.raises(DomainError) as refused:
            store_upload(file, user=None)
    assert refused.value.code == "file_infected"
    assert list(disk.list_keys(firm_prefix())) == []


def test_a_clean_upload_says_so(disk: FirmStorage, in_alpha: Firm, settings: Any) -> None:
    with Clamd() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        assert store_upload(upload(pdf()), user=None).scan == Scan.CLEAN


def test_a_scanner_that_is_down_leaves_nothing(
    disk: FirmStorage, in_alpha: Firm, nothing_kept: None, settings: Any
) -> None:
    settings.CLAMD_ADDRESS = "/nonexistent/clamd.sock"
    with temporary(pdf()) as file, pytest.raises(ScannerUnavailable):
        store_upload(file, user=None)
    assert list(disk.list_keys(firm_prefix())) == []


# --- when the store or the database fails -----------------------------------------------------------------------------
def test_a_store_that_is_down_leaves_neither_row_nor_object(
    settings: Any, seaweed: Seaweed, in_alpha: Firm, nothing_kept: None, jobs: Callable[[], int]
) -> None:
    options = s3_options(seaweed)
    alive = use_storage(settings, "S3FirmStorage", options)
    alive.prepare()
    use_storage(settings, "S3FirmStorage", options | {"endpoint_url": f"http://127.0.0.1:{closed_port()}"})
    with temporary(pdf()) as file, pytest.raises(StorageUnavailable):
        store_upload(file, user=None)
    assert not StoredFile.objects.exists()
    alive = use_storage(settings, "S3FirmStorage", options)
    assert jobs() == 1  # the one that makes sure, once the store is back
    assert list(alive.list_keys(firm_prefix())) == []
    alive.client.close()  # type: ignore[attr-defined]


def test_a_full_disk_leaves_neither_row_nor_object(
    settings: Any, in_alpha: Firm, nothing_kept: None, tmp_path: Path
) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system, so nothing would be copied")
    location = elsewhere / f"test-{os.getpid()}"
    storage = use_storage(settings, "DiskFirmStorage", {"location": str(location)})
    with temporary(pdf(padding=2_000_000)) as file, files_no_longer_than(1_000_000):
        with pytest.raises(StorageUnavailable):
            store_upload(file, user=None)
        assert Path(file.temporary_file_path()).exists()
    assert [path for path in location.rglob("*") if path.is_file()] == []
    storage.delete_prefix(firm_prefix())


def test_a_row_that_cannot_be_written_leaves_no_object(
    disk: FirmStorage, in_alpha: Firm, nothing_kept: None, settings: Any
) -> None:
    nobody = User(pk=2**40, username="nobody")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with temporary(pdf()) as file, pytest.raises(DatabaseError), transaction.atomic():
        store_upload(file, user=nobody)
    assert list(disk.list_keys(firm_prefix())) == []


def test_store_upload_belongs_to_a_firm(disk: FirmStorage, db: None) -> None:
    with public_context(), pytest.raises(WrongFirm):
        store_upload(upload(pdf()), user=None)


# --- claiming, deleting, sweeping -------------------------------------------------------------------------------------
def test_claim_gives_a_file_to_one_thing_only(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = store_upload(upload(pdf()), user=None)
    other = StoredFile.objects.get(pk=stored.pk)
    assert claim(stored).claimed
    for late in (other, stored):
        with pytest.raises(DomainError) as refused:
            claim(late)
        assert refused.value.code == "upload_gone"
    assert StoredFile.objects.get(pk=stored.pk).claimed


def test_claim_refuses_a_file_of_another_firm(disk: FirmStorage, in_alpha: Firm, beta: Firm) -> None:
    stored = store_upload(upload(pdf()), user=None)
    with firm_context(beta.schema_name):
        twin = store_upload(upload(pdf()), user=None)
        StoredFile.objects.filter(pk=twin.pk).update(id=stored.pk)
        with pytest.raises(WrongFirm):
            claim(stored)
        assert not StoredFile.objects.get(pk=stored.pk).claimed


def test_delete_stored_file_takes_the_row_now_and_the_object_after(
    store: FirmStorage, in_alpha: Firm, jobs: Callable[[], int]
) -> None:
    stored = store_upload(upload(pdf()), user=None)
    key = stored.key
    delete_stored_file(stored)
    assert not StoredFile.objects.exists()
    assert store.exists(key)
    assert jobs() == 1
    assert not store.exists(key)
    delete_object(key=key)  # a job may run twice


def test_delete_object_spares_a_key_that_a_row_names(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = store_upload(upload(pdf()), user=None)
    delete_object(key=stored.key)
    assert disk.exists(stored.key)


def test_delete_stored_file_of_another_firm_is_refused(disk: FirmStorage, in_alpha: Firm, beta: Firm) -> None:
    stored = store_upload(upload(pdf()), user=None)
    with firm_context(beta.schema_name), pytest.raises(WrongFirm):
        delete_stored_file(stored)
    assert disk.exists(stored.key)


def test_the_sweep_takes_what_nothing_claimed_for_a_day(
    store: FirmStorage, in_alpha: Firm, beta: Firm, jobs: Callable[[], int]
) -> None:
    claimed, stale, fresh = (store_upload(upload(pdf()), user=None) for _ in range(3))
    claim(claimed)
    old = timezone.now() - KEEP_UNCLAIMED - timedelta(minutes=1)
    StoredFile.objects.exclude(pk=fresh.pk).update(created_at=old)
    with firm_context(beta.schema_name):
        other = store_upload(upload(pdf()), user=None)
        StoredFile.objects.update(created_at=old)
    with public_context():
        sweep_unclaimed()
    jobs()
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {claimed.pk, fresh.pk}
    assert [store.exists(file.key) for file in (claimed, stale, fresh)] == [True, False, True]
    with firm_context(beta.schema_name):
        assert not StoredFile.objects.exists()
        assert not store.exists(other.key)
    assert remove_unclaimed() == 0


def test_the_sweep_takes_an_upload_whose_process_died_before_its_object(
    store: FirmStorage, in_alpha: Firm, jobs: Callable[[], int]
) -> None:
    stored = store_upload(upload(pdf()), user=None)
    store.delete(stored.key)
    StoredFile.objects.update(created_at=timezone.now() - KEEP_UNCLAIMED - timedelta(minutes=1))
    assert remove_unclaimed() == 1
    assert jobs() == 1
    assert not StoredFile.objects.exists()


def test_a_person_who_leaves_takes_no_file_along(disk: FirmStorage, anna: User) -> None:
    person = User.objects.create_user(username="x", email="x@alpha.example", full_name="X", role="staff")
    stored = store_upload(upload(pdf()), user=person)
    person.delete()
    stored.refresh_from_db()
    assert stored.uploaded_by_id is None
