"""The settings of quotes and the page of prices."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from extranet.actions.history import Visit
from extranet.models import (
    Order,
    PortalSettings,
    PriceList,
    QuoteSettings,
)
from kernel.tenancy import firm_context
from tests.extranet.quotes import checked_prices, ordered
from tests.factories.cast import Cast
from tests.factories.order_things import PROPERTY
from tests.factories.quote_things import settings_data
from tests.support import at_host, logged_in, said

pytestmark = pytest.mark.django_db
VISIT = Visit("203.0.113.9", "Firefox 151")


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0
    cache.clear()


@pytest.fixture
def prices(cast: Cast) -> PriceList:
    return checked_prices()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.cabinet.example", ["https://www.cabinet.example"]),
        ("https://Cabinet.example/contact?x=1\nhttps://cabinet.example:8443", None),
        ("https://éclair.example", ["https://xn--clair-9ra.example"]),
    ],
)
def test_sites_are_kept_as_origins(cast: Cast, typed: str, kept: list[str] | None) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(visitor_orders=True)
    anna = logged_in("alpha", cast.anna)
    assert anna.post("/reglages/devis/", settings_data(sites=typed)).status_code == 302
    with firm_context("firm_alpha"):
        rules = QuoteSettings.objects.get()
        assert rules.sites == (kept or ["https://cabinet.example", "https://cabinet.example:8443"])
        assert (rules.issue_mode, rules.prefix, rules.valid_days) == ("check", "DV", 45)


@pytest.mark.parametrize(
    "typed",
    ["http://cabinet.example", "https://*.example", "https://a.example;script-src *", "https://x@y.example", "https://[",
     "javascript:alert(1)", "localhost", "https://a.example:99999"],
)  # fmt: skip
def test_what_is_no_site_is_refused_and_stays_typed(cast: Cast, typed: str) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(visitor_orders=True)
    answer = logged_in("alpha", cast.anna).post("/reglages/devis/", settings_data(sites=typed))
    assert answer.status_code == 422
    with firm_context("firm_alpha"):
        assert QuoteSettings.objects.get().sites == []


ASKED = {
    "asked": "1",
    "transaction": "sale",
    "property_kind": "flat",
    "postcode": "29200",
    "surface": "60",
    "build_period": "before_1997",
    "electricity": "recent",
    "gas": "none",
    "heating": "individual",
    "urgent": "on",
}


def test_the_page_of_prices_answers_at_once_and_hands_its_answers_to_the_order(cast: Cast, prices: PriceList) -> None:
    anybody = at_host("alpha")
    assert anybody.get("/tarif/", ASKED).status_code == 404, "the firm takes no orders from visitors"
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(visitor_orders=True)
        QuoteSettings.objects.update(sites=["https://www.cabinet.example"])
    page = anybody.get("/tarif/cadre/", ASKED)
    found = page.context["instant"]
    assert {need.diagnostic for need in found.required} >= {"dpe", "amiante"}
    assert "100,00" in page.content.decode()
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors https://www.cabinet.example")
    assert "X-Frame-Options" not in page.headers
    assert not page.cookies, "a frame keeps nothing"
    alone = anybody.get("/tarif/", ASKED)
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]
    assert alone.headers["X-Frame-Options"] == "DENY"
    assert anybody.get("/tarif/", ASKED | {"postcode": "2920"}).status_code == 422
    order_url = page.context["order_url"]
    first = anybody.get(order_url)
    assert 'value="29200"' in first.content.decode()
    anybody.post(order_url, PROPERTY | {"floor": ""})
    with firm_context("firm_alpha"):
        order = Order.objects.get()
        told = (order.build_period, order.surface, order.electricity, order.gas, order.urgent)
        assert told == ("before_1997", Decimal(60), "recent", "none", True)
    with firm_context("firm_alpha"):
        PriceList.objects.update(is_unchecked=True)
    assert anybody.get("/tarif/", ASKED).context["instant"].found is None, "guesses are no prices"


def test_the_page_of_prices_is_not_asked_without_end(cast: Cast, prices: PriceList) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(visitor_orders=True)
    anybody = at_host("alpha")
    answers = [anybody.get("/tarif/", ASKED | {"postcode": ""}).status_code for _each in range(62)]
    assert (answers[0], answers[-1]) == (422, 429)
    assert anybody.get("/tarif/").status_code == 200


def test_the_last_step_of_an_order_shows_its_price(cast: Cast, prices: PriceList) -> None:
    alice = logged_in("alpha", cast.alice)
    with firm_context("firm_alpha"):
        order = ordered(cast, "dpe", "termites", sent=False)
    step = f"/commandes/{order.code}/etape/verification/"
    html = alice.get(step).content.decode()
    assert "120,00" in html
    assert said("on request") in html
    with firm_context("firm_alpha"):
        QuoteSettings.objects.update(show_prices=False)
    assert "120,00" not in alice.get(step).content.decode()
