"""A mission order as a PDF, in the active language: our pages, the firm's form filled in, or both together."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from fpdf.enums import XPos, YPos

from extranet.enums_mission import MissionModelKind, MissionSection
from extranet.mission_fields import field_values, with_tags_replaced
from extranet.models import MissionModel, Order
from extranet.queries.company import legal_mentions
from extranet.queries.mission_data import is_consumer, mission_data
from storage.backends import firm_storage
from storage.filling import fill_form, join_pdfs
from themes.letter import GREY, Letter, font_file

type Data = Mapping[str, str]
type Facts = list[tuple[str, str]]


def mission_pdf(order: Order, model: MissionModel, *, number: str) -> bytes:
    """Returns the mission order of an order by a model; to a consumer it says how to withdraw.

    Call it outside a transaction: it talks to the store. Raises StorageUnavailable, FileNotFoundError, DomainError
    (storage.filling).
    """
    data, consumer = mission_data(order), is_consumer(order)
    title = _("Mission order %(number)s") % {"number": number}
    if model.kind == MissionModelKind.OURS or model.stored is None:
        return _our_pages(model, data, title=title, consumer=consumer)
    own = b"".join(firm_storage().stream(model.stored.key))
    if model.kind == MissionModelKind.FORM:
        names = [field["name"] for field in model.fields]
        values = field_values(names, model.assigned, data)
        filled = fill_form(own, values, font=font_file("Regular"), title=title)
        if not consumer:
            return filled
        return join_pdfs([filled, _withdrawal_pages(model, data, title=title)], info={"Title": title})
    ours = _our_pages(model, data, title=title, consumer=consumer)
    parts = [own, ours] if model.kind == MissionModelKind.FRONT else [ours, own]
    return join_pdfs(parts, info={"Title": title})


def empty_fields(model: MissionModel) -> list[str]:
    """Returns the names of the fields of the firm's form that nothing of ours fills."""
    return [field["name"] for field in model.fields if not model.assigned.get(field["name"]) and not field["value"]]


def _our_pages(model: MissionModel, data: Data, *, title: str, consumer: bool) -> bytes:
    letter = Letter(title=title, mentions=legal_mentions())
    letter.write_text(title, size=18, bold=True)
    letter.write_facts([(_("Order"), data["num_dossier"]), (_("Date"), data["date_jour"])])
    _paragraphs(letter, model.before, data)
    for section in model.sections:
        _section(letter, MissionSection(section), model, data)
    _paragraphs(letter, model.after, data)
    if consumer:
        _withdrawal(letter, model, data)
    _signature_box(letter)
    return letter.data()


def _withdrawal_pages(model: MissionModel, data: Data, *, title: str) -> bytes:
    letter = Letter(title=title, mentions=legal_mentions())
    _withdrawal(letter, model, data)
    return letter.data()


def _section(letter: Letter, section: MissionSection, model: MissionModel, data: Data) -> None:
    texts = {MissionSection.DOCUMENTS: model.documents, MissionSection.TERMS: model.terms}
    if section in texts:
        if texts[section].strip():
            _heading(letter, str(section.label))
            _write(letter, texts[section], data, size=9)
        return
    facts = [(label, value) for label, value in _FACTS[section](data) if value]
    if facts:
        _heading(letter, str(section.label))
        letter.write_facts(facts)


def _heading(letter: Letter, text: str) -> None:
    # a heading does not stay alone at the end of a page
    if letter.will_page_break(24):
        letter.add_page()
    letter.ln(4)
    letter.write_text(text, size=12, bold=True)
    letter.set_draw_color(200, 205, 212)
    letter.line(letter.l_margin, letter.get_y() + 0.5, letter.w - letter.r_margin, letter.get_y() + 0.5)
    letter.ln(1.5)


def _paragraphs(letter: Letter, text: str, data: Data) -> None:
    if text.strip():
        letter.ln(4)
        _write(letter, text, data, size=10)


def _write(letter: Letter, text: str, data: Data, *, size: int) -> None:
    for line in with_tags_replaced(text, data).strip().splitlines():
        if line.strip():
            letter.write_text(line.strip(), size=size)
        letter.ln(1)


def _withdrawal(letter: Letter, model: MissionModel, data: Data) -> None:
    if model.withdrawal.strip():
        _heading(letter, _("Right of withdrawal"))
        _write(letter, model.withdrawal, data, size=9)


def _signature_box(letter: Letter) -> None:
    if letter.will_page_break(42):
        letter.add_page()
    letter.ln(6)
    letter.set_draw_color(150, 156, 165)
    letter.rect(letter.l_margin, letter.get_y(), letter.epw, 32)
    letter.ln(2)
    letter.set_font("Text", "", 9)
    letter.set_text_color(*GREY)
    text = _("Date, name and signature of the orderer, after “read and approved”:")
    letter.cell(0, 5, f"  {text}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _joined(*parts: str, by: str = " – ") -> str:
    return by.join(part for part in parts if part)


def _person(prefix: str) -> Callable[[Data], Facts]:
    def facts(data: Data) -> Facts:
        return [
            (_("Name"), data[f"{prefix}_nom"]),
            (_("Address"), data.get(f"{prefix}_adresse", "")),
            (_("Phone"), data[f"{prefix}_tel"]),
            (_("E-mail"), data[f"{prefix}_mail"]),
        ]

    return facts


def _orderer(data: Data) -> Facts:
    company = data["dordre_societe"] if data["dordre_societe"] != data["dordre_nom"] else ""
    return [*_person("dordre")(data), (_("Company"), company), (_("Orders as"), data["dordre_type"])]


def _property(data: Data) -> Facts:
    return [
        (_("Property"), data["bien_nature"]),
        (_("Address"), data["bien_adresse_complete"]),
        (_("Where it is inside"), data["bien_lieu_interne"]),
        (_("Lot"), data["bien_lot"]),
        (_("Land registry"), data["bien_cadastre"]),
        (_("Outbuildings"), data["bien_lot_autre"]),
    ]


def _building(data: Data) -> Facts:
    return [(_("Description"), data["bien_description"])]


def _diagnostics(data: Data) -> Facts:
    return [
        (_("Made for"), data["mission_type"]),
        (_("Diagnostics"), data["mission_diagnostics"]),
        (_("Remarks"), data["dossier_observations"]),
    ]


def _price(data: Data) -> Facts:
    return [
        (_("Accepted quote"), data["num_devis_numero"]),
        (_("Price without VAT"), data["prix_ht"]),
        (_("VAT"), data["prix_tva"]),
        (_("Price with VAT"), data["prix_ttc"]),
    ]


def _visit(data: Data) -> Facts:
    minutes = _("%(count)s minutes") % {"count": data["rdv_duree"]} if data["rdv_duree"] else ""
    return [
        (_("Date"), _joined(data["rdv_date"], data["rdv_heure"], minutes)),
        (_("Diagnostician"), data["operateur_reperage"]),
        (_("Contact for the visit"), data["rdv_contact_nom_tel"]),
        (_("Where the keys are"), data["rdv_clefs"]),
        (_("How to get in"), data["rdv_precisions"]),
    ]


_FACTS: Mapping[MissionSection, Callable[[Data], Sequence[tuple[str, str]]]] = {
    MissionSection.ORDERER: _orderer,
    MissionSection.OWNER: _person("proprietaire"),
    MissionSection.OCCUPANT: _person("occupant"),
    MissionSection.PROPERTY: _property,
    MissionSection.BUILDING: _building,
    MissionSection.DIAGNOSTICS: _diagnostics,
    MissionSection.PRICE: _price,
    MissionSection.VISIT: _visit,
    MissionSection.NOTARY: _person("notaire"),
}
