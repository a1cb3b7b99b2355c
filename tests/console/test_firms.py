"""Firms: the list and its figures, opening, closing, calling back, host names."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from console.actions.audit import By
from console.actions.figures import count_firms, refresh_figures
from console.actions.firm import create_firm
from console.models import AuditAction, AuditEntry
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from tenants.models import Domain, Firm, FirmStatus, SignUp
from tests.factories.cast import Cast
from tests.support import Box, at_host, said, text_of, without_set

NEW = {
    "name": "Éval’Immo",
    "subdomain": "eval",
    "siret": "732 829 320 00074",
    "admin_name": "Zoé",
    "admin_email": "Zoe@eval.example",
    "language": "fr",
}


def _entries() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "firm_name"))


def test_list_shows_every_firm_with_its_figures(console: Client, cast: Cast) -> None:
    refresh_figures()
    page = console.get("/tenants/firm/").content.decode()
    for text in ("Cabinet Alpha", "Cabinet Beta", "73282932000074", "http://alpha.localhost/"):
        assert text in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("alpha", {"Cabinet Alpha"}),
        ("CABINET", {"Cabinet Alpha", "Cabinet Beta"}),
        ("beta.localhost", {"Cabinet Beta"}),
        ("732 829 320", {"Cabinet Alpha"}),
        ("firm_beta", {"Cabinet Beta"}),
        ("zoe@signed.example", {"Cabinet Beta"}),
        ("nobody", set()),
    ],
)
def test_search(console: Client, cast: Cast, query: str, found: set[str]) -> None:
    SignUp.objects.create(
        firm=cast.beta, firm_name="B", subdomain="b-b", email="zoe@signed.example", terms_accepted_at=timezone.now()
    )
    changelist = console.get("/tenants/firm/", {"q": query}).context["cl"]
    assert {firm.name for firm in changelist.result_list} == found
    assert changelist.result_count == len(found)


def test_filter_by_status(console: Client, cast: Cast) -> None:
    Firm.objects.filter(pk=cast.beta.pk).update(status=FirmStatus.SUSPENDED)
    changelist = console.get("/tenants/firm/?status__exact=suspended").context["cl"]
    assert [firm.name for firm in changelist.result_list] == ["Cabinet Beta"]


def test_list_costs_the_same_for_many_firms(console: Client, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert console.get("/tenants/firm/").status_code == 200
        return len(without_set(captured))

    queries()  # puts off the end of the session
    few = queries()
    for rank in range(20):
        firm = Firm.objects.create(name=f"F{rank}", siret="1", schema_name=f"firm_f{rank}")
        Domain.objects.create(tenant=firm, domain=f"f{rank}.localhost", is_primary=True)
    assert queries() == few


def test_figures_are_those_of_each_firm(gamma: Firm, cast: Cast) -> None:
    refresh_figures()
    gamma.refresh_from_db()
    alpha = Firm.objects.get(pk=cast.alpha.pk)
    assert (gamma.user_count, gamma.dossier_count, gamma.stored_bytes > 0) == (1, 1, True)
    assert (alpha.user_count, alpha.dossier_count, alpha.stored_bytes) == (4, 0, 0)
    assert gamma.last_activity_at is not None
    assert alpha.last_activity_at is None
    assert gamma.figures_at is not None


def test_figures_count_active_people_and_their_log_ins(cast: Cast) -> None:
    seen = timezone.now() - timedelta(days=3)
    with firm_context("firm_alpha"):
        User.objects.filter(username="bob").update(is_active=False)
        User.objects.filter(username="anna@alpha.example").update(last_login=seen)
    count_firms(["firm_alpha", "firm_beta"])
    alpha, beta = Firm.objects.get(pk=cast.alpha.pk), Firm.objects.get(pk=cast.beta.pk)
    assert (alpha.user_count, alpha.last_activity_at) == (3, seen)
    assert (beta.user_count, beta.last_activity_at) == (2, None)


def test_figures_are_one_statement_for_many_firms(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert count_firms(["firm_alpha", "firm_beta"]) == 2
    assert len(without_set(captured)) == 2  # which schemas are whole, and the figures


def test_firm_without_its_schema_is_not_counted_from_public(cast: Cast) -> None:
    lost = Firm.objects.create(name="Lost", siret="1", schema_name='firm_"lost"; --')
    assert count_firms([lost.schema_name, "firm_alpha"]) == 1
    lost.refresh_from_db()
    assert (lost.user_count, lost.figures_at) == (0, None)


def test_button_has_the_figures_counted(console: Client, cast: Cast, jobs: Callable[[], int]) -> None:
    assert console.get("/tenants/firm/figures/").status_code == 405
    for _twice in range(2):
        assert console.post("/tenants/firm/figures/").status_code == 302
    assert jobs() == 1
    assert Firm.objects.get(pk=cast.alpha.pk).figures_at is not None


def test_page_shows_the_firms_administrators_and_no_other(console: Client, cast: Cast) -> None:
    page = console.get(f"/tenants/firm/{cast.alpha.pk}/change/").content.decode()
    assert "anna@alpha.example" in page
    for stranger in ("dan@beta.example", "bob@alpha.example", "oscar@diagdesk.example</span>"):
        assert stranger not in page


@pytest.mark.parametrize("pk", ["999999", "x", "9" * 30, "-1"])
def test_page_of_no_firm_is_missing(console: Client, pk: str) -> None:
    assert console.get(f"/tenants/firm/{pk}/change/").status_code == 404


def test_firm_is_changed_only_by_its_own_pages(console: Client, cast: Cast) -> None:
    for path in ("delete/", "history/"):
        assert console.get(f"/tenants/firm/{cast.alpha.pk}/{path}").status_code in {302, 404}
    console.post(f"/tenants/firm/{cast.alpha.pk}/change/", {"name": "Stolen", "siret": "1"})
    assert Firm.objects.get(pk=cast.alpha.pk).name == "Cabinet Alpha"


def test_edit(console: Client, cast: Cast) -> None:
    path = f"/tenants/firm/{cast.alpha.pk}/edit/"
    assert console.post(path, {"name": "Alpha", "siret": "73282932000075"}).status_code == 200
    assert Firm.objects.get(pk=cast.alpha.pk).name == "Cabinet Alpha"
    assert console.post(path, {"name": "Alpha Conseil", "siret": "732 829 320 00074"}).status_code == 302
    firm = Firm.objects.get(pk=cast.alpha.pk)
    assert (firm.name, firm.siret) == ("Alpha Conseil", "73282932000074")
    assert _entries() == [(AuditAction.FIRM_CHANGED, "Alpha Conseil")]


def test_create(console: Client, jobs: Callable[[], int], mailbox: Box) -> None:
    response = console.post("/tenants/firm/add/", NEW)
    firm = Firm.objects.get(domains__domain="eval.localhost")
    assert response.headers["Location"] == f"/tenants/firm/{firm.pk}/change/"
    assert (firm.name, firm.siret, firm.branding.language, firm.user_count) == ("Éval’Immo", "73282932000074", "fr", 1)
    assert jobs() == 1
    mail = text_of(mailbox.last("Zoe@eval.example"))
    assert "http://eval.localhost/compte/connexion/" in mail
    with firm_context(firm.schema_name):
        zoe = User.objects.get()
        assert (zoe.role, zoe.must_change_password, zoe.has_usable_password()) == (Role.ADMIN, True, True)
        password = next(line.split()[-1] for line in mail.splitlines() if line.count("-") == 2 and len(line) < 60)
        assert zoe.check_password(password)
    browser = at_host("eval")
    assert browser.post("/compte/connexion/", {"login": "zoe@eval.example", "password": password}).status_code == 302
    assert browser.get("/dossiers/").headers["Location"] == "/compte/mot-de-passe/"
    assert _entries() == [(AuditAction.FIRM_CREATED, "Éval’Immo")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subdomain", "alpha"),
        ("subdomain", "Eval"),
        ("subdomain", "xn--val-9la"),
        ("subdomain", "admin"),
        ("subdomain", ""),
        ("siret", "73282932000075"),
        ("siret", "1234"),
        ("admin_email", "zoe"),
        ("name", ""),
        ("language", "pt"),
    ],
)
def test_create_refuses(console: Client, cast: Cast, field: str, value: str) -> None:
    before = Firm.objects.count()
    response = console.post("/tenants/firm/add/", {**NEW, field: value})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {field}
    assert (Firm.objects.count(), AuditEntry.objects.count()) == (before, 0)


def test_create_respects_a_sign_up_that_holds_the_subdomain(console: Client, by: By) -> None:
    SignUp.objects.create(firm_name="E", subdomain="eval", email="e@e.example", terms_accepted_at=timezone.now())
    response = console.post("/tenants/firm/add/", NEW)
    assert response.context["form"].errors.keys() == {"subdomain"}


def test_create_when_the_host_is_taken_at_the_same_instant(cast: Cast, by: By) -> None:
    # the check came before: only the constraint is left to say it
    Domain.objects.create(tenant=cast.alpha, domain="eval.localhost", is_primary=False)
    SignUp.objects.all().delete()
    with pytest.raises(DomainError) as caught:
        create_firm(**{**NEW, "siret": "73282932000074"}, by=by)
    assert caught.value.code == "subdomain_taken"


def test_suspend_and_resume(console: Client, cast: Cast) -> None:
    page = f"/tenants/firm/{cast.alpha.pk}"
    assert console.post(f"{page}/suspend/", {"reason": "  "}).status_code == 200
    assert at_host("alpha").get("/compte/connexion/").status_code == 200
    assert console.post(f"{page}/suspend/", {"reason": "Facture impayée"}).status_code == 302
    assert at_host("alpha").get("/compte/connexion/").status_code == 503
    assert at_host("beta").get("/compte/connexion/").status_code == 200
    shown = console.get(f"{page}/change/").content.decode()
    assert "Facture impayée" in shown
    assert "Facture" not in at_host("alpha").get("/compte/connexion/").content.decode()

    again = console.post(f"{page}/suspend/", {"reason": "Encore"})
    assert again.status_code == 200
    assert again.context["form"].non_field_errors()

    assert console.get(f"{page}/resume/").status_code == 404
    assert console.post(f"{page}/resume/").status_code == 302
    assert at_host("alpha").get("/compte/connexion/").status_code == 200
    console.post(f"{page}/resume/")
    assert _entries() == [(AuditAction.FIRM_SUSPENDED, "Cabinet Alpha"), (AuditAction.FIRM_RESUMED, "Cabinet Alpha")]
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.actor_name, entry.actor_code, entry.address) == ("Oscar", cast.oscar.code, "127.0.0.1")


def test_domains(console: Client, cast: Cast) -> None:
    page = f"/tenants/firm/{cast.alpha.pk}"
    console.post(f"{page}/domains/", {"domain": " Portail.Alpha.example. "})
    domain = Domain.objects.get(domain="portail.alpha.example")
    assert (domain.tenant_id, domain.is_primary) == (cast.alpha.pk, False)
    assert Client(headers={"host": "portail.alpha.example"}).get("/compte/connexion/").status_code == 200

    console.post(f"{page}/domains/{domain.pk}/primary/")
    assert list(Domain.objects.filter(tenant=cast.alpha, is_primary=True).values_list("pk", flat=True)) == [domain.pk]

    refused = console.post(f"{page}/domains/{domain.pk}/remove/", follow=True)
    assert said("The main host name cannot be removed: choose another one first.") in refused.content.decode()
    assert Domain.objects.filter(pk=domain.pk).exists()

    other = Domain.objects.get(domain="alpha.localhost")
    console.post(f"{page}/domains/{other.pk}/remove/")
    assert not Domain.objects.filter(pk=other.pk).exists()
    assert at_host("alpha").get("/compte/connexion/").status_code == 404
    assert [action for action, _firm in _entries()] == [
        AuditAction.DOMAIN_ADDED,
        AuditAction.DOMAIN_PRIMARY,
        AuditAction.DOMAIN_REMOVED,
    ]


@pytest.mark.parametrize("host", ["no host", "beta.localhost", "-a.example", "a" * 300, ""])
def test_domain_is_refused_with_a_reason(console: Client, cast: Cast, host: str) -> None:
    response = console.post(f"/tenants/firm/{cast.alpha.pk}/domains/", {"domain": host})
    assert response.status_code == 200
    assert response.context["form"].errors["domain"]
    assert Domain.objects.filter(tenant=cast.alpha).count() == 1


def test_domain_of_another_firm_is_missing(console: Client, cast: Cast) -> None:
    beta = Domain.objects.get(domain="beta.localhost")
    for what in ("primary", "remove"):
        path = f"/tenants/firm/{cast.alpha.pk}/domains/{beta.pk}/{what}/"
        assert console.post(path).status_code == 404
        assert console.get(path).status_code == 404
    assert Domain.objects.filter(pk=beta.pk, is_primary=True).exists()
