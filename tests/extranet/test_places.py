"""Places of dossiers: looked up by a job that fails softly, corrected by hand, never those of another address."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from extranet.actions.place import (
    look_up_again,
    move_place,
    request_place,
    retry_failed_places,
    retry_places,
)
from extranet.enums import EventKind, GeoState
from extranet.models import Dossier, DossierEvent
from kernel.tenancy import firm_context, public_context
from tests.extranet.geocoder_server import DOWN, Geocoder, serve_geocoder
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import logged_in, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def geocoder(settings: Any) -> Iterator[Geocoder]:
    with serve_geocoder() as served:
        settings.GEOCODER_URL = served.url
        settings.GEOCODER_WAIT = 0
        yield served


@pytest.fixture
def alpha(cast: Cast) -> Iterator[Cast]:
    with firm_context("firm_alpha"):
        yield cast


def at(cast: Cast, street: str, *, city: str = "Brest", title: str = "Maison") -> Dossier:
    dossier = add_dossier(title, user=cast.bob, contacts=[cast.alice])
    Dossier.objects.filter(pk=dossier.pk).update(street=street, postcode="29200" if city else "", city=city)
    dossier.refresh_from_db()
    return dossier


def place_of(dossier: Dossier) -> tuple[str, float | None, float | None]:
    dossier.refresh_from_db()
    return dossier.geo_state, dossier.latitude, dossier.longitude


def waiting_jobs() -> int:
    with public_context():
        return ProcrastinateJob.objects.filter(status="todo", task_name__contains=".place.").count()


def test_an_address_is_found_by_the_job(alpha: Cast, geocoder: Geocoder, jobs: Callable[[], int]) -> None:
    dossier = at(alpha, "12 rue de Siam")
    version, edited = dossier.version, dossier.updated_at
    assert request_place(dossier) is dossier
    assert (dossier.geo_state, waiting_jobs()) == (GeoState.WAITING, 1)
    jobs()
    assert place_of(dossier) == (GeoState.FOUND, 48.3885, -4.488)
    assert dossier.geo_label == "12 Rue de Siam 29200 Brest"
    assert dossier.geo_score == 0.97
    assert dossier.geo_at is not None
    # nobody who edits meanwhile is told that somebody else did
    assert (dossier.version, dossier.updated_at) == (version, edited)


@pytest.mark.parametrize(
    ("street", "state"),
    [
        ("3 quai Kléber", GeoState.FOUND),
        ("rue doubtful", GeoState.UNSURE),
        ("le hameau perdu", GeoState.UNSURE),
        ("rue inconnue", GeoState.NOT_FOUND),
        ("?!", GeoState.NOT_FOUND),
    ],
)
def test_the_state_says_how_sure_the_service_is(
    alpha: Cast, geocoder: Geocoder, jobs: Callable[[], int], street: str, state: GeoState
) -> None:
    dossier = at(alpha, street)
    request_place(dossier)
    jobs()
    dossier.refresh_from_db()
    assert dossier.geo_state == state
    assert dossier.has_place == (state != GeoState.NOT_FOUND)


def test_a_town_alone_is_found_as_a_town(alpha: Cast, geocoder: Geocoder, jobs: Callable[[], int]) -> None:
    dossier = at(alpha, "", city="Hameau")
    request_place(dossier)
    jobs()
    assert place_of(dossier)[0] == GeoState.FOUND


def test_no_address_is_no_place_and_no_job(alpha: Cast, geocoder: Geocoder) -> None:
    dossier = at(alpha, "", city="")
    Dossier.objects.filter(pk=dossier.pk).update(latitude=48, longitude=2, geo_label="old", geo_score=1)
    request_place(dossier)
    assert place_of(dossier) == (GeoState.NONE, None, None)
    assert (dossier.geo_label, dossier.geo_score, waiting_jobs()) == ("", None, 0)


def test_a_service_that_is_down_blocks_nothing(alpha: Cast, geocoder: Geocoder, jobs: Callable[[], int]) -> None:
    geocoder.always = DOWN
    dossier = at(alpha, "12 rue de Siam")
    request_place(dossier)
    jobs()
    assert place_of(dossier) == (GeoState.FAILED, None, None)
    assert waiting_jobs() == 0


def test_what_failed_is_looked_up_again_and_the_first_failure_ends_it(
    alpha: Cast, geocoder: Geocoder, jobs: Callable[[], int]
) -> None:
    dossiers = [at(alpha, "12 rue de Siam") for _ in range(3)]
    lost, forgotten, fresh = at(alpha, "3 quai Kléber"), at(alpha, "rue doubtful"), at(alpha, "12 rue de Siam")
    old = timezone.now() - timedelta(days=1)
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in dossiers]).update(geo_state=GeoState.FAILED, geo_at=old)
    Dossier.objects.filter(pk=lost.pk).update(geo_state=GeoState.WAITING, geo_at=old)
    Dossier.objects.filter(pk=fresh.pk).update(geo_state=GeoState.WAITING, geo_at=timezone.now())
    bin_ = at(alpha, "12 rue de Siam")
    Dossier.objects.filter(pk=bin_.pk).update(geo_state=GeoState.FAILED, deleted_at=timezone.now())
    with public_context():
        retry_places()
        retry_places()
    assert waiting_jobs() >= 1
    jobs()
    assert [place_of(dossier)[0] for dossier in dossiers] == [GeoState.FOUND] * 3
    assert place_of(lost)[0] == GeoState.FOUND
    assert place_of(forgotten)[0] == GeoState.UNSURE
    assert place_of(fresh)[0] == GeoState.WAITING
    assert place_of(bin_)[0] == GeoState.FAILED
    geocoder.always = DOWN
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in dossiers]).update(geo_state=GeoState.FAILED)
    before = len(geocoder.asked)
    assert retry_failed_places() == 0
    assert len(geocoder.asked) == before + 3, "one address, three times"


def test_a_pin_placed_by_hand_stays_where_it_is(alpha: Cast, geocoder: Geocoder, jobs: Callable[[], int]) -> None:
    dossier = at(alpha, "12 rue de Siam")
    request_place(dossier)
    move_place(dossier, latitude=48.5, longitude=-4.25, user=alpha.bob)
    jobs()
    retry_failed_places()
    assert place_of(dossier) == (GeoState.BY_HAND, 48.5, -4.25)
    assert geocoder.asked == []
    (event,) = DossierEvent.objects.filter(dossier=dossier, kind=EventKind.MOVED)
    assert (event.actor, event.subject) == (alpha.bob, "12 rue de Siam, 29200 Brest")
    # until the address is another one
    Dossier.objects.filter(pk=dossier.pk).update(street="3 quai Kléber")
    dossier.refresh_from_db()
    request_place(dossier)
    assert place_of(dossier) == (GeoState.WAITING, None, None)
    jobs()
    assert place_of(dossier) == (GeoState.FOUND, 48.3871, -4.4851)


def test_looking_up_again_keeps_the_pin_until_there_is_another(
    alpha: Cast, geocoder: Geocoder, jobs: Callable[[], int]
) -> None:
    dossier = at(alpha, "12 rue de Siam")
    move_place(dossier, latitude=48.5, longitude=-4.25, user=alpha.bob)
    look_up_again(dossier)
    look_up_again(dossier)
    assert (place_of(dossier), waiting_jobs()) == ((GeoState.WAITING, 48.5, -4.25), 1)
    jobs()
    assert place_of(dossier) == (GeoState.FOUND, 48.3885, -4.488)


@pytest.fixture
def bob(cast: Cast) -> Client:
    return logged_in("alpha", cast.bob)


def test_staff_move_the_pin_and_look_up_again(
    cast: Cast, bob: Client, geocoder: Geocoder, jobs: Callable[[], int]
) -> None:
    with firm_context("firm_alpha"):
        dossier = at(cast, "12 rue de Siam")
    url = f"/dossiers/{dossier.code}/"
    answer = bob.post(f"{url}lieu/", {"latitude": "48,5", "longitude": " -4.25 "})
    assert (answer.status_code, answer["Location"]) == (302, f"{url}#lieu")
    with firm_context("firm_alpha"):
        assert place_of(dossier) == (GeoState.BY_HAND, 48.5, -4.25)
    page = bob.get(url).content.decode()
    assert 'value="48.500000"' in page
    assert 'value="-4.250000"' in page
    assert said("Placed by hand") in page
    answer = bob.post(f"{url}lieu/chercher/")
    assert (answer.status_code, answer["Location"]) == (302, f"{url}#lieu")
    with firm_context("firm_alpha"):
        jobs()
        assert place_of(dossier)[0] == GeoState.FOUND
    assert "12 Rue de Siam 29200 Brest" in bob.get(url).content.decode()


@pytest.mark.parametrize(
    ("latitude", "longitude", "wrong"),
    [
        ("91", "2", 1),
        ("48", "-180.01", 1),
        ("nan", "inf", 2),
        ("", "", 2),
        ("north", "1e999", 2),
        ("4\x008", "2", 1),
        ("1" * 500, "2", 1),
    ],
)
def test_a_place_out_of_the_world_is_told_at_its_field_and_nothing_is_lost(
    cast: Cast, bob: Client, latitude: str, longitude: str, wrong: int
) -> None:
    with firm_context("firm_alpha"):
        dossier = at(cast, "12 rue de Siam")
    answer = bob.post(f"/dossiers/{dossier.code}/lieu/", {"latitude": latitude, "longitude": longitude})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("is-invalid") == wrong
    assert page.count("aria-invalid") == wrong
    if longitude == "-180.01":
        assert 'value="-180.01"' in page
    with firm_context("firm_alpha"):
        assert place_of(dossier) == (GeoState.NONE, None, None)
        assert not DossierEvent.objects.filter(kind=EventKind.MOVED).exists()


def test_a_dossier_without_an_address_has_no_map(cast: Cast, bob: Client) -> None:
    with firm_context("firm_alpha"):
        dossier = at(cast, "", city="")
        other = at(cast, "12 rue de Siam")
    assert 'id="lieu"' not in bob.get(f"/dossiers/{dossier.code}/").content.decode()
    assert 'id="lieu"' in bob.get(f"/dossiers/{other.code}/").content.decode()
    answer = bob.post(f"/dossiers/{dossier.code}/lieu/chercher/", follow=True)
    assert said("This dossier has no address: write it first.") in answer.content.decode()


@pytest.mark.parametrize("person", ["alice", "charlie", "dora", "dan"])
def test_nobody_else_moves_a_pin(cast: Cast, person: str) -> None:
    with firm_context("firm_alpha"):
        dossier = at(cast, "12 rue de Siam")
    client = logged_in("beta" if person in {"dora", "dan"} else "alpha", getattr(cast, person))
    for path in ("lieu/", "lieu/chercher/"):
        answer = client.post(f"/dossiers/{dossier.code}/{path}", {"latitude": "1", "longitude": "1"})
        assert answer.status_code == 404
    with firm_context("firm_alpha"):
        assert place_of(dossier) == (GeoState.NONE, None, None)
    assert waiting_jobs() == 0
