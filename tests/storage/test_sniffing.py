"""What a file is, and what may come in."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from kernel.errors import DomainError
from storage.sniffing import Sniffed, check_upload, content_type_of, sniff
from tests.storage import builders
from tests.storage.builders import archive, image, office, ole, opendocument, pdf, written, xlsx

ACCEPTED = {
    "rapport.pdf": (pdf(), "application/pdf"),
    "RAPPORT.PDF": (pdf(), "application/pdf"),
    "plan.jpg": (image("JPEG"), "image/jpeg"),
    "plan.jpeg": (image("JPEG"), "image/jpeg"),
    "plan.png": (image("PNG"), "image/png"),
    "plan.webp": (image("WEBP"), "image/webp"),
    "plan.gif": (image("GIF"), "image/gif"),
    "plan.tif": (image("TIFF"), "image/tiff"),
    "photo.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "image/heic"),
    "photo.heif": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(99), "image/heic"),
    "lettre.docx": (
        office("word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "tableau.xlsx": (xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "exposé.pptx": (
        office("ppt/presentation.xml"),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "lettre.odt": (opendocument("text"), "application/vnd.oasis.opendocument.text"),
    "tableau.ods": (opendocument("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "lettre.doc": (ole("1Table", "WordDocument"), "application/msword"),
    "tableau.xls": (ole("Workbook"), "application/vnd.ms-excel"),
    "long.doc": (ole(*[f"Data{index}" for index in range(9)], "WordDocument"), "application/msword"),
    "lettre.rtf": (rb"{\rtf1\ansi Bonjour}", "application/rtf"),
    "notes.txt": ("Bonjour à tous\n".encode(), "text/plain; charset=utf-8"),
    "notes latin.txt": ("Bonjour à tous\n".encode("cp1252"), "text/plain; charset=windows-1252"),
    "notes windows.txt": ("Bonjour à tous\n".encode("utf-16"), "text/plain; charset=utf-16"),
    "liste.csv": (b"a;b\n1;2\n", "text/csv; charset=utf-8"),
    "dpe.xml": (b'<?xml version="1.0"?>\n<dpe><table/></dpe>', "application/xml; charset=utf-8"),
    "facture.xml": (b"<!-- x --><dpe/>", "application/xml; charset=utf-8"),
    "tout.zip": (archive({"a.txt": "a"}), "application/zip"),
    "vide.zip": (b"PK\x05\x06" + bytes(18), "application/zip"),
    "plan.dwg": (b"AC1032" + bytes(300), "image/vnd.dwg"),
    "plan.dxf": (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "image/vnd.dxf; charset=utf-8"),
    "binaire.dxf": (b"AutoCAD Binary DXF\r\n\x1a\0" + bytes(50), "image/vnd.dxf"),
    "message.eml": (b"From: a@b.fr\nTo: c@d.fr\nSubject: x\n\nBonjour", "message/rfc822; charset=utf-8"),
    "message.txt": (b"From: a@b.fr\nTo: c@d.fr\nSubject: x\n\nBonjour", "text/plain; charset=utf-8"),
    "BMW MZ.txt": (b"MZ and BM and PK begin this note\n", "text/plain; charset=utf-8"),
    "facture.exe.pdf": (pdf(), "application/pdf"),
    "précédé.pdf": (b"\n\n\x00" + pdf(), "application/pdf"),
}
PE = b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + bytes(300)
REFUSED = {
    # whatever their names
    ("rapport.pdf", PE): "file_dangerous",
    ("rapport.pdf.exe", PE): "file_dangerous",
    ("rapport", b"\x7fELF" + bytes(60)): "file_dangerous",
    ("plan.jpg", b"\xcf\xfa\xed\xfe" + bytes(60)): "file_dangerous",
    ("notes.txt", b"#!/bin/sh\nrm -rf /\n"): "file_dangerous",
    ("notes.txt", "\ufeff#!/bin/sh\n".encode()): "file_dangerous",
    ("notes.txt", b"<?php echo 1;"): "file_dangerous",
    ("notes.txt", b"\n <!DOCTYPE html><p>x"): "file_dangerous",
    ("notes.txt", b"<script>alert(1)</script>"): "file_dangerous",
    ("notes.txt", "<html><body>".encode("utf-16")): "file_dangerous",
    ("page.html", b"<html></html>"): "file_dangerous",
    ("page.html", b"no tag at all"): "file_dangerous",
    ("script.js", b"alert(1)"): "file_dangerous",
    ("script.bat", b"del *.*\r\n"): "file_dangerous",
    ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'): "file_dangerous",
    ("logo.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'): "file_dangerous",
    ("data.xml", b'<?xml version="1.0"?><a><h:b xmlns:h="http://www.w3.org/1999/xhtml"/></a>'): "file_dangerous",
    ("data.xml", b'<?xml version="1.0"?><!-- x --><!DOCTYPE html><a/>'): "file_dangerous",
    ("lettre.docx", office("word/document.xml", **{"word/vbaProject.bin": "x"})): "file_dangerous",
    ("outil.zip", archive({"META-INF/MANIFEST.MF": "x"})): "file_dangerous",
    ("raccourci.pdf", b"L\0\0\0\x01\x14\x02\0" + bytes(60)): "file_dangerous",
    # the name says something else
    ("rapport.pdf", image("PNG")): "file_type_mismatch",
    ("plan.png", pdf()): "file_type_mismatch",
    ("rapport.pdf.exe", pdf()): "file_type_mismatch",
    ("rapport\u202efdp.exe", pdf()): "file_type_mismatch",
    ("lettre.docx", xlsx()): "file_type_mismatch",
    ("lettre.docx", archive({"a": "b"})): "file_type_mismatch",
    ("rapport.pdf", b"\x00\x01\x02\x03" * 50): "file_type_mismatch",
    ("message.eml", b"just a text"): "file_type_mismatch",
    # not of the accepted kinds
    ("photo.bmp", image("BMP")): "file_type_refused",
    ("film.avi", b"RIFF\x10\0\0\0AVI LIST" + bytes(60)): "file_type_refused",
    ("lettre.msg", ole("__nameid_version1.0")): "file_type_refused",
    ("outil.msi", ole("_StringPool", "_StringData")): "file_type_refused",
    ("sans extension", b"\x00\x01\x02\x03" * 50): "file_type_refused",
    ("rapport.pdf", b""): "file_empty",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_sniff_accepts_each_kind_as_what_it_is(name: str, tmp_path: Path) -> None:
    data, content_type = ACCEPTED[name]
    sniffed = sniff(written(tmp_path, data))
    assert check_upload(name, sniffed) == name
    assert content_type_of(name, sniffed) == content_type


@pytest.mark.parametrize(("name", "data"), REFUSED, ids=[f"{code}-{name!a}" for (name, _d), code in REFUSED.items()])
def test_check_upload_refuses_what_is_dangerous_or_not_what_it_says(name: str, data: bytes, tmp_path: Path) -> None:
    sniffed = sniff(written(tmp_path, data))
    with pytest.raises(DomainError) as refused:
        check_upload(name, sniffed)
    assert refused.value.code == REFUSED[name, data]
    assert str(refused.value)


def test_mismatch_names_both_the_extension_and_the_content(tmp_path: Path) -> None:
    with translation.override("en"), pytest.raises(DomainError) as refused:
        check_upload("rapport.pdf.exe", sniff(written(tmp_path, pdf())))
    assert str(refused.value) == (
        "“rapport.pdf.exe” ends in “.exe”, but its content is a PDF document. Check the file and its name."
    )


def test_check_upload_refuses_a_file_over_the_limit(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    check_upload("a.pdf", Sniffed(size=1000, kind=sniffed_pdf().kind))
    with pytest.raises(DomainError) as refused:
        check_upload("a.pdf", Sniffed(size=1001, kind=sniffed_pdf().kind))
    assert refused.value.code == "file_too_large"


def sniffed_pdf() -> Sniffed:
    from storage.kinds import PDF

    return Sniffed(size=1, kind=PDF)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Zoé\\rapport.pdf", "rapport.pdf"),
        ("Mesurage 🏠 n°2.pdf", "Mesurage 🏠 n°2.pdf"),
        ("a\nb\r\x00c.pdf", "a b c.pdf"),
        ("rap\u202eport.pdf", "rap port.pdf"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
        ("rapport", "rapport.pdf"),
        ("Lot 2.1", "Lot 2.1.pdf"),
        ("", "document.pdf"),
        ("../", "document.pdf"),
        ("CON.pdf", "_CON.pdf"),
    ],
)
def test_check_upload_returns_a_safe_name(given: str, kept: str) -> None:
    assert check_upload(given, sniffed_pdf()) == kept


def test_pdf_pages_are_counted(tmp_path: Path) -> None:
    sniffed = sniff(written(tmp_path, pdf(17)))
    assert (sniffed.pdf_pages, sniffed.is_encrypted, sniffed.is_damaged) == (17, False, False)


def test_pdf_that_needs_a_password_is_flagged(tmp_path: Path) -> None:
    sniffed = sniff(written(tmp_path, pdf(password="secret")))
    assert (sniffed.pdf_pages, sniffed.is_encrypted, sniffed.is_damaged) == (None, True, False)


def test_pdf_that_is_only_protected_against_changes_is_not_flagged(tmp_path: Path) -> None:
    sniffed = sniff(written(tmp_path, pdf(3, password="owner", owner_only=True)))
    assert (sniffed.pdf_pages, sniffed.is_encrypted, sniffed.is_damaged) == (3, False, False)


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing more", pdf(5)[:200], b"%PDF-1.4\n" + bytes(5000)])
def test_pdf_that_cannot_be_read_is_flagged_and_accepted(data: bytes, tmp_path: Path) -> None:
    sniffed = sniff(written(tmp_path, data))
    assert sniffed.is_damaged
    assert check_upload("rapport.pdf", sniffed) == "rapport.pdf"


def test_pdf_that_takes_for_ever_is_let_through_uninspected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No PDF is looked at in a thousandth of a second: as with a hostile one in the real time, the upload goes on."""
    monkeypatch.setattr("storage.sniffing._PROBE_SECONDS", 0.001)
    sniffed = sniff(written(tmp_path, pdf(3)))
    assert (sniffed.kind, sniffed.pdf_pages, sniffed.is_damaged) == (sniffed_pdf().kind, None, False)


def test_zip_with_an_endless_table_of_contents_is_just_a_zip(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for index in range(30_000):
            target.writestr(f"{index:040}", b"")
        target.writestr("[Content_Types].xml", "<x/>")
        target.writestr("word/document.xml", "<x/>")
    sniffed = sniff(written(tmp_path, buffer.getvalue()))
    assert sniffed.kind is not None
    assert sniffed.kind.content_type == "application/zip"


@pytest.mark.parametrize(
    "data",
    [
        b"<" + b" " * 65_000,
        b"<!--" * 16_000,
        b"<!-- -->" * 8_000,
        b"<!doctype x [" + b"] " * 30_000,
        b"999\n" + b"\n" * 60_000,
        b"a: b\n" * 13_000,
        b"<a:" * 20_000,
        b"{" * 65_000,
        b"a,b\n" * 16_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_sniff_is_quick_on_hostile_text(data: bytes, tmp_path: Path, cpu_seconds: Any) -> None:
    path = written(tmp_path, data)
    with cpu_seconds(2):
        sniff(path)


def test_builders_make_what_programs_open(tmp_path: Path) -> None:
    """The samples of this file would prove nothing if they were not real."""
    assert zipfile.ZipFile(written(tmp_path, builders.zipped(a__b_dot_txt="x"))).namelist() == ["a/b.txt"]
