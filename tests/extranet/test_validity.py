"""How long diagnostics are valid: the computation, the rules of the start, and what follows when a firm edits them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extranet.actions.diagnostic import add_diagnostics, edit_diagnostic, recompute_dossier
from extranet.actions.validity import FIELDS, delete_rule, restore_default_rules, save_rule
from extranet.enums import DiagnosticKind, Finding, Transaction
from extranet.models import Diagnostic, Dossier, ValidityRule
from extranet.queries.diagnostic import diagnostics_of, validity_of, validity_rules
from extranet.rules import (
    ExpiryReason,
    ValidityTerms,
    expiry,
    looks_like_ademe_number,
    tidy_ademe_number,
)
from extranet.validity_defaults import DEFAULT_RULES
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import run_jobs

SALE, RENTAL, WORKS = Transaction.SALE, Transaction.RENTAL, Transaction.WORKS
CLEAR, FOUND, UNKNOWN = Finding.CLEAR, Finding.FOUND, Finding.UNKNOWN
RULES = [
    ValidityTerms(
        kind=rule.kind,
        months=rule.months,
        transaction=rule.transaction,
        finding=rule.finding,
        applies_from=rule.applies_from,
        applies_before=rule.applies_before,
        ends_on=rule.ends_on,
    )
    for rule in DEFAULT_RULES
]
UNLIMITED, NO_RULE, MISSING = "unlimited", "no_rule", "finding_missing"


@pytest.mark.parametrize(
    ("kind", "made", "transaction", "finding", "until"),
    [
        ("dpe", "2022-03-15", SALE, UNKNOWN, "2032-03-14"),
        ("dpe", "2022-03-15", RENTAL, CLEAR, "2032-03-14"),
        ("dpe", "2021-07-01", SALE, UNKNOWN, "2031-06-30"),
        ("dpe", "2021-06-30", SALE, UNKNOWN, "2024-12-31"),
        ("dpe", "2018-01-01", SALE, UNKNOWN, "2024-12-31"),
        ("dpe", "2017-12-31", SALE, UNKNOWN, "2022-12-31"),
        ("dpe", "2010-05-02", RENTAL, UNKNOWN, "2020-05-01"),
        ("audit", "2025-02-10", SALE, UNKNOWN, "2030-02-09"),
        ("amiante", "2024-05-02", SALE, CLEAR, UNLIMITED),
        ("amiante", "2024-05-02", SALE, FOUND, "2027-05-01"),
        ("amiante", "2024-05-02", SALE, UNKNOWN, MISSING),
        ("amiante", "2013-03-31", SALE, CLEAR, "2013-03-31"),
        ("amiante", "2013-03-31", SALE, FOUND, "2013-03-31"),
        ("amiante", "2010-01-01", SALE, UNKNOWN, "2013-03-31"),
        ("amiante", "2013-04-01", SALE, CLEAR, UNLIMITED),
        ("amiante", "2010-01-01", RENTAL, CLEAR, UNLIMITED),
        ("dapp", "2020-01-01", RENTAL, CLEAR, UNLIMITED),
        ("dta", "2020-01-01", SALE, UNKNOWN, UNLIMITED),
        ("crep", "2026-03-01", SALE, FOUND, "2027-02-28"),
        ("crep", "2026-03-01", RENTAL, FOUND, "2032-02-29"),
        ("crep", "2026-03-01", RENTAL, CLEAR, UNLIMITED),
        ("crep", "2026-03-01", SALE, UNKNOWN, MISSING),
        ("crep", "2026-03-01", WORKS, FOUND, NO_RULE),
        ("termites", "2026-01-15", SALE, FOUND, "2026-07-14"),
        ("gaz", "2026-01-15", SALE, FOUND, "2029-01-14"),
        ("gaz", "2026-01-15", RENTAL, UNKNOWN, "2032-01-14"),
        ("elec", "2026-01-15", SALE, UNKNOWN, "2029-01-14"),
        ("elec", "2026-01-15", RENTAL, CLEAR, "2032-01-14"),
        ("erp", "2026-08-31", SALE, UNKNOWN, "2027-02-28"),
        ("ensa", "2026-08-31", SALE, UNKNOWN, UNLIMITED),
        ("anc", "2024-02-29", SALE, UNKNOWN, "2027-02-28"),
        ("carrez", "2001-01-01", SALE, UNKNOWN, UNLIMITED),
        ("boutin", "2009-04-01", RENTAL, UNKNOWN, UNLIMITED),
        ("dtg", "2024-02-29", SALE, UNKNOWN, "2034-02-28"),
        ("merule", "2024-02-29", SALE, CLEAR, NO_RULE),
    ],
)
def test_the_law_as_it_was_seeded(kind: str, made: str, transaction: str, finding: str, until: str) -> None:
    found = expiry(kind, date.fromisoformat(made), transaction, finding, RULES)
    if until in {UNLIMITED, NO_RULE, MISSING}:
        assert (found.on, found.reason) == (None, until)
    else:
        assert (found.on, found.reason) == (date.fromisoformat(until), ExpiryReason.RULE)
        assert found.rule is not None


def test_without_a_date_nothing_is_known() -> None:
    assert expiry("dpe", None, SALE, CLEAR, RULES).reason == ExpiryReason.NO_DATE


@pytest.mark.parametrize(
    ("made", "months", "until"),
    [
        ("2026-03-15", 12, "2027-03-14"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-28", 1, "2026-02-27"),
        ("2026-02-28", 12, "2027-02-27"),
        ("2024-02-29", 48, "2028-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2026-12-01", 1, "2026-12-31"),
        ("9999-12-31", 1, "9999-12-31"),
    ],
)
def test_months_are_counted_to_the_eve(made: str, months: int, until: str) -> None:
    rules = [ValidityTerms("erp", months)]
    assert expiry("erp", date.fromisoformat(made), SALE, CLEAR, rules).on == date.fromisoformat(until)


DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(1, 240)


@given(DAYS, MONTHS)
def test_a_later_diagnostic_never_ends_earlier_and_more_months_end_later(made: date, months: int) -> None:
    def last(day: date, count: int) -> date:
        found = expiry("erp", day, SALE, CLEAR, [ValidityTerms("erp", count)]).on
        assert found is not None
        return found

    assert last(made, months) <= last(made + timedelta(days=1), months)
    assert last(made, months) < last(made, months + 1)
    # a month has 28 to 31 days
    assert 28 * months <= (last(made, months) - made).days + 1 <= 31 * months


TERMS = st.builds(
    ValidityTerms,
    kind=st.just("crep"),
    months=st.none() | st.integers(1, 120),
    transaction=st.sampled_from(["", SALE, RENTAL]),
    finding=st.sampled_from(["", CLEAR, FOUND]),
    applies_from=st.none() | DAYS,
    ends_on=st.none() | DAYS,
)


@given(DAYS, st.sampled_from([SALE, RENTAL, WORKS]), st.sampled_from([CLEAR, FOUND]), st.lists(TERMS, max_size=6))
def test_the_rule_that_decides_fits_and_none_says_more(
    made: date, transaction: str, finding: str, rules: list[ValidityTerms]
) -> None:
    found = expiry("crep", made, transaction, finding, rules)
    fitting = [rule for rule in rules if rule.fits("crep", made, transaction, finding)]
    if not fitting:
        assert found.reason == ExpiryReason.NO_RULE
        return
    assert found.rule in fitting
    assert all(rule.rank <= found.rule.rank for rule in fitting)
    if found.rule.ends_on is not None:
        assert found.on is not None
        assert found.on <= found.rule.ends_on
    # where the finding is not stated, an answer is right whatever it was
    unsaid = expiry("crep", made, transaction, UNKNOWN, rules)
    if unsaid.reason != ExpiryReason.FINDING_MISSING:
        assert (unsaid.on, unsaid.reason) == (found.on, found.reason)


def test_the_order_of_the_rules_does_not_matter_and_the_latest_wins() -> None:
    old = ValidityTerms("gaz", 36, applies_from=date(2010, 1, 1))
    new = replace(old, months=48, applies_from=date(2026, 1, 1))
    sale = ValidityTerms("gaz", 12, transaction=SALE)
    day = date(2026, 5, 2)
    for rules in ([old, new], [new, old]):
        assert expiry("gaz", day, SALE, CLEAR, rules).rule == new
        assert expiry("gaz", date(2025, 5, 2), SALE, CLEAR, rules).rule == old
    for rules in ([old, new, sale], [sale, new, old]):
        assert expiry("gaz", day, SALE, CLEAR, rules).rule == sale
        assert expiry("gaz", day, RENTAL, CLEAR, rules).rule == new


@pytest.mark.parametrize(
    ("typed", "number", "usual"),
    [
        ("2675E0113306A", "2675E0113306A", True),
        (" 2675 e011 3306 a", "2675E0113306A", True),
        ("2a2B-E0113306.a", "2A2BE0113306A", False),
        ("232AE0113306Z", "232AE0113306Z", True),
        ("2675E011330", "2675E011330", False),
        ("n'importe quoi", "N'IMPORTEQUOI", False),
    ],
)
def test_an_ademe_number_is_tidied_and_looked_at(typed: str, number: str, usual: bool) -> None:
    assert tidy_ademe_number(typed) == number
    assert looks_like_ademe_number(number) is usual


# --- the rules of a firm ----------------------------------------------------------------------------------------------


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        return add_dossier("Maison", user=cast.bob)


def only(kind: str) -> Diagnostic:
    return Diagnostic.objects.get(kind=kind)


@pytest.mark.django_db
def test_a_firm_starts_with_the_rules_each_with_its_source(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        rows = [tuple(getattr(rule, name) for name in FIELDS) for rule in ValidityRule.objects.order_by("id")]
    assert rows == [tuple(getattr(rule, name) for name in FIELDS) for rule in DEFAULT_RULES]
    assert all(rule.source for rule in DEFAULT_RULES)
    assert len({rule.code for rule in _all_rules()}) == len(rows), "each has a code of its own"


def _all_rules() -> list[ValidityRule]:
    with firm_context("firm_alpha"):
        return list(ValidityRule.objects.all())


@pytest.mark.django_db
def test_the_transaction_decides_and_the_dossier_keeps_the_first_day(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        add_diagnostics(dossier, kinds=["gaz", "dpe", "carrez"], performed_on=date(2026, 1, 15), user=cast.bob)
        dossier.refresh_from_db()
        assert (only("gaz").expires_on, dossier.expires_on) == (date(2029, 1, 14), date(2029, 1, 14))
        assert only("carrez").expires_on is None
        dossier.transaction = RENTAL
        dossier.save(update_fields=["transaction"])
        assert recompute_dossier(dossier).expires_on == date(2032, 1, 14)
        assert only("dpe").expires_on == date(2036, 1, 14)
        states = {one.kind: one.validity.state for one in diagnostics_of(dossier)}  # type: ignore[attr-defined]
        assert states == {"gaz": "valid", "dpe": "valid", "carrez": "unlimited"}


@pytest.mark.django_db
def test_a_day_set_by_hand_is_left_alone(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        add_diagnostics(dossier, kinds=["erp"], performed_on=date(2026, 1, 15), user=cast.bob)
        by_hand = date(2027, 1, 1)
        edit_diagnostic(only("erp"), values={}, expiry_by_hand=True, expires_on=by_hand, user=cast.bob)
        assert recompute_dossier(dossier).expires_on == by_hand
        edit_diagnostic(only("erp"), values={}, expiry_by_hand=True, expires_on=None, user=cast.bob)
        assert (only("erp").expires_on, recompute_dossier(dossier).expires_on) == (None, None)
        assert diagnostics_of(dossier)[0].validity.state == "unlimited"  # type: ignore[attr-defined]
        edit_diagnostic(only("erp"), values={}, expiry_by_hand=False, expires_on=by_hand, user=cast.bob)
        assert only("erp").expires_on == date(2026, 7, 14), "what was typed does not count any more"


@pytest.mark.django_db
def test_edited_rules_change_what_they_decide_by_a_job(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        other = add_dossier("Grange", user=cast.bob)
        for one in (dossier, other):
            add_diagnostics(one, kinds=["erp", "termites"], performed_on=date(2026, 1, 15), user=cast.bob)
        rule = ValidityRule.objects.get(kind="erp")
        values = {name: getattr(rule, name) for name in FIELDS} | {"months": 12}
        save_rule(rule, values=values)
        assert only_days("erp") == {date(2026, 7, 14)}
    assert run_jobs() == 1
    with firm_context("firm_alpha"):
        assert only_days("erp") == {date(2027, 1, 14)}
        assert only_days("termites") == {date(2026, 7, 14)}
        delete_rule(ValidityRule.objects.get(kind="termites"))
    run_jobs()
    with firm_context("firm_alpha"):
        assert only_days("termites") == {None}
        assert set(Dossier.objects.values_list("expires_on", flat=True)) == {date(2027, 1, 14)}
        assert restore_default_rules("termites") == 1
        assert restore_default_rules("erp") == 1
    run_jobs()
    with firm_context("firm_alpha"):
        assert only_days("termites") == only_days("erp") == {date(2026, 7, 14)}
        assert len(_all_rules()) == len(DEFAULT_RULES)
    with firm_context("firm_beta"):
        assert ValidityRule.objects.count() == len(DEFAULT_RULES)


def only_days(kind: str) -> set[date | None]:
    return set(Diagnostic.objects.filter(kind=kind).values_list("expires_on", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("made", "state", "days"),
    [
        (date(2026, 5, 27), "soon", 1),
        (date(2026, 5, 26), "soon", 0),
        (date(2026, 5, 25), "expired", -1),
        (date(2026, 8, 24), "soon", 90),
        (date(2026, 8, 25), "valid", 91),
        (None, "unknown", None),
    ],
)
def test_how_a_validity_stands_on_a_day(cast: Cast, made: date | None, state: str, days: int | None) -> None:
    with firm_context("firm_alpha"):
        shown = Diagnostic(kind=DiagnosticKind.ERP, performed_on=made)
        validity = validity_of(shown, SALE, validity_rules(), today=date(2026, 11, 25))
        assert (validity.state, validity.days) == (state, days)
