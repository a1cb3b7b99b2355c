"""The template tags."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from themes.templatetags.look import avatar, browser, file_icon, filesize, icon, initials

NBSP = "\N{NO-BREAK SPACE}"


def render(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


def test_an_icon_is_inline_and_decorative_unless_it_has_a_title() -> None:
    plain = render('{% icon "folder" class="big" %}')
    assert plain.startswith("<svg")
    assert 'aria-hidden="true"' in plain
    assert "dd-icon big" in plain
    assert "<path" in plain
    named = render('{% icon "folder" title=title %}', title='a "folder" <b>')
    assert 'role="img" aria-label="a &quot;folder&quot; &lt;b&gt;"' in named
    assert "aria-hidden" not in named


@pytest.mark.parametrize("name", ["no-such-icon", "../outline/folder", "Folder", ""])
def test_an_icon_that_does_not_exist_fails_at_once(name: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        icon(name)


@pytest.mark.parametrize(
    ("size", "english", "number"),
    [
        (0, "0 B", "0"),
        (1023, "1023 B", "1023"),
        (1024, "1 KB", "1"),
        (1_887_437, "1.8 MB", "1,8"),
        (5 * 1024 * 1024, "5 MB", "5"),
        (534_773_760, "510 MB", "510"),
        (1_610_612_736, "1.5 GB", "1,5"),
        (5_497_558_138_880, "5 TB", "5"),
        ("nothing", "", ""),
        (None, "", ""),
    ],
)
def test_sizes_are_written_as_people_read_them(size: object, english: str, number: str) -> None:
    with translation.override("en"):
        assert filesize(size) == english.replace(" ", NBSP)
    with translation.override("fr"):
        assert filesize(size).split(NBSP)[0].replace("\N{NARROW NO-BREAK SPACE}", "") == number


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Marie-Hélène de La Tour", "MH"), ("Élodie", "É"), ("agence.port@exemple.fr", "AP"), ("  ", "?"), ("…", "?")],
)
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_an_avatar_always_has_the_same_tone_and_is_silent() -> None:
    assert avatar("Nguyễn Văn") == avatar("Nguyễn Văn")
    assert 'aria-hidden="true"' in avatar("A")
    assert "avatar-sm" in avatar("A", size="sm")


@pytest.mark.parametrize(
    ("name", "same_as"),
    [
        ("application/pdf", "rapport.PDF"),
        ("image/png", "façade.jpg"),
        ("croquis.dwg", "sans-extension"),
        ("a.zip", "application/zip"),
    ],
)
def test_a_file_has_the_icon_of_its_kind(name: str, same_as: str) -> None:
    assert file_icon(name) == file_icon(same_as)
    assert file_icon("a.pdf") != file_icon("a.zip")


def test_capture_keeps_what_stands_between() -> None:
    assert render("{% capture x %}  <b>{{ y }}</b> {% endcapture %}[{{ x }}]", y="<i>") == "[<b>&lt;i&gt;</b>]"
    with pytest.raises(TemplateSyntaxError):
        render("{% capture %}{% endcapture %}")


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126 Safari/537.36 Edg/126", "Edge · Windows"),
    ],
)
def test_a_browser_is_named_as_people_call_it(agent: str, said: str) -> None:
    assert browser(agent) == said


def test_an_unknown_browser_is_said_to_be_one() -> None:
    assert browser("curl/8")
