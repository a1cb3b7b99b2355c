"""What the actions tell other software: each event, once, by whoever changes what it is about."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from extranet.actions.contact import create_contact
from extranet.actions.dossier import create_dossier, edit_dossier
from extranet.actions.dossier_access import give_access
from extranet.actions.dossier_file_version import replace_file
from extranet.actions.dossier_life import archive_dossiers, delete_dossiers, undelete_dossiers
from extranet.actions.downloads import record_taken
from extranet.actions.history import Visit
from extranet.actions.message import answer_message, write_to_clients, write_to_firm
from extranet.actions.order_state import cancel_order, move_order
from extranet.actions.payment_state import set_amount, set_paid
from extranet.actions.quote_answer import record_acceptance, refuse_quote
from extranet.actions.webhook import create_endpoint
from extranet.enums import Handing
from extranet.enums_order import OrderState
from extranet.enums_quote import AcceptedBy
from extranet.models import Dossier
from extranet.webhook_kinds import KINDS
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from tests.extranet.webhook_news import data_of, kinds, told
from tests.factories.booking_things import add_booking_things
from tests.factories.cast import Cast
from tests.factories.order_things import add_order_things
from tests.factories.portal import add_dossier, files_of
from tests.factories.quote_things import add_issued
from tests.factories.webhook_things import NOWHERE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wanting(cast: Cast) -> Iterator[None]:
    with firm_context("firm_alpha"):
        create_endpoint(url=NOWHERE, kinds=list(KINDS), by=cast.anna)
        yield


def test_of_dossiers(cast: Cast) -> None:
    dossier = add_dossier("Maison Le Goff", user=cast.bob, files={"dpe.txt": b"dpe"}, contacts=[cast.alice])
    assert kinds() == ["access.given", "dossier.published", "file.added"]
    (file,) = files_of(dossier)
    edit_dossier(dossier, version=dossier.version, user=cast.bob, title="Maison", city="Brest")
    assert sorted(data_of("dossier.updated")["changed"]) == ["city", "title"]
    edit_dossier(dossier, version=2, user=cast.bob, title="Maison")
    assert not told(), "nothing changed"
    replace_file(file, stored=store_bytes(b"dpe 2", name="dpe.txt", user=cast.bob), user=cast.bob)
    assert data_of("file.added")["version"] == 2
    give_access(dossier, contact=cast.charlie, user=cast.bob)
    give_access(dossier, contact=cast.charlie, user=cast.bob)
    assert data_of("access.given")["contact"] == cast.charlie.code
    file.refresh_from_db()
    taken: dict[str, Any] = {"files": [file], "handing": Handing.ORIGINAL, "visit": Visit()}
    record_taken(dossier, user=cast.bob, **taken)
    assert not told(), "the firm's own people are no clients"
    dossier.refresh_from_db()
    record_taken(dossier, user=cast.alice.user, **taken)
    downloaded = data_of("dossier.downloaded")
    assert (downloaded["files"], downloaded["contact"]) == ([file.code], cast.alice.code)
    assert downloaded["download_state"] == "full"


def test_of_what_is_due_and_of_the_end_of_dossiers(cast: Cast) -> None:
    dossier = create_dossier(title="Maison", user=cast.bob).dossier
    Dossier.objects.update(external_id="D-1")
    told()
    set_amount(dossier, amount=Decimal("249.00"), payer="", payer_name="", user=cast.bob)
    assert data_of("dossier.updated")["changed"] == ["amount"]
    set_paid([dossier], paid=True, user=cast.bob)
    set_paid([dossier], paid=True, user=cast.bob)
    paid = data_of("dossier.paid")
    assert (paid["dossier"], paid["external_id"], paid["amount"]) == (dossier.code, "D-1", "249.00")
    set_paid([dossier], paid=False, user=cast.bob)
    assert not told()
    archive_dossiers([dossier], user=cast.bob)
    assert data_of("dossier.updated")["changed"] == ["archived_at"]
    delete_dossiers([dossier], user=cast.bob)
    assert data_of("dossier.deleted")["url"] == f"/api/v1/dossiers/{dossier.code}/"
    undelete_dossiers([dossier], user=cast.bob)
    assert data_of("dossier.updated")["changed"] == ["deleted_at"]


def test_of_orders_and_quotes(cast: Cast) -> None:
    order, _draft, _file = add_order_things(cast)
    assert data_of("order.created")["state"] == "todo"
    move_order(order, to=OrderState.ONGOING, user=cast.bob)
    moved = data_of("order.state_changed")
    assert (moved["before"], moved["state"], moved["number"]) == ("todo", "ongoing", order.number)
    cancel_order(order, reason="x", user=cast.bob)
    cancelled = data_of("order.state_changed")
    assert (cancelled["before"], cancelled["state"]) == ("ongoing", "cancelled")
    accepted, refused = (add_issued(cast.alice, user=cast.bob) for _ in range(2))
    told()
    record_acceptance(accepted, how=AcceptedBy.PHONE, name="Alice", on=timezone.localdate(), user=cast.bob)
    assert data_of("quote.accepted")["quote"] == accepted.code
    refuse_quote(refused, reason="price", text="", visit=Visit(), user=None)
    assert data_of("quote.refused")["number"] == refused.number


def test_of_visits(cast: Cast) -> None:
    add_booking_things(cast)
    messages = told()
    counted = {kind: sum(one["type"] == kind for one in messages) for kind in {one["type"] for one in messages}}
    assert counted == {"appointment.booked": 4, "appointment.cancelled": 1, "appointment.moved": 1}
    assert all(date.fromisoformat(one["data"]["starts_at"][:10]) for one in messages)
    assert "Eve" not in json.dumps(messages)


def test_of_messages_and_contacts(cast: Cast) -> None:
    dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
    told()
    (sent,) = write_to_clients([cast.alice], subject="S", body="B", user=cast.bob)
    assert not told(), "what the firm writes it knows"
    answer_message(sent, body="Oui", user=cast.alice.user)
    assert data_of("message.received")["contact"] == cast.alice.code
    write_to_firm(subject="S", body="B", user=cast.alice.user, dossier=dossier)
    assert data_of("message.received")["dossier"] == dossier.code
    new = create_contact(
        name="Eve",
        company="",
        phone="",
        email="eve@client.example",
        username="",
        collaborators=[],
        language="fr",
        send_codes=False,
        firm_name="Alpha",
        link="",
        user=cast.bob,
    )
    assert data_of("contact.created")["contact"] == new.code


def test_an_event_is_gone_with_the_change_that_it_was_about(cast: Cast) -> None:
    with transaction.atomic():
        create_dossier(title="Maison", user=cast.bob)
        transaction.set_rollback(True)
    assert not told()
    assert not ProcrastinateJob.objects.filter(task_name__endswith="send_delivery").exists()
