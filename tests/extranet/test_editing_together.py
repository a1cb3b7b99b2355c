"""Several people at one dossier, at the same instant, with real commits."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from accounts.models import User
from extranet.actions.dossier import edit_dossier
from extranet.actions.dossier_file import FileInput, attach_files
from extranet.models import DossierFile
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from tests.factories.portal import add_dossier


def at_once(work: Callable[[int], Any], count: int = 4) -> list[Any]:
    """Runs `work` in threads that start together, in alpha's schema; returns their results or errors."""
    results: list[Any] = []
    gate = threading.Barrier(count)

    def run(rank: int) -> None:
        try:
            gate.wait(10)
            with firm_context("firm_alpha"):
                results.append(work(rank))
        except DomainError as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[rank]) for rank in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_edits_at_the_same_instant_one_is_saved_and_the_others_are_told(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        dossier = add_dossier("Maison", user=anna)

    def edit(rank: int) -> str:
        return edit_dossier(dossier, title=f"Title {rank}", comments="", version=1, user=anna).title

    results = at_once(edit)
    assert sorted(results)[1:] == ["edited_meanwhile"] * 3
    with firm_context("firm_alpha"):
        dossier.refresh_from_db()
        assert (dossier.title, dossier.version) == (min(results), 2)


def test_the_same_bytes_added_at_the_same_instant_are_kept_once(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        dossier = add_dossier("Maison", user=anna)
        uploads = [store_bytes(b"same bytes", name=f"{rank}.txt", user=anna) for rank in range(4)]
    results = at_once(lambda rank: attach_files(dossier, files=[FileInput(stored=uploads[rank])], user=anna))
    assert sorted((len(result.files), len(result.twins)) for result in results) == [(0, 1)] * 3 + [(1, 0)]
    with firm_context("firm_alpha"):
        assert DossierFile.objects.count() == 1
