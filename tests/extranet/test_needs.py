"""Which diagnostics are due: the table of the law that a firm starts with, and how missing answers are told."""

from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from extranet.enums import DiagnosticKind
from extranet.enums_price import NeedVerdict
from extranet.needs import FIELDS, Answers, Need, NeedTerms, bare_city, department_of, needs
from extranet.needs_defaults import DEFAULT_NEEDS

RULES = [NeedTerms(**asdict(rule)) for rule in DEFAULT_NEEDS]
TODAY = date(2026, 11, 28)
#: A flat of 60 m² to be sold, of which everything is known and nothing makes much due.
FLAT = Answers(
    transaction="sale",
    furnished="no",
    property_kind="flat",
    co_owned="yes",
    build_period="since_1997",
    gas="none",
    electricity="recent",
    sewered="yes",
    heating="individual",
    wood_heating="no",
    pool="no",
    energy_class="C",
    postcode="29200",
    surface=Decimal(60),
    zones=dict.fromkeys(["termites", "merule", "risks", "noise", "air"], "no"),
)
HOUSE = replace(FLAT, property_kind="house", co_owned="no", surface=Decimal(120))
REQUIRED, OPEN, NOT = NeedVerdict.REQUIRED, NeedVerdict.CONDITIONAL, NeedVerdict.NOT_REQUIRED


def verdicts(answers: Answers, on: date = TODAY) -> dict[str, NeedVerdict]:
    return {need.diagnostic: need.verdict for need in needs(RULES, answers, on=on)}


def due(answers: Answers, on: date = TODAY) -> set[str]:
    return {kind for kind, verdict in verdicts(answers, on).items() if verdict == REQUIRED}


def need_of(kind: str, answers: Answers, on: date = TODAY, rules: Any = RULES) -> Need:
    return next(need for need in needs(rules, answers, on=on) if need.diagnostic == kind)


def in_zone(answers: Answers, **zones: str) -> Answers:
    return replace(answers, zones={**answers.zones, **zones})


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (FLAT, {"dpe", "carrez"}),
        (HOUSE, {"dpe"}),
        # lead by 1 January 1949, asbestos by 1 July 1997
        (replace(FLAT, build_period="before_1949"), {"dpe", "carrez", "amiante", "crep"}),
        (replace(FLAT, build_period="before_1997"), {"dpe", "carrez", "amiante"}),
        (replace(HOUSE, build_period="before_1949", transaction="rental"), {"dpe", "crep", "boutin"}),
        (replace(FLAT, build_period="before_1949", transaction="rental"), {"dpe", "crep", "dapp", "boutin"}),
        (replace(FLAT, build_period="before_1997", transaction="rental"), {"dpe", "dapp", "boutin"}),
        (replace(FLAT, transaction="rental", furnished="yes"), {"dpe"}),
        # common parts and premises that nobody lives in
        (replace(HOUSE, property_kind="building", build_period="before_1997"), {"dpe", "amiante", "dta"}),
        (replace(FLAT, property_kind="commercial", build_period="before_1997"), {"dpe", "carrez", "amiante", "dta"}),
        (
            replace(FLAT, property_kind="commercial", build_period="before_1949", gas="old"),
            {"dpe", "carrez", "amiante", "dta"},
        ),
        # installations of more than 15 years
        (replace(FLAT, gas="old", electricity="old"), {"dpe", "carrez", "gaz", "elec"}),
        (replace(FLAT, gas="recent", electricity="recent"), {"dpe", "carrez"}),
        (replace(FLAT, transaction="rental", gas="old", electricity="old"), {"dpe", "boutin", "gaz", "elec"}),
        # heated buildings; the exemption below 50 m² is for a building of its own
        (replace(FLAT, heating="none"), {"carrez"}),
        (replace(FLAT, heating="collective"), {"dpe", "carrez"}),
        (replace(HOUSE, surface=Decimal("49.99")), set()),
        (replace(HOUSE, surface=Decimal(50)), {"dpe"}),
        (replace(FLAT, surface=Decimal(20)), {"dpe", "carrez"}),
        # floor area: lots in co-ownership, from 8 m² on
        (replace(FLAT, surface=Decimal("7.99")), {"dpe"}),
        (replace(FLAT, surface=Decimal(8)), {"dpe", "carrez"}),
        (replace(FLAT, co_owned="no"), {"dpe"}),
        (replace(HOUSE, co_owned="yes"), {"dpe", "carrez"}),
        # zones, only where something is built for termites
        (in_zone(FLAT, termites="yes"), {"dpe", "carrez", "termites"}),
        (in_zone(replace(FLAT, transaction="rental"), termites="yes"), {"dpe", "boutin"}),
        (in_zone(HOUSE, merule="yes"), {"dpe", "merule"}),
        (in_zone(HOUSE, risks="yes", noise="yes"), {"dpe", "erp", "ensa"}),
        (in_zone(replace(HOUSE, transaction="rental"), risks="yes", noise="yes"), {"dpe", "boutin", "erp", "ensa"}),
        (in_zone(replace(HOUSE, property_kind="land"), termites="yes", risks="yes"), {"erp"}),
        (in_zone(replace(HOUSE, wood_heating="yes"), air="yes"), {"dpe", "bois"}),
        (in_zone(HOUSE, air="yes"), {"dpe"}),
        (replace(HOUSE, wood_heating="yes"), {"dpe"}),
        # not connected to the sewer
        (replace(HOUSE, sewered="no"), {"dpe", "anc"}),
        (replace(HOUSE, sewered="no", transaction="rental"), {"dpe", "boutin"}),
        # works
        (replace(HOUSE, transaction="works", build_period="before_1997"), {"amiante_works"}),
        (replace(HOUSE, transaction="works"), set()),
        (replace(HOUSE, transaction="works", surface=Decimal(1000)), {"pemd"}),
        (replace(HOUSE, transaction="other", build_period="before_1949", gas="old"), set()),
    ],
)
def test_what_is_due_by_the_law_of_the_start(answers: Answers, expected: set[str]) -> None:
    assert due(answers) == expected
    assert OPEN not in verdicts(answers).values(), "everything is known"


@pytest.mark.parametrize(
    ("energy_class", "postcode", "first"),
    [
        ("G", "29200", date(2023, 4, 1)),
        ("F", "29200", date(2023, 4, 1)),
        ("E", "20000", date(2025, 1, 1)),
        ("D", "29200", date(2034, 1, 1)),
        ("G", "97400", date(2024, 7, 1)),
        ("E", "97200", date(2028, 1, 1)),
        ("C", "29200", None),
        ("D", "97400", None),
    ],
)
def test_the_energy_audit_begins_on_the_day_of_its_class(energy_class: str, postcode: str, first: date | None) -> None:
    answers = replace(HOUSE, energy_class=energy_class, postcode=postcode)
    if first is None:
        assert "audit" not in due(answers, date(2040, 1, 1))
        return
    assert "audit" in due(answers, first)
    assert "audit" not in due(answers, date.fromordinal(first.toordinal() - 1))
    assert "audit" not in due(replace(answers, co_owned="yes"), first), "never for a lot in co-ownership"
    assert "audit" not in due(replace(answers, property_kind="flat"), first)
    assert "audit" not in due(replace(answers, transaction="rental"), first)
    assert "audit" in due(replace(answers, property_kind="building"), first)


@pytest.mark.parametrize(
    ("kind", "first"), [("crep", date(2008, 8, 12)), ("gaz", date(2018, 1, 1)), ("elec", date(2018, 1, 1))]
)
def test_what_tenants_get_since_a_day(kind: str, first: date) -> None:
    answers = replace(FLAT, transaction="rental", build_period="before_1949", gas="old", electricity="old")
    eve = date.fromordinal(first.toordinal() - 1)
    assert kind in due(answers, first)
    assert kind not in due(answers, eve)
    assert kind in due(replace(answers, transaction="sale"), eve)


@pytest.mark.parametrize(
    ("kind", "missing", "answers"),
    [
        ("amiante", ("build_period",), replace(FLAT, build_period="")),
        ("crep", ("build_period",), replace(FLAT, build_period="")),
        ("gaz", ("gas",), replace(FLAT, gas="")),
        ("elec", ("electricity",), replace(FLAT, electricity="")),
        ("carrez", ("co_owned",), replace(FLAT, co_owned="")),
        ("carrez", ("surface",), replace(FLAT, surface=None)),
        ("dpe", ("heating",), replace(FLAT, heating="")),
        ("dpe", ("surface",), replace(HOUSE, surface=None)),
        ("termites", ("zone.termites",), replace(FLAT, zones={})),
        ("erp", ("zone.risks",), replace(FLAT, zones={})),
        ("audit", ("energy_class",), replace(HOUSE, energy_class="")),
        ("audit", ("co_owned", "energy_class"), replace(HOUSE, energy_class="", co_owned="")),
        ("boutin", ("furnished",), replace(FLAT, transaction="rental", furnished="")),
        ("anc", ("sewered",), replace(HOUSE, sewered="")),
    ],
)
def test_a_missing_answer_that_would_decide_is_named(kind: str, missing: tuple[str, ...], answers: Answers) -> None:
    need = need_of(kind, answers)
    assert (need.verdict, need.missing) == (OPEN, missing)
    assert need.reason
    assert all(need.missing_labels)


def test_a_missing_answer_that_decides_nothing_is_not_asked_for() -> None:
    assert need_of("gaz", replace(FLAT, transaction="other", gas="")).verdict == NOT
    assert need_of("audit", replace(FLAT, energy_class="")).verdict == NOT, "no audit of a flat"
    assert need_of("termites", replace(FLAT, transaction="rental", zones={})).verdict == NOT
    assert need_of("dpe", replace(FLAT, surface=None)).verdict == REQUIRED, "the exemption is for houses"
    assert need_of("carrez", replace(FLAT, co_owned="no", surface=None)).verdict == NOT


def test_nothing_known_makes_everything_open_but_nothing_due() -> None:
    assert set(verdicts(Answers()).values()) == {OPEN}


def test_a_report_that_is_still_valid_makes_its_diagnostic_not_due() -> None:
    with translation.override("fr"):
        last = need_of("dpe", replace(FLAT, valid={"dpe": TODAY}))
    assert last.verdict == NOT
    assert "28/11/2026" in last.reason
    assert need_of("dpe", replace(FLAT, valid={"dpe": date(2026, 11, 27)})).verdict == REQUIRED
    assert need_of("amiante", replace(FLAT, build_period="", valid={"amiante": TODAY})).verdict == NOT


def test_why_something_is_not_due_says_what_would_make_it() -> None:
    with translation.override("en"):
        assert need_of("crep", FLAT).reason == "Only where: Building permit: Before 1949."
        assert need_of("audit", HOUSE).reason == "Only where: Energy class: E, F, G."
        assert "Termite zone: Yes" in need_of("termites", FLAT).reason
        assert need_of("pemd", replace(HOUSE, transaction="works")).reason == (
            "Only where: surface of 1000 m² or more."
        )
    assert need_of("crep", FLAT).source == "CSP art. L1334-5 à L1334-9"


def test_an_exemption_wins_and_leaves_doubt_while_it_is_not_decided() -> None:
    rules = [
        NeedTerms("dpe", "due", conditions={"transaction": ["sale"]}),
        NeedTerms("dpe", "protected", effect="exempts", conditions={"pool": ["yes"]}),
    ]
    sale = Answers(transaction="sale")
    assert need_of("dpe", replace(sale, pool="yes"), rules=rules).reason == "protected"
    assert need_of("dpe", replace(sale, pool="no"), rules=rules).verdict == REQUIRED
    open_ = need_of("dpe", sale, rules=rules)
    assert (open_.verdict, open_.reason, open_.missing) == (OPEN, "protected", ("pool",))


def test_a_rule_counts_from_its_first_to_its_last_day() -> None:
    rule = NeedTerms("erp", "x", applies_from=date(2026, 1, 2), applies_until=date(2026, 1, 3))
    days = [date(2026, 1, day) for day in (1, 2, 3, 4)]
    assert [bool(needs([rule], Answers(), on=day)) for day in days] == [False, True, True, False]


def test_every_default_speaks_of_answers_that_exist() -> None:
    for rule in DEFAULT_NEEDS:
        assert rule.kind in DiagnosticKind.values
        assert rule.reason
        assert rule.source
        assert len(rule.reason) <= 300
        for name, wanted in rule.conditions.items():
            assert set(wanted) <= {value for value, _label in FIELDS[name][1]}, (rule.kind, name)


_ANSWERED = {
    name: [value for value, _label in choices] for name, (_label, choices) in FIELDS.items() if "." not in name
}


@st.composite
def complete(draw: Any) -> Answers:
    """Returns answers that leave nothing open."""
    said = {name: draw(st.sampled_from(values)) for name, values in _ANSWERED.items() if name != "territory"}
    zones = {name[5:]: draw(st.sampled_from(["yes", "no"])) for name in FIELDS if name.startswith("zone.")}
    surface = draw(st.decimals(1, 2000, places=2))
    return Answers(**said, zones=zones, surface=surface, postcode=draw(st.sampled_from(["29200", "97400"])))


@given(answers=complete(), hidden=st.sets(st.sampled_from([*_ANSWERED, "surface"])), on=st.dates(date(2020, 1, 1)))
def test_hiding_answers_never_turns_a_verdict_over(answers: Answers, hidden: set[str], on: date) -> None:
    """What is decided on less stays so on more: the third value stands for both others."""
    known = {need.diagnostic: need for need in needs(RULES, answers, on=on)}
    blanks: dict[str, Any] = {name: None if name == "surface" else "" for name in hidden - {"territory"}}
    for need in needs(RULES, replace(answers, **blanks), on=on):
        assert known[need.diagnostic].verdict != OPEN
        assert need.verdict in {OPEN, known[need.diagnostic].verdict}
        assert bool(need.missing) == (need.verdict == OPEN)
        assert set(need.missing) <= hidden


@pytest.mark.parametrize(
    ("postcode", "department"),
    [
        ("29200", "29"),
        ("01000", "01"),
        ("20000", "2A"),
        ("20137", "2A"),
        ("20200", "2B"),
        ("20600", "2B"),
        ("97400", "974"),
        ("98800", "988"),
        ("2920", ""),
        ("", ""),
        ("29 20", ""),
        ("２９２００", ""),
    ],
)
def test_the_department_of_a_postcode(postcode: str, department: str) -> None:
    assert department_of(postcode) == department


def test_communes_are_compared_by_their_words() -> None:
    assert bare_city("Saint-Brieuc") == bare_city("ST BRIEUC") == "saint brieuc"
    assert bare_city("L’Haÿ-les-Roses") == bare_city("l'hay les roses")
    assert bare_city("Stains") == "stains"
