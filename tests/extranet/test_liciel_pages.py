"""The pages of an import of dossiers and the command that does the same."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Permission, User
from extranet.enums_import import DossierImportState
from extranet.models import Contact, Dossier, DossierAccess, DossierImport, ImportedTable
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.liciel import Liciel, packed, write_folder, zipped
from tests.storage.builders import pdf, upload
from tests.support import logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
START = "/dossiers/importer/"


def entry() -> DossierImport:
    with firm_context("firm_alpha"):
        return DossierImport.objects.latest("id")


def sent(client: Client, data: bytes, name: str = "liciel.zip") -> DossierImport:
    """Returns an import whose archive was sent as the page does, and read."""
    row = client.post(f"{START}fichier/", {"file": upload(data, name)})
    assert row.status_code == 201
    code = row.content.decode().partition('name="upload" value="')[2].partition('"')[0]
    answer = client.post(START, {"upload": code})
    assert answer["Location"] == f"{START}{entry().code}/"
    assert "hx-trigger" in client.get(answer["Location"]).content.decode()
    run_jobs()
    return entry()


def page(client: Client, found: DossierImport, query: str = "", **headers: str) -> str:
    answer = client.get(f"{START}{found.code}/{query}", headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


def run(client: Client, found: DossierImport, **wishes: str) -> DossierImport:
    assert client.post(f"{START}{found.code}/lancer/", wishes).status_code == 302
    run_jobs()
    return entry()


def test_an_archive_is_read_and_imported(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert START in bob.get("/dossiers/").content.decode()
    found = sent(bob, zipped(Liciel(), Liciel("B", admin=None)))
    assert (found.state, found.created, found.name) == (DossierImportState.READ, 2, "liciel.zip")
    html = page(bob, found)
    assert "hx-trigger" not in html
    assert "25-LE-GOFF-0123" in html
    assert "12 rue de l’Église, 29000 QUIMPER" in html
    with firm_context("firm_alpha"):
        assert not Dossier.objects.filter(external_id__startswith="liciel").exists()
    done = run(bob, found)
    assert (done.state, done.done, done.created) == (DossierImportState.DONE, 2, 2)
    html = page(bob, done)
    with firm_context("firm_alpha"):
        dossier = Dossier.objects.get(external_id="liciel:25-LE-GOFF-0123")
        table = ImportedTable.objects.filter(imported__dossier=dossier).get()
        assert not done.files.exists(), "the archives are gone"
        assert not StoredFile.objects.filter(name="liciel.zip").exists()
    assert f"/dossiers/{dossier.code}/" in html
    origin = bob.get(f"/dossiers/{dossier.code}/origine/").content.decode()
    assert "KERVELLA Yann" in origin
    raw = bob.get(f"/dossiers/{dossier.code}/origine/{table.code}/")
    assert raw.content.decode() == table.content
    assert raw["Content-Type"] == "text/plain; charset=utf-8"
    assert raw["Content-Disposition"].startswith("attachment")
    assert done.name in bob.get(START).content.decode()


def test_wishes_are_carried_out(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    found = sent(bob, zipped(Liciel()))
    refused = bob.post(f"{START}{found.code}/lancer/", {"notify": "on"})
    assert refused.status_code == 422
    assert said("Only those who get access can be notified.") in refused.content.decode()
    assert entry().state == DossierImportState.READ
    run(bob, found, give_access="on", notify="on")
    with firm_context("firm_alpha"):
        contact = Contact.objects.get(user__email="vente@oeuvre.example")
        assert DossierAccess.objects.filter(contact=contact).count() == 1
        mail = OutgoingMail.objects.get(kind="dossier_available")
        dossier = Dossier.objects.get(external_id="liciel:25-LE-GOFF-0123")
    assert f"/dossiers/{dossier.code}/" in mail.text


def test_whoever_may_make_no_contacts_makes_none_here(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        User.objects.filter(pk=cast.bob.pk).update(permissions=[Permission.DOSSIERS])
    bob = logged_in("alpha", cast.bob)
    found = run(bob, sent(bob, zipped(Liciel())), give_access="on")
    assert found.created == 1
    with firm_context("firm_alpha"):
        assert not DossierAccess.objects.exists()
        assert Contact.objects.count() == 2
    assert "annuler/" not in page(bob, found), "nor may it delete"
    assert bob.post(f"{START}{found.code}/annuler/").status_code == 404


def test_what_is_sent_wrong_is_told(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    nothing = bob.post(START)
    assert nothing.status_code == 422
    assert said("Choose a file first.") in nothing.content.decode()
    assert bob.post(START, {"upload": "nonsense"}).status_code == 422
    assert bob.post(f"{START}fichier/").status_code == 400
    assert bob.post(f"{START}fichier/", {"file": upload(b"", "x.zip")}).status_code == 422
    no_zip = sent(bob, pdf(), "rapport.pdf")
    assert no_zip.state == DossierImportState.FAILED
    assert said("The import is not possible.") in page(bob, no_zip)
    assert bob.post(f"{START}{no_zip.code}/lancer/").status_code == 302
    assert entry().state == DossierImportState.FAILED
    assert bob.post(f"{START}{no_zip.code}/supprimer/")["Location"] == START
    assert bob.get(f"{START}{no_zip.code}/").status_code == 404
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.filter(claimed=True).exists()


def test_several_archives_are_one_import_and_a_bad_one_stops_none(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    files = [upload(zipped(Liciel("A")), "a.zip"), upload(packed({"../x": b"x"}), "evil.zip"),
             upload(zipped(Liciel("B")), "b.zip")]  # fmt: skip
    assert bob.post(START, {"files": files}).status_code == 302
    run_jobs()
    found = entry()
    assert (found.state, found.created, found.refused) == (DossierImportState.READ, 2, 1)
    assert (run(bob, found).created, entry().refused) == (2, 1)
    html = page(bob, found, "?show=refused")
    assert "evil.zip" in html
    assert "b.zip" not in html.split("dd-table")[1]


def test_an_import_is_undone_from_its_page(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    found = run(bob, sent(bob, zipped(Liciel())))
    assert said("Undo: new dossiers to the bin") in page(bob, found)
    assert bob.post(f"{START}{found.code}/annuler/").status_code == 302
    with firm_context("firm_alpha"):
        assert Dossier.objects.get(external_id__startswith="liciel").deleted_at is not None
    assert said("Undo: new dossiers to the bin") not in page(bob, found)


def test_a_page_costs_the_same_for_one_folder_and_for_many(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    few = sent(bob, zipped(Liciel("A")))
    many = sent(bob, zipped(*(Liciel(f"D{rank}", reports={}) for rank in range(30))))
    counts = []
    for found in (few, many):
        page(bob, found)
        with CaptureQueriesContext(connection) as queries:
            html = page(bob, found)
        counts.append(len(without_set(queries)))
    assert counts[0] == counts[1] <= 10
    assert "page=2" in html
    assert "D9" in page(bob, many, "?page=2")
    part = page(bob, many, **{"HX-Request": "true"})
    assert part.lstrip().startswith("<div")


def test_the_command_does_the_same(cast: Cast, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "Dossiers_2025", Liciel(), Liciel("B"))

    def told(*arguments: str) -> str:
        output = io.StringIO()
        call_command("import_liciel", str(folder), "--firm", "alpha", *arguments, stdout=output)
        return output.getvalue()

    assert "created: 2, updated: 0" in told("--dry-run")
    with firm_context("firm_alpha"):
        assert not Dossier.objects.exists()
        assert not DossierImport.objects.exists()
    assert "created\tB" in told("--user", cast.bob.email)
    assert "created: 0, updated: 0, unchanged: 2" in told()
    with firm_context("firm_alpha"):
        assert Dossier.objects.filter(created_by=cast.bob).count() == 2
    wrong: list[tuple[Any, ...]] = [
        (str(folder), "--firm", "nobody"), (str(folder), "--firm", "alpha", "--user", "x@y.example"),
        (str(tmp_path / "no"), "--firm", "alpha"), (str(folder), "--firm", "alpha", "--notify"),
        (str(write_folder(tmp_path / "empty")), "--firm", "alpha"),
    ]  # fmt: skip
    (tmp_path / "empty").mkdir(exist_ok=True)
    for arguments in wrong:
        with pytest.raises(CommandError):
            call_command("import_liciel", *arguments, stdout=io.StringIO())
