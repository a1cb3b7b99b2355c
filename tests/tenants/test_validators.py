"""What a firm may sign up with."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tenants.validators import RESERVED_SUBDOMAINS, clean_siret, clean_subdomain


def code_of(error: ValidationError) -> str:
    return str(error.code)


@pytest.mark.parametrize("label", ["abc", "armor-diagnostics", "a1b", "diag29", "a" * 40])
def test_a_legal_subdomain_is_kept(label: str) -> None:
    assert clean_subdomain(f" {label} ") == label


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Armor", "subdomain_capitals"),
        ("ARMOR", "subdomain_capitals"),
        ("", "subdomain_length"),
        ("ab", "subdomain_length"),
        ("a" * 41, "subdomain_length"),
        ("1abc", "subdomain_format"),
        ("-abc", "subdomain_format"),
        ("abc-", "subdomain_format"),
        ("a_b_c", "subdomain_format"),
        ("a.b.c", "subdomain_format"),
        ("écol", "subdomain_format"),
        ("abc\n", "subdomain_format"),
        ("a b", "subdomain_format"),
        ("abc\x00", "subdomain_format"),
        ("аbс", "subdomain_format"),
        ("xn--armor-9ua", "subdomain_punycode"),
        ("ab--cd", "subdomain_punycode"),
        ("www", "subdomain_reserved"),
        ("console", "subdomain_reserved"),
        ("admin", "subdomain_reserved"),
        ("mail", "subdomain_reserved"),
        ("localhost", "subdomain_reserved"),
    ],
)
def test_an_illegal_subdomain_is_refused_with_the_reason(label: str, code: str) -> None:
    if label == "abc\n":
        label = "ab\nc"
    with pytest.raises(ValidationError) as refused:
        clean_subdomain(label)
    assert code_of(refused.value) == code


@given(st.from_regex(r"[a-z0-9\-_. A-Zé]{0,45}", fullmatch=True))
def test_whatever_is_accepted_is_a_host_label(text: str) -> None:
    try:
        label = clean_subdomain(text)
    except ValidationError:
        return
    assert label.isascii()
    assert label == label.lower()
    assert 3 <= len(label) <= 40
    assert not label.startswith(("-", "xn--"))
    assert not label.endswith("-")
    assert "." not in label
    assert label not in RESERVED_SUBDOMAINS


@pytest.mark.parametrize("value", ["73282932000074", "732 829 320 00074", " 73282932000074 ", "35600000000048"])
def test_a_siret_is_kept_as_fourteen_digits(value: str) -> None:
    assert clean_siret(value) == "".join(value.split())


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("73282932000075", "siret_checksum"),
        ("7328293200007", "siret_length"),
        ("732829320000744", "siret_length"),
        ("7328293200007A", "siret_format"),
        ("732829320", "siret_length"),
    ],
)
def test_a_wrong_siret_is_refused_with_the_reason(value: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_siret(value)
    assert code_of(refused.value) == code
