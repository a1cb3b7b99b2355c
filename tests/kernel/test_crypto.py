"""Secrets at rest."""

from typing import Any

import pytest

from kernel.crypto import decrypt, encrypt


def test_a_secret_opens_with_the_key_that_sealed_it(settings: Any) -> None:
    sealed = encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    assert encrypt("same") != encrypt("same")


def test_a_secret_survives_a_new_key_while_the_former_is_kept(settings: Any) -> None:
    former = settings.SECRET_KEY
    sealed = encrypt("secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [former]
    assert decrypt(sealed) == "secret"
    renewed = encrypt("secret")
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(renewed) == "secret"
    with pytest.raises(ValueError, match="no key"):
        decrypt(sealed)


@pytest.mark.parametrize("nonsense", ["", "abc", "é", "gAAAAA" + "A" * 100])
def test_nonsense_is_no_secret(nonsense: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        decrypt(nonsense)


def test_a_changed_secret_does_not_open() -> None:
    sealed = encrypt("secret")
    changed = sealed[:-10] + ("A" if sealed[-10] != "A" else "B") + sealed[-9:]
    with pytest.raises(ValueError, match="no key"):
        decrypt(changed)
