"""Quotes that several issue or answer at once, with real commits."""

from functools import partial

from django.utils import timezone

from accounts.models import User
from extranet.actions.history import Visit
from extranet.actions.order import begin_order, send_order
from extranet.actions.quote import copy_quote, issue_quote, prepare_quote
from extranet.actions.quote_answer import accept_quote, refuse_quote, withdraw_quote
from extranet.actions.quote_paper import file_certificate, file_quote
from extranet.enums_order import OrderOrigin
from extranet.models import Quote
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.models import StoredFile
from tests.factories.order_things import PROPERTY
from tests.factories.quote_things import add_draft, add_issued
from tests.together import at_once

ANNA = "anna@alpha.example"
VISIT = Visit("203.0.113.9", "Firefox")


def test_twenty_are_issued_at_once_and_no_number_is_left_out_or_given_twice(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get(username=ANNA)
        drafts = [add_draft(None, user=anna, client_name="Alice") for _each in range(20)]
        drafts.append(add_draft(None, user=anna))
    # each twice: two clicks; the last is for nobody and takes no number
    results = at_once([partial(issue_quote, draft, user=anna) for draft in drafts * 2])
    assert sorted(filter(lambda one: isinstance(one, str), results)) == ["already_issued"] * 20 + ["nobody"] * 2
    with firm_context("firm_alpha"):
        numbers = sorted(Quote.objects.exclude(number="").values_list("number", flat=True))
    assert numbers == [f"D{timezone.localdate().year}-{rank:04d}" for rank in range(1, 21)]


def test_one_of_those_who_answer_at_once_has_it(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get(username=ANNA)
        quote = add_issued(None, user=anna, client_name="Alice", client_email="alice@client.example")
        replacement = copy_quote(quote, user=anna)
    accept = partial(accept_quote, quote, name="Alice", sha256=quote.pdf_sha256, visit=VISIT, user=None)
    refuse = partial(refuse_quote, quote, reason="price", text="", visit=VISIT, user=None)
    withdraw = partial(withdraw_quote, quote, reason="Erreur", user=anna)
    replace = partial(issue_quote, replacement, user=anna)
    results = at_once([accept, refuse, withdraw, accept, replace, accept, refuse])
    assert [one for one in results if isinstance(one, Exception)] == []
    with firm_context("firm_alpha"):
        quote.refresh_from_db()
        answered = {"accepted": "already_accepted", "refused": "already_refused"}
        codes = {one for one in results if isinstance(one, str)}
        assert codes == {answered.get(quote.state, quote.state)}, "all others were told the same"
        assert quote.events.filter(kind__in=["accepted", "refused", "withdrawn", "replaced"]).count() == 1


def test_documents_that_are_made_twice_at_once_are_kept_and_sent_once(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get(username=ANNA)
        draft = add_draft(None, user=anna, client_name="Alice", client_email="alice@client.example")
        quote = issue_quote(draft, user=anna)
    assert at_once([partial(file_quote, quote_id=quote.pk)] * 3) == [None] * 3
    with firm_context("firm_alpha"):
        quote.refresh_from_db()
        accept_quote(quote, name="Alice", sha256=quote.pdf_sha256, visit=VISIT, user=None)
    assert at_once([partial(file_certificate, quote_id=quote.pk)] * 3) == [None] * 3
    with firm_context("firm_alpha"):
        assert StoredFile.objects.count() == 2
        for kind in ("quote_issued", "quote_accepted"):
            assert OutgoingMail.objects.filter(kind=kind).count() == 1


def test_an_order_has_one_draft_and_one_open_quote_whoever_asks(own_database: str) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get(username=ANNA)
        values = PROPERTY | {"orderer_name": "Vera", "diagnostics": ["dpe"]}
        order = send_order(begin_order(origin=OrderOrigin.STAFF, user=anna, values=values), user=anna)
    made = at_once([partial(prepare_quote, order, user=anna)] * 6)
    assert len({quote.pk for quote in made}) == 1
    with firm_context("firm_alpha"):
        assert Quote.objects.filter(order=order, state="draft").count() == 1
