"""The firm's rules of what is due and its zones: pages, restoring, places of every size."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from extranet.actions.need import save_zone_areas
from extranet.enums_price import NeedVerdict
from extranet.models import NeedRule, ZoneArea
from extranet.needs import Answers, needs
from extranet.needs_defaults import DEFAULT_NEEDS
from extranet.queries.need import rules_in_force, zones_of
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.support import logged_in, said, without_set

pytestmark = pytest.mark.django_db
RULES, ZONES = "/reglages/diagnostics/", "/reglages/zones/"


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


def form(**values: object) -> dict[str, object]:
    return {"kind": "dtg", "effect": "requires", "reason": "Copropriété de plus de dix ans"} | values


def test_a_new_firm_has_the_rules_of_the_law(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        assert NeedRule.objects.count() == len(DEFAULT_NEEDS)
        found = needs(rules_in_force(date(2026, 11, 28)), Answers(), on=date(2026, 11, 28))
        assert {need.verdict for need in found} == {NeedVerdict.CONDITIONAL}
        assert "audit" in {need.diagnostic for need in found}
        audits = [rule for rule in rules_in_force(date(2023, 3, 31)) if rule.kind == "audit"]
        assert audits == [], "none before its first day"


def test_a_rule_is_added_edited_and_deleted(anna: Client) -> None:
    answer = anna.post(
        f"{RULES}regles/ajouter/",
        form(co_owned=["yes"], zone_termites=["yes", "no"], surface_from="12,5", applies_from="2027-01-01"),
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{RULES}#dtg"
    with firm_context("firm_alpha"):
        rule = NeedRule.objects.get(kind="dtg")
        assert rule.conditions == {"co_owned": ["yes"], "zone.termites": ["yes", "no"]}
        assert (str(rule.surface_from), rule.applies_from) == ("12.50", date(2027, 1, 1))
    page = anna.get(RULES).content.decode()
    assert "Copropriété de plus de dix ans" in page
    assert said("Not yet in force") in page
    shown = anna.get(f"{RULES}regles/{rule.code}/").context["form"]
    assert shown["zone_termites"].value() == ["yes", "no"]
    assert anna.post(f"{RULES}regles/{rule.code}/", form(reason="Autre")).status_code == 302
    with firm_context("firm_alpha"):
        rule.refresh_from_db()
        assert (rule.reason, rule.conditions, rule.surface_from) == ("Autre", {}, None)
    assert anna.post(f"{RULES}regles/{rule.code}/supprimer/").status_code == 302
    with firm_context("firm_alpha"):
        assert not NeedRule.objects.filter(kind="dtg").exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "soup"}, "kind"),
        ({"reason": " "}, "reason"),
        ({"co_owned": ["perhaps"]}, "co_owned"),
        ({"surface_from": "beaucoup"}, "surface_from"),
        ({"surface_from": "-1"}, "surface_from"),
        ({"surface_from": "50", "surface_below": "50"}, "surface_below"),
        ({"applies_from": "2027-01-02", "applies_until": "2027-01-01"}, "applies_until"),
        ({"applies_from": "31/02/2027"}, "applies_from"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_and_kept_on_the_page(
    anna: Client, values: dict[str, object], field: str
) -> None:
    answer = anna.post(f"{RULES}regles/ajouter/", form(**values))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["effect"].value() == "requires"
    with firm_context("firm_alpha"):
        assert not NeedRule.objects.filter(kind="dtg").exists()


def test_the_default_is_restored_of_one_diagnostic_alone(anna: Client) -> None:
    with firm_context("firm_alpha"):
        NeedRule.objects.filter(kind__in=["crep", "erp"]).delete()
        NeedRule.objects.create(kind="crep", reason="à moi")
    assert anna.post(f"{RULES}crep/retablir/").status_code == 302
    with firm_context("firm_alpha"):
        assert NeedRule.objects.filter(kind="crep").count() == 2
        assert not NeedRule.objects.filter(reason="à moi").exists()
        assert not NeedRule.objects.filter(kind="erp").exists()
    assert anna.post(f"{RULES}soup/retablir/").status_code == 404


def test_the_narrower_place_counts(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        save_zone_areas([("29", "")], zone="termites", answer="yes", source="")
        save_zone_areas([("29200", "")], zone="termites", answer="no", source="")
        save_zone_areas([("29", "Plouzané"), ("29200", "Saint-Renan")], zone="termites", answer="yes", source="")
        save_zone_areas([("2A", "")], zone="risks", answer="yes", source="")
        assert zones_of("29000", "Quimper")["termites"] == "yes"
        assert zones_of("29200", "Brest")["termites"] == "no"
        assert zones_of("29200", "ST RENAN")["termites"] == "yes"
        assert zones_of("29280", "plouzane")["termites"] == "yes"
        assert zones_of("56000", "Vannes")["termites"] == zones_of("29200", "Brest")["risks"] == ""
        assert zones_of("20137", "Porto-Vecchio")["risks"] == "yes"
        assert set(zones_of("abc", "Brest").values()) == {""}
        with CaptureQueriesContext(connection) as queries:
            zones_of("29200", "Brest")
    assert len(without_set(queries)) == 1


def test_places_are_added_many_at_once_and_known_ones_changed(anna: Client) -> None:
    places = "29\n29200 Brest\n\n 2a ; Ajaccio\n974 – Saint-Denis\n29200 BREST\n"
    sent = {"zone": "termites", "answer": "yes", "places": places, "source": "Arrêté du 1er mars 2020"}
    answer = anna.post(f"{ZONES}ajouter/", sent, follow=True)
    with firm_context("firm_alpha"):
        found = [(each.area, each.city, each.answer) for each in ZoneArea.objects.order_by("id")]
    assert found == [
        ("29", "", "yes"),
        ("29200", "BREST", "yes"),
        ("2A", "Ajaccio", "yes"),
        ("974", "Saint-Denis", "yes"),
    ]
    assert "Arrêté du 1er mars 2020" in answer.content.decode()
    anna.post(f"{ZONES}ajouter/", sent | {"answer": "no", "places": "29200 Brest\n35"})
    with firm_context("firm_alpha"):
        assert ZoneArea.objects.count() == 5
        assert ZoneArea.objects.get(area="29200").answer == "no"
        assert zones_of("29200", "Brest")["termites"] == "no"


@pytest.mark.parametrize(
    "places", ["Brest", "999", "20 Ajaccio", "96", "2920", "00000x", "29\nBrest", "  \n ", "29 " + "x" * 101]
)
def test_lines_that_name_no_place_are_told_and_nothing_is_kept(anna: Client, places: str) -> None:
    answer = anna.post(f"{ZONES}ajouter/", {"zone": "termites", "answer": "yes", "places": places})
    assert answer.status_code == 422
    assert answer.context["form"].errors["places"]
    assert answer.context["form"]["places"].value() == places
    with firm_context("firm_alpha"):
        assert not ZoneArea.objects.exists()


def test_places_are_searched_and_deleted(anna: Client) -> None:
    with firm_context("firm_alpha"):
        save_zone_areas([("29200", "Brest"), ("29000", "Quimper")], zone="termites", answer="yes", source="")
        save_zone_areas([("56", "")], zone="merule", answer="yes", source="")
        brest = ZoneArea.objects.get(city="Brest")

    def listed(**query: str) -> list[str]:
        return [str(place) for place in anna.get(ZONES, query).context["page"].rows]

    assert listed() == ["56", "29000 Quimper", "29200 Brest"]
    assert listed(zone="termites", q="bré") == listed(q="292") == ["29200 Brest"]
    assert listed(zone="soup") == listed()
    assert listed(q="\x00") == listed()
    assert anna.post(f"{ZONES}{brest.code}/supprimer/").status_code == 302
    assert listed(zone="termites") == ["29000 Quimper"]


@pytest.mark.parametrize("path", [RULES, ZONES])
def test_the_pages_cost_the_same_whatever_there_is(anna: Client, path: str) -> None:
    counts = []
    for more in (1, 3):
        with firm_context("firm_alpha"):
            save_zone_areas(
                [(f"{number:02d}", "") for number in range(1, more + 1)], zone="air", answer="no", source=""
            )
            for _rank in range(more):
                NeedRule.objects.create(kind="dtg", reason="x")
        anna.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert anna.get(path).status_code == 200
        counts.append(len(without_set(queries)))
    assert counts[0] == counts[1] <= 10
