"""The site that a firm starts with: good at once, made from what the portal knows of it, and edited afterwards.

It is the firm's own text, so in French, like its other defaults.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from extranet.enums_site import BlockKind
from extranet.site_blocks import Values
from extranet.site_document import Block, Document, new_block, new_page

_WEEK = ("09:00-12:00, 14:00-18:00",) * 5 + ("", "")
_SERVICES = (
    ("DPE", "Le diagnostic de performance énergétique classe le logement de A à G ; il est opposable depuis 2021."),
    (
        "Amiante",
        "Repérage des matériaux contenant de l’amiante dans les biens dont le permis est antérieur à juillet 1997.",
    ),
    ("Plomb (CREP)", "Constat de risque d’exposition au plomb pour les logements construits avant 1949."),
    (
        "Gaz et électricité",
        "État des installations intérieures de plus de quinze ans, pour la vente comme pour la location.",
    ),
    ("Termites", "État relatif à la présence de termites, là où un arrêté préfectoral le demande."),
    ("Surface Carrez ou Boutin", "Mesure des lots en copropriété et de la surface habitable des logements loués."),
    ("État des risques (ERP)", "Risques naturels, miniers, technologiques, sismiques, radon et pollution des sols."),
    ("Audit énergétique", "Pour les maisons et immeubles en monopropriété classés E, F ou G mis en vente."),
)
_QUESTIONS = (
    (
        "Quels diagnostics sont obligatoires pour vendre ?",
        (
            "Cela dépend de la date du permis de construire, de l’âge des installations et de la commune. "
            "Notre page de tarifs pose quelques questions et donne la liste exacte, avec le prix."
        ),
    ),
    (
        "Combien de temps dure une visite ?",
        (
            "De trente minutes pour un studio à deux ou trois heures pour une grande maison. Toutes les pièces, les "
            "combles, la cave et les dépendances doivent être accessibles."
        ),
    ),
    (
        "Quand reçoit-on les rapports ?",
        (
            "Ils sont déposés dans votre espace client, où vous et les personnes que vous désignez (agence, notaire) "
            "pouvez les consulter et les télécharger."
        ),
    ),
    (
        "Combien de temps un diagnostic est-il valable ?",
        (
            "Dix ans pour le DPE, trois ans pour le gaz et l’électricité en cas de vente (six en location), six mois "
            "pour les termites et l’état des risques. Un constat amiante ou plomb négatif n’a pas de limite."
        ),
    ),
    (
        "Le diagnostiqueur est-il indépendant ?",
        (
            "Oui : la loi lui interdit tout lien de nature à porter atteinte à son impartialité avec le propriétaire, "
            "l’agence ou une entreprise de travaux (article L271-6 du code de la construction et de l’habitation)."
        ),
    ),
)
_LEGAL_MORE = (
    "<h3>Données personnelles</h3><p>Ce que vous écrivez dans le formulaire de contact nous est transmis par courriel, "
    "conservé un an au plus et sert uniquement à vous répondre. Vous pouvez en demander l’accès, la rectification ou "
    "l’effacement à l’adresse indiquée ci-dessus, et saisir la CNIL.</p>"
)


@dataclass(frozen=True)
class Company:
    """What the portal knows of a firm that may stand on its site."""

    name: str
    email: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    people: Sequence[str] = ()
    towns: Sequence[str] = ()
    #: Whether visitors may use the page of prices and order.
    visitor_orders: bool = False
    has_prices: bool = False


def ready_made(theme: str, company: Company) -> Document:
    """Returns a site of a theme, filled with what is known of the firm; the rest are texts that fit any firm."""
    where = f" à {company.city} et alentour" if company.city else ""
    return Document(
        theme=theme,
        name=company.name[:200],
        tagline=f"Diagnostics immobiliers{where}"[:200],
        phone=company.phone,
        email=company.email,
        street=company.street,
        postcode=company.postcode,
        city=company.city,
        hours=_WEEK,
        pages=(
            new_page(
                f"Diagnostic immobilier{f' à {company.city}' if company.city else ''} – {company.name}"[:200],
                slug="",
                menu="Accueil",
                description=f"{company.name} : DPE, amiante, plomb, gaz, électricité et tous les diagnostics "
                f"immobiliers pour vendre ou louer{where}. Devis en ligne, rapports dans votre espace client."[:300],
                blocks=_home(company, where),
            ),
            new_page(
                f"Nos diagnostics – {company.name}"[:200],
                slug="nos-diagnostics",
                menu="Diagnostics",
                description=f"Les diagnostics obligatoires pour vendre ou louer, réalisés par {company.name}."[:300],
                blocks=_services(company),
            ),
            new_page(
                f"Contact – {company.name}"[:200],
                slug="contact",
                menu="Contact",
                description=f"Écrire ou téléphoner à {company.name} : adresse, horaires et formulaire de contact."[
                    :300
                ],
                blocks=(
                    _block(BlockKind.CONTACT, heading="Écrivez-nous", lead="Nous répondons sous un jour ouvré."),
                    _block(BlockKind.HOURS, heading="Horaires et adresse", ground="tint"),
                ),
            ),
            new_page(
                f"Mentions légales – {company.name}"[:200],
                slug="mentions-legales",
                menu="Mentions légales",
                description=f"Mentions légales du site de {company.name}."[:300],
                in_menu=False,
                blocks=(
                    _block(BlockKind.LEGAL, heading="Qui publie ce site", body=_LEGAL_MORE),
                    _block(BlockKind.COOKIES, heading="Cookies"),
                ),
            ),
        ),
    )


def _home(company: Company, where: str) -> tuple[Block, ...]:
    first = ("Votre prix en une minute", "/tarif/") if company.visitor_orders else ("Nous écrire", "/contact/")
    blocks = [
        _block(
            BlockKind.HERO,
            heading=f"Vos diagnostics immobiliers{f' à {company.city}' if company.city else ''}",
            lead=f"Vente ou location : {company.name} intervient rapidement{where}, explique ses conclusions et dépose "
            "les rapports dans votre espace client."[:400],
            button=first[0],
            link=first[1],
            second="Nos diagnostics",
            second_link="/nos-diagnostics/",
        ),
        _block(
            BlockKind.SERVICES,
            heading="Ce que nous faisons",
            entries=[{"title": title, "text": text} for title, text in _SERVICES[:6]],
        ),
    ]
    if company.has_prices:
        blocks.append(
            _block(
                BlockKind.PRICES,
                heading="Nos tarifs",
                lead="Le prix dépend du bien : voici à partir de combien.",
                source="tariff",
                calculator=company.visitor_orders,
                note="Prix TTC, hors déplacement éventuel.",
                ground="tint",
            )
        )
    if company.towns:
        blocks.append(
            _block(
                BlockKind.ZONE,
                heading="Où nous intervenons",
                entries=[{"name": town} for town in company.towns[:40]],
                map=True,
            )
        )
    if company.people:
        blocks.append(
            _block(
                BlockKind.TEAM,
                heading="Qui vient chez vous",
                entries=[{"name": name[:80], "role": "Diagnostiqueur certifié"} for name in company.people[:12]],
                ground="tint",
            )
        )
    blocks.append(_block(BlockKind.FAQ, heading="Questions fréquentes", entries=_answers(4)))
    if company.visitor_orders:
        blocks.append(
            _block(
                BlockKind.QUOTE,
                heading="Quels diagnostics, à quel prix ?",
                lead="Quelques questions suffisent : la liste et le prix s’affichent aussitôt.",
                button="Calculer mon prix",
                target="instant",
                ground="dark",
            )
        )
    blocks.append(_block(BlockKind.HOURS, heading="Nous joindre", ground="plain"))
    return tuple(blocks)


def _services(company: Company) -> tuple[Block, ...]:
    return (
        _block(
            BlockKind.SERVICES,
            heading="Nos diagnostics",
            lead="Tous les diagnostics exigés par la loi, pour une vente ou une location.",
            entries=[{"title": title, "text": text} for title, text in _SERVICES],
        ),
        _block(
            BlockKind.TEXT,
            heading="Comment se passe une visite",
            body="<ol><li>Vous commandez en ligne ou par téléphone.</li><li>Nous convenons d’une heure de visite et "
            "vous rappelons les documents utiles.</li><li>Le diagnostiqueur visite toutes les parties accessibles du "
            "bien.</li><li>Vous recevez les rapports dans votre espace client et pouvez les partager avec votre agence "
            "ou votre notaire.</li></ol>",
            ground="tint",
        ),
        _block(BlockKind.FAQ, heading="Questions fréquentes", entries=_answers(len(_QUESTIONS))),
    )


def _answers(most: int) -> list[dict[str, str]]:
    return [{"question": question, "answer": answer} for question, answer in _QUESTIONS[:most]]


def _block(kind: BlockKind, **values: str | bool | list[dict[str, str]]) -> Block:
    given: Values = dict(values)
    return new_block(kind, given)


def sample_values(kind: str) -> Values:
    """Returns what a new block says until somebody has written into it."""
    samples: dict[str, Values] = {
        BlockKind.HERO: {"heading": "Un titre qui dit ce que vous faites", "lead": "Une phrase pour vos visiteurs."},
        BlockKind.TEXT: {"heading": "Un titre", "body": "<p>Votre texte.</p>"},
        BlockKind.SERVICES: {
            "heading": "Nos diagnostics",
            "entries": [{"title": title, "text": text} for title, text in _SERVICES[:3]],
        },
        BlockKind.PRICES: {"heading": "Nos tarifs", "source": "tariff"},
        BlockKind.ZONE: {"heading": "Où nous intervenons", "entries": [{"name": "Votre commune"}]},
        BlockKind.CERTIFICATIONS: {
            "heading": "Certifications et assurance",
            "entries": [{"title": "Certification de compétences", "body": "Organisme accrédité par le Cofrac"}],
        },
        BlockKind.TEAM: {"heading": "Notre équipe", "entries": [{"name": "Prénom Nom", "role": "Diagnostiqueur"}]},
        BlockKind.FAQ: {"heading": "Questions fréquentes", "entries": [*_answers(3)]},
        BlockKind.HOURS: {"heading": "Horaires et adresse"},
        BlockKind.CONTACT: {"heading": "Écrivez-nous"},
        BlockKind.QUOTE: {"heading": "Votre prix en une minute", "button": "Calculer mon prix", "ground": "dark"},
        BlockKind.WORDS: {
            "heading": "Ils nous font confiance",
            "entries": [{"text": "Rapide, clair, ponctuel.", "who": "Une agence de la ville"}],
        },
        BlockKind.LEGAL: {"heading": "Qui publie ce site", "body": _LEGAL_MORE},
        BlockKind.COOKIES: {"heading": "Cookies"},
    }
    return samples.get(kind, {})
