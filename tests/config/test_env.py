"""Reading the environment: typed, from files too, and loud when it is wrong."""

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


def test_a_value_comes_from_the_environment_or_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert env.text("NAME_OF_A_TEST", "default") == "default"
    monkeypatch.setenv("NAME_OF_A_TEST", "value")
    assert env.text("NAME_OF_A_TEST", "default") == "value"
    secret = tmp_path / "secret"
    secret.write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("NAME_OF_A_TEST_FILE", str(secret))
    assert env.text("NAME_OF_A_TEST", "default") == "from a file"
    monkeypatch.setenv("NAME_OF_A_TEST_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        env.text("NAME_OF_A_TEST")


def test_a_missing_value_without_default_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME_OF_A_TEST", "")
    with pytest.raises(ImproperlyConfigured, match="NAME_OF_A_TEST"):
        env.text("NAME_OF_A_TEST")


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (lambda: env.integer("NAME_OF_A_TEST", 1), "42", 42),
        (lambda: env.integer("NAME_OF_A_TEST", 1), "", 1),
        (lambda: env.boolean("NAME_OF_A_TEST", False), "Yes", True),
        (lambda: env.boolean("NAME_OF_A_TEST", True), "0", False),
        (lambda: env.boolean("NAME_OF_A_TEST", True), "", True),
        (lambda: env.choice("NAME_OF_A_TEST", "a", {"a", "b"}), "b", "b"),
        (lambda: env.origin("NAME_OF_A_TEST", ""), "https://diag.example", ("https", "diag.example", "")),
        (lambda: env.origin("NAME_OF_A_TEST", ""), "http://localhost:8000/", ("http", "localhost", ":8000")),
    ],
)
def test_values_have_types(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], value: str, expected: object
) -> None:
    monkeypatch.setenv("NAME_OF_A_TEST", value)
    assert read() == expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.integer("NAME_OF_A_TEST", 1), "many"),
        (lambda: env.boolean("NAME_OF_A_TEST", False), "perhaps"),
        (lambda: env.choice("NAME_OF_A_TEST", "a", {"a", "b"}), "c"),
        (lambda: env.origin("NAME_OF_A_TEST", ""), "diag.example"),
        (lambda: env.origin("NAME_OF_A_TEST", ""), "ftp://diag.example"),
        (lambda: env.origin("NAME_OF_A_TEST", ""), "https://diag.example/path"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], value: str) -> None:
    monkeypatch.setenv("NAME_OF_A_TEST", value)
    with pytest.raises(ImproperlyConfigured, match="NAME_OF_A_TEST"):
        read()


def test_a_database_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p%40w@db.example:5433/diag?sslmode=require")
    assert env.database("DATABASE_URL", "") == {
        "NAME": "diag",
        "USER": "u",
        "PASSWORD": "p@w",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@/diag?host=%2Ftmp%2Fpg")
    assert env.database("DATABASE_URL", "")["HOST"] == "/tmp/pg"


@pytest.mark.parametrize(
    "address", ["nonsense hunter2", "mysql://u:hunter2@h/d", "postgresql://u:hunter2@h:5432:1/%zz"]
)
def test_a_wrong_database_address_does_not_show_its_password(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL is not") as error:
        env.database("DATABASE_URL", "")
    assert "hunter2" not in "".join(traceback.format_exception(error.value))
