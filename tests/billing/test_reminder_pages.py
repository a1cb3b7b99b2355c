"""The pages of reminders: the settings with their tags, preview and trial; a reminder by hand, of one and of many."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.emails_reminder import default_subject, default_text
from billing.models import BillingSettings, ReminderStop, UnpaidReminder
from billing.validators import WrongTag, wrong_tags
from extranet.actions.payment_state import set_paid
from extranet.models import Dossier
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.billing.scripted import add_account, add_unpaid
from tests.factories.cast import Cast
from tests.support import Box, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db

SETTINGS, PREVIEW, TRIAL = (f"/reglages/relances/{part}" for part in ("", "apercu/", "essai/"))
MANY = "/relances/envoyer/"
TYPED = {
    "remind_unpaid": "on",
    "first_reminder_days": "5",
    "reminder_every_days": "8",
    "max_reminders": "2",
    "reminder_subject": "Relance {{total}}",
    "reminder_text": "Bonjour {{client}},\r\n\r\n{{dossiers}}",
}


def saved() -> BillingSettings:
    with firm_context("firm_alpha"):
        return BillingSettings.objects.get()


def outgoing(kind: str = "unpaid_reminder") -> list[OutgoingMail]:
    with firm_context("firm_alpha"):
        return list(OutgoingMail.objects.filter(kind=kind).order_by("id"))


@pytest.fixture
def houses(cast: Cast) -> list[Dossier]:
    """Three dossiers of Alice that have waited for a month, and one that nobody can be asked for."""
    with firm_context("firm_alpha"):
        made = [add_unpaid(f"Maison {n}", "150", user=cast.bob, contacts=[cast.alice]) for n in range(3)]
        made.append(add_unpaid("Sans client", "20", user=cast.bob))
        waited = timezone.now() - timedelta(days=30)
        Dossier.objects.update(created_at=waited, payment_changed_at=waited)
    return made


# --- the settings -----------------------------------------------------------------------------------------------------


def test_the_settings_are_saved_and_shown(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    page = anna.get(SETTINGS)
    assert page.context["form"]["reminder_text"].value() == default_text()
    assert anna.post(SETTINGS, TYPED)["Location"] == SETTINGS
    settings = saved()
    assert (settings.remind_unpaid, settings.first_reminder_days, settings.max_reminders) == (True, 5, 2)
    assert settings.reminder_text == "Bonjour {{client}},\n\n{{dossiers}}"
    assert "Relance {{total}}" in anna.get(SETTINGS).content.decode()


def test_our_own_words_are_not_saved_as_the_firms(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    anna.post(SETTINGS, TYPED)
    text = default_text().replace("\n", "\r\n")
    anna.post(SETTINGS, TYPED | {"reminder_subject": default_subject(), "reminder_text": text})
    assert (saved().reminder_subject, saved().reminder_text) == ("", "")
    anna.post(SETTINGS, TYPED)
    back = anna.post(SETTINGS, TYPED | {"default": "1", "max_reminders": "9"})
    assert back.context["form"]["reminder_text"].value() == default_text()
    assert back.context["form"]["max_reminders"].value() == "9", "the rest is as it was typed"
    assert saved().reminder_subject == "Relance {{total}}", "until it is saved"


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("reminder_text", "Bonjour\n  {{montant}} x", "ligne 2, caractère 3"),
        ("reminder_text", "Bonjour {{client", "ligne 1, caractère 9"),
        ("reminder_text", "Bonjour client}}", "ligne 1, caractère 15"),
        ("reminder_subject", "{{}} {{total}}", "ligne 1, caractère 1"),
        ("first_reminder_days", "0", ""),
        ("reminder_every_days", "366", ""),
        ("max_reminders", "x", ""),
        ("max_reminders", "", ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_kept(cast: Cast, name: str, value: str, where: str) -> None:
    anna = logged_in("alpha", cast.anna)
    answer = anna.post(SETTINGS, TYPED | {name: value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {name}
    assert where in str(answer.context["form"].errors)
    assert answer.context["form"][name].value() == value
    assert not saved().remind_unpaid
    trial = anna.post(TRIAL, TYPED | {name: value}, headers={"HX-Request": "true"})
    assert trial.status_code == 422
    assert json.loads(trial["HX-Trigger"])["toast"]["level"] == "error"
    preview = anna.post(PREVIEW, TYPED | {name: value})
    assert preview.status_code == 200
    assert where in preview.content.decode()


def test_places_of_wrong_tags() -> None:
    assert wrong_tags("{{client}} {{ Total }}{{CABINET}} { } {x}") == []
    assert wrong_tags("{{a}}\n{{total}} {{b}}") == [WrongTag("{{a}}", 1, 1), WrongTag("{{b}}", 2, 11)]
    assert [each.column for each in wrong_tags("{{client {{total}}")] == [1]


def test_the_preview_shows_what_is_typed_and_what_would_leave(cast: Cast, houses: list[Dossier]) -> None:
    anna = logged_in("alpha", cast.anna)
    text = anna.post(PREVIEW, TYPED | {"reminder_text": "<b>{{client}}</b>"}).content.decode()
    assert "&lt;b&gt;Agence du Port&lt;/b&gt;" in text
    assert "<strong>1 e-mail</strong>" in text
    assert "450,00" in text, "three dossiers of 150 euros"
    assert said("See the unpaid dossiers") in text
    assert (
        said("You offer no means of payment: the e-mail has no link to pay, it asks to get in touch with you.") in text
    )
    later = anna.post(PREVIEW, TYPED | {"first_reminder_days": "200"}).content.decode()
    assert said("Nobody would be reminded.") in later
    assert not saved().remind_unpaid
    assert outgoing() == []


def test_a_trial_goes_to_whoever_asks_for_it(cast: Cast, mailbox: Box, houses: list[Dossier]) -> None:
    anna = logged_in("alpha", cast.anna)
    answer = anna.post(TRIAL, TYPED, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "anna@alpha.example" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    run_jobs()
    (mail,) = mailbox.mails()
    assert str(mail["To"]) == "anna@alpha.example"
    assert str(mail["Subject"]).startswith("Essai : Relance 630,50")
    assert "Bonjour Agence du Port," in text_of(mail)
    assert not saved().remind_unpaid
    with firm_context("firm_alpha"):
        assert not UnpaidReminder.objects.exists()
    page = anna.post(TRIAL, TYPED)
    assert page.status_code == 200
    assert "Relance {{total}}" in page.content.decode(), "without scripts too, what is typed stays"
    for _more in range(10):
        last = anna.post(TRIAL, TYPED, headers={"HX-Request": "true"})
    assert last.status_code == 429


def queries(browser: Client, path: str) -> int:
    browser.get(path)  # what is remembered of the host, a moment long, is so again
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(without_set(captured))


def test_the_settings_cost_the_same_for_one_and_for_three(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)

    def add(title: str) -> None:
        with firm_context("firm_alpha"):
            made = add_unpaid(title, "150", user=cast.bob, contacts=[cast.alice])
            Dossier.objects.filter(pk=made.pk).update(payment_changed_at=timezone.now() - timedelta(days=30))
            Dossier.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=30))

    add("Un")
    first = queries(anna, SETTINGS)
    add("Deux")
    add("Trois")
    assert queries(anna, SETTINGS) == first <= 10


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_the_page_says_to_whom_and_what_before_it_sends(cast: Cast, houses: list[Dossier], mailbox: Box) -> None:
    bob, path = logged_in("alpha", cast.bob), f"/dossiers/{houses[0].code}/relancer/"
    page = bob.get(path)
    assert cast.alice.user.email in page.content.decode()
    assert "150,00" in page.content.decode()
    assert [other.dossier.title for other in page.context["others"]] == ["Maison 1", "Maison 2"]
    assert outgoing() == []
    with_one = bob.get(path, {"also": [houses[1].code, "x", "\x00"]})
    assert with_one.context["group"].total == 30_000
    answer = bob.post(path, {"also": [houses[1].code, houses[3].code]})
    assert answer["Location"] == f"/dossiers/{houses[0].code}/#paiement"
    shown = bob.get(answer["Location"]).content.decode()
    assert said("Not reminded of: %(count)d. %(why)s", count=1, why="")[:20] in shown
    run_jobs()
    assert [str(mail["To"]) for mail in mailbox.mails()] == [cast.alice.user.email]
    assert "300,00" in text_of(mailbox.mails()[0])
    again = bob.get(path)
    assert again.context["obstacle"] == "just_told"
    bob.post(path)
    assert len(outgoing()) == 1


def test_the_page_says_why_nobody_can_be_reminded(cast: Cast, houses: list[Dossier]) -> None:
    bob = logged_in("alpha", cast.bob)
    one, stopped, paid, nobody = houses
    with firm_context("firm_alpha"):
        set_paid([paid], paid=True, user=cast.bob)
    assert bob.post(f"/dossiers/{stopped.code}/relances/arreter/").status_code == 302
    for dossier, why in ((paid, "nothing"), (nobody, "nobody"), (stopped, "stopped"), (one, "")):
        page = bob.get(f"/dossiers/{dossier.code}/relancer/")
        assert page.context["obstacle"] == why
    shown = bob.get(f"/dossiers/{stopped.code}/relancer/").content.decode()
    assert str(cast.bob) in shown, "who stopped it"
    with firm_context("firm_alpha"):
        assert ReminderStop.objects.get().stopped_by == str(cast.bob)
    for _twice in range(2):
        bob.post(f"/dossiers/{stopped.code}/relances/reprendre/")
    assert bob.get(f"/dossiers/{stopped.code}/relancer/").context["obstacle"] == ""


def test_a_selection_is_shown_before_it_is_sent(cast: Cast, houses: list[Dossier], mailbox: Box) -> None:
    bob, codes = logged_in("alpha", cast.bob), [house.code for house in houses]
    with firm_context("firm_alpha"):
        set_paid([houses[2]], paid=True, user=cast.bob)
    page = bob.post(MANY, {"code": codes, "next": "/dossiers/?paid=unpaid"})
    assert page.status_code == 200
    (group,) = page.context["groups"]
    assert (group.addressee.email, group.total) == (cast.alice.user.email, 30_000)
    assert {dossier.title for dossier, _why in page.context["left_out"]} == {"Maison 2", "Sans client"}
    assert outgoing() == []
    answer = bob.post(MANY, {"code": codes, "sure": "1", "next": "/dossiers/?paid=unpaid"})
    assert answer["Location"] == "/dossiers/?paid=unpaid"
    run_jobs()
    assert len(mailbox.mails()) == 1
    bob.post(MANY, {"code": codes, "sure": "1"})
    assert len(outgoing()) == 1


def test_a_selection_of_nothing_or_of_strangers(cast: Cast, houses: list[Dossier]) -> None:
    bob = logged_in("alpha", cast.bob)
    assert bob.post(MANY)["Location"] == "/dossiers/"
    assert bob.post(MANY, {"code": ["zzz", "\x00"], "sure": "1"}).status_code == 404
    evil = bob.post(MANY, {"code": [houses[0].code], "next": "https://evil.example/"})
    assert "evil.example" not in evil.context["back"]
    dan = logged_in("beta", cast.dan)
    assert dan.post(MANY, {"code": [houses[0].code], "sure": "1"}).status_code == 404
    alice = logged_in("alpha", cast.alice)
    assert alice.post(MANY, {"code": [houses[0].code], "sure": "1"}).status_code == 404
    assert alice.get(f"/dossiers/{houses[0].code}/relancer/").status_code == 404
    assert outgoing() == []


def test_the_list_offers_to_remind_the_chosen(cast: Cast, houses: list[Dossier]) -> None:
    assert f'formaction="{MANY}"' in logged_in("alpha", cast.bob).get("/dossiers/").content.decode()


def test_a_selection_costs_the_same_for_one_and_for_three(cast: Cast, houses: list[Dossier]) -> None:
    bob = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        add_account()

    def cost(codes: list[str]) -> int:
        bob.get("/relances/envoyer/")
        with CaptureQueriesContext(connection) as captured:
            assert bob.post(MANY, {"code": codes}).status_code == 200
        return len(without_set(captured))

    first = cost([houses[0].code])
    assert cost([house.code for house in houses]) == first <= 10
    path = f"/dossiers/{houses[0].code}/relancer/"
    assert queries(bob, path) <= 10
