"""Stamped copies are kept once, go with their original, and never stand in for it."""

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader

from deploy.local.seaweed import Seaweed
from kernel.errors import DomainError, WrongFirm
from kernel.tenancy import firm_context
from storage.actions.files import claim, delete_stored_file, store_bytes, store_upload
from storage.actions.stamping import (
    RETRY_AFTER,
    delete_stamped_copies,
    prepare_stamp,
    rekey,
    rekey_file,
    remove_replaced_stamps,
    stamped_copy,
    sweep_replaced_stamps,
)
from storage.actions.sweeping import remove_unclaimed
from storage.backends import FirmStorage
from storage.errors import StorageUnavailable
from storage.keys import firm_prefix
from storage.models import StampedCopy, StampState, StoredFile
from storage.watermark import Stamp
from tenants.models import Firm
from tests.storage.builders import closed_port, image, pdf, upload
from tests.storage.conftest import s3_options, use_storage
from tests.storage.pdf_cases import plain
from tests.support import run_jobs

STAMP = Stamp("POUR CONSULTATION UNIQUEMENT", "#c0392b", "diagonal")
OTHER = Stamp("IMPAYÉ", "#1f4e9e", "top")

database = pytest.mark.django_db


def kept(data: bytes | None = None, name: str = "rapport.pdf") -> StoredFile:
    return claim(store_upload(upload(data or plain(), name), user=None))


def bytes_of(store: FirmStorage, stored: StoredFile) -> bytes:
    return b"".join(store.stream(stored.key))


def keys(store: FirmStorage) -> set[str]:
    return set(store.list_keys(firm_prefix()))


def is_consistent(store: FirmStorage) -> bool:
    """Whether each row has its object and each object its row, and each claimed copy its link."""
    return keys(store) == set(StoredFile.objects.values_list("key", flat=True))


# --- making -----------------------------------------------------------------------------------------------------------
@database
def test_a_copy_is_made_once_and_kept(store: FirmStorage, in_alpha: Firm, incoming: Path) -> None:
    data = plain(3)
    stored = kept(data)
    copy = stamped_copy(stored, STAMP)
    assert (copy.name, copy.content_type, copy.pdf_pages, copy.claimed) == (stored.name, "application/pdf", 3, True)
    held = bytes_of(store, copy)
    assert copy.size == len(held)
    assert all(STAMP.text in page.extract_text() for page in PdfReader(io.BytesIO(held)).pages)
    assert bytes_of(store, stored) == data
    assert stamped_copy(StoredFile.objects.get(pk=stored.pk), STAMP) == copy
    row = StampedCopy.objects.get()
    assert (row.original, row.copy, row.state, row.error, row.style) == (stored, copy, "done", "", STAMP.style)
    assert is_consistent(store)
    assert list(incoming.iterdir()) == []


@database
def test_each_look_has_its_own_copy(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = kept()
    assert stamped_copy(stored, STAMP) != stamped_copy(stored, OTHER)
    assert StampedCopy.objects.count() == 2


@database
@pytest.mark.parametrize(
    ("data", "reason"), [(pdf(password="secret"), "password"), (plain()[:150], "damaged")], ids=["password", "damaged"]
)
def test_what_cannot_be_stamped_is_noted_and_refused(
    disk: FirmStorage, in_alpha: Firm, incoming: Path, data: bytes, reason: str
) -> None:
    stored = kept(data)
    for _again in range(2):
        with pytest.raises(DomainError) as failed:
            stamped_copy(stored, STAMP)
        assert failed.value.code == "stamp_failed"
        assert stored.name in str(failed.value)
    row = StampedCopy.objects.get()
    assert (row.state, row.error, row.copy) == (StampState.FAILED, reason, None)
    assert keys(disk) == {stored.key}
    assert list(incoming.iterdir()) == []


@database
def test_what_took_too_long_is_tried_again_later(
    disk: FirmStorage, in_alpha: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = kept()
    with monkeypatch.context() as patch:
        patch.setattr("storage.watermark.STAMP_SECONDS", 0.001)
        with pytest.raises(DomainError):
            stamped_copy(stored, STAMP)
    with pytest.raises(DomainError):  # not at once: each download would cost so much
        stamped_copy(stored, STAMP)
    StampedCopy.objects.update(made_at=timezone.now() - RETRY_AFTER - timedelta(minutes=1))
    copy = stamped_copy(stored, STAMP)
    row = StampedCopy.objects.get()
    assert (row.copy, row.state, row.error) == (copy, StampState.DONE, "")
    assert timezone.now() - row.made_at < timedelta(minutes=1)


@database
def test_only_pdfs_are_stamped(disk: FirmStorage, in_alpha: Firm) -> None:
    with pytest.raises(ValueError, match="is no PDF"):
        stamped_copy(kept(image(), "plan.png"), STAMP)


@database
def test_a_store_that_is_down_leaves_nothing(settings: Any, seaweed: Seaweed, in_alpha: Firm, incoming: Path) -> None:
    options = s3_options(seaweed)
    alive: Any = use_storage(settings, "S3FirmStorage", options)
    alive.prepare()
    stored = kept()
    use_storage(settings, "S3FirmStorage", options | {"endpoint_url": f"http://127.0.0.1:{closed_port()}"})
    with pytest.raises(StorageUnavailable):
        stamped_copy(stored, STAMP)
    assert StoredFile.objects.get() == stored
    assert not StampedCopy.objects.exists()
    assert list(incoming.iterdir()) == []
    use_storage(settings, "S3FirmStorage", options)
    assert stamped_copy(stored, STAMP).claimed
    alive.client.close()


@database
def test_a_missing_original_is_said(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = kept()
    disk.delete(stored.key)
    with pytest.raises(FileNotFoundError):
        stamped_copy(stored, STAMP)
    assert not StampedCopy.objects.exists()


@database
def test_a_file_of_another_firm_is_not_stamped(disk: FirmStorage, in_alpha: Firm, beta: Firm) -> None:
    stored = kept()
    with firm_context(beta.schema_name), pytest.raises((WrongFirm, ValueError)):
        stamped_copy(stored, STAMP)


def together(*works: Callable[[], Any]) -> list[Any]:
    """Runs works in threads with connections of their own that start at the same instant; returns what they gave."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(rank: int, work: Callable[[], Any]) -> None:
        try:
            with firm_context("firm_alpha"):
                StoredFile.objects.exists()
                barrier.wait(timeout=20)
                results[rank] = work()
        except Exception as error:  # noqa: BLE001
            results[rank] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_those_who_make_the_same_copy_at_the_same_instant_end_with_one(own_database: str, disk: FirmStorage) -> None:
    with firm_context("firm_alpha"):
        stored = kept()
        results = together(*[lambda: stamped_copy(stored, STAMP)] * 3)
        copy = StampedCopy.objects.get().copy
        assert results == [copy] * 3
        assert set(StoredFile.objects.all()) == {stored, copy}
        run_jobs()
        assert is_consistent(disk)


def test_an_original_that_goes_while_its_copy_is_made_leaves_nothing(own_database: str, disk: FirmStorage) -> None:
    with firm_context("firm_alpha"):
        stored = kept()
        twin = StoredFile.objects.get(pk=stored.pk)
        result, _deleted = together(lambda: stamped_copy(stored, STAMP), lambda: delete_stored_file(twin))
        assert isinstance(result, (FileNotFoundError, StoredFile)), repr(result)
        run_jobs()
        assert not StoredFile.objects.exists()
        assert not StampedCopy.objects.exists()
        assert keys(disk) == set()


# --- the job, the sweep, the end --------------------------------------------------------------------------------------
@database
def test_prepare_stamp_makes_the_copy_before_it_is_asked_for(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = kept()
    for _again in range(2):
        prepare_stamp(stored_id=stored.pk, text=STAMP.text, colour=STAMP.colour, position=STAMP.position)
    assert StampedCopy.objects.get().style == STAMP.style
    bad = kept(pdf(password="secret"))
    prepare_stamp(stored_id=bad.pk, text=STAMP.text, colour=STAMP.colour, position=STAMP.position)
    assert StampedCopy.objects.get(original=bad).error == "password"
    for nothing in (0, kept(image(), "plan.png").pk):
        prepare_stamp(stored_id=nothing, text="x", colour="#000000", position="top")
    assert StampedCopy.objects.count() == 2


@database
def test_the_daily_sweeps_leave_the_copies_in_use_and_take_those_of_a_former_look(
    store: FirmStorage, in_alpha: Firm, jobs: Callable[[], int]
) -> None:
    stored, alone = kept(), kept()
    first, only = stamped_copy(stored, STAMP), stamped_copy(alone, STAMP)
    second = stamped_copy(stored, OTHER)
    StoredFile.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert remove_unclaimed() == 0
    assert remove_replaced_stamps() == 0  # somebody may be reading it
    now = timezone.now()
    StampedCopy.objects.filter(copy=first).update(made_at=now - timedelta(days=9))
    StampedCopy.objects.filter(copy=second).update(made_at=now - timedelta(hours=2))
    sweep_replaced_stamps()
    jobs()
    assert set(StoredFile.objects.all()) == {stored, alone, only, second}
    assert is_consistent(store)


@database
def test_a_look_that_comes_back_is_not_swept(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = kept()
    first, second = stamped_copy(stored, STAMP), stamped_copy(stored, OTHER)
    StampedCopy.objects.filter(copy=second).update(made_at=timezone.now() - timedelta(hours=3))
    prepare_stamp(stored_id=stored.pk, text=STAMP.text, colour=STAMP.colour, position=STAMP.position)
    StampedCopy.objects.filter(copy=first).update(made_at=timezone.now() - timedelta(hours=2))
    assert remove_replaced_stamps() == 1
    assert StampedCopy.objects.get().copy == first


@database
def test_copies_go_with_their_original(store: FirmStorage, in_alpha: Firm, jobs: Callable[[], int]) -> None:
    stored, other = kept(), kept()
    stamped_copy(stored, STAMP), stamped_copy(stored, OTHER)
    left = stamped_copy(other, STAMP)
    delete_stored_file(stored)
    assert set(StoredFile.objects.all()) == {other, left}
    assert StampedCopy.objects.get().original == other
    assert jobs() == 3
    assert is_consistent(store)


@database
def test_delete_stamped_copies_leaves_the_original(disk: FirmStorage, in_alpha: Firm, jobs: Callable[[], int]) -> None:
    stored = kept()
    stamped_copy(stored, STAMP)
    delete_stamped_copies(stored)
    jobs()
    assert StoredFile.objects.get() == stored
    assert not StampedCopy.objects.exists()
    assert is_consistent(disk)


# --- a new key --------------------------------------------------------------------------------------------------------
@database
def test_rekey_moves_the_object_and_leaves_nothing_at_the_old_place(
    store: FirmStorage, in_alpha: Firm, jobs: Callable[[], int]
) -> None:
    data = pdf(2, padding=300_000)
    stored = kept(data)
    copy = stamped_copy(stored, STAMP)
    seen = {stored.key}
    for _again in range(2):
        old = stored.key
        assert rekey(stored) is stored
        assert StoredFile.objects.get(pk=stored.pk).key == stored.key
        assert stored.key not in seen
        seen.add(stored.key)
        assert store.exists(old)  # until the job runs, which is once all is committed
        jobs()
        assert not store.exists(old)
        assert bytes_of(store, stored) == data
    assert is_consistent(store)
    assert stamped_copy(stored, STAMP) == copy
    assert len(stored.key) <= 200


@database
def test_rekey_keeps_the_type_of_an_object(s3: Any, in_alpha: Firm) -> None:
    stored = kept()
    old = s3.client.head_object(Bucket=s3.bucket_name, Key=stored.key)
    rekey(stored)
    new = s3.client.head_object(Bucket=s3.bucket_name, Key=stored.key)
    assert (new["ContentType"], new["ContentLength"]) == (old["ContentType"], old["ContentLength"])


class _Killed(BaseException):
    """Stands for the end of the process."""


@database
@pytest.mark.parametrize("after", [False, True], ids=["before the copy", "after it"])
def test_a_mover_that_dies_leaves_the_file_whole_and_no_second_object(
    disk: FirmStorage, in_alpha: Firm, jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    stored, whole = kept(), type(disk).copy
    old = stored.key

    def dies(self: FirmStorage, *arguments: str, **more: str) -> None:
        if after:
            whole(self, *arguments, **more)
        raise _Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(disk), "copy", dies)
        with pytest.raises(_Killed):
            rekey(stored)
    assert StoredFile.objects.get(pk=stored.pk).key == old
    assert len(keys(disk)) == 1 + after
    jobs()
    assert keys(disk) == {old}
    rekey_file(stored_id=stored.pk)
    jobs()
    assert is_consistent(disk)
    rekey_file(stored_id=0)


def test_two_movers_at_the_same_instant_leave_one_object(own_database: str, disk: FirmStorage) -> None:
    with firm_context("firm_alpha"):
        stored = kept()
        twin = StoredFile.objects.get(pk=stored.pk)
        old = stored.key
        results = together(lambda: rekey(stored).key, lambda: rekey(twin).key)
        now = StoredFile.objects.get().key
        assert now != old
        assert now in results
        run_jobs()
        assert keys(disk) == {now}


@database
def test_a_file_that_is_moved_and_deleted_leaves_nothing(
    disk: FirmStorage, in_alpha: Firm, jobs: Callable[[], int]
) -> None:
    stored = kept()
    stale = StoredFile.objects.get(pk=stored.pk)
    rekey(stored)
    delete_stored_file(stale)  # knows the old key only
    jobs()
    assert keys(disk) == set()


@database
def test_rekey_of_a_missing_object_or_in_a_store_that_is_down_changes_nothing(
    settings: Any, seaweed: Seaweed, in_alpha: Firm
) -> None:
    options = s3_options(seaweed)
    alive: Any = use_storage(settings, "S3FirmStorage", options)
    alive.prepare()
    stored = kept()
    key = stored.key
    use_storage(settings, "S3FirmStorage", options | {"endpoint_url": f"http://127.0.0.1:{closed_port()}"})
    with pytest.raises(StorageUnavailable):
        rekey(stored)
    alive = use_storage(settings, "S3FirmStorage", options)
    alive.delete(key)
    with pytest.raises(FileNotFoundError):
        rekey(stored)
    assert (stored.key, StoredFile.objects.get().key) == (key, key)
    alive.client.close()


@database
def test_an_unclaimed_original_goes_with_its_copies(in_alpha: Firm, disk: FirmStorage) -> None:
    stored = store_bytes(plain(), name="a.pdf")
    stamped_copy(stored, STAMP)
    StoredFile.objects.filter(pk=stored.pk).update(created_at=timezone.now() - timedelta(days=2))
    assert remove_unclaimed() == 1
    assert not StoredFile.objects.exists()
