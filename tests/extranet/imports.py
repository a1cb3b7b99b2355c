"""What the tests of imports share: sheets, and the steps of an import."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from extranet.models import Contact, ContactImport
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.support import run_jobs

START = "/contacts/importer/"
TITLES = ["Type", "Société", "Nom", "E-mail", "Téléphone", "Adresse", "Code postal", "Ville", "Collaborateurs", "Login"]
HELENE = [
    "Notaire", "Étude Bœuf", "Hélène Bœuf", "Helene@Etude.example", "02 98 00 00 00", "1 quai de l’Église", "29200",
    "Brest", "marie@etude.example; luc@etude.example", "helene",
]  # fmt: skip
LUC = ["agence", "", "Luc Petit", "luc@petit.example", 298000001, "", 1200, "Valserhône", "", ""]


def workbook(rows: Sequence[Sequence[Any]], *, titles: Sequence[str] = TITLES) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in [titles, *rows] if titles else rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def send(client: Client, content: bytes, name: str = "contacts.xlsx") -> Any:
    return client.post(START, {"file": SimpleUploadedFile(name, content)})


def match(client: Client, address: str, **choices: str) -> Any:
    """Matches the columns as the page guesses them, with changes, and runs the trial."""
    form = client.get(address).context["form"]
    data = {name: form.initial.get(name, "") for name in form.fields if name != "send_codes"} | choices
    return client.post(address, data)


def entry() -> ContactImport:
    with firm_context("firm_alpha"):
        return ContactImport.objects.select_related("stored").latest("id")


def tried(client: Client, content: bytes, file: str = "contacts.xlsx", **choices: str) -> ContactImport:
    """Returns the import of a file after its trial."""
    sent = send(client, content, file)
    assert sent.status_code == 302, sent.context["form"].errors
    assert match(client, sent["Location"], **choices).status_code == 302
    run_jobs()
    return entry()


def figures(found: ContactImport) -> tuple[int, int, int, int]:
    return found.lines, found.created, found.updated, found.refused


def run(client: Client, found: ContactImport) -> ContactImport:
    assert client.post(f"{START}{found.code}/lancer/").status_code == 302
    run_jobs()
    return entry()


def contact(email: str) -> Contact:
    with firm_context("firm_alpha"):
        return Contact.objects.select_related("user").prefetch_related("collaborators").get(user__email=email)


def counts() -> tuple[int, int, int, int]:
    with firm_context("firm_alpha"):
        return (
            Contact.objects.count(), User.objects.count(), OutgoingMail.objects.count(), ContactImport.objects.count(),
        )  # fmt: skip
