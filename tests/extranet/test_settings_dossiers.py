"""What administrators decide: steps of new dossiers, reminders, retention, rules of validity."""

import pytest

from extranet.models import Dossier, DossierStep, PortalSettings, StepTemplate, ValidityRule
from extranet.queries.settings import portal_settings
from extranet.validity_defaults import default_rules
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import logged_in, run_jobs, said

pytestmark = pytest.mark.django_db
PAGE, STEPS = "/reglages/dossiers/", "/reglages/dossiers/etapes/"
RULES = "/reglages/validite/"
GOOD = {"remind_owners": "on", "remind_days_before": "45", "archive_after_months": "12", "delete_after_months": ""}
RULE = {
    "kind": "bois",
    "transaction": "",
    "finding": "",
    "months": "24",
    "applies_from": "2026-01-01",
    "applies_before": "",
    "ends_on": "",
    "source": "Arrêté préfectoral",
    "note": "",
}


def templates() -> list[str]:
    with firm_context("firm_alpha"):
        return list(StepTemplate.objects.values_list("name", flat=True))


def template(name: str) -> str:
    with firm_context("firm_alpha"):
        return str(StepTemplate.objects.get(name=name).code)


def settings() -> PortalSettings:
    with firm_context("firm_alpha"):
        return portal_settings()


def rules(kind: str) -> list[ValidityRule]:
    with firm_context("firm_alpha"):
        return list(ValidityRule.objects.filter(kind=kind).order_by("id"))


def test_reminders_and_retention_are_saved_and_can_be_emptied(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    assert anna.get(PAGE).status_code == 200
    assert anna.post(PAGE, GOOD)["Location"] == PAGE
    now = settings()
    assert (now.remind_owners, now.remind_days_before) == (True, 45)
    assert (now.archive_after_months, now.delete_after_months) == (12, None)
    anna.post(PAGE, {"remind_days_before": "60"})
    now = settings()
    assert (now.remind_owners, now.archive_after_months, now.delete_after_months) == (False, None, None)
    with firm_context("firm_beta"):
        assert portal_settings().remind_days_before == 60


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"remind_days_before": "0"}, "remind_days_before"),
        ({"remind_days_before": "731"}, "remind_days_before"),
        ({"remind_days_before": ""}, "remind_days_before"),
        ({"archive_after_months": "0"}, "archive_after_months"),
        ({"delete_after_months": "601"}, "delete_after_months"),
        ({"delete_after_months": "soon"}, "delete_after_months"),
    ],
)
def test_a_wrong_setting_is_said_at_its_field(cast: Cast, wrong: dict[str, str], field: str) -> None:
    anna = logged_in("alpha", cast.anna)
    answer = anna.post(PAGE, GOOD | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert settings().remind_owners is False


def test_steps_of_new_dossiers_are_edited_and_old_dossiers_keep_theirs(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        old = add_dossier("Ancien", user=cast.bob)
    before = templates()
    anna = logged_in("alpha", cast.anna)
    answer = anna.post(f"{STEPS}ajouter/", {"new-name": "Facture envoyée", "new-visibility": "staff"})
    assert answer["Location"] == f"{PAGE}#steps"
    code = template("Facture envoyée")
    anna.post(f"{STEPS}{code}/deplacer/", {"up": "1"})
    assert templates() == [*before[:-1], "Facture envoyée", before[-1]]
    anna.post(f"{STEPS}{template(before[0])}/deplacer/", {"up": "1"})
    assert templates()[0] == before[0], "the first stays the first"
    assert anna.get(f"{STEPS}{code}/").status_code == 200
    anna.post(f"{STEPS}{code}/", {"name": "Facturé", "visibility": "client"})
    anna.post(f"{STEPS}{template(before[1])}/supprimer/")
    wanted = [before[0], before[2], before[3], "Facturé", before[4]]
    assert templates() == wanted
    with firm_context("firm_alpha"):
        new = add_dossier("Nouveau", user=cast.bob)
        assert _names(new) == wanted
        assert _names(old) == before


def _names(dossier: Dossier) -> list[str]:
    return list(DossierStep.objects.filter(dossier=dossier).values_list("name", flat=True))


def test_a_step_without_a_name_is_refused_where_it_was_typed(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    before = templates()
    answer = anna.post(f"{STEPS}ajouter/", {"new-name": "  ", "new-visibility": "staff"})
    assert answer.status_code == 422
    assert said("This field is required.") in answer.content.decode()
    answer = anna.post(f"{STEPS}{template(before[0])}/", {"name": "", "visibility": "client"})
    assert answer.status_code == 422
    assert templates() == before


def test_staff_may_not_decide(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    code, rule = template(templates()[0]), rules("dpe")[0]
    before = templates()
    for address in (
        PAGE,
        f"{STEPS}ajouter/",
        f"{STEPS}{code}/",
        f"{STEPS}{code}/supprimer/",
        f"{STEPS}{code}/deplacer/",
        f"{RULES}regles/ajouter/",
        f"{RULES}regles/{rule.code}/",
        f"{RULES}regles/{rule.code}/supprimer/",
        f"{RULES}dpe/retablir/",
    ):
        assert bob.post(address, GOOD | RULE | {"name": "X", "visibility": "staff"}).status_code == 404
    assert bob.get(RULES).status_code == 404
    assert templates() == before
    assert settings().remind_owners is False
    assert len(rules("dpe")) == 3
    assert rules("bois") == []


def test_the_rules_are_shown_with_their_sources_edited_and_restored(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    shown = anna.get(RULES).content.decode()
    assert "décret n° 2020-1610 du 17 décembre 2020" in shown
    assert "À vérifier." in shown
    answer = anna.get(f"{RULES}regles/ajouter/?kind=bois")
    assert answer.context["form"].initial["kind"] == "bois"
    assert anna.get(f"{RULES}regles/ajouter/?kind=soup").status_code == 200
    assert anna.post(f"{RULES}regles/ajouter/", RULE)["Location"] == f"{RULES}#bois"
    (made,) = rules("bois")
    assert (made.months, made.source) == (24, "Arrêté préfectoral")
    assert anna.get(f"{RULES}regles/{made.code}/").status_code == 200
    anna.post(f"{RULES}regles/{made.code}/", RULE | {"months": ""})
    assert rules("bois")[0].months is None
    erp = rules("erp")[0]
    anna.post(f"{RULES}regles/{erp.code}/supprimer/")
    assert rules("erp") == []
    anna.post(f"{RULES}erp/retablir/")
    anna.post(f"{RULES}bois/retablir/")
    assert [rule.months for rule in rules("erp")] == [rule.months for rule in default_rules("erp")] == [6]
    assert rules("bois") == []
    assert anna.post(f"{RULES}soup/retablir/").status_code == 404
    run_jobs()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "soup"}, "kind"),
        ({"months": "-1"}, "months"),
        ({"months": "1201"}, "months"),
        ({"finding": "unknown"}, "finding"),
        ({"transaction": "gift"}, "transaction"),
        ({"applies_before": "2026-01-01"}, "applies_before"),
        ({"ends_on": "never"}, "ends_on"),
        ({"source": "x" * 201}, "source"),
    ],
)
def test_a_wrong_rule_is_said_at_its_field(cast: Cast, wrong: dict[str, str], field: str) -> None:
    anna = logged_in("alpha", cast.anna)
    answer = anna.post(f"{RULES}regles/ajouter/", RULE | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert rules("bois") == []
