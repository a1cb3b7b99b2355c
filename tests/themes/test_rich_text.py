"""Rich text: what is kept of hostile HTML; the editor with its tags in a real Chromium under the product's policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.core.exceptions import ValidationError
from playwright.sync_api import Browser, Page, expect

from mail.tags import Tag
from tests.themes.browser_site import Site, page, serve
from themes.rich_text import RichTextField, clean_html

FORM = """{% extends "base_auth.html" %}{% load static %}{% block heading %}Text{% endblock %}
{% block head_extra %}{% include "components/rich_text_styles.html" %}{% endblock %}
{% block content %}<form method="post" action="/save">{{ form.subject.as_field_group }}{{ form.body.as_field_group }}
{% include "components/tags.html" %}<button class="btn btn-primary" id="save">Save</button></form>{% endblock %}
{% block scripts %}{{ block.super }}{% include "components/rich_text_scripts.html" %}
<script type="module" src="{% static 'themes/js/tags.js' %}"></script>{% endblock %}"""
TAGS = [Tag("nom", "the reader's name", "Marie"), Tag("dossier", "the dossier", "Maison"), Tag("lien", "link", "x")]


class TextForm(forms.Form):
    subject = forms.CharField(widget=forms.TextInput(attrs={"data-tagged": ""}))
    body = RichTextField(link_tags=["lien"])
    body.widget.attrs["data-tagged"] = ""


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>Bonjour <b>vous</b> <i>et</i> {nom}</p>", "<p>Bonjour <strong>vous</strong> <em>et</em> {nom}</p>"),
        ("<h1>A</h1><h2>B</h2><h5>C</h5>", "<h2>A</h2><h2>B</h2><h3>C</h3>"),
        ("<div>a</div>", "<p>a</p>"),
        ('<p onclick="x()" style="color:red" class="y">a</p><p> <br>&nbsp;</p>', "<p>a</p>"),
        ("<script>alert(1)</script><style>p{}</style><p>a<img src=x onerror=x()></p>", "<p>a</p>"),
        ('<svg><a xlink:href="javascript:x()">a</a></svg><iframe src="//x"></iframe>', ""),
        ('<a href="https://a.fr/?q=1&amp;r=2">a</a>', '<a href="https://a.fr/?q=1&amp;r=2">a</a>'),
        ('<a href="mailto:a@b.fr" target="_blank">a</a>', '<a href="mailto:a@b.fr">a</a>'),
        ('<a href=" JaVa\tScript:x()">a</a><a href="/b">b</a><a href="//c.fr">c</a>', "abc"),
        (
            '<a href="{lien}">a</a><a href="{nom}">b</a><a href="data:text/html,x">c</a>',
            '<a href="{lien}">a</a>bc',
        ),
        ("<ul><li>a<ol><li>b</ol></ul>", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
        ("1 < 2 & <b", "1 &lt; 2 &amp;"),
        ("<p>" * 3000 + "x", "<p>x</p>"),
        ("a\x00<scr\x00ipt>b</script>", "a"),
    ],
)
def test_of_html_only_plain_formatting_is_kept_and_cleaning_is_stable(html: str, kept: str) -> None:
    cleaned = clean_html(html, link_tags=["lien"])
    assert cleaned == kept
    assert clean_html(cleaned, link_tags=["lien"]) == cleaned


def test_a_required_text_that_is_empty_once_cleaned_is_refused_and_so_is_a_long_one() -> None:
    field = RichTextField()
    assert field.clean("<p>a</p>") == "<p>a</p>"
    for wrong in ("", "<p><br></p>", "<script>x</script>", "x" * 20_001):
        with pytest.raises(ValidationError):
            field.clean(wrong)
    assert RichTextField(required=False).clean("<p> </p>") == ""


@pytest.fixture(params=[1440, 390])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """The form at the width of a desk and of a telephone; nothing may break the policy in it."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    form = TextForm(initial={"subject": "Dossier", "body": "<p>Bonjour</p><ul><li>un</li></ul>"})
    with serve(Site(pages={"/": page(FORM, form=form, tags=TAGS)})) as site:
        opened.goto(site.address)
        opened.wait_for_selector(".ql-editor")
        yield opened
    assert complaints == []
    context.close()


def html(tab: Page) -> str:
    return clean_html(tab.eval_on_selector("[data-rich-source]", "it => it.value"), link_tags=["lien"])


def select(tab: Page, words: str) -> None:
    """Selects words of the text, as a double click or the shift key would."""
    tab.evaluate(
        """words => {
            const walk = document.createTreeWalker(document.querySelector(".ql-editor"), NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const at = walk.currentNode.data.indexOf(words);
                if (at < 0) continue;
                document.querySelector(".ql-editor").focus();
                getSelection().setBaseAndExtent(walk.currentNode, at, walk.currentNode, at + words.length);
            }
        }""",
        words,
    )


def test_text_is_formatted_by_buttons_and_keys_and_the_tab_key_leaves_it(tab: Page) -> None:
    assert html(tab) == "<p>Bonjour</p><ul><li>un</li></ul>"
    editor = tab.get_by_role("textbox", name="Body")
    select(tab, "Bonjour")
    tab.get_by_role("button", name="Bold").click()
    expect(tab.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    assert html(tab) == "<p><strong>Bonjour</strong></p><ul><li>un</li></ul>"
    tab.get_by_role("button", name="Heading", exact=True).click()
    select(tab, "un")
    tab.keyboard.press("Control+i")
    assert html(tab) == "<h2><strong>Bonjour</strong></h2><ul><li><em>un</em></li></ul>"
    tab.keyboard.press("Tab")
    expect(editor).not_to_be_focused()
    # one stop for the bar, the arrows within
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("End")
    expect(tab.get_by_role("button", name="Remove the formatting")).to_be_focused()
    assert [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(tab).response["violations"]] == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_links_are_absolute_or_tags(tab: Page) -> None:
    select(tab, "Bonjour")
    tab.get_by_role("button", name="Link", exact=True).click()
    address = tab.get_by_label("Address of the link")
    address.fill("javascript:alert(1)")
    address.press("Enter")
    expect(tab.locator("[data-rich-link-error]")).to_contain_text("begins with https://")
    address.fill("www.exemple.fr/a")
    address.press("Enter")
    expect(address).to_be_hidden()
    assert html(tab) == '<p><a href="https://www.exemple.fr/a">Bonjour</a></p><ul><li>un</li></ul>'
    select(tab, "Bonjour")
    tab.get_by_role("button", name="Link", exact=True).click()
    address.fill("{lien}")
    tab.get_by_role("button", name="Insert").click()
    assert '<a href="{lien}">Bonjour</a>' in html(tab)
    select(tab, "Bonjour")
    tab.get_by_role("button", name="Link", exact=True).click()
    expect(address).to_have_value("{lien}")
    tab.get_by_role("button", name="Remove", exact=True).click()
    assert "<p>Bonjour</p>" in html(tab)


def test_tags_come_by_click_drag_and_keyboard_into_the_field_where_one_writes(tab: Page) -> None:
    tag = tab.locator("[data-tag='{nom}']")
    tab.get_by_role("textbox", name="Body").click(position={"x": 60, "y": 20})
    tab.keyboard.press("Control+Home")
    tab.keyboard.press("End")
    tab.keyboard.type(" ")
    tag.click()
    assert html(tab).startswith("<p>Bonjour {nom}</p>")
    # by key: one stop, then arrows; the caret is back in the text
    tag.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    tab.keyboard.type("!")
    assert html(tab).startswith("<p>Bonjour {nom}{dossier}!</p>")
    subject = tab.get_by_label("Subject")
    subject.focus()
    tab.keyboard.press("End")
    tag.click()
    expect(subject).to_have_value("Dossier{nom}")
    tab.locator("[data-tag='{lien}']").drag_to(tab.locator(".ql-editor li"))
    assert "{lien}" in html(tab).split("<li>")[1]
    tab.locator("[data-tag='{dossier}']").drag_to(subject)
    assert "{dossier}" in subject.input_value()


def test_what_is_pasted_keeps_its_structure_alone(tab: Page) -> None:
    tab.get_by_role("textbox", name="Body").click()
    tab.keyboard.press("Control+Home")
    pasted = '<style>p{color:red}</style><h1 style="color:red">Titre</h1><p class="x">a <b>b</b><img src="https://t.example/p.gif"></p>'
    tab.evaluate(
        """html => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            document.querySelector(".ql-editor").dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        pasted,
    )
    assert html(tab) == "<h2>Titre</h2><p>a <strong>b</strong>Bonjour</p><ul><li>un</li></ul>"


def test_without_scripts_the_html_itself_is_edited(browser: Browser) -> None:
    context: Any = browser.new_context(java_script_enabled=False)
    form = TextForm(initial={"body": "<p>Bonjour</p>"})
    with serve(Site(pages={"/": page(FORM, form=form, tags=TAGS)})) as site:
        tab = context.new_page()
        tab.goto(site.address)
        expect(tab.get_by_label("Body")).to_have_value("<p>Bonjour</p>")
        expect(tab.get_by_role("toolbar", name="Formatting")).to_have_count(0)
    context.close()
