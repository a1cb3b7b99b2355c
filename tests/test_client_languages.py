"""What clients read is there in each of their languages: complete, nothing fuzzy, nothing left over."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import formats, translation

from config.client_texts import LANGUAGES, OFFICE_ONLY, client_texts, read_catalogue, texts_of
from kernel.dates import day_words
from kernel.money import euros

ROOT = Path(__file__).resolve().parents[1]
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%s|\{\{?\w*\}?\}|</?\w+>")


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return client_texts(ROOT)


def _key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    return message.context, (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_the_languages_are_those_of_clients() -> None:
    assert LANGUAGES == ("es", "de", "it", "nl")
    assert [pattern for pattern in OFFICE_ONLY if not list(ROOT.glob(pattern))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_what_clients_read_and_nothing_else(language: str, wanted: Catalog) -> None:
    known = {_key(message) for message in _messages(read_catalogue(language))}
    asked = {_key(message) for message in _messages(wanted)}
    assert len(asked) > 1500
    assert asked - known == set(), "python manage.py client_catalogues, then translate"
    assert known - asked == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_complete_and_certain(language: str) -> None:
    catalogue = read_catalogue(language)
    assert (catalogue.num_plurals, catalogue.plural_expr) == (2, "(n != 1)")
    messages = _messages(catalogue)
    assert [_key(m) for m in messages if m.fuzzy or not texts_of(m) or not all(texts_of(m))] == []
    assert [_key(m) for m in messages if not isinstance(m.id, str) and len(texts_of(m)) != 2] == []
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_keeps_placeholders_and_typography(language: str) -> None:
    wrong = []
    for message in _messages(read_catalogue(language)):
        sources = _key(message)[1]
        for source, text in zip(sources, texts_of(message), strict=True):
            same = sorted(_PLACEHOLDER.findall(source)) == sorted(_PLACEHOLDER.findall(text))
            edges = (source[:1].isspace(), source[-1:].isspace()) == (text[:1].isspace(), text[-1:].isspace())
            if not (same and edges) or "'" in text or '"' in text:
                wrong.append((source, text))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_repeats_no_other_language(language: str) -> None:
    french = {(message.context, message.id): texts_of(message) for message in _messages(read_catalogue("fr"))}
    same = [
        message.id
        for message in _messages(read_catalogue(language))
        if len(text := texts_of(message)[0]) > 25
        and text in {message.id, *french.get((message.context, message.id), ())}
    ]
    # an address, which stays as it is
    assert [text for text in same if "%" not in text and "http" not in text] == []


@pytest.mark.parametrize(
    ("language", "amount", "day", "short", "number"),
    [
        ("es", "1.234,50\xa0€", "lunes 5 de octubre de 2026", "05/10/2026", "12.345,6"),
        ("de", "1.234,50\xa0€", "Montag, 5. Oktober 2026", "05.10.2026", "12.345,6"),
        ("it", "1.234,50\xa0€", "lunedì 5 ottobre 2026", "05/10/2026", "12.345,6"),
        ("nl", "€\xa01.234,50", "maandag 5 oktober 2026", "5-10-2026", "12.345,6"),
        ("fr", "1\u202f234,50\xa0€", "lundi 5 octobre 2026", "05/10/2026", "12\xa0345,6"),
    ],
)
def test_amounts_days_and_numbers(language: str, amount: str, day: str, short: str, number: str) -> None:
    with translation.override(language):
        assert euros(Decimal("1234.50")) == amount
        assert day_words(date(2026, 10, 5), with_year=True) == day
        assert formats.date_format(date(2026, 10, 5), "SHORT_DATE_FORMAT") == short
        assert formats.number_format(Decimal("12345.6"), force_grouping=True) == number


def test_plurals_follow_the_language() -> None:
    rooms = ("%(count)d room", "%(count)d rooms")
    for language, zero, one in (
        ("es", "habitaciones", "habitación"),
        ("it", "locali", "locale"),
        ("nl", "kamers", "kamer"),
    ):
        with translation.override(language):
            assert translation.ngettext(*rooms, 0).endswith(zero)
            assert translation.ngettext(*rooms, 1).endswith(one)
            assert translation.ngettext(*rooms, 2).endswith(zero)


def test_texts_of_the_office_fall_back_to_french() -> None:
    with translation.override("de"):
        assert translation.gettext("Price lists") == "Grilles tarifaires"
        # and what a library has itself stays the library's
        assert translation.gettext("This field is required.") == "Dieses Feld ist zwingend erforderlich."
