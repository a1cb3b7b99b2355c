"""Several people at the files of one dossier, at the same instant, with real commits."""

from collections.abc import Callable
from functools import partial
from typing import Any

from accounts.models import User
from extranet.actions.dossier_file import order_files
from extranet.actions.dossier_file_removal import remove_file
from extranet.actions.dossier_file_version import replace_file
from extranet.models import DossierFile, FileVersion
from extranet.queries.dossier_file import files_present
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from storage.models import StoredFile
from tests.factories.portal import add_dossier, files_of
from tests.together import at_once


def test_orders_saved_at_the_same_instant_leave_one_whole_order(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        dossier = add_dossier("Maison", user=anna, files={f"{rank}.txt": str(rank).encode() for rank in range(6)})
        files = files_of(dossier)
    codes = [file.code for file in files]
    orders = [codes[shift:] + codes[:shift] for shift in range(1, 5)]
    works: list[Callable[[], Any]] = [partial(order_files, dossier, codes=order) for order in orders]
    works.append(lambda: remove_file(files[0], user=anna))
    at_once(works)
    with firm_context("firm_alpha"):
        left = list(files_present(dossier))
        found = [file.code for file in left]
        assert len({file.position for file in left}) == 5
    assert found in [[code for code in order if code != codes[0]] for order in orders]


def test_replacements_at_the_same_instant_lose_no_bytes(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        dossier = add_dossier("Maison", user=anna, files={"a.txt": b"first"})
        (file,) = files_of(dossier)
        uploads = [store_bytes(f"new {rank}".encode(), name="b.txt", user=anna) for rank in range(4)]
    at_once([partial(replace_file, file, stored=one, user=anna) for one in uploads])
    with firm_context("firm_alpha"):
        now = DossierFile.objects.get()
        assert now.version == 5
        assert sorted(FileVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
        kept = {now.stored_id, *FileVersion.objects.values_list("stored_id", flat=True)}
        assert kept == set(StoredFile.objects.filter(claimed=True).values_list("pk", flat=True))
        assert len(kept) == 5


def test_of_a_removal_and_a_replacement_at_the_same_instant_nothing_is_half_done(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        dossier = add_dossier("Maison", user=anna, files={"a.txt": b"first"})
        (file,) = files_of(dossier)
        new = store_bytes(b"new", name="b.txt", user=anna)
    results = at_once(
        [lambda: remove_file(file, user=anna), lambda: replace_file(file, stored=new, user=anna)],
    )
    with firm_context("firm_alpha"):
        now = DossierFile.objects.get()
        replaced = now.version == 2
        assert now.deleted_at is not None
        assert ("file_gone" in results) is not replaced
        assert FileVersion.objects.count() == (1 if replaced else 0)
        assert StoredFile.objects.get(pk=new.pk).claimed is replaced
