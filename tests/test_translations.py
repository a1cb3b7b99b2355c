"""Every text that people read has its French: complete, nothing fuzzy, nothing left over, the same placeholders."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
FRENCH = ROOT / "themes" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
_SOURCES = ("platform", "tenants", "storage", "themes", "extranet", "billing", "manage.py", "pyproject.toml")
#: The command that themes/README.md gives.
_MAKE = ["makemessages", "-l", "fr", "--no-location", "--no-wrap", "--no-obsolete", "-i", ".*", "-i", "node_modules"]
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def _catalogue(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale="fr", domain="django")


def _texts(message: Message) -> list[str]:
    text = message.string
    return [text] if isinstance(text, str) else list(text or ())


def _source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[-1]


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What makemessages would write today, made on a copy of the sources."""
    assert shutil.which("xgettext"), "xgettext is missing: install gettext"
    copy = tmp_path_factory.mktemp("sources")
    for name in _SOURCES:
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("node_modules", "static", "__pycache__", "*.mo")
            shutil.copytree(ROOT / name, copy / name, ignore=ignore)
        else:
            shutil.copy(ROOT / name, copy / name)
    # the copy's own code first, so that its settings point at the copy's catalogue
    environment = {
        **os.environ,
        "PYTHONPATH": f"{copy}{os.pathsep}{copy / 'platform'}",
        "SECRET_KEY": "tests-only",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *_MAKE],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return _catalogue(copy / FRENCH.relative_to(ROOT))


def test_every_text_of_the_sources_is_in_the_french_catalogue(extracted: Catalog) -> None:
    french = {(message.context, _source(message)) for message in _catalogue(FRENCH) if message.id}
    wanted = {(message.context, _source(message)) for message in extracted if message.id}
    assert len(wanted) > 500
    assert wanted - french == set()
    assert french - wanted == set()


def test_french_is_complete_and_certain() -> None:
    catalogue = _catalogue(FRENCH)
    assert [_source(message) for message in catalogue if message.id and not all(_texts(message))] == []
    assert [_source(message) for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_french_keeps_the_placeholders() -> None:
    wrong = [
        (_source(message), text)
        for message in _catalogue(FRENCH)
        if message.id
        for text in _texts(message)[-1:]
        if sorted(_PLACEHOLDER.findall(_source(message))) != sorted(_PLACEHOLDER.findall(text))
    ]
    assert wrong == []


def test_catalogue_names_no_day_and_no_registry() -> None:
    text = FRENCH.read_text(encoding="utf-8")
    assert "POT-Creation-Date" not in text
    assert "Last-Translator" not in text
