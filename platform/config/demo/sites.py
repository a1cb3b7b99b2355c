"""The demo's web sites: two firms, two themes, with pictures that the product draws itself."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

from accounts.models import User
from extranet.actions.site import publish_site, start_site
from extranet.actions.site_contact import receive_contact
from extranet.actions.site_image import add_site_image
from extranet.enums_site import SiteTheme
from extranet.models import PortalSettings
from extranet.queries.site_start import company_of
from extranet.site_document import Document, add_block, new_block, set_values
from extranet.site_start import ready_made
from mail.models import OutgoingMail


@dataclass(frozen=True)
class DemoSite:
    """A demo firm's site, and the colours (sky, hill, wall, roof) of its picture."""

    theme: SiteTheme
    phone: str
    street: str
    postcode: str
    city: str
    people: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    colours: tuple[str, str, str, str]


SITES: Mapping[str, DemoSite] = {
    "armor": DemoSite(
        SiteTheme.SHORE,
        "02 98 00 00 00",
        "12 quai de la Douane",
        "29200",
        "Brest",
        ("Gwenaëlle Le Bris", "Yann Cadiou", "Soizic Riou"),
        (
            ("Brest", "29200"),
            ("Guipavas", "29490"),
            ("Plouzané", "29280"),
            ("Le Relecq-Kerhuon", "29480"),
            ("Landerneau", "29800"),
            ("Plougastel-Daoulas", "29470"),
        ),
        ("#cfe3f5", "#7fa98f", "#f7f4ec", "#4a5a6a"),
    ),
    "midi": DemoSite(
        SiteTheme.CHAMBERS,
        "05 61 00 00 00",
        "3 rue des Arts",
        "31000",
        "Toulouse",
        ("Amélie Castan", "Rémi Fabre"),
        (("Toulouse", "31000"), ("Blagnac", "31700"), ("Colomiers", "31770"), ("Muret", "31600"), ("Balma", "31130")),
        ("#f6e3d0", "#b9a06f", "#eec9a6", "#a8553b"),
    ),
}
_CERTIFICATES = (
    {"title": "Certification de compétences", "body": "Organisme accrédité par le Cofrac", "number": "CDI-2024-0731"},
    {"title": "Assurance RC professionnelle", "body": "Mutuelle des diagnostiqueurs", "number": "1234567"},
    {"title": "Amiante avec mention", "body": "Organisme accrédité par le Cofrac", "number": "AM-2024-0115"},
)
_WORDS = (
    {"text": "Rapports reçus le lendemain de la visite, expliqués au téléphone.", "who": "Une agence du port"},
    {"text": "Ponctuel et clair sur ce que le DPE veut dire pour notre vente.", "who": "Un couple de vendeurs"},
)


def seed_site(subdomain: str, *, name: str, admin: User) -> None:
    """Makes and publishes the site of a demo firm, with a message of a visitor; nobody is mailed about it."""
    entry = SITES[subdomain]
    company = replace(
        company_of(name),
        phone=entry.phone,
        email=f"contact@{name.lower().replace(' ', '-')}.example",
        street=entry.street,
        postcode=entry.postcode,
        city=entry.city,
        people=entry.people,
        towns=[town for town, _postcode in entry.towns],
        visitor_orders=PortalSettings.objects.get(pk=1).visitor_orders,
    )
    picture = add_site_image(
        SimpleUploadedFile("maisons.png", _street(entry.colours), "image/png"),
        alt=f"Des maisons à {entry.city}",
        user=admin,
    )
    start_site(_dressed(ready_made(entry.theme, company), entry, picture.code), user=admin)
    publish_site(user=admin)
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    receive_contact(
        name="Maëlle Caradec",
        email="maelle.caradec@example.net",
        phone="06 00 00 00 44",
        text=f"Bonjour,\nje vends un appartement à {entry.city} : quand pourriez-vous passer ?\nMerci",
        page="Contact",
    )
    OutgoingMail.objects.exclude(pk__in=before).delete()


def _dressed(document: Document, entry: DemoSite, picture: str) -> Document:
    home = document.home
    document = replace(document, picture=picture)
    hero = home.blocks[0]
    document = set_values(document, block_code=hero.code, values=hero.values | {"picture": picture})
    zone = next((block for block in home.blocks if block.kind == "zone"), None)
    if zone is not None:
        towns = [{"name": town, "postcode": postcode} for town, postcode in entry.towns]
        document = set_values(document, block_code=zone.code, values=zone.values | {"entries": towns})
    certs = new_block("certs", {"heading": "Certifiés et assurés", "entries": [*_CERTIFICATES], "ground": "tint"})
    words = new_block("words", {"heading": "Ils nous font confiance", "entries": [*_WORDS]})
    services = home.blocks[1].code
    document = add_block(document, page_code=home.code, after=services, block=certs)
    return add_block(document, page_code=home.code, after=certs.code, block=words)


def _street(colours: tuple[str, str, str, str]) -> bytes:
    """Returns a drawing of a row of houses, 1,600 × 1,200."""
    sky, hill, wall, roof = colours
    image = Image.new("RGB", (1600, 1200), sky)
    draw = ImageDraw.Draw(image)
    draw.ellipse((1180, 150, 1360, 330), fill="#fffaf0")
    draw.ellipse((-400, 640, 1100, 1700), fill=hill)
    draw.ellipse((700, 700, 2200, 1800), fill=hill)
    image = image.filter(ImageFilter.GaussianBlur(3))
    draw = ImageDraw.Draw(image)
    for left, width, top in ((120, 300, 560), (440, 260, 480), (720, 330, 600), (1070, 280, 520), (1370, 240, 590)):
        draw.rectangle((left, top, left + width, 1100), fill=wall)
        draw.polygon(((left - 24, top), (left + width / 2, top - 150), (left + width + 24, top)), fill=roof)
        draw.rectangle((left + width - 70, top - 130, left + width - 36, top - 30), fill=roof)
        for row in range(2):
            for column in range(2):
                x, y = left + 40 + column * (width - 140), top + 60 + row * 190
                draw.rectangle((x, y, x + 62, y + 96), fill="#dbe9f4", outline=roof, width=5)
        draw.rectangle((left + width / 2 - 34, 960, left + width / 2 + 34, 1100), fill=roof)
    draw.rectangle((0, 1100, 1600, 1200), fill="#d9d5cc")
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
