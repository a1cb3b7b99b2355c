"""The firm's documents, company data and account requests for tests: the matrix's things and the twins' rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from extranet.actions.join_answer import refuse_request
from extranet.actions.library import DocumentValues, add_document, edit_document
from extranet.actions.library_category import add_category
from extranet.enums_join import JoinState
from extranet.enums_library import Audience, Holding
from extranet.models import (
    AccountRequest,
    Certification,
    Company,
    Contact,
    Diagnostician,
    DocumentCategory,
    FirmDocument,
    FirmDocumentVersion,
    PortalSettings,
)
from extranet.queries.join import join_token
from kernel.models import FirmModel
from kernel.tenancy import current_schema, firm_context, public_context
from storage.actions.files import claim, store_bytes
from storage.models import StoredFile
from tenants.middleware import forget_hosts
from tests.factories.cast import Cast
from tests.storage.builders import image, pdf
from themes.models import Branding


def add_file_document(
    title: str, *, user: User, content: bytes | None = None, name: str = "attestation.pdf", **values: Any
) -> FirmDocument:
    """Returns a document of the current firm that is a file, in its first category unless another is given."""
    category = values.pop("category", None) or DocumentCategory.objects.order_by("position")[0]
    stored = store_bytes(pdf() if content is None else content, name=name, user=user)
    said = DocumentValues(category=category, title=title, **values)
    return add_document(said, holding=Holding.FILE, user=user, stored=stored)


def add_notice(title: str, *, user: User, text: str = "Voir le mode d’emploi.", **values: Any) -> FirmDocument:
    """Returns a document of the current firm that is a text."""
    category = values.pop("category", None) or DocumentCategory.objects.order_by("position")[0]
    return add_document(
        DocumentValues(category=category, title=title, text=text, **values), holding=Holding.NOTICE, user=user
    )


def add_request(email: str, *, state: JoinState = JoinState.WAITING, **values: Any) -> AccountRequest:
    """Returns a request for an account of the current firm."""
    confirmed = None if state == JoinState.UNCONFIRMED else timezone.now()
    return AccountRequest.objects.create(
        **{"name": "Eve Martin", "email": email, "state": state, "confirmed_at": confirmed} | values
    )


def offer_accounts(*, offered: bool = True) -> None:
    """Lets people ask the current firm for an account, or no longer."""
    schema = current_schema()
    with public_context():
        Branding.objects.filter(firm__schema_name=schema).update(offer_account_request=offered)
    forget_hosts()


@dataclass
class FirmThings:
    """A document with an earlier version, an empty category, a certification, requests of each kind."""

    document: FirmDocument
    version: FirmDocumentVersion
    category: DocumentCategory
    certification: Certification
    person: Diagnostician
    asked: AccountRequest
    waiting: AccountRequest
    refused: AccountRequest


def add_firm_things(cast: Cast) -> FirmThings:
    """Returns what the route matrix asks of the firm's papers."""
    document = add_file_document("Attestation", user=cast.bob)
    newer = store_bytes(pdf(2), name="attestation-2.pdf", user=cast.bob)
    values = DocumentValues(category=document.category, title="Attestation")
    document = edit_document(document, values, user=cast.bob, stored=newer)
    person = Diagnostician.objects.create(name="Denis")
    signature = claim(store_bytes(image(), name="signature.png", user=cast.anna))
    Company.objects.update(signature=signature, legal_name="Alpha SARL")
    # both have words of their own, which go when the lines are composed
    for schema in ("firm_alpha", "firm_beta"):
        with firm_context(schema):
            PortalSettings.objects.update(legal_mentions="SARL au capital de 1 €")
    offer_accounts()
    return FirmThings(
        document=document,
        version=FirmDocumentVersion.objects.get(document=document),
        category=add_category(name="Vide"),
        certification=Certification.objects.create(
            diagnostician=person, domain="energy", number="C1", body="Qualixpert", expires_on=date(2031, 1, 6)
        ),
        person=person,
        asked=add_request("asked@else.example", state=JoinState.UNCONFIRMED),
        waiting=add_request("waiting@else.example"),
        refused=refuse_request(
            add_request("refused@else.example"), reason="", tell=False, user=cast.bob, firm_name="Alpha"
        ),
    )


def firm_arguments(things: FirmThings) -> dict[str, dict[str, object]]:
    """Returns the arguments of the routes of the firm's papers."""
    document: dict[str, object] = {"document_code": things.document.code}
    with firm_context("firm_alpha"):
        token = join_token(things.asked)
    return {
        **dict.fromkeys(
            [f"library-{name}" for name in ("read", "content", "download", "edit", "move", "delete")], document
        ),
        "library-version": document | {"docversion_code": things.version.code},
        **{f"library-category-{name}": {"category_code": things.category.code} for name in ("edit", "move", "delete")},
        **{f"certification-{name}": {"certification_code": things.certification.code} for name in ("edit", "delete")},
        "join-confirm": {"token": token},
        **{name: {"join_code": things.waiting.code} for name in ("join-request", "join-accept", "join-refuse")},
        "join-undo": {"join_code": things.refused.code},
    }


def document_data(category: DocumentCategory, **changed: Any) -> dict[str, Any]:
    """Returns what the form of a document sends, of one that is a link."""
    return {
        "holding": "link",
        "title": "Visionneuse",
        "category": category.code,
        "link": "https://www.example.fr/lecteur",
        "audience": "members",
    } | changed


def company_data(**changed: Any) -> dict[str, Any]:
    """Returns what the form of the company sends."""
    return {"legal_name": "Armor Diagnostics", "legal_form": "SARL", "siret": "732 829 320 00074"} | changed


def firm_data(things: FirmThings) -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of the firm's papers send."""
    certified = {"diagnostician": things.person.code, "domain": "lead", "number": "C2", "body": "Abcidia"}
    return {
        **dict.fromkeys(["library-new", "library-edit"], lambda: document_data(things.category)),
        "library-place": lambda: {"category": things.category.code, "code": [things.document.code]},
        "library-category-add": lambda: {"name": "Guides"},
        "library-category-edit": lambda: {"name": "Guides"},
        "library-category-move": lambda: {"up": "1"},
        "library-move": lambda: {"up": "0"},
        "settings-company": company_data,
        **dict.fromkeys(["certification-new", "certification-edit"], lambda: certified),
        "settings-login": lambda: {"welcome_text": "Bienvenue"},
        "join": lambda: {"name": "Eve", "email": "eve@else.example", "kind": "owner"},
        "join-refuse": lambda: {"reason": "Hors zone", "tell": "on"},
    }


def firm_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User, reader: Contact
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of the twins (tests/factories/twins.py says what for): beta lets people ask too."""

    def stored(what: str) -> StoredFile:
        return claim(store_bytes(f"{what} {word}".encode(), name=f"{word} {what}.txt", user=staff))

    def the_company() -> Company:
        signature = claim(store_bytes(image(), name=f"{word}.png", user=staff))
        Company.objects.update(legal_name=word, insurer=word, signer_name=word, signature=signature, website=word)
        return Company.objects.get(pk=1)

    def request() -> AccountRequest:
        offer_accounts()
        return add_request(
            f"{word}@join.example", state=JoinState.WAITING, name=word, company=word, phone=word, message=word
        )

    soon = timezone.localdate() + timedelta(days=10)
    return {
        DocumentCategory: lambda: DocumentCategory.objects.create(name=word, position=9),
        FirmDocument: lambda: FirmDocument.objects.create(
            category=made[DocumentCategory],
            title=word,
            description=word,
            stored=stored("document"),
            name=f"{word}.txt",
            version=2,
            audience=Audience.PUBLIC,
            expires_on=soon,
            search=f" {word}",
        ),
        FirmDocumentVersion: lambda: FirmDocumentVersion.objects.create(
            document=made[FirmDocument], stored=stored("version"), number=1, name=f"{word}.txt", replaced_by=word
        ),
        Company: the_company,
        Certification: lambda: Certification.objects.create(
            diagnostician=made[Diagnostician], domain="lead", number=word, body=word, expires_on=soon
        ),
        AccountRequest: request,
    }
