"""What could be renewed: the list, the reminders that leave from it and by the clock, and the owners who decline."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.actions.diagnostic import add_diagnostics, edit_diagnostic
from extranet.actions.dossier_life import archive_dossiers, delete_dossiers
from extranet.actions.renewal import remind_expiries, remind_owners_due
from extranet.actions.search import refresh_dossiers
from extranet.enums import EventKind
from extranet.models import Diagnostic, Dossier, DossierEvent, PortalSettings
from kernel.tenancy import firm_context, public_context
from mail.models import OutgoingMail
from tenants.models import Firm, FirmStatus
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import Box, at_host, html_of, links_of, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db
LIST, REMIND = "/dossiers/a-renouveler/", "/dossiers/a-renouveler/rappeler/"


def due(title: str, cast: Cast, *, days: dict[str, int], **values: Any) -> Dossier:
    """Returns a dossier whose diagnostics end in so many days."""
    dossier = add_dossier(title, user=cast.bob, contacts=[cast.alice])
    owner = {"owner_name": f"Mme {title}", "owner_email": f"{title.lower()}@owner.example", "city": "Brest"}
    for name, value in (owner | values).items():
        setattr(dossier, name, value)
    dossier.save()
    refresh_dossiers([dossier.pk])
    for kind, ahead in days.items():
        (made,) = add_diagnostics(dossier, kinds=[kind], performed_on=None, user=cast.bob)
        day = timezone.localdate() + timedelta(days=ahead)
        edit_diagnostic(made, values={}, expiry_by_hand=True, expires_on=day, user=cast.bob)
    dossier.refresh_from_db()
    return dossier


@pytest.fixture
def dossiers(cast: Cast) -> dict[str, Dossier]:
    with firm_context("firm_alpha"):
        made = {
            "Ancre": due("Ancre", cast, days={"erp": 20, "gaz": 80, "dpe": 900}),
            "Bouee": due("Bouee", cast, days={"termites": 50}, postcode="56000", city="Vannes"),
            "Cale": due("Cale", cast, days={"erp": -10, "elec": 100}, owner_email=""),
            "Digue": due("Digue", cast, days={"erp": -400}),
            "Ecluse": due("Ecluse", cast, days={"erp": 5}),
            "Fanal": due("Fanal", cast, days={"erp": 5}),
        }
        archive_dossiers([made["Ecluse"]], user=cast.bob)
        delete_dossiers([made["Fanal"]], user=cast.bob)
    return made


def titles(browser: Client, **query: str) -> list[str]:
    answer = browser.get(LIST, query)
    assert answer.status_code == 200
    return [row.title for row in answer.context["page"].rows]


def outgoing() -> list[OutgoingMail]:
    with firm_context("firm_alpha"):
        return list(OutgoingMail.objects.filter(kind="renewal").order_by("id"))


def turn_on(**values: int) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(remind_owners=True, **values)


def by_the_clock() -> int:
    with firm_context("firm_alpha"):
        return int(remind_owners_due())


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_sorted_and_searched(cast: Cast, dossiers: dict[str, Dossier]) -> None:
    bob = logged_in("alpha", cast.bob)
    assert titles(bob) == ["Ancre", "Bouee"], "90 days, the first to expire first"
    assert titles(bob, within="30") == ["Ancre"]
    assert titles(bob, within="180") == ["Ancre", "Bouee", "Cale"]
    assert titles(bob, within="expired") == ["Cale", "Digue"], "the last to expire first"
    assert titles(bob, archive="1") == ["Ecluse", "Ancre", "Bouee"]
    assert titles(bob, kind="gaz") == ["Ancre"]
    assert titles(bob, kind="dpe") == []
    assert titles(bob, city="vannes") == titles(bob, city="560") == ["Bouee"]
    assert titles(bob, q="mme bouée") == ["Bouee"]
    assert titles(bob, sort="-due") == titles(bob, sort="-title") == titles(bob, sort="-city") == ["Bouee", "Ancre"]
    assert titles(bob, sort="owner") == ["Ancre", "Bouee"]
    row = bob.get(LIST).context["page"].rows[0]
    assert [one.kind for one in row.diagnostics] == ["erp", "gaz"], "not what ends later"
    assert (row.owner_name, row.clients, row.reminded_at) == ("Mme Ancre", [str(cast.alice.company)], None)


@pytest.mark.parametrize(
    "query",
    [
        {"within": "0"},
        {"within": "x' OR 1=1"},
        {"kind": "soup"},
        {"sort": "password"},
        {"page": "99999999"},
        {"page": "-3"},
        {"archive": "maybe"},
        {"sort": "\x00"},
    ],
)
def test_nonsense_in_the_address_is_left_out(cast: Cast, dossiers: dict[str, Dossier], query: dict[str, str]) -> None:
    assert titles(logged_in("alpha", cast.bob), **query) == ["Ancre", "Bouee"]


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\", "x" * 10_000, "\x00%\x00", "(" * 50])
def test_nonsense_in_the_search_finds_nothing_and_breaks_nothing(
    cast: Cast, dossiers: dict[str, Dossier], text: str
) -> None:
    bob = logged_in("alpha", cast.bob)
    assert titles(bob, q=text) == []
    assert titles(bob, city=text) == []


def test_an_empty_list_says_so(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert said("Nothing to renew") in bob.get(LIST).content.decode()
    assert said("Nothing matches") in bob.get(LIST, {"q": "zzz"}).content.decode()


def test_htmx_gets_the_table_alone(cast: Cast, dossiers: dict[str, Dossier]) -> None:
    text = logged_in("alpha", cast.bob).get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert '<div id="results">' in text
    assert "<html" not in text


def test_the_list_costs_the_same_for_one_and_for_three(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        due("Un", cast, days={"erp": 5})
    bob.get(LIST)
    first = queries(bob)
    with firm_context("firm_alpha"):
        due("Deux", cast, days={"erp": 5, "gaz": 6})
        due("Trois", cast, days={"erp": 5, "gaz": 6, "elec": 7})
    assert queries(bob) == first
    assert len(titles(bob)) == 3


def queries(browser: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(LIST).status_code == 200
    return len(without_set(captured))


def test_pages_follow_each_other(cast: Cast) -> None:
    with public_context():
        look = cast.alpha.branding
        look.rows_per_page = 10
        look.save()
    with firm_context("firm_alpha"):
        for rank in range(12):
            due(f"D{rank:02}", cast, days={"erp": 10 + rank})
    bob = logged_in("alpha", cast.bob)
    assert len(titles(bob)) == 10
    assert titles(bob, page="2") == ["D10", "D11"]


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_selected_owners_are_written_to_about_what_the_list_shows(
    cast: Cast, dossiers: dict[str, Dossier], mailbox: Box
) -> None:
    bob = logged_in("alpha", cast.bob)
    codes = [dossiers[name].code for name in ("Ancre", "Cale", "Fanal")]
    answer = bob.post(REMIND, {"code": codes, "within": "180"})
    assert answer["Location"] == f"{LIST}?within=180"
    shown = bob.get(answer["Location"]).content.decode()
    assert said("%(count)d owner is reminded by e-mail.", count=1) in shown
    assert said("Not reminded, for want of the owner's e-mail address: %(count)d.", count=1) in shown
    run_jobs()
    (mail,) = mailbox.mails()
    assert "ancre@owner.example" in str(mail["To"])
    text = text_of(mail)
    assert "Mme Ancre" in text
    with firm_context("firm_alpha"):
        erp, gaz, dpe = Diagnostic.objects.filter(dossier=dossiers["Ancre"]).order_by("expires_on")
        event = DossierEvent.objects.get(kind=EventKind.REMINDED)
    assert (str(erp) in text, str(gaz) in text, str(dpe) in text) == (True, True, False)
    assert "Cabinet Alpha" in text
    assert (erp.reminded_at, dpe.reminded_at) == (gaz.reminded_at, None)
    assert erp.reminded_at is not None
    assert (event.dossier_id, event.actor_id) == (dossiers["Ancre"].pk, cast.bob.pk)
    # a second click sends nothing
    bob.post(REMIND, {"code": codes, "within": "180"})
    assert len(outgoing()) == 1
    with firm_context("firm_alpha"):
        Diagnostic.objects.update(reminded_at=timezone.now() - timedelta(days=1))
    bob.post(REMIND, {"code": codes, "within": "180"})
    assert len(outgoing()) == 2, "a person may remind again"


def test_nothing_selected_sends_nothing(cast: Cast, dossiers: dict[str, Dossier]) -> None:
    bob = logged_in("alpha", cast.bob)
    assert bob.post(REMIND, {"code": []}).status_code == 302
    for codes in (["zzz"], ["\x00"] * 3):
        assert bob.post(REMIND, {"code": codes}).status_code == 404
    assert outgoing() == []


def test_clients_and_other_firms_remind_nobody(cast: Cast, dossiers: dict[str, Dossier]) -> None:
    code = dossiers["Ancre"].code
    alice = logged_in("alpha", cast.alice)
    assert alice.get(LIST).status_code == 404
    assert alice.post(REMIND, {"code": [code]}).status_code == 404
    dan = logged_in("beta", cast.dan)
    assert titles(dan) == []
    assert dan.post(REMIND, {"code": [code]}).status_code == 404
    assert outgoing() == []
    with firm_context("firm_beta"):
        assert OutgoingMail.objects.count() == 0


# --- by the clock -----------------------------------------------------------------------------------------------------


def test_each_expiry_is_told_once_in_one_mail_a_dossier(cast: Cast, dossiers: dict[str, Dossier], mailbox: Box) -> None:
    assert by_the_clock() == 0, "until the firm wants it"
    turn_on(remind_days_before=90)
    assert by_the_clock() == 2
    assert by_the_clock() == 0
    run_jobs()
    assert sorted(str(mail["To"]) for mail in mailbox.mails()) == ["ancre@owner.example", "bouee@owner.example"]
    with firm_context("firm_alpha"):
        told = Diagnostic.objects.filter(reminded_at__isnull=False)
        assert set(told.values_list("dossier__title", "kind")) == {
            ("Ancre", "erp"),
            ("Ancre", "gaz"),
            ("Bouee", "termites"),
        }
        # another day of expiry is another expiry
        termites = Diagnostic.objects.get(kind="termites")
        day = timezone.localdate() + timedelta(days=30)
        edit_diagnostic(termites, values={}, expiry_by_hand=True, expires_on=day, user=cast.bob)
    assert by_the_clock() == 1


def test_the_days_before_are_the_firms(cast: Cast, dossiers: dict[str, Dossier]) -> None:
    turn_on(remind_days_before=19)
    assert by_the_clock() == 0
    turn_on(remind_days_before=20)
    assert by_the_clock() == 1


def test_the_clock_asks_active_firms_only(cast: Cast, dossiers: dict[str, Dossier]) -> None:
    turn_on(remind_days_before=90)
    with public_context():
        remind_expiries()
        assert run_jobs() >= 4, "a job for each of the two firms, and two mails"
        assert len(outgoing()) == 2
        Firm.objects.filter(pk=cast.alpha.pk).update(status=FirmStatus.SUSPENDED)
    with firm_context("firm_alpha"):
        Diagnostic.objects.update(reminded_at=None)
    with public_context():
        remind_expiries()
        run_jobs()
    assert len(outgoing()) == 2


def test_the_mail_is_in_the_firms_language_and_names_escape(cast: Cast, mailbox: Box) -> None:
    with public_context():
        look = cast.alpha.branding
        look.language = "en"
        look.save()
    with firm_context("firm_alpha"):
        due("Villa", cast, days={"erp": 3}, owner_name="<script>alert(1)</script>", street="1 <b>rue</b>")
    turn_on()
    assert by_the_clock() == 1
    run_jobs()
    (mail,) = mailbox.mails()
    assert "Diagnostics to renew: Villa" in str(mail["Subject"])
    assert "Risks and pollution (ERP): valid until" in text_of(mail)
    assert "<script>" not in html_of(mail)
    assert "<b>" not in html_of(mail)


# --- no more ----------------------------------------------------------------------------------------------------------


def stop_link() -> str:
    found = re.search(r"http://alpha\.localhost(/rappels/\S+)", outgoing()[-1].text)
    assert found
    return found[1]


def test_an_owner_declines_by_the_link_and_is_not_reminded_again(cast: Cast, dossiers: dict[str, Dossier]) -> None:
    with firm_context("firm_alpha"):
        due("Hangar", cast, days={"erp": 40}, owner_email="Ancre@Owner.example")
    turn_on(remind_days_before=30)
    assert by_the_clock() == 1
    link, visitor = stop_link(), at_host("alpha")
    shown = visitor.get(link)
    assert shown.status_code == 200
    assert "ancre@owner.example" in shown.content.decode()
    with firm_context("firm_alpha"):
        assert not Dossier.objects.exclude(owner_declined="").exists(), "to look is not to decline"
    assert visitor.post(link).status_code == 200
    assert visitor.post(link).status_code == 200
    with firm_context("firm_alpha"):
        declined = set(Dossier.objects.exclude(owner_declined="").values_list("title", flat=True))
        # a dossier that comes later has the same owner
        due("Ilot", cast, days={"erp": 2}, owner_email="ANCRE@owner.example")
        Diagnostic.objects.update(reminded_at=None)
    assert declined == {"Ancre", "Hangar"}
    turn_on(remind_days_before=90)
    assert by_the_clock() == 1
    assert [mail.to for mail in outgoing()] == ["ancre@owner.example", "bouee@owner.example"]
    bob = logged_in("alpha", cast.bob)
    shown_list = bob.get(LIST).content.decode()
    assert said("does not want to be reminded") in shown_list
    bob.post(REMIND, {"code": [dossiers["Ancre"].code]})
    assert len(outgoing()) == 2


def test_a_forged_a_foreign_and_a_cut_link_do_nothing(cast: Cast, dossiers: dict[str, Dossier]) -> None:
    turn_on(remind_days_before=30)
    by_the_clock()
    link = stop_link()
    for host, path in (("alpha", "/rappels/abc/"), ("alpha", link[:-3] + "/"), ("beta", link)):
        for answer in (at_host(host).get(path), at_host(host).post(path)):
            assert answer.status_code == 404
            assert "ancre@owner.example" not in answer.content.decode()
    for firm in ("firm_alpha", "firm_beta"):
        with firm_context(firm):
            assert not Dossier.objects.exclude(owner_declined="").exists()


def test_the_mails_links_are_the_firms(cast: Cast, dossiers: dict[str, Dossier], mailbox: Box) -> None:
    turn_on(remind_days_before=30)
    by_the_clock()
    run_jobs()
    (mail,) = mailbox.mails()
    assert any(link.startswith("/rappels/") for link in links_of(mail))
    assert "beta" not in text_of(mail)
