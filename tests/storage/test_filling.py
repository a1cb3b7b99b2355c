"""The forms of PDFs: what is read of them, what they look like filled in; whatever is sent, nothing dies."""

import io
from pathlib import Path
from typing import cast

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from kernel.errors import DomainError
from storage.filling import fill_form, join_pdfs, read_form
from tests.storage.builders import pdf
from tests.storage.pdf_forms import DESKTOP, Made, form_pdf
from themes.letter import font_file


@pytest.fixture
def font() -> Path:
    return font_file("Regular")


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_fields_are_read_with_their_whole_names_kinds_and_pages() -> None:
    made = [*DESKTOP, Made("sens", "radio", rect=(50, 400, 60, 410), states=("Vente", "Location"))]
    facts = read_form(form_pdf(made, pages=2))
    assert facts.pages == 2
    found = {field.name: field for field in facts.fields}
    assert set(found) == {one.name for one in made}
    assert found["diag_dpe"].kind == "check"
    assert (found["sens"].kind, found["sens"].options) == ("choice", ("Vente", "Location"))
    assert found["Deja la"].value == "Valeur du modèle"
    assert {field.page for field in facts.fields} == {1}


def test_a_filled_form_shows_its_values_as_text_and_has_no_fields_left(font: Path) -> None:
    values = {
        "bien_adresse": "12 rue de l’Élorn – façade œuvrée",
        "bien_cp": "29200",
        "form1.page1.proprietaire_nom[0]": "Mme Kermarrec",
        "rdv_precisions": "Code 12A\nTroisième étage, porte de gauche, sonner deux fois puis attendre",
        "diag_dpe": "X",
    }
    filled = fill_form(form_pdf(DESKTOP, script=True), values, font=font, title="ODM 1")
    text = text_of(filled)
    assert "12 rue de l’Élorn – façade œuvrée" in text
    assert "Mme Kermarrec" in text
    assert "Troisième étage" in text
    assert "".join(text.split()).count("29200") == 1
    assert "Valeur du modèle" in text, "a field that means nothing to us keeps what the file has"
    reader = PdfReader(io.BytesIO(filled))
    assert not reader.get_fields()
    assert "/AcroForm" not in reader.root_object
    assert b"app.alert" not in filled
    assert reader.metadata is not None
    assert reader.metadata.title == "ODM 1"


def test_the_right_button_of_a_choice_is_ticked(font: Path) -> None:
    made = [Made("sens", "radio", rect=(50, 400, 60, 410), states=("Vente", "Location"))]

    def drawn(value: str) -> bytes:
        page = PdfReader(io.BytesIO(fill_form(form_pdf(made), {"sens": value}, font=font, title=""))).pages[0]
        contents = page.get_contents()
        return contents.get_data() if contents is not None else b""

    assert drawn("vente").count(b"\nS\n") == 2
    assert drawn("location").count(b"\nS\n") == 2
    assert drawn("autre").count(b"\nS\n") == 0
    assert drawn("vente") != drawn("location")


def test_long_values_are_made_small_and_cut_not_lost_over_the_edge(font: Path) -> None:
    made = [Made("court", rect=(50, 700, 110, 715))]
    text = text_of(fill_form(form_pdf(made), {"court": "très long " * 40}, font=font, title=""))
    assert text.strip().endswith("…")
    assert text.strip().startswith("très long")


def test_a_rotated_page_keeps_its_turn(font: Path) -> None:
    filled = fill_form(form_pdf(DESKTOP, rotate=90), {"bien_adresse": "Ici"}, font=font, title="")
    page = PdfReader(io.BytesIO(filled)).pages[0]
    assert page.rotation == 90
    assert "Ici" in page.extract_text()


def test_pdfs_are_put_together_with_notes_and_files_inside() -> None:
    joined = join_pdfs(
        [pdf(2), form_pdf(DESKTOP, script=True)],
        info={"Title": "Ensemble", "Proof": "abc"},
        attached=[("a.pdf", b"inside")],
    )
    facts = read_form(joined)
    assert (facts.pages, facts.fields) == (3, ())
    assert (facts.info["/Title"], facts.info["/Proof"]) == ("Ensemble", "abc")
    assert PdfReader(io.BytesIO(joined)).attachments["a.pdf"] == [b"inside"]
    assert b"app.alert" not in joined


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pdf_damaged"),
        (b"%PDF-1.7\n" + b"\x00\xff" * 2_000, "pdf_damaged"),
        (form_pdf(DESKTOP)[:700], "pdf_damaged"),
        (pdf(1, password="secret"), "pdf_password"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, code: str) -> None:
    with pytest.raises(DomainError) as raised:
        read_form(data)
    assert raised.value.code == code


def test_a_file_protected_against_changes_alone_is_read() -> None:
    assert read_form(pdf(1, password="secret", owner_only=True)).pages == 1


def test_fields_that_are_their_own_parents_end() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(form_pdf([Made("seul")])))
    annots = cast("ArrayObject", writer.pages[0]["/Annots"])
    widget = cast("DictionaryObject", annots[0].get_object())
    widget[NameObject("/Parent")] = annots[0]
    buffer = io.BytesIO()
    writer.write(buffer)
    (field,) = read_form(buffer.getvalue()).fields
    assert field.kind == "text"
