"""The demo's legal data, attestations, certifications, and somebody who asks for an account."""

from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from config.demo.reports import report_pdf
from extranet.actions.company import FIELDS, save_certification, save_company, store_signature
from extranet.actions.library import DocumentValues, add_document
from extranet.enums_join import JoinState
from extranet.enums_library import Audience, Holding
from extranet.models import AccountRequest, Diagnostician, DocumentCategory
from extranet.queries.company import company
from storage.actions.files import store_bytes
from tenants.models import Firm
from themes.actions.branding import update_login_page
from themes.models import Branding

_FIRM = "Armor Diagnostics"
_COMPANY = {
    "legal_name": _FIRM,
    "legal_form": "SARL",
    "capital": 10_000,
    "siren": "732829320",
    "siret": "73282932000074",
    "vat_number": "FR44732829320",
    "rcs_town": "Brest",
    "naf": "7120B",
    "street": "12 quai de la Douane",
    "postcode": "29200",
    "city": "Brest",
    "phone": "02 98 00 00 00",
    "email": "contact@armor-diagnostics.example",
    "website": "https://www.armor-diagnostics.example",
    "insurer": "Mutuelle de l’Iroise",
    "policy": "1234567",
    "cover_claim": 500_000,
    "cover_year": 1_000_000,
    "signer_name": "Gwenaëlle Le Goff",
    "signer_role": "gérante",
}
#: Domain, number, days until its end.
_CERTIFIED = (("energy", "DPE-2213", 900), ("asbestos", "AMI-2213", 410), ("lead", "CREP-2213", 25))
_NOTICE = """Vos rapports sont des PDF : tout navigateur les ouvre.

Pour les garder, choisissez « Télécharger » ; pour tout prendre en une fois, « Tout télécharger » du dossier.

Une question ? Écrivez-nous depuis le menu « Messages »."""


def seed_company(subdomain: str, *, staff: User) -> None:
    """Says who the first demo firm is in law."""
    if subdomain == "armor":
        upload = SimpleUploadedFile("signature.png", _signature(), "image/png")
        empty = {name: getattr(company(), name) for name in FIELDS}
        ends = {"expires_on": timezone.localdate() + timedelta(days=48)}
        save_company(values=empty | _COMPANY | ends, signature=store_signature(upload, user=staff))


def seed_papers(firm: Firm, subdomain: str, *, staff: User) -> None:
    """Publishes the first demo firm's documents, certifies its people and opens its log-in page to requests."""
    if subdomain != "armor":
        return
    insurance, certificates, notices, software, _links = DocumentCategory.objects.order_by("position")
    today = timezone.localdate()
    people = list(Diagnostician.objects.order_by("pk"))
    for rank, person in enumerate(people):
        for domain, number, days in _CERTIFIED:
            values = {
                "diagnostician": person,
                "domain": domain,
                "number": f"{number}-{rank + 1}",
                "body": "Certif Ouest",
                "expires_on": today + timedelta(days=days + 200 * rank),
            }
            save_certification(None, values=values)
    published: tuple[tuple[DocumentCategory, str, int | None, Audience, Diagnostician | None], ...] = (
        (insurance, "Attestation d’assurance RC professionnelle", 48, Audience.PUBLIC, None),
        (insurance, "Attestation sur l’honneur d’indépendance", None, Audience.MEMBERS, None),
        (certificates, "Certificat DPE", 900, Audience.PUBLIC, people[0] if people else None),
        (certificates, "Certificat amiante", -6, Audience.MEMBERS, people[0] if people else None),
    )
    for category, title, left, audience, holder in published:
        content = report_pdf(firm=_FIRM, title=title, dossier=_FIRM, pages=1)
        add_document(
            DocumentValues(
                category=category,
                title=title,
                audience=audience,
                expires_on=today + timedelta(days=left) if left is not None else None,
                diagnostician=holder,
            ),
            holding=Holding.FILE,
            user=staff,
            stored=store_bytes(content, name=f"{title}.pdf", user=staff),
        )
    add_document(
        DocumentValues(
            category=notices, title="Lire et garder vos rapports", description="En deux minutes", text=_NOTICE
        ),
        holding=Holding.NOTICE,
        user=staff,
    )
    add_document(
        DocumentValues(
            category=software,
            title="Lecteur de PDF",
            description="Sur le site de son éditeur",
            link="https://get.adobe.com/fr/reader/",
        ),
        holding=Holding.LINK,
        user=staff,
    )
    branding = Branding.objects.get(firm=firm)
    branding.offer_account_request = True
    branding.welcome_text = (
        "Bienvenue sur l’espace clients d’Armor Diagnostics : vos rapports, vos commandes, vos devis."
    )
    branding.welcome_text_en = "Welcome to Armor Diagnostics: your reports, your orders, your quotes."
    update_login_page(branding)
    AccountRequest.objects.create(
        state=JoinState.WAITING,
        name="Nolwenn Quéré",
        company="Agence du Port",
        kind="agency",
        email="nolwenn.quere@agence-du-port.example",
        phone="06 00 00 00 71",
        message="Je rejoins l’agence le mois prochain et voudrais suivre nos dossiers.",
        confirmed_at=timezone.now() - timedelta(hours=3),
    )


def _signature() -> bytes:
    """Returns a signature, drawn here."""
    picture = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    points = [(40 + x * 5, 110 + (60 if x % 9 < 4 else -45) * ((x * 7) % 11) / 11) for x in range(100)]
    draw.line(points, fill="#1d273b", width=5, joint="curve")
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
