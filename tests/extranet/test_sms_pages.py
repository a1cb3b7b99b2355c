"""The pages of text messages, and where dossiers, visits and payments send them."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from billing.actions.reminding import remind_by_hand
from extranet.actions.appointment_mail import tell_client_now, tell_visit
from extranet.actions.appointment_reminder import remind_of_visits
from extranet.actions.contact_erase import erase_contact
from extranet.actions.contact_merge import merge_contacts
from extranet.emails_visit import VisitNews
from extranet.models import Contact
from kernel.tenancy import firm_context
from mail.models import OutgoingSms, SmsAccount, SmsConsent, SmsModel, SmsSettings, StoppedNumber
from mail.sms.enums import SmsKind
from mail.sms.texts import visit_word
from tests.billing.scripted import add_unpaid
from tests.extranet.booking import add_person, add_visit
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.factories.sms_things import rules_data, texts_data
from tests.gateways.sms import KEYS, SmsStandIn
from tests.mail.sms_world import MONDAY, SUNDAY, at, carriers, set_up
from tests.support import body, logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
SETTINGS, LOG = "/reglages/sms/", "/reglages/sms/journal/"
DOSSIER_TEXT = "/reglages/sms/modeles/dossier/"


@pytest.fixture
def double(settings: Any) -> Iterator[SmsStandIn]:
    with carriers(settings) as stand_in:
        yield stand_in


@pytest.fixture
def mobile(cast: Cast) -> Contact:
    """Alice with a mobile phone."""
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.alice.pk).update(phone="06 12 34 56 78")
        return Contact.objects.select_related("user").get(pk=cast.alice.pk)


def texts() -> list[OutgoingSms]:
    with firm_context("firm_alpha"):
        return list(OutgoingSms.objects.order_by("id"))


def test_a_provider_is_set_up_checked_and_stopped(double: SmsStandIn, cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    nothing_yet = (
        "Nothing is sent yet. Choose with whom you have an account: its keys are checked before they are kept, and no "
        "message is sent for it."
    )
    assert said(nothing_yet) in anna.get(SETTINGS).content.decode()
    page = f"{SETTINGS}fournisseur/ovh/"
    for wrong in ({}, KEYS["ovh"] | {"service": "<b>"}, KEYS["ovh"] | {"consumer_key": "x" * 300}):
        assert anna.post(page, wrong).status_code == 422
    refused = anna.post(page, KEYS["ovh"] | {"application_secret": "wrong"})
    assert refused.status_code == 422
    assert "Invalid signature" in refused.content.decode()
    with firm_context("firm_alpha"):
        assert not SmsAccount.objects.exists()
    done = anna.post(page, KEYS["ovh"], follow=True).content.decode()
    assert "412.5" in done
    shown = anna.get(page).content.decode()
    assert KEYS["ovh"]["application_secret"] not in shown
    assert KEYS["ovh"]["service"] in shown
    with firm_context("firm_alpha"):
        assert SmsAccount.objects.get().token in shown
    anna.post(f"{SETTINGS}verifier/")
    anna.post(f"{SETTINGS}arreter/")
    with firm_context("firm_alpha"):
        assert not SmsAccount.objects.get().is_active
    assert anna.post(f"{SETTINGS}verifier/").status_code == 404
    assert anna.get(f"{SETTINGS}fournisseur/pigeon/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "12"},
        {"sender": "Évidence"},
        {"sender": "Armor-Diag"},
        {"sender": "A" * 12},
        {"sender": "1234"},
        {"sender": "+3361234567890123"},
        {"since": "07:59"},
        {"until": "20:01"},
        {"since": "19:00", "until": "08:30"},
        {"most_a_day": "0"},
        {"price": "-1"},
        {"signature": "x" * 41},
    ],
)
def test_rules_that_no_carrier_or_law_takes_are_refused(cast: Cast, wrong: dict[str, str]) -> None:
    assert logged_in("alpha", cast.anna).post(SETTINGS, rules_data(**wrong)).status_code == 422
    with firm_context("firm_alpha"):
        assert SmsSettings.objects.get().sender == ""


def test_rules_are_kept(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    for sender in ("", "ARMOR 29", "+33644630000", "36111"):
        assert anna.post(SETTINGS, rules_data(sender=sender)).status_code == 302
        with firm_context("firm_alpha"):
            rules = SmsSettings.objects.get()
            assert (rules.sender, str(rules.price), rules.since.hour) == (sender, "0.0700", 8)


def test_a_text_is_kept_with_its_tags_and_none_of_another_kind(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    answer = anna.post(DOSSIER_TEXT, texts_data(text_fr="Bonjour\n{client}, {montant}"))
    assert answer.status_code == 422
    wanted = said(
        "%(tag)s is none of the tags of this text (line %(line)d, character %(column)d).",
        tag="{montant}",
        line=2,
        column=11,
    )
    assert wanted in answer.content.decode()
    assert anna.post(DOSSIER_TEXT, texts_data(text_en="x" * 613)).status_code == 422
    assert anna.post(DOSSIER_TEXT, texts_data(text_fr="<script>{client}</script>")).status_code == 302
    page = anna.get(DOSSIER_TEXT).content.decode()
    assert "<script>{client}" not in page
    with firm_context("firm_alpha"):
        row = SmsModel.objects.get(language="fr")
        assert (row.text, row.is_active, row.changed_by) == ("<script>{client}</script>", True, "Anna Amiante")
        assert not SmsModel.objects.get(language="en").is_active
    assert anna.get("/reglages/sms/modeles/test/").status_code == 404
    samples = json.loads(page.partition('id="sms-samples"')[2].partition(">")[2].partition("</script>")[0])
    assert samples["fr"]["cabinet"] == samples["en"]["cabinet"] == cast.alpha.branding.site_name


def test_a_test_leaves_as_it_is_typed_and_nothing_is_saved(double: SmsStandIn, cast: Cast) -> None:
    anna, address = logged_in("alpha", cast.anna), f"{DOSSIER_TEXT}essai/"
    data = texts_data(text_fr="Essai {dossier}", language="fr", phone="06 98 76 54 32")
    htmx = {"HX-Request": "true"}
    assert anna.post(address, data, headers=htmx).status_code == 404
    with firm_context("firm_alpha"):
        set_up("brevo", signature="Alpha")
    for phone in ("01 45 67 89 01", "", "x" * 500, "\x00"):
        assert "error" in anna.post(address, data | {"phone": phone}, headers=htmx)["HX-Trigger"]
    assert "error" in anna.post(address, data | {"text_fr": "{x}"}, headers=htmx)["HX-Trigger"]
    answer = anna.post(address, data, headers=htmx)
    assert (answer.status_code, json.loads(answer["HX-Trigger"])["toast"]["level"]) == (204, "success")
    run_jobs()
    assert [(one.to, one.text) for one in double.texts] == [("+33698765432", "Essai Maison Le Goff\nAlpha")]
    assert anna.post(address, data | {"language": "de"}).status_code == 404
    with firm_context("firm_alpha"):
        assert not SmsModel.objects.exists()
    assert "06 98 76 54 32" in anna.get(DOSSIER_TEXT).content.decode()
    for _ in range(12):
        last = anna.post(address, data, headers=htmx)
    assert said("Too many tests. Please wait ten minutes.") in json.loads(last["HX-Trigger"])["toast"]["text"]


def add_texts(count: int, contact: Contact, **values: Any) -> None:
    with firm_context("firm_alpha"):
        for rank in range(count):
            told = {"kind": "dossier", "to": f"+3361234567{rank}", "text": f"Texte {rank}", "parts": 1}
            told |= {"encoding": "gsm7", "contact_code": contact.code}
            OutgoingSms.objects.create(**(told | values))


def count(client: Any, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(without_set(queries))


def test_the_log_is_searched_filtered_and_taken_away(cast: Cast, mobile: Contact) -> None:
    anna = logged_in("alpha", cast.anna)
    assert said("No text message yet") in anna.get(LOG).content.decode()
    add_texts(1, mobile)
    first = count(anna, LOG)
    add_texts(2, mobile, state="failed", error="Refusé <b>", about="Maison Kerbrat")
    assert count(anna, LOG) == first <= 10
    assert count(anna, SETTINGS) <= 10
    assert count(anna, DOSSIER_TEXT) <= 10

    def rows(query: str) -> int:
        return body(anna.get(f"{LOG}?{query}")).decode().count("dd-sms-text")

    queries = ("", "q=kerbrat", "q=06+12+34+56+70", "q=Texte+1", "state=failed")
    assert [rows(query) for query in queries] == [3, 2, 2, 1, 2]
    queries = ("kind=visit", "q=%00", "since=2999-01-01", "until=2001-01-01", "q=x")
    assert [rows(query) for query in queries] == [0, 3, 0, 0, 3]
    page = anna.get(f"{LOG}?state=nonsense&since=x").content.decode()
    assert said("Part of the address was not understood and was left out of the filters.") in page
    assert "Refusé &lt;b&gt;" in page
    assert str(mobile) in page
    book = CalamineWorkbook.from_filelike(BytesIO(body(anna.get(f"{LOG}export.xlsx?state=failed"))))
    lines = book.get_sheet_by_index(0).to_python()
    assert len(lines) == 3
    assert "Maison Kerbrat" in lines[1]
    code = next(sms.code for sms in texts() if sms.state == "failed")
    assert said("Set up a provider first.") in anna.post(f"{LOG}{code}/renvoyer/", follow=True).content.decode()
    assert anna.post(f"{LOG}x/renvoyer/").status_code == 404


def test_the_client_is_told_of_its_dossier_by_text_too(double: SmsStandIn, cast: Cast, mobile: Contact) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[mobile, cast.charlie], files={"a.txt": b"a"})
    bob, page = logged_in("alpha", cast.bob), f"/dossiers/{dossier.code}/"
    without = count(bob, page)
    assert 'name="sms"' not in bob.get(page).content.decode()
    with firm_context("firm_alpha"):
        set_up(kinds=(SmsKind.DOSSIER,))
    assert 'name="sms"' in bob.get(page).content.decode()
    assert count(bob, page) == without
    bob.post(f"{page}avertir/")
    assert texts() == []
    bob.post(f"{page}avertir/", {"sms": "1"})
    (sms,) = texts()
    assert (sms.to, sms.contact_code, sms.about, sms.sent_by) == ("+33612345678", mobile.code, "Maison", str(cast.bob))
    assert sms.text.endswith(page)
    run_jobs()
    assert double.texts[0].text == sms.text


def test_a_visit_is_told_and_reminded_of_by_text(
    double: SmsStandIn, cast: Cast, mobile: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(SUNDAY, monkeypatch)
    with firm_context("firm_alpha"):
        set_up(kinds=(SmsKind.VISIT, SmsKind.VISIT_REMINDER))
        person = add_person("Diane", postcode="29200", city="Brest")
        visit = add_visit(person, "14:00", "15:00", day=MONDAY.date(), contact=mobile, person_phone="07 45 67 89 01")
        tell_visit(visit, VisitNews.BOOKED, by=cast.bob)
    booked = texts()
    assert [sms.to for sms in booked] == ["+33612345678", "+33745678901"]
    assert "30 novembre" in booked[0].text
    assert "14:00" in booked[0].text
    assert not booked[0].keeps_hours
    run_jobs()
    with firm_context("firm_alpha"):
        type(visit).objects.update(told_at=SUNDAY - timedelta(days=9))
        assert remind_of_visits() == 1
        assert remind_of_visits() == 0
    run_jobs()
    reminders = texts()[2:]
    assert [(sms.kind, sms.state) for sms in reminders] == [("reminder", "held")] * 2
    assert reminders[0].expires_at == visit.starts_at
    with firm_context("firm_alpha"):
        visit.state = "cancelled"
        visit.save()
        tell_visit(visit, VisitNews.CANCELLED, by=cast.bob, to_client=False)
        assert tell_client_now(visit, user=cast.bob)
    kinds = [sms.kind for sms in texts()]
    assert kinds.count("reminder") == 0, "nobody is reminded of what is cancelled"
    assert visit_word("cancelled") in texts()[-1].text


def test_whoever_is_to_pay_is_reminded_by_text_within_the_hours(
    double: SmsStandIn, cast: Cast, mobile: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(SUNDAY, monkeypatch)
    with firm_context("firm_alpha"):
        set_up("smsmode", kinds=(SmsKind.PAYMENT,))
        dossiers = [add_unpaid(title, "120.00", user=cast.bob, contacts=[mobile]) for title in ("Maison", "Garage")]
        assert remind_by_hand(dossiers, user=cast.bob).mails == 1
    (sms,) = texts()
    assert re.search(r"240,00\s€", sms.text)
    assert "2 dossiers" in sms.text
    run_jobs()
    assert [one.state for one in texts()] == ["held"]
    assert double.texts == []


def test_what_a_contact_wants_is_noted_on_its_page(cast: Cast, mobile: Contact) -> None:
    bob, page = logged_in("alpha", cast.bob), f"/contacts/{mobile.code}/"
    assert 'id="sms"' not in bob.get(f"/contacts/{cast.charlie.code}/joindre/").content.decode()
    assert count(bob, f"{page}joindre/") <= 10
    for wrong in ("2999-01-01", "x", "1850-01-01"):
        bob.post(f"{page}sms/consentement/", {"given_on": wrong})
    with firm_context("firm_alpha"):
        assert not SmsConsent.objects.exists()
    bob.post(f"{page}sms/consentement/", {"given_on": "2026-01-02", "how": "téléphone"})
    assert "téléphone" in bob.get(f"{page}joindre/").content.decode()
    bob.post(f"{page}sms/consentement/", {"withdraw": "1"})
    bob.post(f"{page}sms/consentement/", {"given_on": "2026-01-02"})
    bob.post(f"{page}sms/stop/")
    with firm_context("firm_alpha"):
        assert not SmsConsent.objects.exists()
        assert StoppedNumber.objects.get().noted_by == str(cast.bob)
    bob.post(f"{page}sms/consentement/", {"given_on": "2026-01-02"})
    with firm_context("firm_alpha"):
        assert not SmsConsent.objects.exists()
    assert said("Note the consent") not in bob.get(f"{page}joindre/").content.decode()
    assert bob.post(f"/contacts/{cast.charlie.code}/sms/stop/").status_code == 404


def test_a_contacts_messages_are_handed_over_merged_and_erased(cast: Cast, mobile: Contact) -> None:
    add_texts(1, cast.charlie, text="Pour Charlie")
    add_texts(1, mobile, text="Pour Alice", to="+33612345678")
    with firm_context("firm_alpha"):
        SmsConsent.objects.create(number="+33612345678", given_on=timezone.localdate(), noted_by="Bob")
        StoppedNumber.objects.create(number="+33612345678", said="STOP")
    bob = logged_in("alpha", cast.bob)
    archive = ZipFile(BytesIO(body(bob.get(reverse("contact-data", args=[mobile.code], urlconf="config.urls_firm")))))
    told = json.loads(archive.read(next(name for name in archive.namelist() if name.endswith(".json"))))
    assert [row["text"] for row in told["text_messages"]] == ["Pour Alice"]
    assert told["text_message_consent"][0]["noted_by"] == "Bob"
    assert told["stopped_number"][0]["said"] == "STOP"
    with firm_context("firm_alpha"):
        kept = merge_contacts(mobile, other=cast.charlie, user=cast.bob)
        assert OutgoingSms.objects.filter(contact_code=kept.code).count() == 2
        erase_contact(kept)
        assert set(OutgoingSms.objects.values_list("to", "text", "contact_code")) == {("", "", "")}
        assert not SmsConsent.objects.exists()
        assert StoppedNumber.objects.exists(), "else it could be written to again"
