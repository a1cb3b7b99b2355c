"""What search engines are told of a site besides its text: schema.org's JSON-LD."""

import re
from collections.abc import Sequence
from typing import Any

from extranet.enums_site import BlockKind
from extranet.site_document import Document, Page

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_STRETCH = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


def structured(document: Document, page: Page, *, origin: str, logo: str, picture: str) -> list[dict[str, Any]]:
    """Returns the objects of a page: the firm on the home page, the questions where there are some."""
    found: list[dict[str, Any]] = []
    if page.slug == "":
        found.append(_firm(document, origin=origin, logo=logo, picture=picture))
    questions = [
        {
            "@type": "Question",
            "name": row["question"],
            "acceptedAnswer": {"@type": "Answer", "text": row["answer"]},
        }
        for row in _rows(page, BlockKind.FAQ)
    ]
    if questions:
        found.append({"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": questions})
    return found


def _firm(document: Document, *, origin: str, logo: str, picture: str) -> dict[str, Any]:
    firm: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ProfessionalService",
        "@id": f"{origin}/#firm",
        "name": document.name,
        "url": f"{origin}/",
        "description": document.home.description or document.tagline,
        "telephone": document.phone,
        "email": document.email,
        "logo": logo,
        "image": picture or logo,
        "openingHoursSpecification": opening_hours(document.hours),
        "areaServed": [row["name"] for page in document.pages for row in _rows(page, BlockKind.ZONE)],
    }
    if document.city:
        firm["address"] = {
            "@type": "PostalAddress",
            "streetAddress": document.street,
            "postalCode": document.postcode,
            "addressLocality": document.city,
            "addressCountry": "FR",
        }
    return {key: value for key, value in firm.items() if value}


def opening_hours(hours: Sequence[str]) -> list[dict[str, str]]:
    """Returns schema.org's stretches of the days of a week."""
    return [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": day, "opens": opens, "closes": closes}
        for day, text in zip(_DAYS, hours, strict=True)
        for opens, closes in _STRETCH.findall(text)
    ]


def _rows(page: Page, kind: BlockKind) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for block in page.blocks:
        rows = block.values.get("entries")
        if block.kind == kind and isinstance(rows, list):
            found += rows
    return found
