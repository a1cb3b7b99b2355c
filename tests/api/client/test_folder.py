"""What a folder says: its files, its settings, what the desktop software left in it."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from api.client.errors import UsageError
from api.client.folder import Wanted, fingerprint, identify, read_folder
from api.client.liciel import read_liciel
from tests.storage.builders import pdf

BIEN = """<LiTable_General_Bien>
<LiColonne_Mission_Num_Dossier>2026-0417 \x01LG</LiColonne_Mission_Num_Dossier>
<LiColonne_Immeuble_Adresse1>12 rue de l’Église</LiColonne_Immeuble_Adresse1>
<LiColonne_Immeuble_Departement>29200</LiColonne_Immeuble_Departement>
<LiColonne_Immeuble_Commune>Brest</LiColonne_Immeuble_Commune>
<LiColonne_Immeuble_Cadastre>#</LiColonne_Immeuble_Cadastre>
<LiColonne_Prop_Entete>Mme</LiColonne_Prop_Entete>
<LiColonne_Prop_Nom>Le Goff</LiColonne_Prop_Nom>
<LiColonne_DOrdre_Nom>non communiqué</LiColonne_DOrdre_Nom>
<LiColonne_Mission_Date_Visite>17/04/2026</LiColonne_Mission_Date_Visite>
</LiTable_General_Bien>"""


def folder(parent: Path, name: str = "Maison Le Goff", **settings: Any) -> Path:
    path = parent / name
    path.mkdir()
    (path / "DPE.pdf").write_bytes(pdf())
    if settings:
        (path / "diagdesk.json").write_text(json.dumps(settings), encoding="utf-8-sig")
    return path


def liciel(path: Path, data: bytes) -> None:
    (path / "xml").mkdir()
    (path / "xml" / "TABLE_General_Bien.xml").write_bytes(data)


def test_a_plain_folder_is_a_dossier_of_its_name(tmp_path: Path) -> None:
    found = read_folder(folder(tmp_path), Wanted())
    assert (found.external_id, found.values, found.notify) == (
        "folder:Maison Le Goff",
        {"title": "Maison Le Goff"},
        False,
    )
    assert [(file.external_id, file.name, file.size) for file in found.files] == [("DPE.pdf", "DPE.pdf", len(pdf()))]


def test_the_settings_in_a_folder_come_first(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        external_id="2026/0417",
        title="Vente Le Goff",
        city="Brest",
        amount="1 390,5 €",
        contacts=["port@agence.example", "Maître Kerzerho <etude@notaire.example>"],
        notify=True,
        files=["*.txt", "plans/*.pdf"],
    )
    (path / "plans").mkdir()
    (path / "plans" / "Niveau 1.PDF").write_bytes(pdf())
    (path / "notes.txt").write_text("notes")
    found = read_folder(path, Wanted(contacts=["Port@Agence.example"], amount="400"))
    assert found.external_id == "2026|0417" == identify(path)
    assert found.values == {"title": "Vente Le Goff", "city": "Brest", "amount": "400.00"}
    assert found.contacts == [
        {"email": "Port@Agence.example"},
        {"email": "etude@notaire.example", "name": "Maître Kerzerho"},
    ]
    assert found.notify
    assert [file.external_id for file in found.files] == ["notes.txt", "plans|Niveau 1.PDF"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_a_folder_of_the_desktop_software_says_what_it_knows(tmp_path: Path, encoding: str) -> None:
    path = folder(tmp_path)
    liciel(path, BIEN.encode(encoding))
    assert read_folder(path, Wanted()).values == {
        "title": "2026-0417 LG – 12 rue de l’Église 29200 Brest",
        "reference": "2026-0417 LG",
        "street": "12 rue de l’Église",
        "postcode": "29200",
        "city": "Brest",
        "owner_name": "Mme Le Goff",
        "visited_on": "2026-04-17",
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<open>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b"\xff\xfe\x00",
        b"<x><LiColonne_Mission_Date_Visite>99/99/9999</LiColonne_Mission_Date_Visite></x>",
    ],
)
def test_a_table_that_cannot_be_read_says_nothing(tmp_path: Path, data: bytes) -> None:
    path = folder(tmp_path)
    liciel(path, data)
    assert read_liciel(path) == {}
    assert read_folder(path, Wanted()).values == {"title": "Maison Le Goff"}


def test_a_name_is_the_same_from_every_system(tmp_path: Path) -> None:
    """macOS writes an accent as a character of its own; a very long name ends in a digest."""
    decomposed = folder(tmp_path, unicodedata.normalize("NFD", "Évreux"))
    assert identify(decomposed) == "folder:Évreux"
    one, other = (folder(tmp_path, "x" * 150 + end) for end in "ab")
    assert len(identify(one)) == 100
    assert identify(one) != identify(other)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"titel": "x"}, "titel"),
        ({"amount": "much"}, "much"),
        ({"amount": "-1"}, "-1"),
        ({"amount": "nan"}, "nan"),
        ({"contacts": "port@agence.example"}, "contacts"),
        ({"contacts": ["port"]}, "port"),
        ({"files": ["*.docx"]}, "nothing to send"),
    ],
)
def test_a_mistake_in_the_settings_is_told(tmp_path: Path, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_folder(folder(tmp_path, **settings), Wanted())


@pytest.mark.parametrize("text", ["{", "[]", "1"])
def test_settings_that_are_none_are_told(tmp_path: Path, text: str) -> None:
    path = folder(tmp_path)
    (path / "diagdesk.json").write_text(text)
    with pytest.raises(UsageError, match=r"diagdesk\.json"):
        read_folder(path, Wanted())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        read_folder(tmp_path / "nowhere", Wanted())


def test_a_fingerprint_changes_with_the_files_alone(tmp_path: Path) -> None:
    path = folder(tmp_path)
    first = fingerprint(path)
    (path / ".DS_Store").write_bytes(b"x")
    (path / "~$DPE.docx").write_bytes(b"x")
    assert fingerprint(path) == first
    (path / "Gaz.pdf").write_bytes(b"x")
    assert fingerprint(path) != first
