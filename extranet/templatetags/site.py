"""Tags of the site's pages: pictures in the right size, rich text, structured data."""

import json
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from extranet.models import SiteImage
from extranet.site_pictures import FORMATS
from themes.rich_text import clean_html

register = template.Library()
_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def site_picture(
    context: Context, code: str, sizes: str = "100vw", alt: str = "", *, first: bool = False
) -> SafeString:
    """Returns a <picture> in all formats and widths, nothing for a picture that is gone; `first` ones load at once."""
    image: SiteImage | None = context["pictures"].get(code)
    return SafeString("") if image is None else picture_html(image, sizes=sizes, alt=alt, first=first)


@register.simple_tag
def site_thumb(image: SiteImage, sizes: str = "160px") -> SafeString:
    """Returns a small <picture> for the office."""
    return picture_html(image, sizes=sizes, alt="", first=False)


def picture_html(image: SiteImage, *, sizes: str, alt: str, first: bool) -> SafeString:
    """Returns the <picture> of an image: AVIF, then WebP, then JPEG; its measure keeps the page from jumping."""
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((media, _srcset(image, ending), sizes) for ending, (_name, media) in FORMATS.items() if ending != "jpg"),
    )
    loading = 'fetchpriority="high"' if first else 'loading="lazy" decoding="async"'
    middle = image.widths[len(image.widths) // 2]
    return format_html(
        '<picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" {}></picture>',
        sources,
        _url(image, middle, "jpg"),
        _srcset(image, "jpg"),
        sizes,
        image.width,
        image.height,
        image.alt or alt,
        mark_safe(loading),  # noqa: S308 - ours
    )


def _srcset(image: SiteImage, ending: str) -> str:
    return ", ".join(f"{_url(image, width, ending)} {width}w" for width in image.widths)


def _url(image: SiteImage, width: int, ending: str) -> str:
    return reverse("site-picture", args=[image.code, width, ending])


@register.filter
def rich(text: Any) -> SafeString:
    """Returns rich text as HTML: cleaned when it was saved, and once more here."""
    return mark_safe(clean_html(str(text)))  # noqa: S308 - cleaned


@register.simple_tag
def structured_data(entries: list[dict[str, Any]]) -> SafeString:
    """Returns JSON-LD: data, which the policy for scripts lets be; no text in it can end its element."""
    texts = [json.dumps(entry, ensure_ascii=False).translate(_IN_SCRIPT) for entry in entries]
    scripts = (f'<script type="application/ld+json">{text}</script>' for text in texts)
    return mark_safe("".join(scripts))  # noqa: S308 - escaped


@register.filter
def external(address: str) -> bool:
    """Whether a link leaves the firm's host."""
    return address.startswith(("http://", "https://"))
