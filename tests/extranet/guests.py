"""Occasional accesses as their tests make and use them."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from extranet.actions.guest_link import (
    create_guest_link,
)
from extranet.enums import EventKind, FileKind, Visibility
from extranet.models import Dossier, DossierEvent, DossierFile, GuestLink
from extranet.queries.guest_link import guest_token
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.storage.builders import pdf
from tests.support import Box, at_host, run_jobs, text_of

GUEST = "guest@else.example"
FILES = {
    "dpe.pdf": pdf(2),
    "plan.txt": b"plan",
    "interne.txt": b"for staff",
    "genapi.xml": b"<?xml version='1.0'?><dossier/>",
}


def shared_dossier(cast: Cast) -> Dossier:
    """Returns a dossier of alpha with two files for clients, one for staff only, one for GENAPI."""
    with firm_context("firm_alpha"):
        made = add_dossier("Maison Lefèvre", user=cast.bob, files=FILES)
        Dossier.objects.filter(pk=made.pk).update(street="3 rue du Port", postcode="29200", city="Brest")
        DossierFile.objects.filter(name="interne.txt").update(visibility=Visibility.STAFF)
        DossierFile.objects.filter(name="genapi.xml").update(kind=FileKind.GENAPI)
        made.refresh_from_db()
        return made


def make(dossier: Dossier, cast: Cast, **changes: Any) -> GuestLink:
    """Returns a link of alpha, without a code unless asked for."""
    values: dict[str, Any] = {
        "email": GUEST,
        "name": "Maître Dupont",
        "expires_at": timezone.now() + timedelta(days=30),
        "max_uses": 3,
        "asks_code": False,
        "user": cast.bob,
    }
    with firm_context("firm_alpha"):
        return create_guest_link(dossier, **values | changes)


def path(link: GuestLink) -> str:
    with firm_context("firm_alpha"):
        return f"/acces/{guest_token(link)}/"


def come_in(link: GuestLink) -> tuple[Client, str]:
    """Returns a browser that a link without a code has let in, and the link's path."""
    browser, address = at_host("alpha"), path(link)
    answer = browser.post(f"{address}ouvrir/")
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    return browser, address


def fresh(link: GuestLink) -> GuestLink:
    with firm_context("firm_alpha"):
        return GuestLink.objects.get(pk=link.pk)


def change(link: GuestLink, **values: Any) -> None:
    with firm_context("firm_alpha"):
        GuestLink.objects.filter(pk=link.pk).update(**values)


def history(dossier: Dossier, *kinds: EventKind) -> list[tuple[Any, ...]]:
    with firm_context("firm_alpha"):
        lines = DossierEvent.objects.filter(dossier=dossier, kind__in=kinds).order_by("pk")
        return list(lines.values_list("kind", "actor_name", "subject", "guest__email", "by_client"))


def code_in(mailbox: Box) -> str:
    run_jobs()
    found = re.search(r"\b(\d{6})\b", text_of(mailbox.last(GUEST)))
    assert found
    return found[1]
