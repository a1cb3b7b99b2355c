"""Who and what the demo holds."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DemoContact:
    """A client of a demo firm; the first ones have a password that the demo tells."""

    name: str
    company: str
    email: str
    username: str
    collaborators: tuple[str, ...] = ()
    kind: str = "other"


@dataclass(frozen=True)
class DemoDossier:
    """A dossier: its reports by name and number of pages, and the identifiers of who may read it."""

    title: str
    comments: str
    reports: tuple[tuple[str, str, int], ...]
    readers: tuple[str, ...]


@dataclass(frozen=True)
class DemoFirm:
    """A demo firm with its people, contacts and dossiers."""

    name: str
    subdomain: str
    siret: str
    button: str
    background: str
    admin: tuple[str, str]
    staff: tuple[str, str]
    contacts: tuple[DemoContact, ...]
    dossiers: tuple[DemoDossier, ...] = field(default=())


ARMOR = DemoFirm(
    name="Armor Diagnostics",
    subdomain="armor",
    siret="73282932000074",
    button="#0f6b6f",
    background="#eef4f3",
    admin=("Gwenaëlle Le Goff", "gwenaelle@armor-diagnostics.example"),
    staff=("Yann Kerdraon", "yann@armor-diagnostics.example"),
    contacts=(
        DemoContact(
            "Hélène Bœuf",
            "Agence du Port",
            "contact@agence-du-port.example",
            "agence-du-port",
            ("marie@agence-du-port.example", "luc@agence-du-port.example"),
            "agency",
        ),
        DemoContact(
            "Maître Étienne Façon",
            "Étude Façon & Associés",
            "etude@facon-notaires.example",
            "etude-facon",
            kind="notary",
        ),
        DemoContact("Jean-Baptiste Lefèvre", "", "jb.lefevre@courriel.example", "jb.lefevre", kind="owner"),
        DemoContact("Syndic Les Quais", "Les Quais Gestion", "syndic@les-quais.example", "les-quais", kind="manager"),
    ),
    dossiers=(
        DemoDossier(
            "2026-0147 — Maison Lefèvre, 12 rue des Capucins, 29200 Brest",
            "Vente. Clés à l'agence, visite du 3 novembre.",
            (
                ("DPE", "Diagnostic de performance énergétique", 14),
                ("Amiante", "Repérage amiante avant vente", 22),
                ("Electricite", "État de l'installation électrique", 9),
            ),
            ("agence-du-port", "jb.lefevre"),
        ),
        DemoDossier(
            "2026-0148 — Appartement T3, 4 quai de la Douane, 29200 Brest",
            "Location. Le diagnostic gaz suit lundi.",
            (
                ("DPE", "Diagnostic de performance énergétique", 12),
                ("CREP", "Constat de risque d'exposition au plomb", 18),
            ),
            ("agence-du-port",),
        ),
        DemoDossier(
            "2026-0149 — Copropriété Les Quais, parties communes",
            "",
            (("DTA", "Dossier technique amiante", 36),),
            ("les-quais", "etude-facon"),
        ),
        DemoDossier(
            "2026-0150 — Succession Façon, longère à Plougastel-Daoulas",
            "À remettre à l'étude avant le 15.",
            (("DDT", "Dossier de diagnostic technique complet", 48), ("Termites", "État relatif aux termites", 7)),
            ("etude-facon",),
        ),
    ),
)

MIDI = DemoFirm(
    name="Expertises du Midi",
    subdomain="midi",
    siret="12345678200010",
    button="#b4451f",
    background="#fbf3ee",
    admin=("Amélie Çelik", "amelie@expertises-du-midi.example"),
    staff=("Paul Saint-Étienne", "paul@expertises-du-midi.example"),
    contacts=(
        DemoContact(
            "Nadia Benaïm", "Immobilière de l'Hérault", "nadia@immo-herault.example", "immo-herault", kind="agency"
        ),
        DemoContact("Zoé D'Ûzès", "", "zoe.duzes@courriel.example", "zoe.duzes", kind="owner"),
    ),
    dossiers=(
        DemoDossier(
            "BZ-311 — Villa des Cigales, 34500 Béziers",
            "Piscine et dépendance comprises.",
            (("DPE", "Diagnostic de performance énergétique", 15), ("Gaz", "État de l'installation de gaz", 8)),
            ("immo-herault",),
        ),
        DemoDossier(
            "BZ-312 — Mas D'Ûzès, 30700 Uzès",
            "",
            (("Carrez", "Mesurage loi Carrez", 4),),
            ("zoe.duzes",),
        ),
    ),
)

FIRMS = (ARMOR, MIDI)
