"""The steps of a dossier: ticked by the firm, followed by its client."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from extranet.actions.step import add_step, tick_step
from extranet.enums import EventKind, Visibility
from extranet.models import Dossier, DossierEvent, DossierStep
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import logged_in, said, without_set

pytestmark = pytest.mark.django_db
STEPS = ["Commande reçue", "Rendez-vous fixé", "Visite effectuée", "Rapports vérifiés", "Rapports publiés"]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        return add_dossier("Maison", user=cast.bob, contacts=[cast.alice])


def steps(dossier: Dossier) -> list[DossierStep]:
    with firm_context("firm_alpha"):
        return list(DossierStep.objects.filter(dossier=dossier))


def names(dossier: Dossier) -> list[str]:
    return [step.name for step in steps(dossier)]


def test_a_new_dossier_has_the_firms_steps(cast: Cast, dossier: Dossier) -> None:
    assert names(dossier) == STEPS
    assert [step.visibility for step in steps(dossier)] == ["client"] * 3 + ["staff", "client"]


def test_a_step_is_ticked_with_who_and_when_and_unticked(cast: Cast, dossier: Dossier) -> None:
    bob = logged_in("alpha", cast.bob)
    step = steps(dossier)[0]
    address = f"/dossiers/{dossier.code}/etapes/{step.code}/cocher/"
    answer = bob.post(address, {"done": "1"})
    assert answer["Location"] == f"/dossiers/{dossier.code}/#steps"
    ticked = steps(dossier)[0]
    assert (ticked.done_by, ticked.done_at is not None) == (str(cast.bob), True)
    bob.post(address, {"done": "1"})
    assert steps(dossier)[0].done_at == ticked.done_at, "its date stays"
    assert str(cast.bob) in bob.get(f"/dossiers/{dossier.code}/").content.decode()
    bob.post(address, {"done": "0"})
    assert (steps(dossier)[0].done_by, steps(dossier)[0].done_at) == ("", None)
    with firm_context("firm_alpha"):
        events = DossierEvent.objects.filter(kind__in=[EventKind.STEP_DONE, EventKind.STEP_UNDONE]).order_by("id")
        assert list(events.values_list("kind", "subject")) == [
            ("step_done", "Commande reçue"),
            ("step_undone", "Commande reçue"),
        ]


def test_htmx_gets_the_section_alone(cast: Cast, dossier: Dossier) -> None:
    bob = logged_in("alpha", cast.bob)
    step = steps(dossier)[1]
    answer = bob.post(f"/dossiers/{dossier.code}/etapes/{step.code}/cocher/", {"done": "1"}, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.lstrip().startswith("<section")
    assert text.count('aria-checked="true"') == 1
    answer = bob.post(f"/dossiers/{dossier.code}/etapes/ajouter/", {"name": "", "visibility": "staff"}, headers=HTMX)
    assert said("This field is required.") in answer.content.decode()
    assert names(dossier) == STEPS


def test_a_step_is_added_renamed_hidden_and_taken_out(cast: Cast, dossier: Dossier) -> None:
    bob = logged_in("alpha", cast.bob)
    base = f"/dossiers/{dossier.code}/etapes/"
    bob.post(f"{base}ajouter/", {"name": "Analyses au labo", "visibility": "client"})
    assert names(dossier) == [*STEPS, "Analyses au labo"]
    added = steps(dossier)[-1]
    assert bob.get(f"{base}{added.code}/").status_code == 200
    answer = bob.post(f"{base}{added.code}/", {"name": "Labo", "visibility": "staff"})
    assert answer["Location"] == f"/dossiers/{dossier.code}/#steps"
    assert (steps(dossier)[-1].name, steps(dossier)[-1].visibility) == ("Labo", "staff")
    answer = bob.post(f"{base}{added.code}/", {"name": "x" * 81, "visibility": "nobody"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "visibility"}
    assert "x" * 81 in answer.content.decode()
    bob.post(f"{base}{added.code}/retirer/")
    assert names(dossier) == STEPS


def test_a_client_follows_the_steps_meant_for_it_and_ticks_none(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        tick_step(steps(dossier)[0], done=True, user=cast.bob)
        tick_step(steps(dossier)[3], done=True, user=cast.bob)
    alice = logged_in("alpha", cast.alice)
    shown = alice.get(f"/dossiers/{dossier.code}/").content.decode()
    assert shown.count("dd-tracker-step") == 4
    assert shown.count("dd-tracker-done") == 1
    assert "Rapports vérifiés" not in shown
    assert str(cast.bob) not in shown, "who ticked it is the firm's business"
    step = steps(dossier)[1]
    for path in ("cocher/", "retirer/", ""):
        answer = alice.post(f"/dossiers/{dossier.code}/etapes/{step.code}/{path}", {"done": "1", "name": "X"})
        assert answer.status_code == 404
    assert alice.post(f"/dossiers/{dossier.code}/etapes/ajouter/", {"name": "X"}).status_code == 404
    assert names(dossier) == STEPS
    assert steps(dossier)[1].done_at is None


def test_a_step_of_another_dossier_is_not_there(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        other = add_dossier("Grange", user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    step = steps(other)[0]
    answer = bob.post(f"/dossiers/{dossier.code}/etapes/{step.code}/cocher/", {"done": "1"})
    assert answer.status_code == 404
    assert steps(other)[0].done_at is None


def test_the_page_costs_the_same_with_more_steps(cast: Cast, dossier: Dossier) -> None:
    people = [logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)]
    with firm_context("firm_alpha"):
        DossierStep.objects.filter(dossier=dossier, position__gt=1).delete()
    for browser in people:
        queries(browser, dossier)
    first = [queries(browser, dossier) for browser in people]
    with firm_context("firm_alpha"):
        for name in ("Deux", "Trois"):
            tick_step(add_step(dossier, name=name, visibility=Visibility.CLIENT), done=True, user=cast.bob)
    assert [queries(browser, dossier) for browser in people] == first


def queries(browser: Client, dossier: Dossier) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(f"/dossiers/{dossier.code}/").status_code == 200
    return len(without_set(captured))
