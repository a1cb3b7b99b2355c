"""Dossiers for Google Earth: KML 2.2 (OGC 07-147r2), written while it is sent, and the link that reads it again."""

import io
import re
from collections.abc import Callable, Iterator
from xml.sax.saxutils import XMLGenerator

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from zipstream import ZIP_DEFLATED, ZipStream

from accounts.models import User
from extranet.enums import DownloadState, PaymentState
from extranet.queries.dossier_filter import DossierFilter
from extranet.queries.place import Pin, PlaceRow, place_batches
from extranet.rules import address_on_one_line
from kernel.tenancy import firm_context, require_firm

KML_TYPE = "application/vnd.google-earth.kml+xml"
KMZ_TYPE = "application/vnd.google-earth.kmz"
NAMESPACE = "http://www.opengis.net/kml/2.2"
#: How many dossiers are in memory at once.
BATCH = 500
#: Seconds after which Google Earth reads its link again.
REFRESH_SECONDS = 600
#: aabbggrr, as KML writes colours.
COLOURS = {Pin.UNPAID: "ff2323b4", Pin.NONE: "ffeb561d", Pin.PARTIAL: "ff1a8ad9", Pin.FULL: "ff3d6b0a"}
#: What XML 1.0 cannot hold, and what it discourages (§ 2.2).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def stream_kml(user: User, wanted: DossierFilter, *, name: str, link: Callable[[str], str]) -> Iterator[bytes]:
    """Returns the parts of the document of a filtered list; `link` makes the full address of a path.

    Firm and language are those of now, in whatever schema the parts are read.
    """
    return _kml(user, wanted, name=name, link=link, schema=require_firm(), language=get_language() or "fr")


def stream_kmz(user: User, wanted: DossierFilter, *, name: str, link: Callable[[str], str]) -> Iterator[bytes]:
    """Returns the parts of the same document in a zip, which Google Earth opens too."""
    archive = ZipStream(compress_type=ZIP_DEFLATED)
    # the first file is the one that is shown, by its name too
    archive.add(stream_kml(user, wanted, name=name, link=link), "doc.kml")
    return iter(archive)


def network_link(name: str, href: str) -> bytes:
    """Returns the small document that has Google Earth read an address again and again."""
    writer = _Writer()
    _begin(writer)
    writer.open("NetworkLink")
    writer.leaf("name", name)
    writer.leaf("refreshVisibility", "0")
    writer.leaf("flyToView", "1")
    writer.open("Link")
    writer.leaf("href", href)
    writer.leaf("refreshMode", "onInterval")
    writer.leaf("refreshInterval", str(REFRESH_SECONDS))
    writer.leaf("viewRefreshMode", "never")
    writer.close("Link", "NetworkLink", "kml")
    return writer.take()


def _begin(writer: "_Writer") -> None:
    writer.xml.startDocument()
    writer.open("kml", xmlns=NAMESPACE)


def clean(text: str) -> str:
    """Returns `text` without what no XML document may hold."""
    return _ILLEGAL.sub("", text)


class _Writer:
    """XML into memory, taken away in parts."""

    def __init__(self) -> None:
        self._buffer = io.StringIO()
        self.xml = XMLGenerator(self._buffer, encoding="UTF-8")

    def open(self, element: str, /, **attributes: str) -> None:
        self.xml.startElement(element, attributes)  # type: ignore[arg-type]

    def close(self, *elements: str) -> None:
        for element in elements:
            self.xml.endElement(element)

    def leaf(self, element: str, text: str, /) -> None:
        self.open(element)
        self.xml.characters(clean(text))
        self.close(element)

    def take(self) -> bytes:
        part = self._buffer.getvalue().encode()
        self._buffer.seek(0)
        self._buffer.truncate()
        return part


def _kml(
    user: User, wanted: DossierFilter, *, name: str, link: Callable[[str], str], schema: str, language: str
) -> Iterator[bytes]:
    writer = _Writer()
    with override(language):
        words = _Words(link)
        _head(writer, name, words)
    yield writer.take()
    batches = place_batches(user, wanted, size=BATCH)
    while True:
        # left before each part: a context held across a yield would be the reader's too
        with firm_context(schema), override(language):
            rows = next(batches, None)
            for row in rows or ():
                _placemark(writer, row, words)
        if rows is None:
            break
        yield writer.take()
    writer.close("Document", "kml")
    yield writer.take()


class _Words:
    """What each placemark says, translated once."""

    def __init__(self, link: Callable[[str], str]) -> None:
        self.pins = {str(pin.value): str(pin.label) for pin in Pin}
        self.states = {str(value): str(label) for value, label in DownloadState.choices}
        self.payments = {str(value): str(label) for value, label in PaymentState.choices}
        self.open = _("Open the dossier")
        self.visited = _("Visit")
        self.number = _("Dossier number")
        self.state = _("State")
        self.payment = _("Payment")
        self.address = _("Address")
        marker = "CODE"
        self._link = link(reverse("dossier-detail", args=[marker])).split(marker)

    def address_of(self, code: str) -> str:
        """Returns the full address of a dossier's page."""
        return code.join(self._link)


def _head(writer: _Writer, name: str, words: _Words) -> None:
    _begin(writer)
    writer.open("Document")
    writer.leaf("name", name)
    for pin, colour in COLOURS.items():
        writer.open("Style", id=f"pin-{pin.value}")
        writer.open("IconStyle")
        writer.leaf("color", colour)
        writer.leaf("scale", "1.1")
        writer.close("IconStyle")
        writer.open("LabelStyle")
        writer.leaf("scale", "0.8")
        writer.close("LabelStyle", "Style")


def _placemark(writer: _Writer, row: PlaceRow, words: _Words) -> None:
    address = address_on_one_line(row.street, row.postcode, row.city)
    day = row.visited_on or timezone.localdate(row.created_at)
    data = {
        "reference": (words.number, row.reference),
        "address": (words.address, address),
        "visit": (words.visited, date_format(row.visited_on, "SHORT_DATE_FORMAT") if row.visited_on else ""),
        "state": (words.state, words.states.get(row.state, row.state)),
        "payment": (words.payment, words.payments.get(row.payment_state, row.payment_state)),
    }
    # the order of the elements is the schema's
    writer.open("Placemark", id=f"dossier-{row.code}")
    writer.leaf("name", row.title)
    if address:
        writer.leaf("address", address)
    writer.leaf("description", _description(row, data, words))
    writer.open("TimeStamp")
    writer.leaf("when", day.isoformat())
    writer.close("TimeStamp")
    writer.leaf("styleUrl", f"#pin-{row.pin}")
    writer.open("ExtendedData")
    for key, (label, value) in data.items():
        if value:
            writer.open("Data", name=key)
            writer.leaf("displayName", label)
            writer.leaf("value", value)
            writer.close("Data")
    writer.close("ExtendedData")
    writer.open("Point")
    writer.leaf("coordinates", f"{row.longitude:.7f},{row.latitude:.7f}")
    writer.close("Point", "Placemark")


def _description(row: PlaceRow, data: dict[str, tuple[str, str]], words: _Words) -> str:
    """Returns the balloon's HTML; as a text of XML it is escaped once more, so that no `]]>` can end it."""
    lines = [f"{escape(label)} : {escape(value)}" for label, value in data.values() if value]
    url = escape(words.address_of(row.code))
    return "<br>".join([*lines, f'<a href="{url}">{escape(words.open)}</a>'])
