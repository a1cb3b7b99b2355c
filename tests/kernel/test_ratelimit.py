"""Limits by address."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from kernel.ratelimit import consume
from kernel.tenancy import firm_context

pytestmark = pytest.mark.django_db


def ask(address: str = "192.0.2.1", action: str = "a", seconds: int = 60) -> bool:
    return consume(RequestFactory().get("/", REMOTE_ADDR=address), action, limit=3, seconds=seconds)


def test_a_limit_holds_for_one_address_and_action() -> None:
    assert [ask() for _ in range(5)] == [True, True, True, False, False]
    assert ask("192.0.2.2")
    assert ask(action="b")
    with firm_context("firm_alpha"):
        assert ask()


def test_a_limit_ends_with_its_window() -> None:
    assert [ask() for _ in range(4)] == [True, True, True, False]
    cache.delete("limit:a:192.0.2.1")
    assert ask()
