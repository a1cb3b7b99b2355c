"""Files of every kind, made here."""

import importlib
import io
import random
import resource
import socket
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image
from pypdf import PdfWriter

PDF_TYPE = "application/pdf"


def pdf(pages: int = 1, *, password: str | None = None, owner_only: bool = False, padding: int = 0) -> bytes:
    """Returns a PDF of blank pages; `padding` bytes that no compression takes away make it large."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if padding:
        writer.add_attachment("padding.bin", random.Random(0).randbytes(padding))
    if password is not None:
        writer.encrypt("" if owner_only else password, password, algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def image(kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(buffer, kind)
    return buffer.getvalue()


def zipped(**files: str) -> bytes:
    """Returns a zip of the files; __ in a name stands for /, _dot_ for a dot."""
    return archive({name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()})


def archive(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, text in files.items():
            target.writestr(name, text)
    return buffer.getvalue()


def office(main_part: str, **more: str) -> bytes:
    return archive({"_rels/.rels": "<x/>", "[Content_Types].xml": "<Types/>", main_part: "<x/>"} | more)


def xlsx() -> bytes:
    buffer = io.BytesIO()
    book = importlib.import_module("openpyxl").Workbook()  # has no type stubs
    book.active.append(["Carrez", 52.3])
    book.save(buffer)
    return buffer.getvalue()


def opendocument(kind: str) -> bytes:
    return archive({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<x/>"})


def ole(*streams: str, clsid: bytes = bytes(16)) -> bytes:
    """Returns an OLE file ([MS-CFB]) whose directory, the sector after the header, names the streams."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = (0).to_bytes(4, "little")
    directory = b""
    for name, kind in [("Root Entry", 5), *((stream, 2) for stream in streams)]:
        text = name.encode("utf-16-le")
        entry = bytearray(128)
        entry[: len(text)] = text
        entry[64:66] = (len(text) + 2).to_bytes(2, "little")
        entry[66] = kind
        entry[80:96] = clsid
        directory += bytes(entry)
    return bytes(header) + directory.ljust(512 * -(-len(directory) // 512), b"\0")


def upload(data: bytes, name: str = "rapport.pdf") -> SimpleUploadedFile:
    """Returns an upload that waits in memory."""
    return SimpleUploadedFile(name, data)


def temporary(data: bytes, name: str = "rapport.pdf") -> "TemporaryUploadedFile":
    """Returns an upload that waits in a temporary file, as every real one does."""
    file = TemporaryUploadedFile(name, "application/octet-stream", len(data), None)
    file.write(data)
    file.seek(0)
    return file


def written(folder: Path, data: bytes) -> Path:
    path = folder / "bytes"
    path.write_bytes(data)
    return path


def closed_port() -> int:
    """Returns a port at which nobody answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Makes the kernel refuse to let any file of this process grow past `size`, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
