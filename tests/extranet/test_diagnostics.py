"""The diagnostics of a dossier: entered by the firm, read by its clients, drawn as the official label."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.actions.diagnostic import add_diagnostics
from extranet.enums import DiagnosticKind, EventKind, Transaction
from extranet.models import Diagnostic, Dossier, DossierEvent
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import logged_in, said, without_set

CSS = Path(__file__).parents[2] / "themes/static/themes/css/app.css"
FULL = {
    "kind": "dpe",
    "performed_on": "2026-03-15",
    "finding": "unknown",
    "conclusion": "Isoler les combles.\n<b>Puis</b> les murs.",
    "energy_letter": "D",
    "energy_value": "210",
    "climate_letter": "B",
    "climate_value": "9",
    "ademe_number": "2629 e011 3306 a",
    "expires_on": "",
}


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        return add_dossier("Maison", user=cast.bob, contacts=[cast.alice])


def kinds() -> list[str]:
    with firm_context("firm_alpha"):
        return list(Diagnostic.objects.values_list("kind", flat=True))


def one(kind: str) -> Diagnostic:
    with firm_context("firm_alpha"):
        return Diagnostic.objects.get(kind=kind)


def page(browser: Client, dossier: Dossier) -> str:
    answer = browser.get(f"/dossiers/{dossier.code}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.django_db
def test_several_are_added_with_one_day_then_filled_in(cast: Cast, dossier: Dossier) -> None:
    bob = logged_in("alpha", cast.bob)
    base = f"/dossiers/{dossier.code}/diagnostics/"
    assert bob.get(f"{base}ajouter/").status_code == 200
    answer = bob.post(f"{base}ajouter/", {"kinds": ["erp", "carrez"], "performed_on": "2026-01-15"})
    assert answer["Location"] == f"/dossiers/{dossier.code}/#conclusions"
    assert kinds() == ["erp", "carrez"]
    answer = bob.post(f"{base}ajouter/", {"kinds": ["dpe"], "performed_on": ""})
    assert answer["Location"] == f"{base}{one('dpe').code}/", "a single one is opened"
    assert bob.get(answer["Location"]).status_code == 200
    assert bob.post(answer["Location"], FULL)["Location"] == f"/dossiers/{dossier.code}/#conclusions"
    saved = one("dpe")
    assert (saved.energy_letter, saved.energy_value, saved.climate_letter, saved.climate_value) == ("D", 210, "B", 9)
    assert (saved.ademe_number, saved.expires_on) == ("2629E0113306A", date(2036, 3, 14))
    shown = page(bob, dossier)
    assert said("Saved.") in shown
    assert "Isoler les combles.<br>&lt;b&gt;Puis&lt;/b&gt; les murs." in shown
    assert said("Without limit") in shown
    assert said("Source: %(source)s.").split("%")[0] in shown
    assert "2629E0113306A" in shown
    with firm_context("firm_alpha"):
        dossier.refresh_from_db()
        subjects = list(
            DossierEvent.objects.filter(kind=EventKind.DIAGNOSTIC).order_by("id").values_list("subject", flat=True)
        )
    assert dossier.expires_on == date(2026, 7, 14)
    assert len(subjects) == 3
    assert str(one("erp")) in subjects[0]


@pytest.mark.django_db
def test_an_unusual_ademe_number_is_told_not_refused(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        add_diagnostics(dossier, kinds=["dpe"], performed_on=None, user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    bob.post(f"/dossiers/{dossier.code}/diagnostics/{one('dpe').code}/", FULL | {"ademe_number": "123"})
    assert one("dpe").ademe_number == "123"
    warning = said("“%(number)s” does not look like an ADEME number (13 characters, such as 2675E0113306A): check it.")
    assert warning.replace("%(number)s", "123") in page(bob, dossier)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "soup"}, "kind"),
        ({"performed_on": "2026-02-30"}, "performed_on"),
        ({"performed_on": (date.today() + timedelta(days=2)).isoformat()}, "performed_on"),
        ({"energy_letter": "H"}, "energy_letter"),
        ({"energy_value": "-1"}, "energy_value"),
        ({"energy_value": "99999999999"}, "energy_value"),
        ({"climate_value": "many"}, "climate_value"),
        ({"finding": ""}, "finding"),
        ({"ademe_number": "X" * 21}, "ademe_number"),
        ({"expiry_by_hand": "on", "expires_on": "2026-03-14"}, "expires_on"),
        ({"conclusion": "nul \x00"}, "conclusion"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    cast: Cast, dossier: Dossier, wrong: dict[str, str], field: str
) -> None:
    with firm_context("firm_alpha"):
        add_diagnostics(dossier, kinds=["dpe"], performed_on=None, user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(f"/dossiers/{dossier.code}/diagnostics/{one('dpe').code}/", FULL | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    if field != "conclusion":
        assert "Isoler les combles." in answer.content.decode()
    assert (one("dpe").performed_on, one("dpe").conclusion) == (None, "")


@pytest.mark.django_db
def test_nothing_chosen_adds_nothing(cast: Cast, dossier: Dossier) -> None:
    bob = logged_in("alpha", cast.bob)
    for data in ({}, {"kinds": ["soup"]}, {"kinds": ["dpe"], "performed_on": "3000-01-01"}):
        assert bob.post(f"/dossiers/{dossier.code}/diagnostics/ajouter/", data).status_code == 422
    assert kinds() == []


@pytest.mark.django_db
def test_they_are_moved_and_taken_out(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        made = add_diagnostics(dossier, kinds=["dpe", "gaz", "erp"], performed_on=date(2026, 1, 15), user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    dpe, gaz, erp = (f"/dossiers/{dossier.code}/diagnostics/{one.code}/" for one in made)
    bob.post(f"{erp}deplacer/", {"up": "1"})
    assert kinds() == ["dpe", "erp", "gaz"]
    bob.post(f"{dpe}deplacer/", {"up": "0"})
    assert kinds() == ["erp", "dpe", "gaz"]
    for over_the_edge in (f"{erp}deplacer/", f"{gaz}deplacer/"):
        bob.post(over_the_edge, {"up": "1" if over_the_edge.startswith(erp) else "0"})
    assert kinds() == ["erp", "dpe", "gaz"]
    assert bob.post(f"{erp}supprimer/").status_code == 302
    assert kinds() == ["dpe", "gaz"]
    with firm_context("firm_alpha"):
        dossier.refresh_from_db()
    assert dossier.expires_on == date(2029, 1, 14), "the dossier's day follows"


@pytest.mark.django_db
def test_a_client_reads_them_and_changes_nothing(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        (made,) = add_diagnostics(dossier, kinds=["dpe"], performed_on=timezone.localdate(), user=cast.bob)
        Diagnostic.objects.update(energy_letter="F", energy_value=380, climate_letter="G", conclusion="À isoler")
    alice = logged_in("alpha", cast.alice)
    shown = page(alice, dossier)
    assert "À isoler" in shown
    assert shown.count("dd-arrow-on") == 2
    assert said("Add diagnostics") not in shown
    assert f"/diagnostics/{made.code}/" not in shown
    for path in ("", "supprimer/", "deplacer/"):
        assert alice.post(f"/dossiers/{dossier.code}/diagnostics/{made.code}/{path}", FULL).status_code == 404
    assert alice.post(f"/dossiers/{dossier.code}/diagnostics/ajouter/", {"kinds": ["erp"]}).status_code == 404
    assert kinds() == ["dpe"]
    assert one("dpe").conclusion == "À isoler"


@pytest.mark.django_db
def test_a_diagnostic_of_another_dossier_is_not_there(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        other = add_dossier("Grange", user=cast.bob)
        (made,) = add_diagnostics(other, kinds=["dpe"], performed_on=None, user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    assert bob.get(f"/dossiers/{dossier.code}/diagnostics/{made.code}/").status_code == 404
    assert bob.post(f"/dossiers/{dossier.code}/diagnostics/{made.code}/supprimer/").status_code == 404
    assert kinds() == ["dpe"]


@pytest.mark.django_db
def test_a_change_of_what_it_is_made_for_computes_anew(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        add_diagnostics(dossier, kinds=["gaz"], performed_on=date(2026, 1, 15), user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    data = {"title": "Maison", "comments": "", "version": "1", "transaction": Transaction.RENTAL}
    assert bob.post(f"/dossiers/{dossier.code}/modifier/", data).status_code == 302
    assert one("gaz").expires_on == date(2032, 1, 14)


@pytest.mark.django_db
def test_the_page_costs_the_same_with_one_and_with_three(cast: Cast, dossier: Dossier) -> None:
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    with firm_context("firm_alpha"):
        add_diagnostics(dossier, kinds=["dpe"], performed_on=date(2026, 1, 15), user=cast.bob)
    for browser in (bob, alice):
        page(browser, dossier)
    first = [queries(browser, dossier) for browser in (bob, alice)]
    with firm_context("firm_alpha"):
        add_diagnostics(dossier, kinds=["gaz", "erp"], performed_on=date(2026, 1, 15), user=cast.bob)
    assert [queries(browser, dossier) for browser in (bob, alice)] == first


def queries(browser: Client, dossier: Dossier) -> int:
    with CaptureQueriesContext(connection) as captured:
        page(browser, dossier)
    return len(without_set(captured))


def test_the_labels_letters_can_be_read_on_their_colours() -> None:
    """WCAG 2.2 § 1.4.3: 4.5 to 1."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    rules = re.findall(
        r"\.dd-(energy|climate)-([A-G]) { background: (#[0-9a-f]{6}); color: (#[0-9a-f]{6}); }", CSS.read_text()
    )
    assert len(rules) == 14
    for scale, letter, background, text in rules:
        dark, light = sorted((luminance(background), luminance(text)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (scale, letter)


def test_each_kind_has_a_name_of_its_own() -> None:
    assert len(set(map(str, DiagnosticKind.labels))) == len(DiagnosticKind.values)
