"""Ordering without an account: only where the firm allows it, by one browser, and what the link of the mail shows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from extranet.actions.order_life import delete_forgotten_drafts
from extranet.models import Order, OrderFile, PortalSettings
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.models import StoredFile
from tests.extranet.geocoder_server import DOWN, Geocoder, collection, feature, serve_geocoder
from tests.extranet.test_orders import PEOPLE, PROPERTY
from tests.factories.cast import Cast
from tests.support import at_host, logged_in

pytestmark = pytest.mark.django_db
NEW = "/commander/"


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0
    cache.clear()


@pytest.fixture
def visitor(cast: Cast) -> Client:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(visitor_orders=True)
    return at_host("alpha")


def only_order() -> Order:
    with firm_context("firm_alpha"):
        return Order.objects.get()


def test_it_does_not_exist_unless_the_firm_allows_it(cast: Cast) -> None:
    assert at_host("alpha").get(NEW).status_code == 404
    assert at_host("alpha").post(NEW, PROPERTY).status_code == 404
    assert NEW not in at_host("alpha").get("/compte/connexion/").content.decode()
    anna = logged_in("alpha", cast.anna)
    anna.post("/reglages/commandes/", {"visitor_orders": "on"})
    assert f'href="{NEW}"' in at_host("alpha").get("/compte/connexion/").content.decode(), "the log-in page leads there"
    assert "/commander/" in anna.get("/reglages/commandes/").content.decode()
    assert at_host("alpha").get(NEW).status_code == 200
    assert at_host("beta").get(NEW).status_code == 404


def test_a_visitor_orders_and_follows_by_the_link_of_the_mail(cast: Cast, visitor: Client) -> None:
    answer = visitor.post(NEW, PROPERTY | {"floor": "2"})
    order = only_order()
    base = f"/commander/{order.code}"
    assert answer["Location"] == f"{base}/description/"
    assert (order.origin, order.contact_id, order.created_by_id) == ("visitor", None, None)
    visitor.post(f"{base}/description/", {"surface": "30"})
    visitor.post(f"{base}/diagnostics/", {"diagnostics": ["dpe"]})
    people = PEOPLE | {"orderer_name": "Eve http://spam.example", "orderer_email": "eve@else.example"}
    visitor.post(f"{base}/personnes/", people)
    upload = SimpleUploadedFile("plan.txt", b"x" * 2_000_000)
    assert visitor.post(f"{base}/visite/", {"files": [upload]})["Location"] == f"{base}/verification/"
    # another browser knows nothing of it, the firm neither
    other = at_host("alpha")
    assert other.get(f"{base}/bien/").status_code == 404
    assert other.post(f"{base}/verification/").status_code == 404
    assert logged_in("alpha", cast.bob).get(f"/commandes/{order.code}/").status_code == 404
    assert visitor.get(NEW).context["drafts"] == [order]
    answer = visitor.post(f"{base}/verification/")
    assert answer["Location"] == f"{base}/envoyee/"
    assert "eve@else.example" in visitor.get(f"{base}/envoyee/").content.decode()
    with firm_context("firm_alpha"):
        mail = OutgoingMail.objects.get(kind="order_sent")
        assert mail.to == "eve@else.example"
        assert "spam.example" not in mail.text, "no text of a stranger's to an address that nobody has proved"
        assert "12 rue de Siam" not in mail.text
        (link,) = re.findall(r"/commander/suivi/[^/]+/", mail.text)
    page = at_host("alpha").get(link).content.decode()
    assert order.number in page
    assert "12 rue de Siam" in page
    assert "02 98 00 00 00" not in page, "what a stranger has no need of is not there"
    assert at_host("alpha").get("/commander/suivi/forged/").status_code == 404
    assert at_host("beta").get(link).status_code == 404
    assert visitor.get(f"{base}/bien/").status_code == 404, "what is sent is no draft"

    bob = logged_in("alpha", cast.bob)
    bob.post(f"/commandes/{order.code}/etat/", {"to": "ongoing"})
    with firm_context("firm_alpha"):
        assert "/commander/suivi/" in OutgoingMail.objects.get(kind="order_state").text
    alice = logged_in("alpha", cast.alice)
    assert alice.get(f"/commandes/{order.code}/").status_code == 404
    bob.post(f"/commandes/{order.code}/client/", {"contact": cast.alice.code})
    assert alice.get(f"/commandes/{order.code}/").status_code == 200


def test_a_program_that_fills_in_everything_orders_nothing(cast: Cast, visitor: Client) -> None:
    assert visitor.post(NEW, PROPERTY | {"website": "http://spam.example"}).status_code == 302
    with firm_context("firm_alpha"):
        assert not Order.objects.exists()


def test_too_many_orders_of_one_address_are_refused_politely(cast: Cast, visitor: Client) -> None:
    answers = [visitor.post(NEW, PROPERTY).status_code for _ in range(21)]
    assert answers == [302] * 20 + [429]


def test_a_visitors_attachment_is_only_its_own(cast: Cast, visitor: Client) -> None:
    visitor.post(NEW, PROPERTY)
    order = only_order()
    visitor.post(f"/commander/{order.code}/visite/", {"files": [SimpleUploadedFile("plan.txt", b"plan")]})
    with firm_context("firm_alpha"):
        file = OrderFile.objects.get()
    path = f"/commander/{order.code}/fichiers/{file.code}/retirer/"
    assert at_host("alpha").post(path).status_code == 404
    assert visitor.post(path).status_code == 302
    with firm_context("firm_alpha"):
        assert not OrderFile.objects.exists()


def test_forgotten_drafts_go_with_their_files_and_others_stay(cast: Cast, visitor: Client) -> None:
    visitor.post(NEW, PROPERTY)
    order = only_order()
    visitor.post(f"/commander/{order.code}/visite/", {"files": [SimpleUploadedFile("plan.txt", b"plan")]})
    with firm_context("firm_alpha"):
        assert delete_forgotten_drafts() == 0
        Order.objects.update(updated_at=timezone.now() - timedelta(days=15))
        assert delete_forgotten_drafts() == 1
        assert not Order.objects.exists()
        assert not StoredFile.objects.exists()


def known(postcode: str = "29200", city: str = "Brest") -> dict[str, Any]:
    found = feature(f"12 Rue de Siam {postcode} {city}", -4.488, 48.3885, 0.97)
    found["properties"] |= {"name": "12 Rue de Siam", "postcode": postcode, "city": city, "citycode": "29019"}
    return found


@pytest.fixture
def geocoder(settings: Any) -> Any:
    with serve_geocoder() as served:
        settings.GEOCODER_URL = served.url
        yield served


def test_an_address_that_is_picked_has_its_place_at_once(cast: Cast, visitor: Client, geocoder: Geocoder) -> None:
    geocoder.always = (200, {"Content-Type": "application/json"}, collection(known()))
    (found,) = visitor.get("/commander/adresses/", {"q": "12 rue de si"}).json()["results"]
    assert (found["street"], found["postcode"], found["city"]) == ("12 Rue de Siam", "29200", "Brest")
    assert geocoder.asked[-1]["autocomplete"] == "1"
    geocoder.always = DOWN
    visitor.post(NEW, PROPERTY | {"street": found["street"], "place": found["place"]})
    order = only_order()
    assert (order.latitude, order.longitude, order.insee, order.geo_state) == (48.3885, -4.488, "29019", "found")


def test_a_picked_place_is_worth_nothing_for_another_address(cast: Cast, visitor: Client, geocoder: Geocoder) -> None:
    geocoder.always = (200, {"Content-Type": "application/json"}, collection(known()))
    (found,) = visitor.get("/commander/adresses/", {"q": "12 rue de si"}).json()["results"]
    geocoder.always = (200, {"Content-Type": "application/json"}, collection())
    visitor.post(NEW, PROPERTY | {"street": "1 rue Ailleurs", "place": found["place"]})
    visitor.post(NEW, PROPERTY | {"street": "2 rue Ailleurs", "place": "forged"})
    with firm_context("firm_alpha"):
        assert [order.latitude for order in Order.objects.all()] == [None, None]
        assert {order.geo_state for order in Order.objects.all()} == {"waiting"}


@pytest.mark.parametrize(("postcode", "city"), [("29000", "Quimper"), ("35000", "Brest")])
def test_a_postcode_that_does_not_match_is_told_and_can_be_confirmed(
    cast: Cast, visitor: Client, geocoder: Geocoder, postcode: str, city: str
) -> None:
    geocoder.always = (200, {"Content-Type": "application/json"}, collection(known(postcode, city)))
    answer = visitor.post(NEW, PROPERTY)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["postcode"]
    html = answer.content.decode()
    assert f"{postcode} {city}" in html
    assert 'name="as_typed"' in html
    with firm_context("firm_alpha"):
        assert not Order.objects.exists()
    assert visitor.post(NEW, PROPERTY | {"as_typed": "on"}).status_code == 302
    assert only_order().latitude is None


def test_an_address_that_is_known_needs_no_click_on_the_list(cast: Cast, visitor: Client, geocoder: Geocoder) -> None:
    """Another postcode of the same town is no mistake."""
    geocoder.always = (200, {"Content-Type": "application/json"}, collection(known("29240", "Brest")))
    assert visitor.post(NEW, PROPERTY).status_code == 302
    order = only_order()
    assert (order.geo_state, order.insee, order.postcode) == ("found", "29019", "29200")


def test_a_service_that_is_down_keeps_nobody_from_ordering(cast: Cast, visitor: Client, geocoder: Geocoder) -> None:
    geocoder.always = DOWN
    assert visitor.get("/commander/adresses/", {"q": "12 rue"}).json() == {"results": []}
    assert visitor.post(NEW, PROPERTY).status_code == 302
    assert only_order().geo_state == "waiting"
