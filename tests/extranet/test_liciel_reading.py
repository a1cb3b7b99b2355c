"""Reading dossiers of the desktop software: what they say, whatever is missing, broken or hostile."""

import io
import random
import struct
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extranet.enums import ContactKind, DiagnosticKind, PropertyKind, Transaction
from extranet.importers.liciel import LicielDossier, find_dossiers, open_sources, read_dossier, safe_xml, source
from extranet.importers.liciel import dossier as finding
from extranet.importers.liciel.ademe import read_ademe
from extranet.importers.liciel.missions import domain_of, flagged
from extranet.importers.liciel.safe_xml import BrokenXml, UnsafeXml, read_leaves
from extranet.importers.liciel.table import meant, read_day, read_table
from kernel.errors import DomainError
from tests.factories.liciel import NUMBER, Liciel, ademe, multiple, packed, single, write_folder, zipped
from tests.storage.builders import image, pdf


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def read(path: Path) -> list[LicielDossier]:
    with open_sources(path) as found:
        return [read_dossier(folder) for folder in find_dossiers(found)]


def read_zip(folder: Path, data: bytes, name: str = "liciel.zip") -> list[LicielDossier]:
    path = folder / name
    path.write_bytes(data)
    return read(path)


def only(folder: Path, dossier: Liciel) -> LicielDossier:
    (found,) = read_zip(folder, zipped(dossier))
    return found


# --- what a dossier says ----------------------------------------------------------------------------------------------


def test_a_dossier_is_read(tmp_path: Path) -> None:
    found = only(tmp_path, Liciel())
    assert (found.folder, found.reference, found.software) == ("25-LE-GOFF-0123", "25/LE GOFF/0123", "5.2.13")
    assert (found.visited_on, found.reported_on) == (date(2025, 3, 14), date(2025, 3, 17))
    assert (found.transaction, found.property_kind) == (Transaction.SALE, PropertyKind.FLAT)
    assert (found.street, found.postcode, found.city) == ("12 rue de l’Église", "29000", "QUIMPER")
    assert (found.street_extra, found.cadastre) == ("2ème étage porte gauche, Lot 17", "Section AB numéro 112")
    owner, orderer = found.owner, found.orderer
    assert (owner.name, owner.phone, owner.email) == ("Mme LE GOFF Hélène", "06 12 34 56 78", "helene@legoff.example")
    assert (orderer.name, orderer.kind, orderer.email, orderer.postcode) == (
        "Agence Immobilière de l’Œuvre & Cie", ContactKind.AGENCY, "vente@oeuvre.example", "29200",
    )  # fmt: skip
    assert (found.notary.name, found.notary.email) == ("Maître BŒUF", "etude@boeuf.example")
    assert (found.occupant.name, found.occupant.phone) == ("M. Martin (locataire)", "07 11 22 33 44")
    assert found.recipients == ("vente@oeuvre.example", "etude@boeuf.example")
    operator = found.operator
    assert (operator.name, operator.certified_by, operator.number, operator.certified_on) == (
        "KERVELLA Yann", "Qualixpert", "C1234", date(2024, 1, 6),
    )  # fmt: skip
    assert [one.kind for one in found.diagnostics] == [
        DiagnosticKind.AMIANTE, DiagnosticKind.ELEC, DiagnosticKind.DPE, DiagnosticKind.OTHER,
    ]  # fmt: skip
    asbestos, elec, dpe, radon = found.diagnostics
    assert asbestos.conclusion == "Il n’a pas été repéré de matériaux et produits contenant de l’amiante."
    assert elec.conclusion.splitlines()[1] == "Appareil général de commande"
    assert (asbestos.performed_on, dpe.performed_on) == (date(2025, 3, 14), date(2025, 3, 18))
    assert (dpe.energy_letter, dpe.energy_value, dpe.climate_letter, dpe.climate_value) == ("D", 231, "B", 7)
    assert dpe.ademe_number == NUMBER
    assert radon.conclusion == "Radon"
    assert found.photo is not None
    assert found.photo.inside == "photos/presentation.jpg"
    assert [one.file.name for one in found.reports] == ["25-0123 DPE.pdf", "Facture 25-0123.pdf"]
    assert [table.name for table in found.raw] == ["Table_Z_Elec_General.xml"]
    assert found.warnings == ()


def test_without_the_administrative_table_the_rest_is_read(tmp_path: Path) -> None:
    found = only(tmp_path, Liciel(admin=None))
    assert (found.owner.name, found.owner.email, found.orderer.email) == ("Mme LE GOFF Hélène", "", "")
    assert (found.notary.name, found.occupant.name, found.recipients) == ("", "", ())
    assert found.warnings == (
        "The administrative table is missing: phone numbers, e-mails and the notary are not known.",
    )


@pytest.mark.parametrize("folder", ["XML", "xml", "Xml"])
def test_names_are_read_whatever_their_case(tmp_path: Path, folder: str) -> None:
    files = {f"Studio/{name.upper()}": data for name, data in Liciel(xml_folder=folder).files().items()}
    (found,) = read_zip(tmp_path, packed(files))
    assert len(found.diagnostics) == 4
    assert len(found.reports) == 2
    assert found.photo is not None
    assert found.diagnostics[2].ademe_number == NUMBER


def test_only_the_table_of_the_property_is_needed(tmp_path: Path) -> None:
    bien = single("General_Bien", {"Immeuble_Commune": "Brest", "Prop_Nom": "non communiqué", "Prop_Entete": "M."})
    (found,) = read_zip(tmp_path, packed({"Studio/XML/Table_General_Bien.xml": bien}))
    assert (found.reference, found.city, found.owner.name, found.diagnostics) == ("", "Brest", "", ())
    assert len(found.warnings) == 3
    folders = {"Studio/XML/Table_General_Photo.xml": single("General_Photo", {})}
    with pytest.raises(DomainError) as refused:
        read_zip(tmp_path, packed(folders))
    assert refused.value.code == "no_dossier"
    with pytest.raises(DomainError) as empty:
        read_zip(tmp_path, packed({"Studio/XML/Table_General_Bien.xml": b""}))
    assert empty.value.code == "table_refused"


def test_control_characters_and_bare_ampersands_are_no_obstacle(tmp_path: Path) -> None:
    data = single("General_Bien", {"Prop_Nom": "DUPONT", "Immeuble_Commune": "Brest"})
    data = data.replace(b"DUPONT", b"DU\x00PO\x1fNT &#x1F; & Fils &amp; \x80uro")
    (found,) = read_zip(tmp_path, packed({"A/XML/Table_General_Bien.xml": data}))
    assert found.owner.name == "DUPONT & Fils & €uro"


def test_damaged_tables_are_told_and_kept(tmp_path: Path) -> None:
    more = {
        "XML/Table_General_Bien_conclusions.xml": b"<LiTable_x><LiColonne_nom>Gaz",
        "XML/Table_Z_Foo.xml": b"nonsense",
    }
    found = only(tmp_path, Liciel(more=more))
    assert [table.name for table in found.raw] == [
        "Table_General_Bien_conclusions.xml", "Table_Z_Elec_General.xml", "Table_Z_Foo.xml",
    ]  # fmt: skip
    assert len(found.warnings) == 2
    assert all("damaged" in text for text in found.warnings)


def test_missions_come_from_flags_tables_and_conclusions(tmp_path: Path) -> None:
    assert [mission.label for mission in flagged("01" + "0" * 11 + "1" + "0" * 25 + "111111")] == [
        "Amiante vente", "DPE", "DPEG",
    ]  # fmt: skip
    found = only(tmp_path, Liciel(missions=(24, 31)))
    keys = {one.key: one for one in found.diagnostics}
    assert keys["mission:24"].kind == DiagnosticKind.DAPP
    assert keys["mission:24"].conclusion.startswith("Il n’a pas"), "a domain's words are those of its first mission"
    assert keys["mission:31"].conclusion == "Amiante contrôle périodique"
    assert keys["mission:11"].kind == DiagnosticKind.ELEC, "its table is there"
    assert "mission:13" in keys
    assert "mission:10" not in keys, "an empty table is no mission"
    assert "mission:16" not in keys, "a placeholder concludes nothing"


def test_the_details_conclude_what_no_domain_does(tmp_path: Path) -> None:
    details = single(
        "Z_Conclusions_Details",
        {"Variable_resume_conclusion_crep": "Plomb non dégradé", "Variable_resume_conclusion_amiante": "autre",
         "Variable_resume_conclusion_autres_parasites": "Vrillettes"},
    )  # fmt: skip
    found = only(tmp_path, Liciel(more={"XML/Table_Z_Conclusions_Details.xml": details}))
    words = {one.key: one.conclusion for one in found.diagnostics}
    assert words["mission:7"] == "Plomb non dégradé"
    assert words["mission:5"] == "Parasites\nVrillettes"
    assert words["mission:1"].startswith("Il n’a pas")


@pytest.mark.parametrize(
    ("name", "domain"),
    [("Etat Habitabilité", "habitabilite"), ("DPE_2020", "dpe"), ("Electricité", "elec"), ("Termites", "termites"),
     ("autres_parasites", "parasites"), ("ERP/ESRIS", "erp"), ("Interprétation", ""),
     ("Plomb dans l’eau", "plomb dans l'eau"),
     ("CREP", "crep"), ("", "")],
)  # fmt: skip
def test_domains_are_known_by_their_words(name: str, domain: str) -> None:
    assert domain_of(name) == domain


def test_the_table_says_the_letters_when_there_is_no_file_for_the_observatory(tmp_path: Path) -> None:
    dpe = next(one for one in only(tmp_path, Liciel(dpe=None)).diagnostics if one.kind == DiagnosticKind.DPE)
    assert (dpe.energy_letter, dpe.energy_value, dpe.climate_letter, dpe.climate_value) == ("E", 271, "C", 23)
    assert (dpe.ademe_number, dpe.performed_on) == ("", date(2025, 3, 14))


def test_the_last_deposit_counts_and_the_numbered_file_before_it(tmp_path: Path) -> None:
    deposits = {
        "C1234-202503181000-1.xml": ademe("", energy="F"), "C1234-202503181000-10.xml": ademe("", energy="A"),
        "C1234-202503181000-9.xml": ademe("", energy="G"),
    }  # fmt: skip
    assert only(tmp_path, Liciel(more=deposits)).diagnostics[2].energy_letter == "D"
    dpe = only(tmp_path, Liciel(dpe=None, more=deposits)).diagnostics[2]
    assert (dpe.energy_letter, dpe.ademe_number) == ("A", "")
    broken = only(tmp_path, Liciel(dpe=b"<dpe><numero_dpe>"))
    assert broken.diagnostics[2].ademe_number == NUMBER, "its name says the number"
    assert broken.diagnostics[2].energy_letter == "E"
    assert len(broken.warnings) == 1


def test_a_buildings_file_is_read_for_the_building_alone() -> None:
    data = ademe().replace(
        b"</logement>", b"<x><ep_conso><classe_bilan_dpe>G</classe_bilan_dpe></ep_conso></x></logement>"
    )
    found = read_ademe(data, name=f"{NUMBER}.xml")
    assert found is not None
    assert found.energy_letter == "D"
    assert read_ademe(b"<other/>") is None
    odd = read_ademe(ademe("no number", energy="Z", value="-3", made_on="soon"), name="x.xml")
    assert odd is not None
    assert (odd.number, odd.energy_letter, odd.energy_value, odd.made_on) == ("", "", None, None)


def test_a_photo_is_found_by_the_tables_when_it_is_not_called_so(tmp_path: Path) -> None:
    photo = {"Photo": "IMG_1.JPG", "Description": "Présentation", "Chemin_acces": "C:\\LICIEL\\photos\\IMG_1.JPG"}
    files = Liciel().files()
    del files["photos/presentation.jpg"]
    files |= {"photos/img_1.jpg": image("JPEG"), "XML/Table_General_Photo.xml": multiple("General_Photo", photo)}
    (found,) = read_zip(tmp_path, packed({f"A/{name}": data for name, data in files.items()}))
    assert found.photo is not None
    assert found.photo.inside == "photos/img_1.jpg"


@pytest.mark.parametrize(
    ("text", "day"),
    [("14/03/2025", date(2025, 3, 14)), (" 1/2/2024 09:30", date(2024, 2, 1)), ("31/02/2025", None), ("0", None),
     ("14/03/1899", None), ("2025-03-14", None), ("", None), ("14/03/20255", None)],
)  # fmt: skip
def test_days_are_french(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["", " # ", "0", "Non communiqué", "NON COMMUNIQUE", "\r\n"])
def test_placeholders_mean_nothing(text: str) -> None:
    assert meant(text) == ""


# --- where dossiers lie -----------------------------------------------------------------------------------------------


def test_a_folder_and_its_zip_say_the_same(tmp_path: Path) -> None:
    dossiers = (Liciel("A"), Liciel("B", admin=None))
    of_folder = read(write_folder(tmp_path / "Dossiers_2025", *dossiers))
    of_zip = read_zip(tmp_path, zipped(*dossiers, inside="Dossiers_2025/"))
    assert [one.folder for one in of_folder] == ["A", "B"]
    for one, other in zip(of_folder, of_zip, strict=True):
        assert (one.owner, one.diagnostics, one.raw) == (other.owner, other.diagnostics, other.raw)
        assert [each.inside for each in one.reports] == [each.inside for each in other.reports]


def test_zips_in_a_zip_are_read_one_level_deep(tmp_path: Path) -> None:
    building = Liciel("Immeuble").files()
    inner = packed(Liciel().files())
    deeper = packed({"lot3.zip": inner})
    files = {f"Immeuble/{name}": data for name, data in building.items()}
    files |= {"Lots/lot1.zip": inner, "Lots/lot2.ZIP": inner, "Lots/deep.zip": deeper, "Lots/bad.zip": b"no zip"}
    path = tmp_path / "all.zip"
    path.write_bytes(packed(files))
    with open_sources(path) as found:
        folders = [(one.name, one.is_named, bool(one.problem)) for one in find_dossiers(found)]
    assert folders == [
        ("Immeuble", True, False), ("bad", True, True), ("lot1", True, False), ("lot2", True, False),
    ]  # fmt: skip


def test_the_contents_of_a_dossier_alone_are_a_dossier(tmp_path: Path) -> None:
    (found,) = read_zip(tmp_path, packed(Liciel().files()), "25-0123 (1).zip")
    assert (found.folder, found.is_named) == ("25-0123 (1)", False)
    with open_sources(write_folder(tmp_path / "on-disk", Liciel("A")) / "A") as opened:
        assert [one.name for one in find_dossiers(opened)] == ["A"]


@pytest.mark.parametrize("encoding", ["cp437", "cp850", "cp1252", "utf-8"])
def test_french_names_are_read_whatever_program_packed_them(tmp_path: Path, encoding: str) -> None:
    name = "Été à Orléans – n°3" if encoding in {"cp1252", "utf-8"} else "Été à Orléans n°3"
    data = packed({"XXXX/XML/Table_General_Bien.xml": single("General_Bien", {"Prop_Nom": "A"})})
    if encoding == "cp437":
        name = "été à Orléans"
    raw = f"{name}/XML/Table_General_Bien.xml".encode(encoding)
    (found,) = read_zip(tmp_path, _renamed(data, raw))
    assert found.folder == name


def _renamed(data: bytes, raw: bytes) -> bytes:
    """Returns a ZIP of one file with another name for it, byte by byte and without the mark of UTF-8."""
    old = b"XXXX/XML/Table_General_Bien.xml"
    length, new = struct.pack("<H", len(old)), struct.pack("<H", len(raw))
    local = data.index(b"PK\x03\x04")
    central = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    assert data[local + 26 : local + 28] == length
    first = data[local : local + 26] + new + data[local + 28 : local + 30] + raw + data[local + 30 + len(old) : central]
    second = (
        data[central : central + 28]
        + new
        + data[central + 30 : central + 46]
        + raw
        + data[central + 46 + len(old) : end]
    )
    tail = bytearray(data[end:])
    tail[12:20] = struct.pack("<II", len(second), len(first))
    return first + second + bytes(tail)


# --- what is hostile --------------------------------------------------------------------------------------------------


def _refusal(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "hostile.zip"
    path.write_bytes(data)
    with pytest.raises(DomainError) as refused, open_sources(path) as found:
        list(find_dossiers(found))
    assert str(refused.value)
    return refused.value.code


@pytest.mark.parametrize(
    "name", ["../evil.xml", "a/../../evil.xml", "/etc/passwd", "C:\\Windows\\evil", "a\\..\\..\\b"]
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert _refusal(tmp_path, packed({name: b"x"})) == "archive_unsafe"


def test_links_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("XML/Table_General_Bien.xml")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert _refusal(tmp_path, buffer.getvalue()) == "archive_unsafe"
    root = write_folder(tmp_path / "disk", Liciel("A"))
    (root / "A" / "secret.pdf").symlink_to("/etc/passwd")
    (root / "B").symlink_to(root / "A")
    (found,) = read(root)
    assert "secret.pdf" not in [one.file.name for one in found.reports]


def test_names_twice_and_encrypted_entries_are_refused(tmp_path: Path) -> None:
    assert _refusal(tmp_path, packed({"a/X.xml": b"1", "A/x.XML": b"2"})) == "archive_unsafe"
    data = bytearray(packed({"a.xml": b"x"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    assert _refusal(tmp_path, bytes(data)) == "archive_password"


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _refusal(tmp_path, packed({"zeros.pdf": bytes(8 * 1024 * 1024)})) == "archive_bomb"
    monkeypatch.setattr(finding, "Budget", lambda: source.Budget(entries=5, size=90))
    assert _refusal(tmp_path, packed({f"{rank}.xml": b"x" for rank in range(6)})) == "archive_too_large"
    assert _refusal(tmp_path, packed({"a.xml": random.Random(0).randbytes(91)})) == "archive_too_large"
    inner = packed({f"{rank}.xml": b"" for rank in range(6)})
    monkeypatch.setattr(finding, "Budget", lambda: source.Budget(entries=5, size=9_000))
    assert _refusal(tmp_path, packed({"inner.zip": inner})) == "archive_too_large", "inner ZIPs count too"


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"%PDF-1.7", packed({"a": b"b"})[:-10]],
    ids=["empty", "the head of a zip", "a PDF", "a zip that was cut"],
)
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    assert _refusal(tmp_path, data) == "archive_unreadable"


_BILLION = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>
<LiTable_General_Bien><LiColonne_Prop_Nom>&lol2;</LiColonne_Prop_Nom></LiTable_General_Bien>"""
_OUTSIDE = (
    b"""<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><LiColonne_Prop_Nom>&e;</LiColonne_Prop_Nom></a>"""
)


@pytest.mark.parametrize("data", [_BILLION, _OUTSIDE, b"<!DOCTYPE a><a/>", b"<a>" * 41 + b"</a>" * 41])
def test_hostile_xml_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnsafeXml):
        read_table("x", data)
    with pytest.raises(UnsafeXml):
        read_ademe(data)
    hostile = {"XML/Table_Z_Gaz_General.xml": data, "XML/Table_General_Bien_conclusions.xml": data}
    found = only(tmp_path, Liciel(dpe=data, more=hostile))
    assert len(found.warnings) == 3
    assert all("refused" in text for text in found.warnings)
    with pytest.raises(DomainError) as refused:
        only(tmp_path, Liciel(more={"XML/Table_General_Bien.xml": data}))
    assert refused.value.code == "table_refused"


def test_large_documents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_xml, "MAX_LEAVES", 3)
    with pytest.raises(UnsafeXml):
        read_leaves(b"<a><b/><b/><b/><b/></a>")
    assert len(read_leaves(b"<a><b/><c/><b/><c/></a>", keep=lambda path: path[-1] == "c")) == 2
    monkeypatch.setattr(safe_xml, "MAX_ELEMENTS", 3)
    with pytest.raises(UnsafeXml):
        read_leaves(b"<a><b/><b/><b/></a>", keep=lambda path: False)
    monkeypatch.setattr(safe_xml, "MAX_BYTES", 10)
    with pytest.raises(UnsafeXml):
        read_leaves(b"<a>" + b"x" * 10 + b"</a>")


# --- fuzzing ----------------------------------------------------------------------------------------------------------

_XML_BITS = st.lists(
    st.sampled_from(
        [b"<LiTable_A>", b"</LiTable_A>", b"<LiItem_table_A>", b"</LiItem_table_A>", b"<LiColonne_nom>",
         b"</LiColonne_nom>", b"&amp;", b"&x;", b"&#0;", b"<![CDATA[", b"]]>", b"<!--", b"-->",
         b"<?xml encoding='utf-16'?>", b"<!DOCTYPE a>", b"\x00",
         b"\x81\xe9", b"DPE", b"<dpe>", b"</dpe>", b"<numero_dpe>", b"</numero_dpe>", b"<a b='", b"'/>"]
    ),
    max_size=30,
)  # fmt: skip


@given(data=st.binary(max_size=400) | _XML_BITS.map(b"".join))
def test_any_bytes_are_a_table_or_an_error_of_ours(data: bytes) -> None:
    for reader in (lambda: read_table("x", data), lambda: read_ademe(data, name="x.xml")):
        try:
            reader()
        except (UnsafeXml, BrokenXml):
            continue


@given(
    values=st.dictionaries(
        st.sampled_from(
            ["Mission_Missions_programmees", "Mission_Date_Visite", "Immeuble_Departement", "Prop_Nom", "Immeuble_Lot"]
        ),
        st.text(alphabet=st.characters(codec="cp1252"), max_size=300),
    ),
    admin=st.dictionaries(
        st.sampled_from(["rdv_contact_nom_tel", "rapport_destinataires_mail", "dordre_mail", "photo_de_presentation"]),
        st.text(alphabet=st.characters(codec="cp1252"), max_size=300),
    ),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_any_values_are_a_dossier(tmp_path: Path, values: dict[str, str], admin: dict[str, str]) -> None:
    found = only(tmp_path, Liciel(bien=values, admin=admin, reports={}))
    assert len(found.owner.name) <= 120
    assert len(found.postcode) <= 5
    assert all(len(one.conclusion) <= 20_000 for one in found.diagnostics)


_WHOLE = zipped(Liciel(reports={"a.pdf": pdf()}))


@given(place=st.integers(0, len(_WHOLE) - 1), length=st.integers(0, 40), noise=st.binary(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_any_damage_to_a_zip_is_an_error_of_ours(tmp_path: Path, place: int, length: int, noise: bytes) -> None:
    path = tmp_path / "damaged.zip"
    path.write_bytes(_WHOLE[:place] + noise + _WHOLE[place + length :])
    try:
        with open_sources(path) as opened:
            for folder in find_dossiers(opened):
                with suppress(DomainError):
                    found = read_dossier(folder)
                    for one in (*found.reports, *([found.photo] if found.photo else [])):
                        for _data in one.file.chunks():
                            pass
    except DomainError:
        return


def test_the_place_of_a_folder_is_the_same_whenever_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(Liciel("A"), Liciel("B")))
    places = []
    for _time in range(2):
        with open_sources(path) as opened:
            places.append([folder.place for folder in find_dossiers(opened)])
    assert places[0] == places[1] == ["x.zip/A", "x.zip/B"]
    assert finding.PROPERTY == "table_general_bien"
