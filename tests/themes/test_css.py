"""The colours made of a firm's two: readable whatever was chosen."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from themes import css
from themes.css import QUIET, WHITE, Rgb, contrast, palette


@dataclass(frozen=True)
class Choice:
    background_color: str = css.DEFAULT_BACKGROUND
    button_color: str = css.DEFAULT_BUTTON
    top_offset: int = 0


channels = st.integers(0, 255)
colours = st.builds(lambda *rgb: css.to_hex(rgb), channels, channels, channels)


@given(button=colours, background=colours)
@example(button="#ffff00", background="#ff0000")
@example(button="#777777", background="#777777")
@example(button="#767676", background="#000000")
@example(button="#ffffff", background="#ffffff")
@example(button="#000000", background="#0000ff")
def test_every_text_is_readable_on_its_surface(button: str, background: str) -> None:
    made = palette(Choice(background, button))
    texts: list[tuple[str, Rgb, Rgb]] = [
        ("label of a button", made.brand_fg, made.brand),
        ("label of a hovered button", made.brand_fg, made.brand_hover),
        ("label of a pressed button", made.brand_fg, made.brand_active),
        ("link on white", made.ink, WHITE),
        ("link on a hovered row", made.ink, QUIET),
        ("hovered link", made.ink_hover, WHITE),
        ("chosen entry of a menu", made.ink, made.tint),
        ("icon on the stronger tint", made.ink, made.tint_strong),
        ("title on the background", made.background_fg, made.background),
        ("hint on the background", made.background_muted, made.background),
        ("link on the background", made.background_link, made.background),
    ]
    for name, text, surface in texts:
        assert contrast(text, surface) >= 4.5, (name, css.to_hex(text), css.to_hex(surface))
    for surface in (WHITE, QUIET):
        assert contrast(made.focus, surface) >= 3


@given(button=colours)
def test_a_button_keeps_exactly_the_chosen_colour(button: str) -> None:
    assert css.to_hex(palette(Choice(button_color=button)).brand) == button


def test_a_readable_colour_is_used_for_links_as_it_is() -> None:
    assert css.to_hex(palette(Choice(button_color="#1e3a8a")).ink) == "#1e3a8a"
    assert css.to_hex(palette(Choice(button_color="#ffe600")).ink) != "#ffe600"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#abcdef", "#abcdef", 1),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(css.parse(one, "#000000"), css.parse(other, "#000000")) == pytest.approx(ratio, abs=0.005)


@given(given_text=st.text(max_size=12))
@example("red")
@example("#12345")
@example("#ffffff;} body{display:none")
@example("#ＦＦＦＦＦＦ")
@example("")
def test_what_is_no_colour_becomes_the_default_and_never_reaches_the_stylesheet(given_text: str) -> None:
    if re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", given_text.strip()):
        return
    assert css.parse(given_text, "#010203") == (1, 2, 3)
    assert css.custom_properties(Choice(given_text, given_text)) == css.custom_properties(Choice())


def test_short_colours_are_read() -> None:
    assert css.parse("#fA0", "#000000") == (255, 170, 0)


@given(button=colours, background=colours, offset=st.integers(-10, 5000))
def test_the_stylesheet_is_one_rule_of_plain_values(button: str, background: str, offset: int) -> None:
    text = css.custom_properties(Choice(background, button, offset))
    lines = text.splitlines()
    assert lines[0] == ":root {"
    assert lines[-1] == "}"
    for line in lines[1:-1]:
        assert re.fullmatch(r"  --dd-[a-z-]+: (#[0-9a-f]{6}|\d+, \d+, \d+|\d{1,4}px);", line), line


def test_the_background_image_cannot_leave_its_quotes() -> None:
    text = css.custom_properties(Choice(), background_url='/branding/background?v=3") } body { color: red')
    assert '--dd-background-image: url("/branding/background?v=3bodycolor:red");' in text
    assert "--dd-background-image" not in css.custom_properties(Choice())


def test_every_property_has_the_same_name_and_default_in_the_stylesheet_of_the_pages() -> None:
    """A page without theme.css (an unknown host, a failure) looks like the platform's own."""
    sheet = Path(css.__file__).parent / "static" / "themes" / "css" / "app.css"
    text = sheet.read_text(encoding="utf-8")
    written = dict(re.findall(r"^  (--dd-[a-z-]+): (.+);$", text, flags=re.MULTILINE))
    made = dict(re.findall(r"^  (--dd-[a-z-]+): (.+);$", css.custom_properties(Choice()), flags=re.MULTILINE))
    assert {name: written.get(name) for name in made} == made
