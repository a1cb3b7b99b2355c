"""Lengths, numbers, hours and texts of text messages: what needs no database."""

import json
import shutil
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from kernel.errors import DomainError
from mail.actions.sms_news import is_stop
from mail.sms.hours import next_allowed
from mail.sms.length import measure, plain
from mail.sms.numbers import e164_of, is_mobile, mobile_of, shown
from mail.sms.providers.base import Reply
from mail.sms.providers.ovh import sign as ovh_sign
from mail.sms.providers.twilio import sign as twilio_sign
from mail.sms.texts import DEFAULTS, TAGS, fence, fill_text
from mail.tags import unknown_tags
from tests.conftest import CHROMIUM_OPTIONS

VECTORS = Path(__file__).with_name("sms_vectors.json")
SCRIPT = Path(__file__).parents[2] / "themes" / "static" / "themes" / "js" / "sms.js"


def vectors() -> list[dict[str, Any]]:
    found = json.loads(VECTORS.read_text(encoding="utf-8"))
    return [one | {"text": one["repeat"][0] * one["repeat"][1] if "repeat" in one else one["text"]} for one in found]


def test_a_message_is_measured_as_the_standard_says() -> None:
    for one in vectors():
        length = measure(one["text"])
        got = (length.encoding.value, length.units, length.parts, length.left, "".join(length.foreign))
        assert got == (one["encoding"], one["units"], one["parts"], one["left"], one["foreign"]), one
        if "plain" in one:
            assert plain(one["text"]) == one["plain"]


def test_the_script_counts_as_the_server_does() -> None:
    """The same vectors in a real browser, and some text of every kind of character."""
    texts = [one["text"] for one in vectors()]
    # beyond, what Python and the browser know of Unicode differs by its version
    blocks = [*range(32, 0x500, 96), *range(0x1E00, 0x2200, 96)]
    texts += ["".join(map(chr, range(start, start + 96))) for start in blocks]
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        page = browser.new_page()
        page.set_content("<!doctype html><html lang=fr><body></body></html>")
        got = page.evaluate(
            """async ([source, texts]) => {
                const sms = await import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
                return texts.map((text) => ({...sms.measure(text), plain: sms.plain(text)}));
            }""",
            [SCRIPT.read_text(encoding="utf-8"), texts],
        )
        browser.close()
    for text, told in zip(texts, got, strict=True):
        mine = measure(text)
        assert told == {
            "encoding": mine.encoding.value,
            "units": mine.units,
            "parts": mine.parts,
            "left": mine.left,
            "foreign": list(mine.foreign),
            "plain": plain(text),
        }, text


@given(st.text(alphabet="aé€^ê😀", max_size=400))
def test_what_is_counted_fits(text: str) -> None:
    length = measure(text)
    alone, several = (160, 153) if length.encoding == "gsm7" else (70, 67)
    assert 0 <= length.left <= (alone if length.parts <= 1 else several)
    # no character is cut: a unit may be lost at the end of each message but the last
    room = alone if length.parts <= 1 else length.parts * several
    assert length.parts == 0 or room - length.left - length.units in range(max(1, length.parts))


@pytest.mark.parametrize(
    ("typed", "e164", "zone"),
    [
        ("06 12 34 56 78", "+33612345678", "Europe/Paris"),
        ("+33 (0)7 45 67 89 01", "+33745678901", "Europe/Paris"),
        ("0033612345678", "+33612345678", "Europe/Paris"),
        ("0692 12 34 56", "+262692123456", "Indian/Reunion"),
        ("+33 692 12 34 56", "+262692123456", "Indian/Reunion"),
        ("0639 01 23 45", "+262639012345", "Indian/Mayotte"),
        ("0690.12.34.56", "+590690123456", "America/Guadeloupe"),
        ("0694 20 12 34", "+594694201234", "America/Cayenne"),
        ("+596 696 20 12 34", "+596696201234", "America/Martinique"),
        ("+32 470 12 34 56", "+32470123456", "Europe/Paris"),
    ],
)
def test_a_mobile_number_is_read_as_people_write_it(typed: str, e164: str, zone: str) -> None:
    mobile = mobile_of(typed)
    assert (mobile.e164, mobile.zone.key) == (e164, zone)
    assert is_mobile(shown(e164))
    assert e164_of(e164[1:]) == e164


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("01 45 67 89 01", "fixed_line"),
        ("0262 16 12 34", "fixed_line"),
        ("0590 90 12 34", "fixed_line"),
        ("09 70 12 34 56", "no_mobile"),
        ("0899 12 34 56", "no_mobile"),
        ("3615", "no_number"),
        ("06 12", "no_number"),
        ("", "no_number"),
        ("06 12 34 56 78 poste 3", "no_number"),
        ("６１２" * 40, "no_number"),
        ("+33\x0012345678", "no_number"),
    ],
)
def test_what_no_message_reaches_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(DomainError) as raised:
        mobile_of(typed)
    assert raised.value.code == code
    assert str(raised.value)


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "zone", "region", "allowed"),
    [
        ("2026-11-30 07:59:59", "Europe/Paris", "", "2026-11-30 08:00"),  # Monday
        ("2026-11-30 08:00", "Europe/Paris", "", "2026-11-30 08:00"),
        ("2026-11-30 19:59", "Europe/Paris", "", "2026-11-30 19:59"),
        ("2026-11-30 20:00", "Europe/Paris", "", "2026-12-01 08:00"),
        ("2026-11-28 21:00", "Europe/Paris", "", "2026-11-30 08:00"),  # Saturday evening
        ("2026-12-25 09:00", "Europe/Paris", "", "2026-12-26 08:00"),  # Christmas, a Friday
        ("2026-12-25 09:00", "Europe/Paris", "57", "2026-12-28 08:00"),  # the 26th is one in Moselle
        ("2026-12-20 09:00", "Indian/Reunion", "974", "2026-12-21 08:00"),
        ("2027-12-20 09:00", "Indian/Reunion", "974", "2027-12-21 08:00"),  # the abolition of slavery, a Monday
        ("2027-12-20 09:00", "Europe/Paris", "nowhere", "2027-12-20 09:00"),
        ("2026-10-24 21:00", "Europe/Paris", "", "2026-10-26 08:00"),  # over the night that is an hour longer
    ],
)
def test_reminders_wait_for_the_hours_of_their_readers(now: str, zone: str, region: str, allowed: str) -> None:
    got = next_allowed(at(now, zone), zone=ZoneInfo(zone), since=time(8), until=time(20), region=region)
    assert got == at(allowed, zone)


def test_the_readers_zone_counts_not_ours() -> None:
    six_in_paris = datetime(2026, 11, 30, 5, tzinfo=UTC)
    hours: dict[str, Any] = {"since": time(8), "until": time(20)}
    assert next_allowed(six_in_paris, zone=ZoneInfo("Indian/Reunion"), **hours) == six_in_paris
    cayenne = next_allowed(six_in_paris, zone=ZoneInfo("America/Cayenne"), **hours)
    assert cayenne == datetime(2026, 11, 30, 11, tzinfo=UTC)


def test_signatures_are_those_of_the_carriers() -> None:
    url = "https://eu.api.ovh.com/1.0/sms/sms-ab12345-1/jobs"
    assert ovh_sign("AS", "CK", "POST", url, '{"message":"x"}', "1764000000") == (
        "$1$1f10b6e32bb44077a682fd06bb330b3108152809"
    )
    # the example of twilio.com/docs/usage/security
    form = {"Digits": "1234", "To": "+18005551212", "CallSid": "CA1234567890ABCDE"}
    form |= dict.fromkeys(["From", "Caller"], "+14158675310")
    assert twilio_sign("12345", "https://example.com/myapp.php?foo=1&bar=2", form) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_the_texts_that_a_firm_starts_with_are_short_and_have_tags_of_their_kind() -> None:
    for (kind, _language), text in DEFAULTS.items():
        assert list(unknown_tags(text, {tag.name for tag in TAGS[kind]})) == []
        filled = plain(fill_text(text, {tag.name: str(tag.sample) for tag in TAGS[kind]}))
        assert measure(filled).encoding == "gsm7"
        assert measure(filled).parts <= 2


def test_no_value_brings_a_link_a_line_or_a_tag() -> None:
    values = {"client": "Zoé\n{lien} https://evil.example/x @a", "lien": "https://a.fr/"}
    text = fill_text("{client}: {lien} {dossier}{telephone}", values)
    assert text == "Zoé {lien} https evil. example/x a: https://a.fr/"
    assert fence("www.evil.com") == "www. evil. com"
    assert fence("12 rue St. Marc, 3.5 m²") == "12 rue St. Marc, 3.5 m²"
    assert len(fence("x" * 5_000)) == 60


@pytest.mark.parametrize("text", ["STOP", "stop svp", " Arrêt !", "ARRETER", "NON", "« Stop »", "Désabonner"])
def test_these_answers_are_a_stop(text: str) -> None:
    assert is_stop(Reply("33612345678", text))


@pytest.mark.parametrize("text", ["", "Oui", "Nonobstant", "Merci, stop", "😀"])
def test_these_are_none(text: str) -> None:
    assert not is_stop(Reply("33612345678", text))
    assert is_stop(Reply("33612345678", text, is_stop=True))
