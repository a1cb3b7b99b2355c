"""Folders of the desktop software become dossiers: read first, written once, brought up to date, never doubled."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from extranet.actions import dossier_import_line
from extranet.actions.contact import create_contact
from extranet.actions.diagnostic import delete_diagnostic, edit_diagnostic
from extranet.actions.dossier import create_dossier, edit_dossier
from extranet.actions.dossier_access import remove_access
from extranet.actions.dossier_file_removal import remove_file
from extranet.actions.dossier_import import (
    begin_lines,
    read_lines,
    remove_dossier_import,
    remove_old_dossier_imports,
    run_lines,
    undo_dossier_import,
)
from extranet.actions.dossier_import_line import Wishes
from extranet.actions.dossier_life import delete_dossiers
from extranet.enums import ContactKind, DiagnosticKind, FileKind, PropertyKind
from extranet.enums_import import DossierImportState, ImportOutcome
from extranet.models import (
    Contact,
    Diagnostic,
    Dossier,
    DossierAccess,
    DossierEvent,
    DossierFile,
    DossierImport,
    DossierImportLine,
    ImportedDossier,
    ImportedTable,
)
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.errors import StorageUnavailable
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.liciel import NUMBER, Liciel, ademe, packed, single, write_folder, zipped
from tests.storage.builders import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _alpha(cast: Cast) -> Any:
    with firm_context("firm_alpha"), translation.override("en"):
        yield


def read(path: Path, user: User) -> DossierImport:
    return read_lines(DossierImport.objects.create(name=path.name, created_by=user), [(path, path.name)])


def run(path: Path, user: User, **wishes: Any) -> DossierImport:
    entry = read(path, user)
    assert entry.state == DossierImportState.READ, entry.problem
    chosen = Wishes(**wishes)
    begin_lines(entry, give_access=chosen.give_access, notify=chosen.notify)
    return run_lines(entry, [(path, path.name)], wishes=chosen)


def written(folder: Path, *dossiers: Liciel, name: str = "liciel.zip") -> Path:
    path = folder / name
    path.write_bytes(zipped(*dossiers))
    return path


def lines(entry: DossierImport) -> list[DossierImportLine]:
    return list(entry.found.select_related("dossier"))


def figures(entry: DossierImport) -> tuple[int, int, int, int]:
    return entry.created, entry.updated, entry.unchanged, entry.refused


def only(entry: DossierImport) -> Dossier:
    (line,) = lines(entry)
    assert line.dossier is not None, line.error
    return line.dossier


def counts() -> tuple[int, ...]:
    models = (Dossier, DossierFile, Diagnostic, StoredFile, DossierEvent, Contact, OutgoingMail, DossierAccess)
    return tuple(model.objects.count() for model in models)


# --- a first time -----------------------------------------------------------------------------------------------------


def test_reading_writes_nothing_and_says_what_would_be_made(cast: Cast, tmp_path: Path) -> None:
    before = counts()
    entry = read(written(tmp_path, Liciel(), Liciel("B", admin=None)), cast.bob)
    assert (entry.state, entry.lines, *figures(entry)) == (DossierImportState.READ, 2, 2, 0, 0, 0)
    first, second = lines(entry)
    assert (first.folder, first.title, first.reference) == (
        "25-LE-GOFF-0123", "12 rue de l’Église, 29000 QUIMPER", "25/LE GOFF/0123",
    )  # fmt: skip
    assert first.changes == ["4 diagnostics", "3 files"]
    assert (first.warnings, len(second.warnings)) == ([], 1)
    assert counts() == before


def test_a_folder_becomes_a_dossier(cast: Cast, tmp_path: Path) -> None:
    entry = run(written(tmp_path, Liciel()), cast.bob)
    assert (entry.state, entry.done, *figures(entry)) == (DossierImportState.DONE, 1, 1, 0, 0, 0)
    dossier = only(entry)
    assert (dossier.external_id, dossier.reference) == ("liciel:25-LE-GOFF-0123", "25/LE GOFF/0123")
    assert (dossier.title, dossier.visited_on) == ("12 rue de l’Église, 29000 QUIMPER", date(2025, 3, 14))
    assert (dossier.property_kind, dossier.cadastre) == (PropertyKind.FLAT, "Section AB numéro 112")
    assert (dossier.owner_name, dossier.owner_email) == ("Mme LE GOFF Hélène", "helene@legoff.example")
    assert (dossier.orderer_email, dossier.occupant_phone) == ("vente@oeuvre.example", "07 11 22 33 44")
    assert "le goff" in Dossier.objects.get(pk=dossier.pk).search
    files = list(DossierFile.objects.filter(dossier=dossier))
    assert [(file.name, file.kind) for file in files] == [
        ("25-0123 DPE.pdf", FileKind.REPORT), ("Facture 25-0123.pdf", FileKind.INVOICE),
        ("presentation.jpg", FileKind.PHOTO),
    ]  # fmt: skip
    assert [file.external_id for file in files] == [
        "liciel:25-0123 dpe.pdf", "liciel:facture 25-0123.pdf", "liciel:photos|presentation.jpg",
    ]  # fmt: skip
    assert all(file.stored.claimed for file in files)
    dpe = Diagnostic.objects.get(dossier=dossier, kind=DiagnosticKind.DPE)
    assert (dpe.energy_letter, dpe.climate_value, dpe.ademe_number) == ("D", 7, NUMBER)
    assert dpe.performed_on == date(2025, 3, 18)
    assert dpe.expires_on == date(2035, 3, 17)
    record = ImportedDossier.objects.get(dossier=dossier)
    assert (record.operator_name, record.notary_email) == ("KERVELLA Yann", "etude@boeuf.example")
    assert [table.name for table in record.tables.all()] == ["Table_Z_Elec_General.xml"]
    assert "LiColonne_Anomalie" in record.tables.get().content
    assert not DossierAccess.objects.filter(dossier=dossier).exists(), "access is given when it is wished"


def test_the_same_folder_again_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path, Liciel(), Liciel("B", admin=None, dpe=None))
    run(path, cast.bob)
    before = counts()
    again = run(path, cast.bob)
    assert figures(again) == (0, 0, 2, 0)
    assert counts() == before
    folder = write_folder(tmp_path / "disk", Liciel(), Liciel("B", admin=None, dpe=None))
    assert figures(run(folder, cast.bob)) == (0, 0, 2, 0), "from a folder on disk it is the same dossier"
    assert counts() == before


def test_what_the_software_changed_is_brought_over(cast: Cast, tmp_path: Path) -> None:
    dossier = only(run(written(tmp_path, Liciel()), cast.bob))
    file = DossierFile.objects.get(dossier=dossier, kind=FileKind.REPORT)
    later = Liciel(
        bien={"Prop_Nom": "MARTIN", "Immeuble_Lot": "#"},
        missions=(1, 4, 11, 13, 20),
        dpe=ademe(energy="C", made_on="2025-04-02"),
        reports={"25-0123 DPE.pdf": pdf(3), "Facture 25-0123.pdf": pdf(1), "Termites.pdf": pdf(4)},
    )
    entry = run(written(tmp_path, later), cast.bob)
    assert figures(entry) == (0, 1, 0, 0)
    (line,) = lines(entry)
    assert line.changes == [
        "building, floor, lot", "owner", "Termites", "Energy performance (DPE)", "25-0123 DPE.pdf", "Termites.pdf",
    ]  # fmt: skip
    dossier.refresh_from_db()
    assert dossier.owner_name == "Mme MARTIN"
    assert dossier.street_extra == "2ème étage porte gauche"
    file.refresh_from_db()
    assert (file.version, file.stored.pdf_pages) == (2, 3)
    assert DossierFile.objects.filter(dossier=dossier).count() == 4
    dpe = Diagnostic.objects.get(dossier=dossier, kind=DiagnosticKind.DPE)
    assert (dpe.energy_letter, dpe.performed_on) == ("C", date(2025, 4, 2))
    assert Diagnostic.objects.filter(dossier=dossier).count() == 5
    assert figures(run(written(tmp_path, later), cast.bob)) == (0, 0, 1, 0)


def test_what_people_changed_stays(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path, Liciel())
    dossier = only(run(path, cast.bob))
    edit_dossier(dossier, version=1, user=cast.bob, owner_name="Hélène Le Goff", street="14 rue de l’Église")
    dpe = Diagnostic.objects.get(dossier=dossier, kind=DiagnosticKind.DPE)
    ours = {"conclusion": "Nos mots"}
    edit_diagnostic(dpe, values=ours, expiry_by_hand=True, expires_on=date(2030, 1, 1), user=cast.bob)
    delete_diagnostic(Diagnostic.objects.get(dossier=dossier, kind=DiagnosticKind.ELEC), user=cast.bob)
    remove_file(DossierFile.objects.get(dossier=dossier, kind=FileKind.PHOTO), user=cast.bob)
    before = counts()
    assert figures(run(path, cast.bob)) == (0, 0, 1, 0)
    assert counts() == before
    dossier.refresh_from_db()
    assert (dossier.owner_name, dossier.street) == ("Hélène Le Goff", "14 rue de l’Église")
    both = Liciel(bien={"Prop_Nom": "MARTIN"}, conclusions=(("DPE", "D’autres mots"),), dpe=ademe(energy="C"))
    entry = run(written(tmp_path, both), cast.bob)
    (line,) = lines(entry)
    assert line.warnings == ["Changed here and in the software, kept as it is here: owner, Energy performance (DPE)."]
    dossier.refresh_from_db()
    dpe.refresh_from_db()
    assert dossier.owner_name == "Hélène Le Goff"
    assert (dpe.conclusion, dpe.energy_letter) == ("Nos mots", "C")
    assert (dpe.expiry_by_hand, dpe.expires_on) == (True, date(2030, 1, 1))
    assert figures(run(written(tmp_path, both), cast.bob)) == (0, 0, 1, 0), "told once"


def test_a_removed_report_comes_back_when_its_bytes_are_others(cast: Cast, tmp_path: Path) -> None:
    dossier = only(run(written(tmp_path, Liciel()), cast.bob))
    remove_file(DossierFile.objects.get(dossier=dossier, kind=FileKind.REPORT), user=cast.bob)
    later = Liciel(reports={"25-0123 DPE.pdf": pdf(3), "Facture 25-0123.pdf": pdf(1)})
    assert figures(run(written(tmp_path, later), cast.bob)) == (0, 1, 0, 0)
    present = DossierFile.objects.filter(dossier=dossier, deleted_at__isnull=True)
    assert sorted(present.values_list("name", flat=True)) == [
        "25-0123 DPE.pdf", "Facture 25-0123.pdf", "presentation.jpg",
    ]  # fmt: skip


# --- which dossier it is ----------------------------------------------------------------------------------------------


def test_a_dossier_of_the_same_number_is_completed(cast: Cast, tmp_path: Path) -> None:
    details = {"reference": "25/LE GOFF/0123", "city": "Brest"}
    mine = create_dossier(title="Chez Hélène", user=cast.bob, details=details).dossier
    entry = run(written(tmp_path, Liciel()), cast.bob)
    assert (only(entry).pk, *figures(entry)) == (mine.pk, 0, 1, 0, 0)
    mine.refresh_from_db()
    assert (mine.title, mine.city, mine.street) == ("Chez Hélène", "Brest", "12 rue de l’Église")
    assert mine.external_id == "liciel:25-LE-GOFF-0123"
    assert "title, town" in lines(entry)[0].warnings[0]
    assert figures(run(written(tmp_path, Liciel()), cast.bob)) == (0, 0, 1, 0)


def test_of_several_of_the_same_number_none_is_taken(cast: Cast, tmp_path: Path) -> None:
    for title in ("A", "B"):
        create_dossier(title=title, user=cast.bob, details={"reference": "25/LE GOFF/0123"})
    (line,) = lines(read(written(tmp_path, Liciel()), cast.bob))
    assert (line.outcome, line.dossier) == (ImportOutcome.REFUSED, None)
    assert "Several dossiers" in line.error


def test_flats_of_one_building_are_dossiers_of_their_own(cast: Cast, tmp_path: Path) -> None:
    inner = {f"lot{rank}.zip": packed(Liciel(bien={"Immeuble_Lot": str(rank)}).files()) for rank in (1, 2)}
    path = tmp_path / "all.zip"
    path.write_bytes(packed(inner))
    assert figures(run(path, cast.bob)) == (2, 0, 0, 0)
    path.write_bytes(packed({"lot2.zip": inner["lot2.zip"]}))
    assert figures(run(path, cast.bob)) == (0, 0, 1, 0)


def test_the_contents_alone_are_the_dossier_of_that_number(cast: Cast, tmp_path: Path) -> None:
    alone = tmp_path / "download (1).zip"
    alone.write_bytes(packed(Liciel().files()))
    dossier = only(run(alone, cast.bob))
    assert dossier.external_id == "liciel:25|LE GOFF|0123"
    assert only(run(written(tmp_path, Liciel()), cast.bob)).pk == dossier.pk


def test_a_folder_twice_and_one_in_the_bin_are_refused(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    files = {f"{year}/A/{name}": data for year in (2024, 2025) for name, data in Liciel().files().items()}
    path.write_bytes(packed(files))
    entry = run(path, cast.bob)
    assert figures(entry) == (1, 0, 0, 1)
    assert lines(entry)[1].error == "It is in this import already, in “all.zip/2024/A”."
    made = lines(entry)[0].dossier
    assert made is not None
    delete_dossiers([made], user=cast.bob)
    (line,) = lines(read(written(tmp_path, Liciel("A")), cast.bob))
    assert "bin" in line.error


def test_folders_that_are_none_are_told_and_the_others_imported(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    good = {f"A/{name}": data for name, data in Liciel().files().items()}
    bad = {"B/XML/Table_Z_DPE.xml": single("Z_DPE", {}), "C.zip": b"no zip", "D/a.pdf": pdf()}
    path.write_bytes(packed(good | bad))
    entry = run(path, cast.bob)
    assert figures(entry) == (1, 0, 0, 2)
    assert [line.folder for line in lines(entry) if line.error] == ["B", "C"]
    path.write_bytes(packed({"D/a.pdf": pdf()}))
    empty = read(path, cast.bob)
    assert (empty.state, empty.lines) == (DossierImportState.FAILED, 0)
    assert "Table_General_Bien" in empty.problem
    path.write_bytes(b"no zip")
    assert "damaged" in read(path, cast.bob).problem


# --- people -----------------------------------------------------------------------------------------------------------


def test_the_orderer_and_the_recipients_get_access_when_it_is_wished(cast: Cast, tmp_path: Path) -> None:
    notary = create_contact(
        name="Bœuf", company="", phone="", email="etude@boeuf.example", username="boeuf", collaborators=[],
        language="fr", send_codes=False, firm_name="A", link="http://x.example/",
    )  # fmt: skip
    path = written(tmp_path, Liciel(), Liciel("B"))
    entry = run(path, cast.bob, give_access=True, notify=True, firm_name="A", login_link="http://x.example/")
    assert figures(entry) == (2, 0, 0, 0)
    orderer = Contact.objects.get(user__email="vente@oeuvre.example")
    assert (orderer.kind, orderer.phone, orderer.city) == (ContactKind.AGENCY, "02 98 00 00 01", "BREST")
    for line in lines(entry):
        assert set(DossierAccess.objects.filter(dossier=line.dossier).values_list("contact", flat=True)) == {
            notary.pk, orderer.pk,
        }  # fmt: skip
        assert line.warnings == []
    kinds = list(OutgoingMail.objects.values_list("kind", flat=True))
    assert kinds.count("dossier_available") == 4
    assert len(kinds) == 5, "and the codes of the new contact, once"
    remove_access(DossierAccess.objects.get(dossier=lines(entry)[0].dossier, contact=orderer), user=cast.bob)
    before = counts()
    again = run(path, cast.bob, give_access=True, notify=True, firm_name="A", login_link="http://x.example/")
    assert figures(again) == (0, 0, 2, 0)
    assert counts() == before, "nobody is told twice, what was taken away stays so"


def test_without_an_address_a_person_stays_text_and_the_staff_gets_no_access(cast: Cast, tmp_path: Path) -> None:
    entry = run(written(tmp_path, Liciel(admin=None)), cast.bob, give_access=True, notify=True)
    assert Contact.objects.count() == 2
    assert any("Nobody was notified" in text for text in lines(entry)[0].warnings)
    staff = Liciel("B", admin={"dordre_mail": cast.bob.email, "rapport_destinataires_mail": ""})
    run(written(tmp_path, staff), cast.bob, give_access=True)
    assert not DossierAccess.objects.exists()


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_file_that_may_not_come_in_is_told_and_the_rest_imported(cast: Cast, tmp_path: Path) -> None:
    odd = Liciel(reports={"Rapport.pdf": b"MZ\x00program", "Vide.pdf": b"", "DPE.pdf": pdf()})
    path = written(tmp_path, odd)
    entry = run(path, cast.bob)
    (line,) = lines(entry)
    assert (line.outcome, len(line.warnings)) == (ImportOutcome.CREATED, 2)
    assert sorted(DossierFile.objects.filter(dossier=line.dossier).values_list("name", flat=True)) == [
        "DPE.pdf", "presentation.jpg",
    ]  # fmt: skip
    assert figures(run(path, cast.bob)) == (0, 0, 1, 0), "told once"


def test_an_import_that_dies_goes_on_where_it_was(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, *(Liciel(f"D{rank}") for rank in range(4)))
    entry = read(path, cast.bob)
    begin_lines(entry, give_access=False, notify=False)
    real, calls = create_dossier, 0

    def dying(**arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise RuntimeError("the worker died")
        return real(**arguments)

    monkeypatch.setattr(dossier_import_line, "create_dossier", dying)
    with pytest.raises(RuntimeError):
        run_lines(entry, [(path, path.name)], wishes=Wishes())
    entry.refresh_from_db()
    assert (entry.state, entry.done, entry.created) == (DossierImportState.RUNNING, 2, 2)
    assert not StoredFile.objects.filter(claimed=False).exists()
    monkeypatch.setattr(dossier_import_line, "create_dossier", real)
    done = run_lines(entry, [(path, path.name)], wishes=Wishes())
    assert (done.done, *figures(done)) == (4, 4, 0, 0, 0)
    assert Dossier.objects.filter(external_id__startswith="liciel:").count() == 4


def test_a_store_that_is_down_leaves_the_rest_for_later(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, Liciel("A"))
    entry = read(path, cast.bob)
    begin_lines(entry, give_access=False, notify=False)

    def down(*_arguments: Any, **_more: Any) -> Any:
        raise StorageUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(dossier_import_line, "store_bytes", down)
        with pytest.raises(StorageUnavailable):
            run_lines(entry, [(path, path.name)], wishes=Wishes())
    assert not Dossier.objects.filter(external_id="liciel:A").exists()
    assert figures(run_lines(entry, [(path, path.name)], wishes=Wishes())) == (1, 0, 0, 0)


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_an_import_is_undone_into_the_bin(cast: Cast, tmp_path: Path) -> None:
    run(written(tmp_path, Liciel("A")), cast.bob)
    changed = written(tmp_path, Liciel("A", missions=(1, 7)), Liciel("B"))
    entry = run(changed, cast.bob)
    assert figures(entry) == (1, 1, 0, 0)
    assert undo_dossier_import(entry, user=cast.bob) == 1
    entry.refresh_from_db()
    assert entry.undone_at is not None
    assert Dossier.objects.filter(deleted_at__isnull=True, external_id__startswith="liciel:").count() == 1
    assert undo_dossier_import(entry, user=cast.bob) == 0


def test_reports_go_after_a_month(cast: Cast, tmp_path: Path) -> None:
    entry = run(written(tmp_path, Liciel("A")), cast.bob)
    assert remove_old_dossier_imports() == 0
    DossierImport.objects.update(created_at="2020-01-01T00:00:00Z")
    assert remove_old_dossier_imports() == 1
    assert not DossierImport.objects.filter(pk=entry.pk).exists()
    assert Dossier.objects.filter(external_id="liciel:A").exists()
    running = DossierImport.objects.create(name="x", state=DossierImportState.RUNNING, created_by=cast.bob)
    with pytest.raises(DomainError):
        remove_dossier_import(running)
    with pytest.raises(DomainError):
        undo_dossier_import(running, user=cast.bob)
    assert ImportedTable.objects.exists(), "what a dossier came with stays with it"
