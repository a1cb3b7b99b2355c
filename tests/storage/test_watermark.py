"""The mention is on each page of each PDF as one sees it, the text stays, and no clean page can be had of a copy."""

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from storage import pdf_stamper, watermark
from storage.errors import StorageUnavailable
from storage.watermark import Stamp, StampFailed, stamp_file
from tests.storage import pdf_cases
from tests.storage.builders import files_no_longer_than
from tests.storage.pdf_cases import CASES, REFUSED, SECRET, UNBALANCED, WORD

TEXT = "POUR CONSULTATION UNIQUEMENT"
STAMP = Stamp(TEXT, "#c0392b", "centre")
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "pdf"

pytestmark = pytest.mark.filterwarnings("ignore::pypdf.errors.PdfReadWarning")


def stamped(folder: Path, data: bytes, stamp: Stamp = STAMP) -> Path:
    """Returns the path of the stamped copy of some bytes."""
    source, target = folder / "source.pdf", folder / "stamped.pdf"
    source.write_bytes(data)
    stamp_file(source, target, stamp)
    return target


def reader_of(data: bytes | Path) -> PdfReader:
    reader = PdfReader(io.BytesIO(data) if isinstance(data, bytes) else data, strict=False)
    if reader.is_encrypted:
        reader.decrypt("")
    return reader


def texts(data: bytes | Path) -> list[str]:
    return [page.extract_text() for page in reader_of(data).pages]


def poppler(path: Path) -> list[str]:
    """Returns the text of each page as poppler finds it, without white space."""
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    return ["".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def without_space(text: str) -> str:
    return "".join(text.split())


# --- the mention ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", CASES)
def test_each_page_bears_the_mention_and_keeps_its_text(tmp_path: Path, name: str) -> None:
    data = CASES[name]()
    target = stamped(tmp_path, data)
    after = texts(target)
    assert len(after) >= 1
    for number, text in enumerate(after, 1):
        assert text.count(TEXT) == 1, (number, text)
        if name != "bare":
            assert WORD.format(number) in text, (number, text)
    if name not in {"cut", "unbalanced"}:  # pypdf cannot read these two as they were
        assert [without_space(text.replace(TEXT, "")) for text in after] == [
            without_space(text) for text in texts(data)
        ]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
@pytest.mark.parametrize("position", ["centre", "top", "bottom"])
@pytest.mark.parametrize("name", sorted(set(CASES) - {"rotated", "inherited", "cropped"}))
def test_another_program_reads_the_mention_on_each_page(tmp_path: Path, name: str, position: str) -> None:
    target = stamped(tmp_path, CASES[name](), Stamp(TEXT, "#c0392b", position))
    pages = poppler(target)
    assert len(pages) == len(reader_of(target).pages)
    for number, text in enumerate(pages, 1):
        assert text.count(without_space(TEXT)) == 1, (number, text)


def corners(box: Any) -> tuple[float, float, float, float]:
    xs, ys = sorted(map(float, box[::2])), sorted(map(float, box[1::2]))
    return xs[0], ys[0], xs[1], ys[1]


def middle_of(page: Any) -> tuple[float, float, float, float]:
    """Returns where the middle of the mention is on the page as it is seen, as parts of its size, and its direction."""
    data = page.get_contents().get_data()
    found = re.search(rb"q ([-\d. ]+) cm /Mention\d+ Do Q", data)
    assert found is not None
    a, b, c, d, e, f = map(float, found[1].split())
    form = next(one for key, one in page["/Resources"]["/XObject"].items() if key.encode() in found[0])
    length = float(form.get_object()["/BBox"][2])
    x, y = a * length / 2 + c * 61 + e, b * length / 2 + d * 61 + f
    media, crop = corners(page.mediabox), corners(page.cropbox)
    x0, y0, x1, y1 = (*map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:]))
    if x0 >= x1 or y0 >= y1:
        x0, y0, x1, y1 = media
    across, up = (x - x0) / (x1 - x0), (y - y0) / (y1 - y0)
    turn = (page.rotation or 0) % 360
    seen = {0: (across, up), 90: (up, 1 - across), 180: (1 - across, 1 - up), 270: (1 - up, across)}[turn]
    ways = {0: (a, b), 90: (b, -a), 180: (-a, -b), 270: (-b, a)}[turn]
    return (*seen, *ways)


@pytest.mark.parametrize("name", ["plain", "rotated", "cropped", "sizes", "inherited", "updated"])
@pytest.mark.parametrize("position", ["diagonal", "centre", "top", "bottom"])
def test_the_mention_is_where_it_belongs_on_the_page_as_seen(tmp_path: Path, name: str, position: str) -> None:
    for page in reader_of(stamped(tmp_path, CASES[name](), Stamp(TEXT, "#123456", position))).pages:
        if "/MediaBox" not in page:
            continue
        across, up, right, upwards = middle_of(page)
        assert across == pytest.approx(0.5, abs=0.01)
        assert right > 0  # it is read from left to right
        if position == "diagonal":
            assert up == pytest.approx(0.5, abs=0.01)
            assert upwards > 0
        else:
            assert upwards == pytest.approx(0, abs=1e-4)
            low, high = {"centre": (0.49, 0.51), "top": (0.7, 1), "bottom": (0, 0.3)}[position]
            assert low < up < high


def test_a_large_plan_gets_a_large_mention(tmp_path: Path) -> None:
    pages = reader_of(stamped(tmp_path, pdf_cases.sizes())).pages
    a4, plan = middle_of(pages[0])[2], middle_of(pages[1])[2]
    assert plan / a4 == pytest.approx(2400 / 595, rel=0.01)


@pytest.mark.parametrize("position", ["diagonal", "centre", "top", "bottom"])
@pytest.mark.parametrize("text", ["X", "W" * 80, TEXT])
def test_the_mention_stays_on_the_page(tmp_path: Path, position: str, text: str) -> None:
    for page in reader_of(stamped(tmp_path, pdf_cases.sizes(), Stamp(text, "#000000", position))).pages:
        if "/MediaBox" not in page:
            continue
        found = re.search(rb"q ([-\d. ]+) cm /Mention0 Do Q", page.get_contents().get_data())  # type: ignore[union-attr]
        assert found is not None
        a, b, c, d, e, f = map(float, found[1].split())
        long, high = (float(one) for one in page["/Resources"]["/XObject"]["/Mention0"]["/BBox"][2:])  # type: ignore[index]
        for x, y in ((0, 0), (long, 0), (0, high), (long, high)):
            assert -1 <= a * x + c * y + e <= page.mediabox.width + 1
            assert -1 <= b * x + d * y + f <= page.mediabox.height + 1


def test_colour_text_and_opacity_are_those_asked_for(tmp_path: Path) -> None:
    for position, opacity in (("diagonal", 0.35), ("top", 0.9)):
        page = reader_of(stamped(tmp_path, pdf_cases.plain(), Stamp("Payé ?", "#FF8000", position))).pages[0]
        form: Any = page["/Resources"]["/XObject"]["/Mention0"]  # type: ignore[index]
        assert b"1.000 0.502 0.000 rg" in form.get_data()
        assert form["/Resources"]["/ExtGState"]["/G0"]["/ca"] == opacity
        assert "Payé ?" in page.extract_text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Réservé — œuvre « 12 € »", "Réservé — œuvre « 12 € »"),
        ("Łódź, Đurić, Ştefan, İzmir", "Lódz, Duric, Stefan, Izmir"),
        ("ﬁn ½ № 5", "fin ½ No 5"),
        ("付 Ω", "? ?"),
        ("e\u0301te\u0301\n\tlu (Tj) \\", "été lu (Tj) \\"),
    ],
)
def test_letters_beyond_cp1252_come_as_their_likes(tmp_path: Path, text: str, shown: str) -> None:
    stamp = Stamp(text, "#000000", "centre")
    assert stamp.letters.decode("cp1252") == shown
    assert shown in texts(stamped(tmp_path, pdf_cases.plain(1), stamp))[0]


def test_style_tells_looks_apart() -> None:
    looks = [
        STAMP,
        Stamp(TEXT + ".", "#c0392b", "centre"),
        Stamp(TEXT, "#c0392c", "centre"),
        Stamp(TEXT, "#c0392b", "top"),
    ]
    assert len({look.style for look in looks}) == len(looks)
    assert Stamp(TEXT, "#C0392B", "centre").style == STAMP.style
    assert len(STAMP.style) == 32


# --- what is shared, what stays ---------------------------------------------------------------------------------------
def test_pages_share_one_form_and_their_own_streams_stay_as_they_were(tmp_path: Path) -> None:
    data = pdf_cases.pictures(6)
    before, after = reader_of(data), reader_of(stamped(tmp_path, data))
    forms, ends = set(), set()
    for old, new in zip(before.pages, after.pages, strict=True):
        held: Any = new["/Contents"]
        first, own, last = (list.__getitem__(held, rank) for rank in range(3))
        assert len(held) == 3
        assert own.get_object()._data == old["/Contents"].get_object()._data  # type: ignore[union-attr]
        forms.add(new["/Resources"]["/XObject"].raw_get("/Mention0").idnum)  # type: ignore[index]
        ends.add((first.idnum, last.idnum))
    assert len(forms) == len(ends) == 1
    assert len((tmp_path / "stamped.pdf").read_bytes()) < len(data) + 6 * 200 + 2000


def test_a_page_that_has_a_form_of_that_name_keeps_it(tmp_path: Path) -> None:
    once = stamped(tmp_path, pdf_cases.inherited()).read_bytes()
    twice = texts(stamped(tmp_path, once, Stamp("DEUX FOIS", "#000000", "top")))
    assert all(TEXT in text and "DEUX FOIS" in text for text in twice)
    resources: Any = reader_of(tmp_path / "stamped.pdf").pages[0]["/Resources"]
    assert set(resources["/XObject"]) == {"/Mention0", "/Mention1", "/Mention2"}


def test_screen_readers_are_told_that_it_is_no_text(tmp_path: Path) -> None:
    reader = reader_of(stamped(tmp_path, pdf_cases.tagged()))
    last: Any = list(reader.pages[0]["/Contents"])[-1].get_object()  # type: ignore[call-overload]
    assert re.fullmatch(
        rb"Q\n/Artifact <</Type /Pagination /Subtype /Watermark>> BDC\nq .* cm /Mention0 Do Q\nEMC\n",
        last.get_data(),
    )
    assert reader.root_object["/StructTreeRoot"]["/K"]["/Pg"] == reader.pages[0]  # type: ignore[index]


def test_fields_and_notes_stay(tmp_path: Path) -> None:
    reader = reader_of(stamped(tmp_path, pdf_cases.form()))
    assert reader.get_form_text_fields() == {"nom": "Lefevre"}
    notes: Any = reader.pages[0]["/Annots"]
    assert [note["/Subtype"] for note in notes] == ["/Widget", "/Text"]
    assert "/XFA" not in reader.root_object["/AcroForm"]  # type: ignore[operator]


def test_a_signed_file_s_copy_has_empty_fields_and_no_alarm(tmp_path: Path) -> None:
    data = pdf_cases.signed()
    target = stamped(tmp_path, data)
    root: Any = reader_of(target).root_object
    assert root["/AcroForm"]["/SigFlags"] == 0
    assert not {"/Perms", "/DSS"} & set(root)
    fields = [root["/AcroForm"]["/Fields"][0], *reader_of(target).pages[0]["/Annots"]]  # type: ignore[misc]
    assert [field.get_object().get("/T") for field in fields] == ["parent", "child", "alone"]
    assert all("/V" not in field.get_object() for field in fields)
    assert (tmp_path / "source.pdf").read_bytes() == data


def test_a_copy_does_not_call_itself_pdf_a(tmp_path: Path) -> None:
    assert b"pdfaid" in pdf_cases.archival()
    assert b"pdfaid" not in stamped(tmp_path, pdf_cases.archival()).read_bytes()


@pytest.mark.parametrize("name", ["aes_256", "aes_128", "rc4_128", "rc4_40"])
def test_a_file_protected_against_changes_is_stamped(tmp_path: Path, name: str) -> None:
    assert reader_of(CASES[name]()).is_encrypted
    assert not PdfReader(stamped(tmp_path, CASES[name]())).is_encrypted


# --- no clean page ----------------------------------------------------------------------------------------------------
def clean_pages(data: bytes) -> int:
    """Returns how many pages without the mention some bytes open to."""
    try:
        return sum(TEXT not in text for text in texts(data))
    except Exception:  # noqa: BLE001 - it does not open
        return 0


@pytest.mark.parametrize("name", ["plain", "updated", "object_streams", "form", "signed", "aes_256", "broken_xref"])
def test_a_copy_cut_at_an_earlier_end_gives_no_clean_file(tmp_path: Path, name: str) -> None:
    data = stamped(tmp_path, CASES[name]()).read_bytes()
    assert data.count(b"%%EOF") == data.count(b"startxref") == 1
    for mark in (b"%%EOF", b"startxref", b"trailer", b"endobj"):
        for match in re.finditer(mark, data):
            for cut in (data[: match.start()], data[: match.end()], data[: match.end()] + b"\nstartxref\n0\n%%EOF\n"):
                assert clean_pages(cut) == 0


def test_that_check_would_notice_an_update() -> None:
    data = pdf_cases.updated()
    assert clean_pages(data[: data.index(b"%%EOF") + 5]) == 2


def test_what_else_holds_the_clean_pages_is_left_out(tmp_path: Path) -> None:
    data = pdf_cases.attached()
    assert data.count(SECRET) == 4
    target = stamped(tmp_path, data)
    assert SECRET not in target.read_bytes()
    assert not reader_of(target).attachments
    assert every_reference_leads_somewhere(target)


def every_reference_leads_somewhere(path: Path) -> bool:
    reader = reader_of(path)
    left: list[Any] = [reader.trailer]
    seen = set()
    while left:
        one = left.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
            assert one is not None
        left.extend(dict.values(one) if isinstance(one, dict) else list.__iter__(one) if isinstance(one, list) else ())
    return True


@pytest.mark.parametrize("name", UNBALANCED)
def test_what_a_page_leaves_open_is_closed(name: str) -> None:
    data = UNBALANCED[name]
    before, after = pdf_stamper._balance(data)
    whole = b"q\n" * before + data + b"\n" + after
    assert pdf_stamper._balance(whole) == (1, b"Q\n")


def test_a_page_with_much_in_it_is_looked_through_quickly(cpu_seconds: Any) -> None:
    data = b"q 1 0 0 1 12.5 13.5 cm 0 0 m 10 10 l S Q [(a b) -12 (c)] TJ\n" * 60_000
    with cpu_seconds(3):
        assert pdf_stamper._balance(data) == (1, b"Q\n")


# --- what cannot be stamped -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_stamped_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    reason, make = REFUSED[name]
    with pytest.raises(StampFailed) as failed:
        stamped(tmp_path, make())
    assert failed.value.reason == reason
    assert {path.name for path in tmp_path.iterdir()} == {"incoming", "source.pdf"}


def test_a_file_without_its_end_is_put_together_and_stamped(tmp_path: Path) -> None:
    pages = reader_of(stamped(tmp_path, pdf_cases.without_trailer())).pages
    assert [TEXT in page.extract_text() for page in pages] == [True, True]


def test_a_file_that_takes_too_much_time_or_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pdf_cases.bomb(250)
    assert len(data) < 1024 * 1024
    monkeypatch.setattr(watermark, "_MEMORY_BYTES", 200 * 1024 * 1024)
    with pytest.raises(StampFailed, match="too_long"):
        stamped(tmp_path, data)
    monkeypatch.undo()
    monkeypatch.setattr(watermark, "STAMP_SECONDS", 0.01)
    with pytest.raises(StampFailed, match="too_long"):
        stamped(tmp_path, data)


def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path) -> None:
    data = pdf_cases.pictures(5)
    (tmp_path / "source.pdf").write_bytes(data)
    with files_no_longer_than(20_000), pytest.raises(StorageUnavailable):
        stamp_file(tmp_path / "source.pdf", tmp_path / "stamped.pdf", STAMP)
    assert not (tmp_path / "stamped.pdf").exists()


def test_a_cycle_in_the_page_tree_ends(tmp_path: Path) -> None:
    data = pdf_cases.raw(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 /Parent 2 0 R >>"]
    )
    with pytest.raises(StampFailed):
        stamped(tmp_path, data)


def test_the_stamper_runs_alone_and_says_one_thing(tmp_path: Path) -> None:
    (tmp_path / "source.pdf").write_bytes(pdf_cases.plain())
    plan = {
        "source": str(tmp_path / "source.pdf"),
        "target": str(tmp_path / "stamped.pdf"),
        "text": b"X".hex(),
        "width": 0.667,
        "colour": [0, 0, 0],
        "position": "top",
        "cpu_seconds": 20,
        "memory_bytes": 2**30,
    }
    (tmp_path / "plan").write_text(json.dumps(plan))
    done = subprocess.run(
        [sys.executable, "-I", pdf_stamper.__file__, tmp_path / "plan"], capture_output=True, check=True, cwd=tmp_path
    )
    assert json.loads(done.stdout) == {"pages": 2}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="there are no samples")
@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.pdf")))
def test_a_real_file_is_stamped_or_refused(tmp_path: Path, name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    if "password" in name:
        with pytest.raises(StampFailed, match="password"):
            stamped(tmp_path, data)
        return
    target = stamped(tmp_path, data)
    before, after = texts(data), texts(target)
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert new.count(TEXT) == 1
        assert without_space(old) == without_space(new.replace(TEXT, ""))
