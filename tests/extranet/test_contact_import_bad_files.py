"""Files that become no contacts: each refused with its reason, none read whole."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from openpyxl.styles import Font

from extranet.enums import ImportState
from extranet.importers import table
from extranet.importers.table import read_head
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from storage.models import StoredFile
from tests.extranet.imports import (
    HELENE,
    START,
    contact,
    counts,
    entry,
    figures,
    run,
    saved,
    send,
    tried,
    workbook,
)
from tests.factories.cast import Cast
from tests.storage.builders import archive, ole
from tests.support import logged_in, run_jobs, said

pytestmark = pytest.mark.django_db


# --- bad files --------------------------------------------------------------------------------------------------------


def bomb() -> bytes:
    """Returns a workbook of some hundred kB that unfolds to more than 64 MB of shared texts."""
    return archive_of({"xl/sharedStrings.xml": b"<sst>" + b" " * (64 << 20) + b"</sst>"})


def archive_of(parts: dict[str, bytes]) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(workbook([HELENE])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, parts.get(name, source.read(name)))
        for name in set(parts) - set(source.namelist()):
            target.writestr(name, parts[name])
    return buffer.getvalue()


def wide_bomb() -> bytes:
    return archive_of({"xl/worksheets/sheet2.xml": b" " * (257 << 20)})


BAD_FILES: dict[str, tuple[Callable[[], bytes], str, str | None]] = {
    "empty": (lambda: b"", "contacts.xlsx", None),
    "blank csv": (lambda: b"\n;;\n \n", "contacts.csv", "The file holds no line."),
    "titles alone": (lambda: b"Nom;E-mail\n", "contacts.csv", "The file holds no line below its titles."),
    "empty workbook": (lambda: workbook([], titles=[]), "contacts.xlsx", "The file holds no line."),
    "bomb": (
        bomb,
        "contacts.xlsx",
        "The workbook unfolds to too much: keep the sheet with the contacts alone, without pictures or styles.",
    ),
    "wide bomb": (
        wide_bomb,
        "contacts.xlsx",
        "The workbook unfolds to too much: keep the sheet with the contacts alone, without pictures or styles.",
    ),
    "password": (
        lambda: ole("EncryptionInfo", "EncryptedPackage"),
        "contacts.xlsx",
        "The workbook is protected by a password: save it without one.",
    ),
    "old format renamed": (
        lambda: ole("Workbook"),
        "contacts.xlsx",
        "This is a workbook of the old format (.xls): save it as .xlsx, or as CSV.",
    ),
    "a zip": (
        lambda: archive({"a.txt": "a"}),
        "contacts.xlsx",
        "This is no Excel workbook: choose an .xlsx or a .csv file.",
    ),
    "a cut workbook": (
        lambda: workbook([HELENE])[:-2000],
        "contacts.xlsx",
        "The file is damaged or of another type than its name says: it cannot be read.",
    ),
    "broken xml": (
        lambda: archive_of({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row><c t='s'><v>99"}),
        "contacts.xlsx",
        "The file is damaged or of another type than its name says: it cannot be read.",
    ),
    "no sheet": (
        lambda: archive_of({"xl/workbook.xml": b"<workbook/>"}),
        "contacts.xlsx",
        "The file is damaged or of another type than its name says: it cannot be read.",
    ),
    "random bytes": (lambda: bytes(range(256)) * 40, "contacts.csv", None),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "contacts.xlsx", None),
    "a page": (lambda: b"<html><script>a@b.example</script>\n<p>x", "contacts.csv", None),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_with_its_reason_and_leaves_nothing(
    cast: Cast, case: str, tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    make, name, message = BAD_FILES[case]
    bob = logged_in("alpha", cast.bob)
    before = counts()
    answer = send(bob, make(), name)
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors["file"]
    assert error
    if message:
        assert error == translation.gettext(message)
    assert said(error) in answer.content.decode()
    assert counts() == before
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.exists()


def test_no_file_at_all_is_said(cast: Cast) -> None:
    answer = logged_in("alpha", cast.bob).post(START, {})
    assert answer.status_code == 422
    assert said("This field is required.") in answer.content.decode()


def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_BYTES", 100)
    path = tmp_path / "x.csv"
    path.write_text("Nom;E-mail\n" + "a;a@x.example\n" * 100)
    with pytest.raises(DomainError) as error:
        read_head(path)
    assert error.value.code == "table_too_large"


def test_two_hundred_thousand_lines_are_refused_without_reading_them_all(cast: Cast) -> None:
    def lines() -> Iterator[str]:
        yield "Nom;E-mail"
        for rank in range(200_000):
            yield f"P{rank};p{rank}@x.example"

    bob = logged_in("alpha", cast.bob)
    before = counts()[:3]
    found = tried(bob, "\n".join(lines()).encode(), "contacts.csv")
    assert found.state == ImportState.FAILED
    wanted = translation.gettext("The file holds more than %(most)s lines: cut it into several.") % {
        "most": "20\xa0000"
    }
    assert found.problem == wanted
    assert said(wanted) in bob.get(f"{START}{found.code}/").content.decode()
    assert bob.post(f"{START}{found.code}/lancer/").status_code == 302
    run_jobs()
    assert entry().state == ImportState.FAILED
    assert counts()[:3] == before


def test_empty_lines_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_LINES", 2)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Nom", "Mail"])
    sheet.append(["a", "a@x.example"])
    for row in range(3, 300):
        sheet.cell(row, 1).font = Font(bold=True)
    sheet.cell(1_048_576, 1).value = "b"
    path = tmp_path / "x.xlsx"
    path.write_bytes(saved(book))
    with table.open_table(path) as opened:
        assert [line.number for line in opened.lines] == [2, 1_048_576]


def test_formulas_give_their_last_result_and_are_refused_without_one(cast: Cast) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Nom", "E-mail"])
    sheet.append(["Luc", '="luc"&"@petit.example"'])
    sheet.append(["=1+1", "computed@x.example"])
    data = saved(book)
    # as Excel saves it: with the result of the second, not of the first
    part = "xl/worksheets/sheet1.xml"
    xml = zipfile.ZipFile(io.BytesIO(data)).read(part).decode()
    xml = re.sub(r"<f>1\+1</f><v\s*/>|<f>1\+1</f><v></v>", "<f>1+1</f><v>2</v>", xml)
    assert "<v>2</v>" in xml
    source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, xml if name == part else source.read(name))
    bob = logged_in("alpha", cast.bob)
    sent = send(bob, buffer.getvalue())
    assert said("Some cells are computed: their last result is taken.") in bob.get(sent["Location"]).content.decode()
    found = tried(bob, buffer.getvalue())
    assert figures(found) == (2, 1, 0, 1)
    assert [error["line"] for error in found.errors] == [2]
    assert found.errors[0]["text"] == translation.gettext(
        "The cell holds a formula without a result: open the file in Excel and save it again."
    )
    run(bob, found)
    assert contact("computed@x.example").name == "2"


def test_merged_cells_are_told(cast: Cast) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Nom", "E-mail"], ["Luc", "luc@petit.example"], ["", "second@x.example"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    bob = logged_in("alpha", cast.bob)
    sent = send(bob, saved(book))
    note = "Some cells are merged: only the first of them holds the text, the others are empty."
    assert said(note) in bob.get(sent["Location"]).content.decode()
    found = tried(bob, saved(book))
    assert figures(found) == (2, 1, 0, 1)
    assert [(error["line"], error["column"]) for error in found.errors] == [(3, translation.gettext("Name"))]


def test_entities_are_not_unfolded(cast: Cast) -> None:
    lol = "".join(f'<!ENTITY l{rank} "{f"&l{rank - 1};" * 10}">' for rank in range(1, 12))
    xml = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "lol">{lol}]><worksheet>&l11;</worksheet>'
    answer = send(logged_in("alpha", cast.bob), archive_of({"xl/worksheets/sheet1.xml": xml.encode()}))
    assert answer.status_code == 422
