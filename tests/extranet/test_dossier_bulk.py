"""What the firm does to a selection of dossiers: each with its trace, most of it taken back by one button."""

import io
import re
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from extranet.actions.dossier_life import BIN_DAYS, apply_retention, delete_dossiers, purge_dossier, restore_dossiers
from extranet.actions.payment_state import set_amount
from extranet.enums import EventKind
from extranet.models import Dossier, DossierEvent, DossierTrace, PortalSettings
from kernel.tenancy import firm_context
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.support import Box, body, logged_in, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast: Cast) -> list[Dossier]:
    with firm_context("firm_alpha"):
        return [
            add_dossier("Un", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"one"}),
            add_dossier("Deux", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"two"}),
        ]


def post(browser: Client, path: str, dossiers: list[Dossier], **data: str) -> Any:
    return browser.post(f"/dossiers/selection/{path}/", {"code": [one.code for one in dossiers], **data})


def fresh(dossier: Dossier) -> Dossier:
    with firm_context("firm_alpha"):
        return Dossier.objects.get(pk=dossier.pk)


def undo_path(browser: Client) -> str:
    """Returns the address of the button in the toast of the next page."""
    found = re.search(r'action="(/dossiers/annuler/[^"]+)"', browser.get("/dossiers/").content.decode())
    assert found, "the toast offers to take it back"
    return found[1]


def events(dossier: Dossier, kind: EventKind) -> int:
    with firm_context("firm_alpha"):
        return DossierEvent.objects.filter(dossier=dossier, kind=kind).count()


def test_paid_and_unpaid_are_marked_with_who_and_when_and_taken_back(two: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert post(bob, "payer", two, paid="1").status_code == 302
    for dossier in two:
        assert (fresh(dossier).payment_state, fresh(dossier).payment_changed_by) == ("paid", "Bob Staff")
        assert fresh(dossier).payment_changed_at is not None
        assert events(dossier, EventKind.PAID) == 1
    path = undo_path(bob)
    assert bob.post(path).status_code == 302
    assert {fresh(dossier).payment_state for dossier in two} == {"unpaid"}
    # once only
    bob.post(path)
    assert events(two[0], EventKind.UNPAID) == 1


def test_marking_twice_writes_one_line(two: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    for _again in range(2):
        post(bob, "payer", two[:1], paid="1")
    assert events(two[0], EventKind.PAID) == 1


def test_archived_dossiers_leave_the_list_and_come_back(two: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    post(bob, "archiver", two)
    assert all(fresh(dossier).archived_at for dossier in two)
    bob.post(undo_path(bob))
    assert not any(fresh(dossier).archived_at for dossier in two)
    post(bob, "archiver", two)
    post(bob, "archiver", two[:1], restore="1")
    assert (fresh(two[0]).archived_at, events(two[0], EventKind.RESTORED)) == (None, 2)


def test_deleting_asks_twice_hides_at_once_and_is_taken_back(two: list[Dossier], cast: Cast) -> None:
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    first = post(bob, "supprimer", two)
    assert first.status_code == 200
    assert "Un" in first.content.decode()
    assert 'data-confirm="' in first.content.decode()
    assert not any(fresh(dossier).deleted_at for dossier in two), "the first click deletes nothing"
    assert post(bob, "supprimer", two, sure="1").status_code == 302
    assert all(fresh(dossier).deleted_at for dossier in two)
    assert alice.get(f"/dossiers/{two[0].code}/").status_code == 404
    with firm_context("firm_alpha"):
        (file,) = files_of(two[0])
    assert alice.get(f"/dossiers/{two[0].code}/fichiers/{file.code}/").status_code == 404
    bob.post(undo_path(bob))
    assert not any(fresh(dossier).deleted_at for dossier in two)
    assert alice.get(f"/dossiers/{two[0].code}/").status_code == 200


def test_the_bin_gives_back_and_keeps_nothing_else_reachable(two: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    post(bob, "supprimer", two, sure="1")
    # an archive of what is in the bin is not possible: it is not there
    post(bob, "archiver", two)
    assert not fresh(two[0]).archived_at
    post(bob, "remettre", two[:1])
    assert fresh(two[0]).deleted_at is None
    assert fresh(two[1]).deleted_at is not None


def test_an_undo_is_for_the_person_who_was_offered_it(two: list[Dossier], cast: Cast) -> None:
    bob, anna, alice = (logged_in("alpha", person) for person in (cast.bob, cast.anna, cast.alice))
    post(bob, "supprimer", two, sure="1")
    path = undo_path(bob)
    assert anna.post(path).status_code == 302
    assert alice.post(path).status_code == 404
    assert fresh(two[0]).deleted_at is not None


def test_a_client_or_another_firm_changes_nothing(two: list[Dossier], cast: Cast, mailbox: Box) -> None:
    for browser in (logged_in("alpha", cast.alice), logged_in("beta", cast.dan)):
        for path, data in {
            "payer": {"paid": "1"},
            "archiver": {},
            "supprimer": {"sure": "1"},
            "avertir": {},
            "remettre": {},
            "zip": {},
        }.items():
            answer = post(browser, path, two, **data)
            assert answer.status_code in {404, 302}
            assert answer.headers.get("Content-Type") != "application/zip"
    run_jobs()
    for dossier in two:
        now = fresh(dossier)
        assert (now.payment_state, now.archived_at, now.deleted_at, now.notified_at) == ("nothing", None, None, None)
    assert mailbox.mails() == []


def test_clients_of_a_selection_are_notified_and_the_others_named(two: list[Dossier], cast: Cast, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        empty = add_dossier("Vide", user=cast.bob, contacts=[cast.alice])
    bob = logged_in("alpha", cast.bob)
    post(bob, "avertir", [*two, empty])
    assert "Vide" in bob.get("/contacts/").content.decode()
    with firm_context("firm_alpha"):
        run_jobs()
    assert len(mailbox.mails()) == 2
    assert fresh(two[0]).notified_at
    assert fresh(empty).notified_at is None


def test_a_selection_is_downloaded_as_one_zip_with_a_folder_each(two: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    archive = zipfile.ZipFile(io.BytesIO(body(post(bob, "zip", two))))
    assert {name: archive.read(name) for name in archive.namelist()} == {"Un/a.txt": b"one", "Deux/a.txt": b"two"}
    assert events(two[0], EventKind.DOWNLOADED) == 1
    assert fresh(two[0]).download_state == "none", "the firm's own downloads move no state"


def test_nothing_chosen_is_told(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    for path in ("payer", "archiver", "supprimer", "zip"):
        assert post(bob, path, []).status_code == 302


def test_the_way_back_stays_on_the_host(two: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert post(bob, "payer", two, paid="1", next="/dossiers/?page=2").headers["Location"] == "/dossiers/?page=2"
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert post(bob, "payer", two, paid="0", next=elsewhere).headers["Location"] == "/dossiers/"


# --- the amount ------------------------------------------------------------------------------------------------------


def test_the_amount_and_who_pays_are_changed_with_a_line_of_history(two: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    path = f"/dossiers/{two[0].code}/montant/"
    assert bob.post(path, {"amount": "1 234,50", "payer": "notary", "payer_name": "Étude Façon"}).status_code == 302
    now = fresh(two[0])
    assert (now.amount, now.payer, now.payer_name, now.payment_state) == (
        Decimal("1234.50"),
        "notary",
        "Étude Façon",
        "unpaid",
    )
    assert events(two[0], EventKind.AMOUNT) == 1
    bob.post(path, {"amount": "", "payer": "", "payer_name": ""})
    assert (fresh(two[0]).amount, fresh(two[0]).payment_state) == (None, "nothing")


@pytest.mark.parametrize("amount", ["-1", "abc", "1e400", "123456789,00", "1,234", "NaN", "\x00"])
def test_a_wrong_amount_is_refused_and_kept_as_typed(two: list[Dossier], cast: Cast, amount: str) -> None:
    answer = logged_in("alpha", cast.bob).post(
        f"/dossiers/{two[0].code}/montant/", {"amount": amount, "payer": "owner"}
    )
    assert answer.status_code == 422
    assert fresh(two[0]).amount is None
    assert answer.context["form"]["amount"].errors


def test_a_paid_dossier_stays_paid_when_its_amount_changes(two: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    post(bob, "payer", two[:1], paid="1")
    bob.post(f"/dossiers/{two[0].code}/montant/", {"amount": "80", "payer": "owner", "payer_name": ""})
    assert fresh(two[0]).payment_state == "paid"


# --- retention -------------------------------------------------------------------------------------------------------


def test_the_bin_is_emptied_after_its_days_and_leaves_a_trace(two: list[Dossier], cast: Cast) -> None:
    with firm_context("firm_alpha"):
        delete_dossiers(two, user=cast.bob)
        late = timezone.now() - timedelta(days=BIN_DAYS, hours=1)
        Dossier.objects.filter(pk=two[0].pk).update(deleted_at=late, reference="R-1")
        (stored,) = [file.stored for file in files_of(two[0])]
        apply_retention()
        run_jobs()
        assert list(Dossier.objects.values_list("title", flat=True)) == ["Deux"]
        trace = DossierTrace.objects.get()
        assert (trace.title, trace.reference, trace.deleted_by, trace.file_count) == ("Un", "R-1", "Bob Staff", 1)
        assert not trace.by_rule
        assert not StoredFile.objects.filter(pk=stored.pk).exists()
        assert not firm_storage().exists(stored.key)
        apply_retention()
        assert DossierTrace.objects.count() == 1
    assert "R-1" in logged_in("alpha", cast.anna).get("/dossiers/supprimes/").content.decode()
    assert logged_in("alpha", cast.bob).get("/dossiers/supprimes/").status_code == 404


def test_a_dossier_outside_the_bin_is_never_purged(two: list[Dossier]) -> None:
    with firm_context("firm_alpha"):
        with pytest.raises(Dossier.DoesNotExist):
            purge_dossier(two[0])
        assert Dossier.objects.count() == 2


def test_the_firms_rule_archives_and_deletes_but_not_what_is_unpaid_or_was_restored(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        names = ["Vieux", "Impayé", "Ressorti", "Neuf"]
        old, unpaid, restored, new = (add_dossier(name, user=cast.bob) for name in names)
        set_amount(unpaid, amount=Decimal(10), payer="", payer_name="", user=cast.bob)
        year = timezone.now() - timedelta(days=400)
        Dossier.objects.exclude(pk=new.pk).update(created_at=year)
        apply_retention()
        assert not Dossier.objects.filter(archived_at__isnull=False).exists(), "no rule, nothing moves"
        PortalSettings.objects.filter(pk=1).update(archive_after_months=12, delete_after_months=24)
        Dossier.objects.filter(pk=restored.pk).update(archived_at=year)
        restore_dossiers([restored], user=cast.bob)
        apply_retention()
        assert list(Dossier.objects.filter(archived_at__isnull=False).values_list("title", flat=True)) == ["Vieux"]
        Dossier.objects.filter(pk=old.pk).update(archived_at=timezone.now() - timedelta(days=800))
        apply_retention()
        Dossier.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=BIN_DAYS + 1))
        apply_retention()
        assert DossierTrace.objects.get().by_rule
        assert sorted(Dossier.objects.values_list("title", flat=True)) == ["Impayé", "Neuf", "Ressorti"]
