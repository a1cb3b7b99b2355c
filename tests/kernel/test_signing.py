"""Signed values: of one purpose, one firm, one key, for a time."""

from typing import Any

import pytest
from django.core.signing import BadSignature, SignatureExpired  # noqa: TID251

from kernel.signing import sign, unsign
from kernel.tenancy import firm_context

HOUR = 3600


def test_a_value_comes_back() -> None:
    assert unsign(sign({"a": [1, "é"]}, purpose="p"), purpose="p", max_age=HOUR) == {"a": [1, "é"]}


def test_a_value_means_nothing_for_another_purpose() -> None:
    with pytest.raises(BadSignature):
        unsign(sign("code", purpose="confirm"), purpose="progress", max_age=HOUR)


@pytest.mark.parametrize(("made_in", "read_in"), [("firm_alpha", "firm_beta"), ("public", "firm_alpha")])
def test_a_value_means_nothing_in_another_firm(made_in: str, read_in: str) -> None:
    with firm_context(made_in):
        text = sign("code", purpose="p")
        assert unsign(text, purpose="p", max_age=HOUR) == "code"
    with firm_context(read_in), pytest.raises(BadSignature):
        unsign(text, purpose="p", max_age=HOUR)


def test_a_value_expires() -> None:
    with pytest.raises(SignatureExpired):
        unsign(sign("code", purpose="p"), purpose="p", max_age=-1)


def test_a_forged_value_is_refused(settings: Any) -> None:
    text = sign("code", purpose="p")
    for forged in ("", text[:-1], f"{text}x", text.swapcase()):
        with pytest.raises(BadSignature):
            unsign(forged, purpose="p", max_age=HOUR)
    settings.SECRET_KEY = "another"
    with pytest.raises(BadSignature):
        unsign(text, purpose="p", max_age=HOUR)
