"""Folding, search terms, codes and file names, over whatever people may write."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text import MAX_FILE_NAME, MAX_TERMS, fold, new_code, safe_file_name, search_terms, search_text


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Élodie Ça-va", "elodie ca-va"),
        ("CŒUR d’Œuvre", "coeur d'oeuvre"),
        ("Ærø straße Łódź", "aero strasse lodz"),
        ("  a \t\n b  ", "a b"),
        ("a\x00b", "ab"),
        ("ﬁche № ℌ", "fiche no h"),
        ("İstanbul", "istanbul"),
        ("", ""),
    ],
)
def test_fold_gives_what_people_type(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_fold_is_the_same_whatever_the_case_and_accents(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == folded.lower()
    assert "\x00" not in folded
    assert "  " not in folded
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_short_terms_match_at_the_start_of_a_word_only() -> None:
    assert search_terms("12 RUE t3") == [" 12", "rue", " t3"]
    row = search_text("Maison", "12 rue des T3")
    assert all(term in row for term in search_terms("12 RUE t3"))
    assert not all(term in search_text("Maison 512 rue") for term in search_terms("12"))
    assert search_terms("m")[0] in row


@pytest.mark.parametrize("query", ["", "   ", "\x00", "\x00 \t\n"])
def test_search_terms_of_nothing_are_none(query: str) -> None:
    assert search_terms(query) == []


@given(st.text(max_size=400))
def test_search_terms_are_few_and_found_in_what_they_come_from(query: str) -> None:
    terms = search_terms(query)
    assert len(terms) <= MAX_TERMS
    assert all(term.strip() for term in terms)
    assert all(term in search_text(query) for term in terms)


def test_search_terms_of_a_long_query_are_bounded() -> None:
    assert sum(map(len, search_terms("mot " * 10_000))) < 100
    assert len("".join(search_terms("x" * 10_000))) == 200


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("rapport.pdf", "rapport.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Bob\\DPE été.pdf", "DPE été.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("..", "document"),
        ("", "document"),
        ("/", "document"),
        ("\x00", "document"),
        (" . ", "document"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("rapport😀.pdf", "rapport😀.pdf"),
        ("gpj.\u202efdp.exe", "gpj. fdp.exe"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
        ("a" * 300, "a" * 150),
        ("Lot 2.1 rapport final de la mission", "Lot 2.1 rapport final de la mission"),
        ("a\x9bb\x85c.pdf", "a b c.pdf"),
    ],
)
def test_safe_file_name_table(given_name: str, safe: str) -> None:
    assert safe_file_name(given_name) == safe


@given(st.text(max_size=400))
def test_safe_file_name_is_always_one_short_plain_name(text: str) -> None:
    name = safe_file_name(text)
    assert name
    assert len(name) <= MAX_FILE_NAME
    assert not re.search(r'[/\\:*?"<>|]', name)
    assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in name)
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert safe_file_name(name) == name


@given(st.text(min_size=200, max_size=300, alphabet="abcé. "), st.sampled_from(["pdf", "jpeg", "zip"]))
def test_safe_file_name_keeps_the_extension_when_it_cuts(stem: str, extension: str) -> None:
    assert safe_file_name(f"x{stem}x.{extension}").endswith(f".{extension}")


def test_new_code_has_no_vowel_and_no_twin() -> None:
    codes = {new_code() for _ in range(2_000)}
    assert len(codes) == 2_000
    assert all(re.fullmatch(r"[0-9bcdfghjkmnpqrstvwxyz]{12}", code) for code in codes)
