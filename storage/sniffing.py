"""What a file is, from its bytes and never from its name, and whether it may come in."""

import codecs
import mmap
import re
import zipfile
from dataclasses import dataclass, replace
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import BinaryIO

import puremagic
import structlog
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from puremagic.scanners import cfbf_scanner

from kernel.errors import DomainError
from kernel.text import safe_file_name
from storage import kinds
from storage.kinds import Kind
from storage.pdf_probing import ProbeFailed, probe

logger = structlog.get_logger(__name__)

#: How much of the beginning is read to tell a text from other bytes.
HEAD_BYTES = 64 * 1024
#: A zip's table of contents is read up to here (some ten thousand names); a longer one is just a zip.
_MAX_CONTENTS = 1024 * 1024
#: A little more than the prober gives a file: its word comes first.
_PROBE_SECONDS = 25

_PROGRAMS = (
    b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"\xbe\xba\xfe\xca", b"\x00asm", b"dex\n", b"L\x00\x00\x00\x01\x14\x02\x00", b"!<arch>\n",
)  # fmt: skip
#: The tags by which a browser takes unlabelled text for a page (WHATWG MIME Sniffing § 7.1), with svg.
# fmt: off
_PAGE_TAGS = frozenset((
    "html", "head", "script", "iframe", "h1", "div", "font", "table", "a", "style", "title", "b", "body", "br", "p",
    "svg", "link", "meta", "object", "embed", "img",
))
# fmt: on
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_PROLOGUE = re.compile(r"<\?xml.*?\?>|<!--.*?-->|<!doctype\s[^\[>]*(\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_PAGE_DOCTYPE = re.compile(r"<!doctype\s+(html|svg)\b", re.IGNORECASE)
_FIRST_TAG = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_PAGE_ROOTS = frozenset(("html", "svg"))
_BLANKS = "\ufeff \t\r\n\f"
_PAGE_NAMESPACES = re.compile(r"www\.w3\.org/(1999/xhtml|2000/svg)|<(?:[\w.-]+:)?script\b", re.IGNORECASE)
_DXF = re.compile(r"\s*(999\s*\n[^\n]*\n\s*)*0\s*\n\s*SECTION\s", re.IGNORECASE)
_DXF_START = 2000
_MAIL_HEADERS = frozenset(["from", "to", "subject", "date", "received", "mime-version", "message-id", "return-path"])
#: The names of the main streams, as the directory of an OLE file holds them ([MS-CFB] § 2.6.1).
_OLE_STREAMS = (
    ("PowerPoint Document", None),
    ("WordDocument", kinds.DOC),
    ("Workbook", kinds.XLS),
    ("Book", kinds.XLS),
)
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"))


@dataclass(frozen=True)
class Sniffed:
    """What the bytes are: of a known kind, or dangerous (`danger` says what), or neither."""

    size: int
    kind: Kind | None = None
    danger: str = ""
    charset: str = ""
    pdf_pages: int | None = None
    is_encrypted: bool = False
    is_damaged: bool = False


def sniff(path: Path) -> Sniffed:
    """Returns what the file at `path` is; reads only some of it, in bounded time and memory."""
    size = path.stat().st_size
    if not size:
        return Sniffed(size=0)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.startswith(_PROGRAMS) or (head.startswith(b"MZ") and b"\x00" in head):
            return Sniffed(size=size, danger=_("a program"))
        text, charset = _decode(head)
        if text is not None and (danger := _dangerous_text(text)):
            return Sniffed(size=size, danger=danger)
        kind = _binary_kind(head, file)
        if kind is kinds.ZIP:
            kind, danger = _zip_kind(file)
            if danger:
                return Sniffed(size=size, danger=danger)
        elif kind is kinds.DOC:
            kind = _ole_kind(path, head)
    if kind is None and text is not None:
        return Sniffed(size=size, kind=_text_kind(text, head), charset=charset)
    if kind is None and b"%PDF-" in head[:1024]:  # some programs write a few bytes before it, and readers accept that
        kind = kinds.PDF
    if kind is kinds.PDF:
        return _probe_pdf(path, size)
    return Sniffed(size=size, kind=kind)


def check_upload(name: str, sniffed: Sniffed, *, limit: int | None = None) -> str:
    """Returns the name under which a file comes in: safe, and with an extension; `limit` as for check_size.

    Raises DomainError `file_empty`, `file_too_large`, `file_dangerous`, `file_type_mismatch` or `file_type_refused`.
    """
    name = safe_file_name(name)
    check_size(name, sniffed.size, limit=limit)
    extension = _extension(name)
    if sniffed.danger:
        raise _dangerous(name, sniffed.danger)
    if sniffed.kind is None and extension not in kinds.EXTENSIONS:
        raise DomainError(
            "file_type_refused",
            _("“%(name)s” is not accepted: send a PDF, an image, an office document, a text or a zip archive.")
            % {"name": name},
        )
    if sniffed.kind is None:
        raise _mismatch(name, extension, _("of an unknown type"))
    if not extension:
        return safe_file_name(f"{name}.{sniffed.kind.extensions[0]}")
    if extension in sniffed.kind.extensions:
        return name
    if sniffed.kind.is_text and extension in kinds.DANGEROUS_EXTENSIONS:
        raise _dangerous(name, _("a script or a web page"))
    if sniffed.kind.is_text and extension in (*kinds.TEXT.extensions, *kinds.CSV.extensions):
        return name
    raise _mismatch(name, extension, sniffed.kind.label)


def check_size(name: str, size: int, *, limit: int | None = None) -> None:
    """Raises DomainError `file_empty` or `file_too_large`: over `limit` bytes, UPLOAD_MAX_BYTES unless it is given."""
    if size <= 0:
        raise DomainError("file_empty", _("“%(name)s” is empty.") % {"name": name})
    if size > (settings.UPLOAD_MAX_BYTES if limit is None else limit):
        raise too_large(name, limit=limit)


def too_large(name: str = "", *, limit: int | None = None) -> DomainError:
    """Returns the error of a file over the limit."""
    most = filesizeformat(settings.UPLOAD_MAX_BYTES if limit is None else limit)
    if not name:
        return DomainError("file_too_large", _("A file may have at most %(limit)s.") % {"limit": most})
    return DomainError(
        "file_too_large",
        _("“%(name)s” is too large: a file may have at most %(limit)s.") % {"name": name, "limit": most},
    )


def content_type_of(name: str, sniffed: Sniffed) -> str:
    """Returns the type to serve it as; a text is a table, a log … as its name says."""
    kind = sniffed.kind or kinds.TEXT
    if kind.is_text and _extension(name) not in kind.extensions:
        kind = kinds.CSV if _extension(name) in kinds.CSV.extensions else kinds.TEXT
    return f"{kind.content_type}; charset={sniffed.charset}" if sniffed.charset else kind.content_type


def _dangerous(name: str, what: str) -> DomainError:
    return DomainError(
        "file_dangerous",
        _("“%(name)s” is refused: it is %(what)s, which could harm whoever opens it.") % {"name": name, "what": what},
    )


def _mismatch(name: str, extension: str, what: str | Promise) -> DomainError:
    return DomainError(
        "file_type_mismatch",
        _("“%(name)s” ends in “.%(extension)s”, but its content is %(what)s. Check the file and its name.")
        % {"name": name, "extension": extension, "what": what},
    )


def _extension(name: str) -> str:
    """Returns what the name ends in, lower case; "" for a name that only has a dot in it (“Lot 2.1”)."""
    match = re.search(r"\.([a-z0-9]{1,10})$", name.lower())
    return match[1] if match and not match[1].isdigit() else ""


def _decode(head: bytes) -> tuple[str | None, str]:
    """Returns the text of the beginning and its charset; (None, "") when the bytes are no text."""
    for bom, charset in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(bom):
            try:
                return codecs.getincrementaldecoder(charset)().decode(head), charset
            except UnicodeDecodeError:
                return None, ""
    if _CONTROL.search(head):
        return None, ""
    try:
        # Incremental: the last character may be cut in two.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head), "utf-8"
    except UnicodeDecodeError:
        return head.decode("cp1252", errors="replace"), "windows-1252"


def _dangerous_text(text: str) -> str:
    start = text.lstrip(_BLANKS)
    if start.startswith(("#!", "<?=", "<%")) or start[:5].lower() == "<?php":
        return _("a script")
    if not start.startswith("<"):
        return ""
    # What is labelled XML is a page by its namespace only: a table of measures may well be called <table>.
    tags = _PAGE_ROOTS if start.startswith("<?xml") else _PAGE_TAGS
    is_page = _root(start) in tags or _PAGE_NAMESPACES.search(text) or _PAGE_DOCTYPE.search(text)
    return _("a web page") if is_page else ""


def _root(start: str) -> str:
    """Returns the name of the first tag after declarations and comments, lower case; "" without one."""
    while match := _PROLOGUE.match(start):
        start = start[match.end() :].lstrip(_BLANKS)
    tag = _FIRST_TAG.match(start)
    return tag[1].lower() if tag else ""


def _binary_kind(head: bytes, file: BinaryIO) -> Kind | None:
    """Returns the kind that the signatures tell; ZIP and DOC stand for all that share theirs."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return kinds.ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return kinds.DOC
    if head.startswith(b"AutoCAD Binary DXF"):
        return kinds.DXF
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return kinds.HEIC
    if head.startswith(b"%PDF-"):
        return kinds.PDF
    if head.startswith(b"RIFF"):  # sound and film too, which the library takes for images
        return kinds.WEBP if head[8:12] == b"WEBP" else None
    # the library looks for all that it knows, at the end of the file too
    file.seek(0)
    found = {match.extension.lstrip(".") for match in puremagic.magic_stream(file) if match.confidence >= 0.3}
    signed = (kinds.JPEG, kinds.PNG, kinds.GIF, kinds.TIFF, kinds.RTF, kinds.DWG)
    return next((kind for kind in signed if kind.extensions[0] in found), None)


def _text_kind(text: str, head: bytes) -> Kind:
    start = text.lstrip(_BLANKS)
    if _root(start):
        return kinds.XML
    if _DXF.match(text[:_DXF_START]):
        return kinds.DXF
    mail = BytesHeaderParser().parsebytes(head)
    if not mail.defects and len(_MAIL_HEADERS & {name.lower() for name in mail}) >= 2:
        return kinds.EML
    return kinds.TEXT


class _Bounded:
    """A file of which no single read may be long: zipfile reads a zip's table of contents at one go."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, _MAX_CONTENTS + 1) if size >= 0 else _MAX_CONTENTS + 1)
        if len(data) > _MAX_CONTENTS:
            raise zipfile.BadZipFile("too long a table of contents")
        return data


def _zip_kind(file: BinaryIO) -> tuple[Kind | None, str]:
    """Returns the kind of a zip by the names in it, and what is dangerous in it."""
    try:
        archive = zipfile.ZipFile(_Bounded(file))
        names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return kinds.ZIP, ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None, _("a document with macros")
    if names & {"META-INF/MANIFEST.MF", "AndroidManifest.xml"}:
        return None, _("a program")
    if "[Content_Types].xml" in names:
        for part, kind in (
            ("word/document.xml", kinds.DOCX),
            ("xl/workbook.xml", kinds.XLSX),
            ("ppt/presentation.xml", kinds.PPTX),
        ):
            if part in names:
                return kind, ""
    if "mimetype" in names and "content.xml" in names:
        # The format puts it first and uncompressed (OpenDocument 1.3, part 2, § 3.3), so that it can be read like this.
        file.seek(0)
        start = file.read(200)
        return next((kind for kind in (kinds.ODS, kinds.ODT) if kind.content_type.encode() in start), None), ""
    return kinds.ZIP, ""


def _ole_kind(path: Path, head: bytes) -> Kind | None:
    """Returns which old office format an OLE file is; None for another (an installer, an Outlook message …)."""
    match = cfbf_scanner.main(path, head, b"")
    if match is not None:
        return {".doc": kinds.DOC, ".xls": kinds.XLS}.get(match.extension)
    # The scanner reads the first sector of the directory, which need not name the main stream.
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for name, kind in _OLE_STREAMS:
            if data.find(f"\0{name}\0".encode("utf-16-le")[1:]) >= 0:
                return kind
    return None


def _probe_pdf(path: Path, size: int) -> Sniffed:
    """Returns what can be said of a PDF; nothing more than that it is one when looking takes too much."""
    plain = Sniffed(size=size, kind=kinds.PDF)
    try:
        found = probe(path, seconds=_PROBE_SECONDS)
    except ProbeFailed as error:
        logger.warning("pdf_not_inspected", size=size, error=str(error))
        return plain
    return replace(plain, pdf_pages=found["pages"], is_encrypted=found["encrypted"], is_damaged=found["damaged"])
