"""What an order says, as the fields and texts of a mission order show it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from extranet.enums import ContactKind, DiagnosticKind, PropertyKind, Transaction
from extranet.enums_booking import BUSY_STATES
from extranet.enums_order import Answer, BuildPeriod, OrdererRole
from extranet.models import Appointment, Order
from extranet.queries.company import legal_mentions
from extranet.queries.order import diagnostic_labels
from extranet.queries.order_price import order_price
from extranet.queries.quote import agreed_quote
from extranet.queries.slot import booking_settings, zone_of
from themes.letter import money
from themes.models import current_branding

#: A box that is ticked.
TICKED = "X"
_COMPANIES = {OrdererRole.AGENCY, OrdererRole.NOTARY}
_COMPANY_KINDS = {ContactKind.AGENCY, ContactKind.NOTARY, ContactKind.MANAGER}


def is_consumer(order: Order) -> bool:
    """Whether who orders is a private person, as far as the order says."""
    if order.orderer_company.strip() or order.orderer_role in _COMPANIES:
        return False
    return order.contact is None or order.contact.kind not in _COMPANY_KINDS


def visit_of_order(order: Order) -> Appointment | None:
    """Returns the order's next confirmed visit, else its last: one query."""
    if order._state.adding:
        return None
    found = Appointment.objects.filter(order=order, state__in=[str(state) for state in BUSY_STATES])
    visits = list(found.select_related("diagnostician").order_by("starts_at"))
    ahead = [visit for visit in visits if visit.ends_at >= timezone.now()]
    return ahead[0] if ahead else visits[-1] if visits else None


def mission_data(order: Order) -> dict[str, str]:
    """Returns all that a mission order can show of an order, by MissionDatum and a box a diagnostic: nine queries."""
    branding, visit = current_branding(), visit_of_order(order)
    zone = zone_of(booking_settings())
    data = {
        **_people(order),
        **_property(order),
        **_visit(order, visit, visit.starts_at.astimezone(zone) if visit else None),
        **_price(order),
        "mission_type": str(order.get_transaction_display()),
        "mission_est_vente": TICKED if order.transaction == Transaction.SALE else "",
        "mission_est_location": TICKED if order.transaction == Transaction.RENTAL else "",
        "mission_diagnostics": ", ".join(diagnostic_labels(order.diagnostics)),
        "num_dossier": order.number,
        "dossier_observations": order.remarks,
        "date_commande": date_format((order.sent_at or order.created_at).astimezone(zone), "SHORT_DATE_FORMAT"),
        "date_jour": date_format(timezone.now().astimezone(zone), "SHORT_DATE_FORMAT"),
        "cabinet_nom": branding.site_name,
        "cabinet_mentions": legal_mentions(),
    }
    boxes = {f"diag_{kind}": TICKED if kind in order.diagnostics else "" for kind in DiagnosticKind.values}
    return data | boxes


def sample_order() -> Order:
    """Returns an unsaved order as a firm gets them, for a look at its mission orders."""
    now = timezone.now()
    return Order(
        number="C26-0000",
        created_at=now,
        sent_at=now,
        transaction=Transaction.SALE,
        property_kind=PropertyKind.FLAT,
        diagnostics=["dpe", "amiante", "crep", "elec", "erp", "carrez"],
        street="12 rue de Siam",
        postcode="29200",
        city="Brest",
        floor="3",
        door="B",
        lot="14",
        cadastre="AB 123",
        year=1936,
        build_period=BuildPeriod.BEFORE_1949,
        surface=Decimal("78.50"),
        rooms=4,
        outbuildings=_("cellar, parking space"),
        co_owned=Answer.YES,
        orderer_role=OrdererRole.OWNER,
        orderer_name="Anne Kermarrec",
        orderer_email="anne.kermarrec@exemple.fr",
        orderer_phone="06 00 00 00 11",
        orderer_address="3 quai Malbert, 29200 Brest",
        owner_name="Anne Kermarrec",
        owner_email="anne.kermarrec@exemple.fr",
        owner_phone="06 00 00 00 11",
        owner_address="3 quai Malbert, 29200 Brest",
        occupied=Answer.YES,
        occupant_name="Luc Le Gall",
        occupant_phone="06 00 00 00 12",
        notary_name="Me Dupont",
        notary_phone="02 98 00 00 01",
        notary_email="etude@exemple.fr",
        keys=_("At the agency"),
        access_name="Luc Le Gall",
        access_phone="06 00 00 00 12",
        access_note=_("Code 12A, third floor on the left"),
        wanted_by=timezone.localdate() + timedelta(days=10),
        remarks=_("Available in the morning."),
        latitude=48.3885,
        longitude=-4.488,
    )


def _people(order: Order) -> dict[str, str]:
    role = order.orderer_role
    return {
        "dordre_nom": order.orderer_name or order.orderer_company,
        "dordre_societe": order.orderer_company,
        "dordre_type": str(order.get_orderer_role_display()) if role else "",
        "dordre_adresse": order.orderer_address,
        "dordre_tel": order.orderer_phone,
        "dordre_mail": order.orderer_email,
        "dordre_est_proprietaire": TICKED if role == OrdererRole.OWNER else "",
        "dordre_est_agence": TICKED if role == OrdererRole.AGENCY else "",
        "dordre_est_notaire": TICKED if role == OrdererRole.NOTARY else "",
        "dordre_est_locataire": TICKED if role == OrdererRole.TENANT else "",
        "proprietaire_nom": order.owner_name,
        "proprietaire_adresse": order.owner_address,
        "proprietaire_tel": order.owner_phone,
        "proprietaire_mail": order.owner_email,
        "occupant_nom": order.occupant_name,
        "occupant_tel": order.occupant_phone,
        "occupant_mail": order.occupant_email,
        "notaire_nom": order.notary_name,
        "notaire_tel": order.notary_phone,
        "notaire_mail": order.notary_email,
    }


def _property(order: Order) -> dict[str, str]:
    inside = (
        ("", order.street_extra),
        (pgettext("of a property", "floor"), order.floor),
        (pgettext("of a property", "door"), order.door),
    )
    surface = order.surface
    shown = number_format(surface.normalize() if surface % 1 else surface.to_integral_value()) if surface else ""
    period = str(order.get_build_period_display()) if order.build_period else ""
    return {
        "bien_nature": str(order.get_property_kind_display()) if order.property_kind else "",
        "bien_adresse": order.street,
        "bien_adresse_complete": order.address_line,
        "bien_cp": order.postcode,
        "bien_ville": order.city,
        "bien_lieu_interne": ", ".join(f"{label} {value}".strip() for label, value in inside if value),
        "bien_cadastre": order.cadastre,
        "bien_lot": order.lot,
        "bien_lot_autre": order.outbuildings,
        "bien_surface": shown,
        "bien_pieces": str(order.rooms or ""),
        "bien_annee_construction": str(order.year or period),
        "bien_description": ", ".join(
            _("%(label)s: %(value)s") % {"label": label, "value": value} for label, value in order.building_facts
        ),
    }


def _visit(order: Order, visit: Appointment | None, starts_at: datetime | None) -> dict[str, str]:
    return {
        "rdv_date": date_format(starts_at, "SHORT_DATE_FORMAT") if starts_at else "",
        "rdv_heure": date_format(starts_at, "TIME_FORMAT") if starts_at else "",
        "rdv_duree": str(visit.minutes) if visit else "",
        "rdv_contact_nom_tel": " – ".join(part for part in (order.access_name, order.access_phone) if part),
        "rdv_precisions": order.access_note,
        "rdv_clefs": order.keys,
        "operateur_reperage": str(visit.diagnostician) if visit else "",
    }


def _price(order: Order) -> Mapping[str, str]:
    """Returns what was agreed by the order's accepted quote, else what it costs today if all of it has a price."""
    agreed = agreed_quote(order)
    if agreed is not None:
        return _amounts(agreed.net, agreed.vat, agreed.gross, quote=agreed.number)
    found = order_price(order)
    if found is None or not found.priced.is_complete or not found.priced.lines:
        return dict.fromkeys(("prix_ht", "prix_tva", "prix_ttc", "num_devis_numero"), "")
    return _amounts(found.priced.net, found.priced.vat, found.priced.gross)


def _amounts(net: Decimal, vat: Decimal, gross: Decimal, *, quote: str = "") -> Mapping[str, str]:
    return {
        "prix_ht": money(net),
        "prix_tva": money(vat),
        "prix_ttc": money(gross),
        "num_devis_numero": quote,
    }
