"""What becomes of a quote: accepted with a proof, refused, prolonged, reminded of."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from extranet.actions.history import Visit
from extranet.actions.order_dossier import make_dossier
from extranet.actions.quote import copy_quote, issue_quote, prepare_quote, save_quote
from extranet.actions.quote_answer import (
    accept_quote,
    prolong_quote,
    record_acceptance,
    refuse_quote,
    withdraw_quote,
)
from extranet.actions.quote_paper import file_certificate, file_quote
from extranet.actions.quote_reminding import remind_of_quotes, stop_quote_reminders
from extranet.enums_order import OrderOrigin
from extranet.enums_quote import AcceptedBy
from extranet.models import (
    MissionOrder,
    Order,
    PortalSettings,
    PriceList,
    Quote,
    QuoteEvent,
    QuoteSettings,
)
from extranet.queries.quote import agreed_total, quote_token
from extranet.queries.quote_due import is_quiet
from extranet.quoting import QuoteTerms
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.extranet.quotes import bytes_of, checked_prices, code_of, ordered, text_of
from tests.factories.cast import Cast
from tests.factories.quote_things import add_accepted, add_draft, add_issued
from tests.support import at_host, body, logged_in, run_jobs, said

pytestmark = pytest.mark.django_db
VISIT = Visit("203.0.113.9", "Firefox 151")


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0
    cache.clear()


@pytest.fixture
def prices(cast: Cast) -> PriceList:
    return checked_prices()


def accept_data(quote: Quote, **changed: str) -> dict[str, str]:
    return {"name": "Alice Martin", "agreed": "on", "sha256": quote.pdf_sha256} | changed


def test_by_the_link_of_the_mail_it_is_read_and_accepted_with_a_proof(cast: Cast, prices: PriceList) -> None:
    with firm_context("firm_alpha"):
        order = ordered(cast, "amiante", "dpe", origin=OrderOrigin.VISITOR)
        Order.objects.update(diagnostics=["dpe"])
        quote = issue_quote(prepare_quote(order, user=cast.bob), user=cast.bob)
        QuoteSettings.objects.update(terms="")
        file_quote(quote_id=quote.pk)
        quote.refresh_from_db()
        token = quote_token(quote)
    anybody = at_host("alpha")
    page = anybody.get(f"/devis/lien/{token}/")
    assert "120,00" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    missing = anybody.post(f"/devis/lien/{token}/accepter/", accept_data(quote, agreed=""))
    assert missing.status_code == 422
    assert "Alice Martin" in missing.content.decode(), "what was typed stays"
    anybody.post(f"/devis/lien/{token}/accepter/", accept_data(quote), headers={"User-Agent": "Firefox 151"})
    with firm_context("firm_alpha"):
        quote.refresh_from_db()
        assert (quote.state, quote.accepted_by, quote.accepted_name) == ("accepted", "online", "Alice Martin")
        assert (quote.accepted_address, quote.accepted_agent) == ("127.0.0.1", "Firefox 151")
        assert quote.accepted_sha256 == quote.pdf_sha256 == hashlib.sha256(bytes_of(quote.pdf)).hexdigest()
        proof = text_of(bytes_of(quote.certificate))
        for part in ("Alice Martin", "127.0.0.1", "Firefox 151", quote.number, quote.pdf_sha256):
            assert part in proof, part
        told = {(mail.kind, mail.to) for mail in OutgoingMail.objects.filter(kind__startswith="quote_")}
        assert ("quote_accepted", "vera@mail.example") in told
        assert ("quote_answered", "bob@alpha.example") in told, "who made it is told"
        assert agreed_total(order) == Decimal("120.00")
    assert body(anybody.get(f"/devis/lien/{token}/certificat.pdf")).startswith(b"%PDF")
    twice = anybody.post(f"/devis/lien/{token}/accepter/", accept_data(quote), follow=True)
    assert said("This quote was accepted already.") in twice.content.decode()
    assert at_host("beta").get(f"/devis/lien/{token}/").status_code == 404
    assert anybody.get(f"/devis/lien/{token[:-2]}xx/").status_code == 404


def test_what_was_agreed_goes_over_to_the_order_and_its_dossier(cast: Cast, prices: PriceList) -> None:
    with firm_context("firm_alpha"):
        order = ordered(cast, "dpe")
        draft = prepare_quote(order, user=cast.bob)
        lines = [
            QuoteTerms(label="DPE", unit=Decimal(100), diagnostic="dpe"),
            QuoteTerms(label="Amiante", unit=Decimal(50), diagnostic="amiante"),
        ]
        draft = save_quote(draft, version=draft.version, values={}, lines=lines, user=cast.bob)
        quote = issue_quote(draft, user=cast.bob)
        file_quote(quote_id=quote.pk)
        assert agreed_total(order) is None
        quote.refresh_from_db()
        accept_quote(quote, name="Alice", sha256=quote.pdf_sha256, visit=VISIT, user=cast.alice.user)
        order.refresh_from_db()
        assert order.diagnostics == ["dpe", "amiante"]
        dossier = make_dossier(
            order, title="Maison", reference="", visited_on=None, contacts=[cast.alice], files=[], user=cast.bob
        )
        assert (dossier.amount, dossier.payment_state) == (Decimal("150.00"), "unpaid")


def test_accepting_has_the_mission_order_made_at_the_agreed_price_if_the_firm_wants(
    cast: Cast, prices: PriceList
) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(mission_trigger="quote")
        order = ordered(cast, "dpe")
        draft = prepare_quote(order, user=cast.bob)
        lines = [QuoteTerms(label="DPE", unit=Decimal(77), diagnostic="dpe")]
        quote = issue_quote(
            save_quote(draft, version=draft.version, values={}, lines=lines, user=cast.bob), user=cast.bob
        )
        file_quote(quote_id=quote.pk)
        quote.refresh_from_db()
        assert not MissionOrder.objects.exists()
        accept_quote(quote, name="Alice", sha256=quote.pdf_sha256, visit=VISIT, user=cast.alice.user)
    run_jobs()
    with firm_context("firm_alpha"):
        mission = MissionOrder.objects.select_related("stored").get(order=order)
        assert f"{quote.gross:.2f}".replace(".", ",") in text_of(bytes_of(mission.stored))


def test_each_closed_quote_is_refused_politely(cast: Cast) -> None:
    with firm_context("firm_alpha"):

        def asked(quote: Quote) -> str:
            return code_of(lambda: accept_quote(quote, name="A", sha256=quote.pdf_sha256, visit=VISIT, user=None))

        accepted = add_accepted(cast.alice, user=cast.bob)
        assert asked(accepted) == "already_accepted"
        assert code_of(lambda: withdraw_quote(accepted, reason="x", user=cast.bob)) == "already_accepted"
        refused = add_issued(cast.alice, user=cast.bob)
        refuse_quote(refused, reason="price", text="", visit=VISIT, user=None)
        assert asked(refused) == "already_refused"
        withdrawn = add_issued(cast.alice, user=cast.bob)
        withdraw_quote(withdrawn, reason="Erreur", user=cast.bob)
        assert asked(withdrawn) == "withdrawn"
        replaced = add_issued(cast.alice, user=cast.bob)
        issue_quote(copy_quote(replaced, user=cast.bob), user=cast.bob)
        assert asked(replaced) == "replaced"
        expired = add_issued(cast.alice, user=cast.bob)
        Quote.objects.filter(pk=expired.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
        assert asked(expired) == "expired"
        unfiled = issue_quote(add_draft(cast.alice, user=cast.bob), user=cast.bob)
        assert asked(unfiled) == "not_ready"
        other = add_issued(cast.alice, user=cast.bob)
        other.pdf_sha256 = "0" * 64
        assert asked(other) == "other_document"
        assert Quote.objects.filter(state="accepted").count() == 1
        # given more time, the expired one can be accepted again
        assert code_of(lambda: prolong_quote(expired, until=timezone.localdate() - timedelta(days=1), user=cast.bob))
        prolong_quote(expired, until=timezone.localdate() + timedelta(days=5), user=cast.bob)
        accept_quote(expired, name="Alice", sha256=expired.pdf_sha256, visit=VISIT, user=None)
        assert QuoteEvent.objects.filter(quote=expired, kind="prolonged").exists()


def test_the_firm_records_an_acceptance_of_a_day_on_which_the_quote_was_valid(cast: Cast) -> None:
    bob, today = logged_in("alpha", cast.bob), timezone.localdate()
    with firm_context("firm_alpha"):
        quote = add_issued(cast.alice, user=cast.bob)
    page = f"/devis/{quote.code}/acceptation/"
    data = {"how": "paper", "name": "Alice", "on": (today + timedelta(days=2)).isoformat()}
    wrong = bob.post(page, data)
    assert (wrong.status_code, said("The quote was not valid on that day.") in wrong.content.decode()) == (422, True)
    assert bob.post(page, data | {"how": "online", "on": today.isoformat()}).status_code == 422
    assert bob.post(page, data | {"on": today.isoformat()}).status_code == 302
    with firm_context("firm_alpha"):
        quote.refresh_from_db()
        assert (quote.accepted_by, quote.recorded_by, quote.accepted_address) == ("paper", "Bob Staff", None)
        assert "Bob Staff" in text_of(bytes_of(quote.certificate))
        code = code_of(lambda: record_acceptance(quote, how=AcceptedBy.PHONE, name="A", on=today, user=cast.bob))
        assert code == "already_accepted"
        file_certificate(quote_id=quote.pk)
        assert OutgoingMail.objects.filter(kind="quote_accepted").count() == 1


def test_a_client_refuses_with_a_reason_and_the_firm_is_told(cast: Cast) -> None:
    alice = logged_in("alpha", cast.alice)
    with firm_context("firm_alpha"):
        quote = add_issued(cast.alice, user=cast.bob)
    page = f"/devis/{quote.code}/refuser/"
    assert alice.post(page, {"reason": "other", "text": ""}).status_code == 422
    assert alice.post(page, {"reason": "other", "text": "Vendu entre amis"}).status_code == 302
    assert logged_in("alpha", cast.charlie).post(page, {"reason": "price"}).status_code == 404
    with firm_context("firm_alpha"):
        quote.refresh_from_db()
        assert (quote.state, quote.refuse_text) == ("refused", "Vendu entre amis")
        assert "Vendu entre amis" in OutgoingMail.objects.get(kind="quote_refused").text


def working_day(after: date) -> date:
    while is_quiet(after):
        after += timedelta(days=1)
    return after


def test_reminders_leave_as_the_firm_wants_and_stop_when_the_client_says_so(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        today = timezone.localdate()
        QuoteSettings.objects.update(
            remind=True, remind_after_days=7, remind_before_days=3, most_reminders=2, valid_days=60
        )
        quote = add_issued(cast.alice, user=cast.bob)
        add_accepted(cast.alice, user=cast.bob)
        assert remind_of_quotes(today=working_day(today + timedelta(days=1))) == 0
        first = working_day(today + timedelta(days=8))
        assert (remind_of_quotes(today=first), remind_of_quotes(today=first)) == (1, 0), "a second job finds it told"
        sunday = first + timedelta(days=20)
        while sunday.weekday() != 6:
            sunday += timedelta(days=1)
        assert remind_of_quotes(today=sunday) == 0
        assert remind_of_quotes(today=working_day(sunday + timedelta(days=1))) == 1
        assert remind_of_quotes(today=working_day(today + timedelta(days=55))) == 0, "two at most"
        mail = OutgoingMail.objects.filter(kind="quote_reminder").latest("id")
        Quote.objects.filter(pk=quote.pk).update(reminders_sent=0, reminded_on=None)
        token = quote_token(quote)
    stop = f"/devis/lien/{token}/relances/"
    assert stop in mail.text
    anybody = at_host("alpha")
    anybody.get(stop)
    with firm_context("firm_alpha"):
        assert not Quote.objects.get(pk=quote.pk).reminders_stopped, "looking at the page changes nothing"
    anybody.post(stop)
    with firm_context("firm_alpha"):
        assert remind_of_quotes(today=working_day(today + timedelta(days=30))) == 0
        assert not stop_quote_reminders(quote, user=None), "once is enough"


def test_before_its_end_a_quote_is_reminded_of_once_more(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        today = timezone.localdate()
        QuoteSettings.objects.update(
            remind=True, remind_after_days=90, remind_before_days=5, most_reminders=3, valid_days=40
        )
        add_issued(cast.alice, user=cast.bob)
        assert remind_of_quotes(today=working_day(today + timedelta(days=20))) == 0
        ending = working_day(today + timedelta(days=36))
        assert remind_of_quotes(today=ending) == 1
        assert remind_of_quotes(today=working_day(ending + timedelta(days=1))) == 0
        QuoteSettings.objects.update(remind=False)
