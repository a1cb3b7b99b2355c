"""Quotes: made from orders, numbered, kept as they were sent, listed, erased."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.actions.contact_erase import erase_contact
from extranet.actions.contact_merge import merge_contacts
from extranet.actions.history import Visit
from extranet.actions.order import link_order
from extranet.actions.quote import copy_quote, delete_quote, issue_quote, prepare_quote, save_quote
from extranet.actions.quote_answer import (
    refuse_quote,
)
from extranet.actions.quote_paper import file_quote
from extranet.enums_order import OrderOrigin
from extranet.enums_quote import QuoteState
from extranet.models import (
    Order,
    PortalSettings,
    PriceList,
    PriceRow,
    Quote,
    QuoteEvent,
    QuoteSettings,
)
from extranet.queries.quote import lines_of_quote, quote_token, totals_of
from extranet.queries.quote_figures import conversions, quote_counts
from extranet.quoting import QuoteTerms
from kernel.tenancy import firm_context
from mail.models import MailAttachment, OutgoingMail
from storage.actions.sweeping import remove_unclaimed
from storage.models import StoredFile
from tests.extranet.quotes import bytes_of, checked_prices, code_of, mode, ordered, text_of
from tests.factories.cast import Cast
from tests.factories.quote_things import add_accepted, add_draft, add_issued, edit_data
from tests.support import at_host, body, logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
VISIT = Visit("203.0.113.9", "Firefox 151")


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0
    cache.clear()


@pytest.fixture
def prices(cast: Cast) -> PriceList:
    return checked_prices()


def test_an_order_is_quoted_by_its_list_and_leaves_with_its_document(cast: Cast, prices: PriceList) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(legal_mentions="SIREN 732 829 320")
        mode("auto", valid_days=10)
        order = ordered(cast, "dpe", "amiante")
        run_jobs()
        quote = Quote.objects.get(order=order)
        assert (quote.state, quote.number) == ("issued", f"D{timezone.localdate().year}-0001")
        # 100 + 80 - 18, and 20 % of it
        assert (quote.net, quote.vat, quote.gross) == (Decimal("162.00"), Decimal("32.40"), Decimal("194.40"))
        assert quote.valid_until == timezone.localdate() + timedelta(days=10)
        data = bytes_of(quote.pdf)
        assert hashlib.sha256(data).hexdigest() == quote.pdf_sha256
        shown = text_of(data)
        for part in (quote.number, "194,40", "32,40", "12 rue de Siam", "Agence Alice", "SIREN 732 829 320"):
            assert part in shown, part
        mail = OutgoingMail.objects.get(kind="quote_issued")
        assert mail.to == "alice@client.example"
        assert MailAttachment.objects.get(mail=mail).name == f"{quote.number}.pdf"
        assert "/devis/lien/" in mail.text
        file_quote(quote_id=quote.pk)
        assert OutgoingMail.objects.filter(kind="quote_issued").count() == 1, "a second run tells nobody"


def test_what_has_no_price_waits_for_the_firm_whatever_the_setting(cast: Cast, prices: PriceList) -> None:
    with firm_context("firm_alpha"):
        mode("auto")
        quote = Quote.objects.get(order=ordered(cast, "dpe", "termites"))
        assert (quote.state, quote.number, quote.on_request) == ("draft", "", ["termites"])
        mode("check")
        assert Quote.objects.get(order=ordered(cast, "dpe")).state == "draft"
        mode("off")
        assert not Quote.objects.filter(order=ordered(cast, "dpe")).exists()
        mode("auto")
        PriceList.objects.update(is_unchecked=True)
        assert Quote.objects.get(order=ordered(cast, "dpe")).state == "draft", "nobody has looked at these prices"
        run_jobs()
        assert not OutgoingMail.objects.filter(kind="quote_issued").exists()


def test_an_address_that_nobody_proved_gets_a_link_alone(cast: Cast, prices: PriceList) -> None:
    with firm_context("firm_alpha"):
        mode("auto")
        quote = Quote.objects.get(order=ordered(cast, "dpe", origin=OrderOrigin.VISITOR))
        run_jobs()
        mail = OutgoingMail.objects.get(kind="quote_issued")
        assert (mail.to, mail.attachments.count()) == ("vera@mail.example", 0)
        assert "Vera" not in mail.text
        token = quote_token(quote)
    assert body(at_host("alpha").get(f"/devis/lien/{token}/devis.pdf")).startswith(b"%PDF")


def test_nothing_alters_a_quote_that_was_sent(cast: Cast, prices: PriceList) -> None:
    with firm_context("firm_alpha"):
        order = ordered(cast, "dpe")
        quote = issue_quote(prepare_quote(order, user=cast.bob), user=cast.bob)
        file_quote(quote_id=quote.pk)
        before = Quote.objects.filter(pk=quote.pk).values("gross", "terms", "client_name", "pdf_sha256").get()
        kept = bytes_of(Quote.objects.get(pk=quote.pk).pdf)
        PriceRow.objects.update(price=999)
        QuoteSettings.objects.update(terms="Tout autre chose")
        Order.objects.update(orderer_name="Bert")
        file_quote(quote_id=quote.pk)
        assert Quote.objects.filter(pk=quote.pk).values(*before).get() == before
        assert bytes_of(Quote.objects.get(pk=quote.pk).pdf) == kept
        stays = save_quote
        assert code_of(lambda: stays(quote, version=1, values={}, lines=[], user=cast.bob)) == "already_issued"
        assert code_of(lambda: issue_quote(quote, user=cast.bob)) == "already_issued"
        assert code_of(lambda: delete_quote(quote)) == "already_issued"
        StoredFile.objects.update(created_at=timezone.now() - timedelta(days=9))
        remove_unclaimed()
        run_jobs()
        assert bytes_of(Quote.objects.get(pk=quote.pk).pdf) == kept, "it is claimed: no sweep takes it"


def test_a_draft_is_edited_line_by_line_and_keeps_what_was_typed_wrong(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        quote = add_draft(cast.alice, user=cast.bob)
    page = f"/devis/{quote.code}/modifier/"
    rows = (
        {"label": "Maison", "quantity": "2", "unit": "99,99", "vat_rate": "20.00"},
        {"label": "Outre-mer", "quantity": "1", "unit": "10", "vat_rate": "8.50"},
        {"label": "Geste", "quantity": "1", "unit": "-9,98", "vat_rate": "20.00"},
    )
    wrong = bob.post(page, edit_data(quote, {**rows[0], "unit": "douze"}, rows[1], client_name=""))
    assert wrong.status_code == 422
    assert "douze" in wrong.content.decode()
    over = bob.post(page, edit_data(quote, {**rows[0], "unit": "-5"}))
    assert said("More is taken off than asked for.") in over.content.decode()
    assert bob.post(page, edit_data(quote, *rows, discount="10")).status_code == 302
    with firm_context("firm_alpha"):
        quote.refresh_from_db()
        lines = lines_of_quote(quote)
        # 190.00 at 20 % and 10.00 at 8.5 %, a tenth off each
        assert [line.net for line in lines] == [Decimal(x) for x in ("199.98", "10.00", "-9.98", "-19.00", "-1.00")]
        assert (quote.net, quote.vat) == (Decimal("180.00"), Decimal("34.97"))
        assert sum(line.vat for line in lines) == quote.vat
        assert totals_of(lines).gross == quote.gross == Decimal("214.97")
    late = bob.post(page, edit_data(quote, *rows) | {"version": "1"})
    assert (late.status_code, len(late.context["form"].non_field_errors())) == (422, 1)
    assert bob.get(f"/devis/{quote.code}/apercu.pdf").content.startswith(b"%PDF")
    assert bob.post(f"/devis/{quote.code}/emettre/").status_code == 302
    assert bob.get(page).status_code == 302, "what was sent is edited no more"


def test_a_new_quote_takes_the_place_of_the_former(cast: Cast, prices: PriceList) -> None:
    with firm_context("firm_alpha"):
        order = ordered(cast, "dpe")
        first = issue_quote(prepare_quote(order, user=cast.bob), user=cast.bob)
        again = copy_quote(first, user=cast.bob)
        assert copy_quote(first, user=cast.bob) == again, "two clicks make one"
        assert prepare_quote(order, user=cast.bob) == again
        second = issue_quote(again, user=cast.bob)
        first.refresh_from_db()
        assert (first.state, second.replaces, second.number[-4:]) == ("replaced", first, "0002")
        file_quote(quote_id=first.pk)
        assert not OutgoingMail.objects.filter(kind="quote_issued").exists(), "nobody is sent what is replaced"


def test_an_empty_quote_or_one_for_nobody_does_not_leave(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        assert code_of(lambda: issue_quote(add_draft(cast.alice, user=cast.bob, lines=()), user=cast.bob)) == "empty"
        nobody = add_draft(None, user=cast.bob)
        assert code_of(lambda: issue_quote(nobody, user=cast.bob)) == "nobody"
        free = (QuoteTerms(label="Rien", unit=Decimal(0)),)
        assert code_of(lambda: issue_quote(add_draft(cast.alice, user=cast.bob, lines=free), user=cast.bob)) == "empty"
        assert not Quote.objects.exclude(number="").exists(), "and no number is lost"


def test_the_list_shows_what_each_may_see_and_its_figures(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_draft(cast.alice, user=cast.bob)
        add_accepted(cast.alice, user=cast.bob)
        refused = add_issued(cast.alice, user=cast.bob)
        refuse_quote(refused, reason="price", text="", visit=VISIT, user=None)
        expired = add_issued(cast.charlie, user=cast.bob)
        Quote.objects.filter(pk=expired.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
        counts = {one.state: one.count for one in quote_counts(cast.bob)}
        assert {name: count for name, count in counts.items() if count} == {
            "draft": 1,
            "accepted": 1,
            "refused": 1,
            "expired": 1,
        }
        month = conversions()[0]
        assert (month.accepted, month.decided, month.percent, month.amount_percent) == (1, 2, 50, 50)
        assert month.days is not None
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    assert len(bob.get("/devis/").context["page"].rows) == 4
    assert len(bob.get("/devis/?state=expired").context["page"].rows) == 1
    assert len(bob.get("/devis/?q=charlie").context["page"].rows) == 1
    assert bob.get("/devis/?state=nonsense").context["wanted"].wrong == ("state",)
    assert {row.state for row in alice.get("/devis/").context["page"].rows} == {"accepted", "refused"}
    assert body(bob.get("/devis/export.xlsx")).startswith(b"PK")


def test_the_pages_take_as_many_queries_for_one_quote_as_for_many(cast: Cast) -> None:
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    with firm_context("firm_alpha"):
        quote = add_accepted(cast.alice, user=cast.bob)

    def counted(client: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(without_set(queries))

    pages = [(bob, "/devis/"), (bob, f"/devis/{quote.code}/"), (alice, "/devis/"), (alice, f"/devis/{quote.code}/")]
    before = [counted(*page) for page in pages]
    with firm_context("firm_alpha"):
        for _more in range(4):
            add_issued(cast.alice, user=cast.bob)
    assert [counted(*page) for page in pages] == before
    assert max(before) <= 10, before


def test_states_of_a_quote_are_all_shown(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        quote = add_issued(cast.alice, user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    for state, label in QuoteState.choices:
        with firm_context("firm_alpha"):
            Quote.objects.filter(pk=quote.pk).update(
                state=state, decided_at=timezone.now(), accepted_by="online" if state == "accepted" else ""
            )
        assert str(label) in bob.get(f"/devis/{quote.code}/").content.decode(), state


def test_an_erased_client_leaves_the_proof_of_what_was_agreed_and_no_name(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        told: dict[str, Any] = {
            "client_email": "alice@client.example",
            "client_phone": "0298111213",
            "note": "Bonjour Alice",
        }
        add_draft(cast.alice, user=cast.bob, **told)
        agreed = add_accepted(cast.alice, user=cast.bob, **told)
        offered = add_issued(cast.alice, user=cast.bob, **told)
        paper = offered.pdf
        erase_contact(cast.alice)
        run_jobs()
        assert not Quote.objects.filter(state="draft").exists()
        rows = str(list(Quote.objects.values())) + str(list(QuoteEvent.objects.values()))
        for word in ("Alice", "alice", "0298111213", "203.0.113.9", "Firefox"):
            assert word not in rows, word
        agreed.refresh_from_db()
        assert hashlib.sha256(bytes_of(agreed.pdf)).hexdigest() == agreed.pdf_sha256
        assert bytes_of(agreed.certificate)
        assert paper is not None
        assert not StoredFile.objects.filter(pk=paper.pk).exists()


def test_quotes_follow_their_order_to_its_client_and_a_contact_into_the_one_it_is_merged_with(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        order = ordered(cast, "dpe", origin=OrderOrigin.VISITOR)
        quote = prepare_quote(order, user=cast.bob)
        link_order(order, contact=cast.alice, user=cast.bob)
        quote.refresh_from_db()
        assert quote.contact_id == cast.alice.pk
        merge_contacts(cast.charlie, other=cast.alice, user=cast.bob)
        quote.refresh_from_db()
        assert quote.contact_id == cast.charlie.pk
