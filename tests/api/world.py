"""Things of alpha that calls of the API are about, each named as its addresses name it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from extranet.actions.dossier_access import give_access
from extranet.actions.message import write_to_firm
from extranet.actions.order import begin_order, send_order
from extranet.actions.order_file import add_order_files
from extranet.actions.webhook import create_endpoint
from extranet.enums_order import OrderOrigin
from extranet.models import Contact, Diagnostician, Dossier, DossierFile, MessageFile, Order, OrderFile, Quote
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from storage.actions.resumable import begin_upload
from storage.models import StoredFile
from tests.factories.booking_things import add_booking_things
from tests.factories.cast import Cast
from tests.factories.firm_things import add_file_document
from tests.factories.portal import add_dossier, files_of
from tests.factories.quote_things import add_quote_things
from tests.factories.route_world import add_money_things
from tests.factories.setting_things import add_archive
from tests.storage.builders import pdf

#: Where nobody listens.
HOOK = "http://127.0.0.1:9/hook"
#: What an order cannot do without.
ORDER = {
    "transaction": "sale",
    "property_kind": "flat",
    "street": "12 rue de Siam",
    "postcode": "29200",
    "city": "Brest",
    "build_period": "before_1949",
    "diagnostics": ["dpe"],
    "orderer_phone": "02 98 00 00 00",
}


@dataclass(frozen=True)
class ApiWorld:
    """A dossier of Alice's with a file, known by a name of other software, an upload that waits, and Charlie.

    Of all other kinds there is what Alice has and each call needs: `codes` has it by the first part of an address, and
    where that is another thing by the last part or the method too.
    """

    dossier: Dossier
    file: DossierFile
    contact: Contact
    other: Contact
    upload: StoredFile
    order: Order
    order_file: OrderFile
    message_file: MessageFile
    quote: Quote
    person: Diagnostician
    codes: dict[str, str]

    def arguments(self, path: str, method: str = "") -> dict[str, str]:
        """Returns what stands in the braces of an address, as the specification or a route writes it."""
        parts = path.removeprefix("/api/v1/").strip("/").split("/")
        subject, last = parts[0], parts[-1]
        names = {
            "dossiers": self.dossier.external_id,
            "contacts": self.contact.external_id,
            "orders": self.order.external_id,
        }
        step = method.upper() if last == "{code}" else last
        return {
            "code": self.codes.get(f"{subject} {step}") or self.codes.get(subject, ""),
            "external_id": names.get(subject, ""),
            "file_code": self.file.code,
            "contact": self.contact.code,
            "attachment_code": self.order_file.code,
            "piece_code": self.message_file.code,
            "extension": "json",
        }


def make_api_world(cast: Cast) -> ApiWorld:
    """Returns the things, made in alpha by Bob."""
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison Le Goff", user=cast.bob, files={"dpe.pdf": pdf()})
        dossier.external_id = "2026-0417"
        dossier.save(update_fields=["external_id"])
        give_access(dossier, contact=cast.alice, user=cast.bob)
        cast.alice.external_id = "C-1"
        cast.alice.save(update_fields=["external_id"])
        upload = store_bytes(b"%PDF-1.4 waits", name="amiante.pdf", user=cast.anna)
        order, order_draft, order_file = _orders(cast)
        plan = store_bytes(b"plan", name="plan.txt", user=cast.alice.user)
        message = write_to_firm(subject="Clés", body="Où ?", user=cast.alice.user, files=[plan])
        quotes, visits, money = add_quote_things(cast), add_booking_things(cast), add_money_things(cast)
        codes = {
            "dossiers": dossier.code,
            "contacts": cast.alice.code,
            "orders": order.code,
            "orders DELETE": order_draft.code,
            "orders send": order_draft.code,
            "quotes": quotes.issued.code,
            **{f"quotes {step}": quotes.draft.code for step in ("PATCH", "DELETE", "issue")},
            "quotes certificate.pdf": quotes.accepted.code,
            "appointments": visits.planned.code,
            "appointments finish": visits.over.code,
            "appointments reopen": visits.cancelled.code,
            "messages": message.code,
            "payments": money.paid.code,
            **{f"payments {step}": money.announced.code for step in ("confirm", "cancel")},
            "documents": add_file_document("Attestation", user=cast.bob).code,
            "export": add_archive(cast.anna).code,
            "uploads": begin_upload(name="gaz.pdf", size=10, user=cast.anna).code,
            "webhooks": create_endpoint(url=HOOK, kinds=["dossier.published"], by=cast.anna)[0].code,
        }
        return ApiWorld(
            dossier=dossier,
            file=files_of(dossier)[0],
            contact=cast.alice,
            other=cast.charlie,
            upload=upload,
            order=order,
            order_file=order_file,
            message_file=MessageFile.objects.get(message=message),
            quote=quotes.issued,
            person=visits.person,
            codes=codes,
        )


def _orders(cast: Cast) -> tuple[Order, Order, OrderFile]:
    """Returns an order that Alice has sent, known to other software, a draft of hers, and a file of the first."""
    user = cast.alice.user
    order, draft = (
        begin_order(origin=OrderOrigin.CLIENT, user=user, contact=cast.alice, values=ORDER) for _ in range(2)
    )
    order.external_id = "DEV-1"
    order.save(update_fields=["external_id"])
    (file,) = add_order_files(order, stored=[store_bytes(b"plan", name="plan.txt")], user=user)
    return send_order(order, user=user), draft, file


def later(days: int) -> str:
    """Returns a day to come."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def moment(days: int) -> str:
    """Returns a moment to come."""
    return (timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)).isoformat()
