"""Every template of the project: it compiles, its icons and static files exist, nothing in it needs a looser policy."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from themes.vendor import ICONS

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "themes" / "templates"
TEMPLATES = sorted(
    path
    for folder in ("themes", "extranet", "tenants", "platform", "storage")
    for path in (ROOT / folder).rglob("templates/**/*.html")
    if "node_modules" not in path.parts and "mail" not in path.parts
)


def name_of(path: Path) -> str:
    return path.as_posix().rsplit("/templates/", 1)[1]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles(path: Path) -> None:
    get_template(name_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_no_inline_code_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<script\b[^>]*\btype=\"application/json\"", "", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:|\bhx-on\b", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), "loads from another host"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_the_icons_and_files_of_a_template_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"{%\s*icon\s+\"([^\"]+)\"", text) + re.findall(
        r"\b(?:action_)?icon=\"([a-z0-9-]+)\"", text
    ):
        assert (ICONS / f"{name}.svg").is_file(), name
    for name in re.findall(r"{%\s*static\s+['\"]([^'\"]+)['\"]", text):
        if not name.endswith("/"):
            assert finders.find(name), name


def test_the_search_finds_templates() -> None:
    assert len(TEMPLATES) > 60
    assert OURS / "base.html" in TEMPLATES
