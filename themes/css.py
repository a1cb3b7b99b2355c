"""A firm's two colours made into a readable set of CSS custom properties.

Contrast is WCAG 2.2's: (lighter + 0.05) / (darker + 0.05) of the relative luminances, at least 4.5 for text.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
DEFAULT_BACKGROUND = "#f4f6f9"
DEFAULT_BUTTON = "#1f5eff"

type Rgb = tuple[int, int, int]

WHITE: Rgb = (255, 255, 255)
INK: Rgb = (17, 24, 39)
BLACK: Rgb = (0, 0, 0)
#: The darkest of the light surfaces that links and icons stand on: hovered rows, quiet panels.
QUIET: Rgb = (241, 244, 248)


class Colours(Protocol):
    """What is read from a branding."""

    @property
    def background_color(self) -> str:
        """The colour behind the pages, as #rrggbb."""

    @property
    def button_color(self) -> str:
        """The colour of buttons and links, as #rrggbb."""

    @property
    def top_offset(self) -> int:
        """Pixels kept free above the page."""


@dataclass(frozen=True)
class Palette:
    """Every colour that the pages take from a firm's two."""

    brand: Rgb
    brand_fg: Rgb
    brand_hover: Rgb
    brand_active: Rgb
    ink: Rgb
    ink_hover: Rgb
    tint: Rgb
    tint_strong: Rgb
    focus: Rgb
    background: Rgb
    background_fg: Rgb
    background_muted: Rgb
    background_link: Rgb
    background_line: Rgb


def parse(colour: str, default: str) -> Rgb:
    """Returns the channels of a #rrggbb or #rgb colour, those of `default` when it is none."""
    match = re.fullmatch(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})", colour.strip())
    digits = match[1] if match else default.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def to_hex(colour: Rgb) -> str:
    """Returns #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Rgb) -> float:
    """Returns the relative luminance, 0 for black and 1 for white (WCAG 2.2, sRGB)."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Returns the contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: Rgb, into: Rgb, share: float) -> Rgb:
    """Returns `into` with `share` (0 to 1) of `colour`."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(colour, into, strict=True))
    return red, green, blue


def readable_on(surface: Rgb) -> Rgb:
    """Returns the text colour for a surface: white, else our ink, else black, the first of contrast 4.5."""
    return next((text for text in (WHITE, INK) if contrast(text, surface) >= TEXT_CONTRAST), BLACK)


def _towards(colour: Rgb, target: Rgb, surfaces: tuple[Rgb, ...], wanted: float) -> Rgb:
    """Returns `colour` moved towards `target` in steps until it has the wanted contrast on every surface."""
    for step in range(0, 101, 4):
        moved = mix(colour, target, 1 - step / 100)
        if all(contrast(moved, surface) >= wanted for surface in surfaces):
            return moved
    return target


def palette(branding: Colours) -> Palette:
    """Returns the readable colours made of a branding's; absurd choices stay recognisable, never unreadable."""
    brand = parse(branding.button_color, DEFAULT_BUTTON)
    brand_fg = readable_on(brand)
    # away from the text, so that the label only gains contrast
    away = BLACK if brand_fg == WHITE else WHITE
    tint = mix(brand, WHITE, 0.08)
    tint_strong = mix(brand, WHITE, 0.16)
    ink = _towards(brand, BLACK, (WHITE, QUIET, tint, tint_strong), TEXT_CONTRAST)
    background = parse(branding.background_color, DEFAULT_BACKGROUND)
    background_fg = INK if contrast(INK, background) >= 7 else readable_on(background)
    return Palette(
        brand=brand,
        brand_fg=brand_fg,
        brand_hover=mix(brand, away, 0.88),
        brand_active=mix(brand, away, 0.78),
        ink=ink,
        ink_hover=mix(ink, BLACK, 0.8),
        tint=tint,
        tint_strong=tint_strong,
        focus=_towards(brand, BLACK, (WHITE, QUIET), SHAPE_CONTRAST),
        background=background,
        background_fg=background_fg,
        background_muted=_towards(mix(background_fg, background, 0.66), background_fg, (background,), TEXT_CONTRAST),
        background_link=ink if contrast(ink, background) >= TEXT_CONTRAST else background_fg,
        background_line=mix(background_fg, background, 0.14),
    )


def custom_properties(branding: Colours, *, background_url: str = "") -> str:
    """Returns the text of theme.css: a `:root` rule; `background_url` is an address on the same host, or none."""
    colours = palette(branding)
    lines = [f"--dd-{name.replace('_', '-')}: {to_hex(value)};" for name, value in vars(colours).items()]
    lines += [
        f"--dd-brand-rgb: {', '.join(map(str, colours.brand))};",
        f"--dd-ink-rgb: {', '.join(map(str, colours.ink))};",
        f"--dd-top-offset: {max(0, min(1000, branding.top_offset))}px;",
    ]
    if background_url:
        address = re.sub(r"[^\w/:.?=&%+~-]", "", background_url, flags=re.ASCII)
        lines.append(f'--dd-background-image: url("{address}");')
    return ":root {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


@dataclass(frozen=True)
class _Sample:
    background_color: str = DEFAULT_BACKGROUND
    button_color: str = DEFAULT_BUTTON
    top_offset: int = 0


#: Changes when the rules above give another text for the same branding: part of theme.css's address.
REVISION = hashlib.sha256(
    (custom_properties(_Sample()) + custom_properties(_Sample("#123456", "#fedc00"))).encode()
).hexdigest()[:8]
