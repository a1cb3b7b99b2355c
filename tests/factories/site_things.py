"""Web sites for tests: a published one with every block, a picture, a visitor's message; their rows with one word."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from extranet.actions.site import publish_site, start_site
from extranet.actions.site_image import add_site_image
from extranet.models import Site, SiteContact, SiteImage, SiteRevision
from extranet.site_blocks import KINDS
from extranet.site_document import Document, add_page, new_block, new_page, read
from extranet.site_start import Company, ready_made, sample_values
from kernel.models import FirmModel
from tests.factories.cast import Cast

COMPANY = Company("Cabinet Alpha", "contact@alpha.example", "02 98 00 00 00", "1 rue de Siam", "29200", "Brest")


def photo(width: int = 640, height: int = 480, *, colour: str = "#336699", kind: str = "JPEG") -> SimpleUploadedFile:
    """Returns a picture as a form sends it."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, kind)
    return SimpleUploadedFile(f"photo.{kind.lower()}", target.getvalue(), f"image/{kind.lower()}")


def every_block(theme: str = "shore", company: Company = COMPANY) -> Document:
    """Returns a site whose page /tout/ has a block of each kind."""
    blocks = [new_block(kind.kind, sample_values(kind.kind)) for kind in KINDS]
    return add_page(ready_made(theme, company), new_page("Tout", slug="tout", blocks=blocks))


def add_site(user: User, document: Document | None = None) -> Site:
    """Returns the published site of the current firm."""
    start_site(document or every_block(), user=user)
    return publish_site(user=user)


@dataclass
class SiteThings:
    """A published site whose draft is ahead, a picture that it does not show, a visitor's message."""

    document: Document
    image: SiteImage
    contact: SiteContact


def add_site_things(cast: Cast) -> SiteThings:
    """Returns what the route matrix asks of the site."""
    site = add_site(cast.anna)
    document = read(site.draft)
    start_site(replace(document, tagline="Autre"), user=cast.anna)
    image = add_site_image(photo(), alt="", user=cast.anna)
    contact = SiteContact.objects.create(name="Vera", email="vera@example.net", text="Bonjour")
    return SiteThings(document, image, contact)


def site_arguments(things: SiteThings) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of the site."""
    page = things.document.pages[-1]
    block = page.blocks[1]
    return {
        "site-page": {"slug": "tout"},
        "site-picture": {"code": things.image.code, "width": 480, "ending": "jpg"},
        **{f"site-{name}": {"page_code": page.code} for name in ("preview", "page-edit", "page-do")},
        **{f"site-{name}": {"block_code": block.code} for name in ("block", "block-do")},
        "site-picture-edit": {"picture_code": things.image.code},
        "site-contact-do": {"contact_code": things.contact.code},
    }


def visitor_data(**changed: str) -> dict[str, str]:
    """Returns what the form of the site sends."""
    sent = {
        "page": "contact",
        "name": "Vera",
        "email": "vera@example.net",
        "phone": "",
        "text": "Bonjour",
        "website": "",
    }
    return sent | changed


def page_data(**changed: str) -> dict[str, str]:
    """Returns what the form of a page sends."""
    return {"title": "Autre titre", "menu": "", "slug": "autre", "description": "", "in_menu": "on"} | changed


def settings_data(**changed: str) -> dict[str, str]:
    """Returns what the form of the site's look and details sends."""
    return {"theme": "studio", "name": "Alpha", "hours_0": "09:00-12:00"} | changed


def site_data(things: SiteThings) -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of the site send."""
    page = things.document.pages[-1]
    return {
        "site-send": visitor_data,
        "site-start": lambda: {"theme": "chambers"},
        "site-do": lambda: {"do": "undo"},
        "site-order": lambda: {"page": page.code, "block": [block.code for block in reversed(page.blocks)]},
        "site-settings": settings_data,
        "site-page-add": lambda: {"title": "Une page"},
        "site-page-edit": page_data,
        "site-page-do": lambda: {"do": "remove"},
        "site-block-add": lambda: {"page": page.code, "after": "end", "kind": "faq"},
        "site-block": lambda: {"heading": "Autre", "body": "<p>Autre</p>", "side": "left", "ground": "tint"},
        "site-block-do": lambda: {"do": "copy"},
        "site-pictures": lambda: {"file": photo(colour="#112233"), "alt": "Un mur"},
        "site-picture-edit": lambda: {"alt": "Un toit"},
        "site-contact-do": lambda: {"do": "done"},
    }


def site_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of a site that says one word everywhere (twins.py)."""
    company = Company(word, f"{word}@site.example", word, word, "29200", word, people=[word], towns=[word])
    return {
        SiteImage: lambda: add_site_image(photo(colour=f"#{len(word):02x}3344"), alt=word, user=staff),
        Site: lambda: add_site(staff, every_block(company=company)),
        SiteRevision: SiteRevision.objects.get,
        SiteContact: lambda: SiteContact.objects.create(
            name=word, email=f"{word}@visitor.example", phone=word, text=word, page=word, handled_by=word
        ),
    }


def site_code(rows: dict[type[FirmModel], Any], route: str, argument: str) -> str | None:
    """Returns what an argument of an address of the site says for these rows (twins.py)."""
    page = read(rows[Site].draft).pages[-1]
    told = {
        "slug": page.slug,
        "page_code": page.code,
        "block_code": page.blocks[1].code,
        "code": rows[SiteImage].code,
        "picture_code": rows[SiteImage].code,
        "contact_code": rows[SiteContact].code,
        "width": "480",
        "ending": "jpg",
    }
    return told.get(argument)
