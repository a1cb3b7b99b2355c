"""What the demo's dossiers say of their property, their people, their diagnostics and their payment."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class DemoDiagnostic:
    """A diagnostic: its kind, how many days ago it was made, and what it says."""

    kind: str
    days_ago: int
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoDetails:
    """All that a demo dossier holds besides its files; `place` is latitude and longitude in degrees."""

    fields: dict[str, Any]
    place: tuple[float, float]
    amount: Decimal | None = None
    payer: str = ""
    paid: bool = False
    diagnostics: tuple[DemoDiagnostic, ...] = ()


def _dpe(days_ago: int, letter: str, value: int, climate: str, emissions: int, text: str) -> DemoDiagnostic:
    values = {
        "energy_letter": letter,
        "energy_value": value,
        "climate_letter": climate,
        "climate_value": emissions,
        "conclusion": text,
        "ademe_number": "2629E0147306A",
    }
    return DemoDiagnostic("dpe", days_ago, values)


#: By the beginning of the dossier's title.
DETAILS = {
    "2026-0147": DemoDetails(
        fields={
            "reference": "2026-0147",
            "transaction": "sale",
            "visited_on": date(2026, 11, 3),
            "property_kind": "house",
            "street": "12 rue des Capucins",
            "postcode": "29200",
            "city": "Brest",
            "cadastre": "AB 214",
            "owner_name": "Jean-Baptiste Lefèvre",
            "owner_email": "jb.lefevre@courriel.example",
            "owner_phone": "02 98 00 00 01",
            "orderer_name": "Agence du Port",
        },
        place=(48.3891, -4.4946),
        amount=Decimal("420.00"),
        payer="owner",
        diagnostics=(
            _dpe(21, "D", 214, "C", 27, "Logement correctement isolé ; menuiseries à reprendre au nord."),
            DemoDiagnostic("amiante", 21, {"finding": "clear", "conclusion": "Aucun matériau repéré."}),
            DemoDiagnostic("elec", 21, {"finding": "found", "conclusion": "Anomalies : absence de 30 mA au garage."}),
            DemoDiagnostic("termites", 150, {"finding": "clear", "conclusion": "Aucun indice d'infestation."}),
            DemoDiagnostic("erp", 160, {"conclusion": "Zone de sismicité 2, radon de classe 3."}),
        ),
    ),
    "2026-0148": DemoDetails(
        fields={
            "reference": "2026-0148",
            "transaction": "rental",
            "visited_on": date(2026, 11, 12),
            "property_kind": "flat",
            "street": "4 quai de la Douane",
            "street_extra": "Bâtiment B, 2e étage, lot 14",
            "postcode": "29200",
            "city": "Brest",
            "owner_name": "Indivision Bœuf",
            "occupant_name": "Chloé Nuñez",
            "occupant_phone": "06 00 00 00 02",
        },
        place=(48.3815, -4.4870),
        amount=Decimal("260.00"),
        payer="agency",
        paid=True,
        diagnostics=(
            _dpe(12, "F", 389, "E", 58, "Chauffage électrique ancien, vitrage simple."),
            DemoDiagnostic("crep", 12, {"finding": "found", "conclusion": "Plomb dégradé sur deux menuiseries."}),
            DemoDiagnostic("boutin", 12, {"conclusion": "62,40 m²"}),
        ),
    ),
    "2026-0149": DemoDetails(
        fields={
            "reference": "2026-0149",
            "transaction": "other",
            "visited_on": date(2026, 10, 7),
            "property_kind": "building",
            "street": "2 rue de Siam",
            "postcode": "29200",
            "city": "Brest",
            "owner_name": "Copropriété Les Quais",
            "orderer_name": "Les Quais Gestion",
        },
        place=(48.3876, -4.4893),
        amount=Decimal("1180.00"),
        payer="other",
        diagnostics=(DemoDiagnostic("dta", 48, {"finding": "found", "conclusion": "Calorifugeages à surveiller."}),),
    ),
    "2026-0150": DemoDetails(
        fields={
            "reference": "2026-0150",
            "transaction": "sale",
            "visited_on": date(2026, 11, 18),
            "property_kind": "house",
            "street": "7 rue de l'Église",
            "postcode": "29470",
            "city": "Plougastel-Daoulas",
            "owner_name": "Succession Le Gall",
            "owner_email": "succession.legall@courriel.example",
            "orderer_name": "Maître Étienne Façon",
        },
        place=(48.3728, -4.3701),
        amount=Decimal("545.00"),
        payer="notary",
        diagnostics=(
            _dpe(3400, "E", 301, "B", 9, "Poêle à granulés, isolation partielle."),
            DemoDiagnostic("termites", 6, {"finding": "clear", "conclusion": "Aucun indice."}),
            DemoDiagnostic("gaz", 6, {"finding": "clear", "conclusion": "Aucune anomalie."}),
        ),
    ),
    "BZ-311": DemoDetails(
        fields={
            "reference": "BZ-311",
            "visited_on": date(2026, 11, 10),
            "property_kind": "house",
            "street": "3 impasse des Cigales",
            "postcode": "34500",
            "city": "Béziers",
            "owner_name": "Famille Benaïm",
        },
        place=(43.3442, 3.2158),
        amount=Decimal("390.00"),
        payer="agency",
        diagnostics=(
            _dpe(14, "C", 140, "A", 5, "Pompe à chaleur récente."),
            DemoDiagnostic("gaz", 14, {"finding": "found", "conclusion": "Ventilation insuffisante."}),
        ),
    ),
    "BZ-312": DemoDetails(
        fields={
            "reference": "BZ-312",
            "visited_on": date(2026, 9, 2),
            "property_kind": "house",
            "street": "1 chemin du Mas",
            "postcode": "30700",
            "city": "Uzès",
            "owner_name": "Zoé D'Ûzès",
            "owner_email": "zoe.duzes@courriel.example",
        },
        place=(44.0121, 4.4197),
        amount=Decimal("120.00"),
        payer="owner",
        paid=True,
        diagnostics=(DemoDiagnostic("carrez", 83, {"conclusion": "148,20 m²"}),),
    ),
}
