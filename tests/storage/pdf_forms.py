"""PDFs with form fields, made here."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)


@dataclass(frozen=True)
class Made:
    """A field to make: `kind` is Tx, Ch, check or radio; `more` are entries of its dictionary."""

    name: str
    kind: str = "Tx"
    rect: tuple[float, float, float, float] = (50, 700, 300, 720)
    value: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    #: Of a radio: a widget for each.
    states: Sequence[str] = ()


def form_pdf(fields: Sequence[Made], *, pages: int = 1, script: bool = False, rotate: int = 0) -> bytes:
    """Returns a PDF whose form has these fields on its first page; with a script that runs when it opens."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    page = writer.pages[0]
    if rotate:
        page.rotate(rotate)
    annots, roots = ArrayObject(), ArrayObject()
    for made in fields:
        root, widgets = _field(writer, made)
        roots.append(root)
        annots.extend(widgets)
    page[NameObject("/Annots")] = annots
    writer.root_object[NameObject("/AcroForm")] = writer._add_object(DictionaryObject({NameObject("/Fields"): roots}))
    if script:
        action = {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert('hello')"),
        }
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): DictionaryObject(action)})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _field(writer: PdfWriter, made: Made) -> tuple[Any, list[Any]]:
    if made.kind == "radio":
        parent = DictionaryObject(
            {
                NameObject("/FT"): NameObject("/Btn"),
                NameObject("/Ff"): NumberObject(1 << 15),
                NameObject("/T"): TextStringObject(made.name),
            }
        )
        reference = writer._add_object(parent)
        kids = ArrayObject()
        for rank, state in enumerate(made.states):
            x0, y0, x1, y1 = made.rect
            widget = _widget((x0 + rank * 60, y0, x1 + rank * 60, y1), state)
            widget[NameObject("/Parent")] = reference
            kids.append(writer._add_object(widget))
        parent[NameObject("/Kids")] = kids
        return reference, list(kids)
    *groups, last = made.name.split(".")
    widget = _widget(made.rect, "Oui" if made.kind == "check" else "")
    widget[NameObject("/FT")] = NameObject("/Btn" if made.kind == "check" else f"/{made.kind}")
    widget[NameObject("/T")] = TextStringObject(last)
    widget[NameObject("/DA")] = TextStringObject("/Helv 0 Tf 0 g")
    if made.value:
        widget[NameObject("/V")] = TextStringObject(made.value)
    for key, value in made.more.items():
        widget[NameObject(key)] = NumberObject(value) if isinstance(value, int) else value
    reference = writer._add_object(widget)
    top = reference
    for name in reversed(groups):
        parent = DictionaryObject({NameObject("/T"): TextStringObject(name), NameObject("/Kids"): ArrayObject([top])})
        held = writer._add_object(parent)
        cast("DictionaryObject", top.get_object())[NameObject("/Parent")] = held
        top = held
    return top, [reference]


def _widget(rect: tuple[float, float, float, float], state: str) -> DictionaryObject:
    widget = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/Rect"): ArrayObject([FloatObject(each) for each in rect]),
            NameObject("/F"): NumberObject(4),
        }
    )
    if state:
        looks = DictionaryObject({NameObject(f"/{state}"): DecodedStreamObject()})
        widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): looks})
    return widget


#: As the desktop software names them, one of our own making, and boxes.
DESKTOP = (
    Made("bien_adresse", rect=(50, 760, 400, 780)),
    Made("bien_cp", rect=(50, 730, 150, 750), more={"/Ff": 1 << 24, "/MaxLen": 5}),
    Made("form1.page1.proprietaire_nom[0]", rect=(50, 700, 300, 720)),
    Made("rdv_precisions", rect=(50, 600, 300, 690), more={"/Ff": 1 << 12}),
    Made("Texte libre", rect=(50, 570, 300, 590)),
    Made("diag_dpe", "check", rect=(50, 540, 65, 555)),
    Made("Deja la", value="Valeur du modèle", rect=(50, 510, 300, 530)),
)
