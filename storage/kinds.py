"""The kinds of file that are accepted, and the extensions that are not."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Kind:
    """One kind of file: how it is called, and the extensions that its bytes may bear (the first is the usual one)."""

    content_type: str
    extensions: tuple[str, ...]
    label: str | Promise
    #: Any text file may be called .txt; what else it is, is then nobody's business.
    is_text: bool = False


PDF = Kind("application/pdf", ("pdf",), _("a PDF document"))
JPEG = Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), _("a JPEG image"))
PNG = Kind("image/png", ("png",), _("a PNG image"))
WEBP = Kind("image/webp", ("webp",), _("a WebP image"))
GIF = Kind("image/gif", ("gif",), _("a GIF image"))
TIFF = Kind("image/tiff", ("tif", "tiff"), _("a TIFF image"))
HEIC = Kind("image/heic", ("heic", "heif"), _("an HEIC image"))
DOCX = Kind(f"{_OOXML}wordprocessingml.document", ("docx",), _("a Word document"))
XLSX = Kind(f"{_OOXML}spreadsheetml.sheet", ("xlsx",), _("an Excel workbook"))
PPTX = Kind(f"{_OOXML}presentationml.presentation", ("pptx",), _("a PowerPoint presentation"))
DOC = Kind("application/msword", ("doc",), _("a Word document of the old format"))
XLS = Kind("application/vnd.ms-excel", ("xls",), _("an Excel workbook of the old format"))
ODT = Kind(f"{_ODF}text", ("odt",), _("an OpenDocument text"))
ODS = Kind(f"{_ODF}spreadsheet", ("ods",), _("an OpenDocument spreadsheet"))
RTF = Kind("application/rtf", ("rtf",), _("a formatted text (RTF)"))
ZIP = Kind("application/zip", ("zip",), _("a zip archive"))
DWG = Kind("image/vnd.dwg", ("dwg",), _("a DWG drawing"))
DXF = Kind("image/vnd.dxf", ("dxf",), _("a DXF drawing"), is_text=True)
XML = Kind("application/xml", ("xml",), _("an XML file"), is_text=True)
EML = Kind("message/rfc822", ("eml",), _("an e-mail"), is_text=True)
CSV = Kind("text/csv", ("csv",), _("a table in text (CSV)"), is_text=True)
TEXT = Kind("text/plain", ("txt", "log"), _("a text"), is_text=True)

KINDS = (PDF, JPEG, PNG, WEBP, GIF, TIFF, HEIC, DOCX, XLSX, PPTX, DOC, XLS, ODT, ODS, RTF, ZIP, DWG, DXF, XML, EML)
#: All that a name may end in.
EXTENSIONS = frozenset(extension for kind in (*KINDS, CSV, TEXT) for extension in kind.extensions)

#: What a system runs, or a browser shows as a page of its own, when it is opened by a double click.
# fmt: off
DANGEROUS_EXTENSIONS = frozenset((
    "app", "apk", "bat", "bin", "cmd", "com", "command", "cpl", "deb", "desktop", "dll", "dmg", "docm", "dotm",
    "elf", "exe", "gadget", "hta", "htm", "html", "inf", "iso", "jar", "js", "jse", "jsp", "lnk", "mht", "mhtml",
    "mjs", "msc", "msi", "msp", "phar", "php", "phtml", "pif", "pl", "potm", "ppam", "pptm", "ps1", "psm1", "py",
    "pyc", "rb", "reg", "rpm", "run", "scf", "scr", "sh", "shtml", "svg", "svgz", "sys", "url", "vb", "vbe",
    "vbs", "wasm", "wsc", "wsf", "wsh", "xhtml", "xht", "xlam", "xlsb", "xlsm", "xltm",
))
# fmt: on
