"""Template tags of the look: icons, avatars, file sizes, captured blocks."""

import functools
import re
from datetime import date, datetime
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kernel.dates import day_words as words_of_day
from kernel.money import euros as euros_text
from themes.vendor import ICONS

register = template.Library()

_FILE_ICONS = {
    "pdf": "file-type-pdf",
    "application/pdf": "file-type-pdf",
    "doc": "file-type-doc",
    "docx": "file-type-docx",
    "odt": "file-text",
    "application/msword": "file-type-doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "file-type-docx",
    "xls": "file-type-xls",
    "xlsx": "file-type-xls",
    "ods": "file-spreadsheet",
    "csv": "file-type-csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "file-type-xls",
    "zip": "file-zip",
    "application/zip": "file-zip",
    "txt": "file-type-txt",
    "xml": "file-type-xml",
}
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_IMAGE_ENDINGS = {"jpg", "jpeg", "png", "gif", "webp", "heic", "tif", "tiff", "bmp"}


@functools.cache
def _icon_body(name: str) -> str:
    """Returns what stands inside an icon's <svg>; raises TemplateSyntaxError when there is no such icon."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise template.TemplateSyntaxError(f"not the name of an icon: {name!r}")
    try:
        source = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise template.TemplateSyntaxError(f"no icon {name!r} in {ICONS}") from error
    body = re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL).partition(">")[2].rpartition("</svg>")[0]
    body = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", body)
    return re.sub(r">\s+<", "><", body.strip())


@functools.lru_cache(maxsize=512)
def _icon(name: str, css_class: str, title: str) -> SafeString:
    extra = f" {css_class}" if css_class else ""
    meaning = format_html('role="img" aria-label="{}"', title) if title else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon dd-icon{}" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        extra,
        meaning,
        mark_safe(_icon_body(name)),  # noqa: S308 - the package's own drawing
    )


@register.simple_tag
def icon(name: str, title: str = "", **attrs: str) -> SafeString:
    """Returns an outline icon of Tabler Icons as inline SVG; decorative unless it has a title."""
    return _icon(name, attrs.get("class", ""), str(title))


@register.simple_tag
def file_icon(name: str, **attrs: str) -> SafeString:
    """Returns the icon for a file's name or media type."""
    kind = str(name).lower()
    ending = kind.rsplit(".", 1)[-1]
    if kind.startswith("image/") or ending in _IMAGE_ENDINGS:
        symbol = "photo"
    else:
        symbol = _FILE_ICONS.get(kind) or _FILE_ICONS.get(ending) or "file"
    return _icon(symbol, attrs.get("class", ""), "")


@register.filter
def day_words(day: date) -> str:
    """Returns a day with its name, as the page's language says it; an instant is first put into the active zone."""
    return words_of_day(localtime(day) if isinstance(day, datetime) else day)


@register.filter
def initials(name: str) -> str:
    """Returns the capitals that stand for a name: of its first two words, "?" when it has none."""
    words = [word for word in re.split(r"[\s@._-]+", name.strip()) if word[:1].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.simple_tag
def avatar(who: Any, size: str = "") -> SafeString:
    """Returns the initials of a person's or firm's name in a coloured square, always the same colour for a name."""
    name = str(who).strip()
    tone = sum(name.encode()) % 6
    sized = f" avatar-{size}" if size else ""
    return format_html(
        '<span class="avatar dd-avatar dd-tone-{}{}" aria-hidden="true">{}</span>', tone, sized, initials(name)
    )


@register.filter
def filesize(value: Any) -> str:
    """Returns a number of bytes as people read it, in the page's language: 1,8 Mo or 1.8 MB (powers of 1,024)."""
    try:
        amount = float(value)
    except (TypeError, ValueError):
        return ""
    unit = "o"
    for larger in ("Ko", "Mo", "Go", "To"):
        if abs(amount) < 1024:
            break
        amount /= 1024
        unit = larger
    amount = round(amount, 1) if unit not in ("o", "Ko") and amount < 100 else round(amount)
    digits = 0 if amount == int(amount) else 1
    number = formats.number_format(amount, decimal_pos=digits, use_l10n=True)
    text = {"o": _("%(n)s B"), "Ko": _("%(n)s KB"), "Mo": _("%(n)s MB"), "Go": _("%(n)s GB"), "To": _("%(n)s TB")}
    # a no-break space, so that the unit never stands alone on the next line
    return (text[unit] % {"n": number}).replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def undo_address(message: Any) -> str:
    """Returns the path that takes back what one of Django's messages tells of, from its tag `undo:<path>`; else ""."""
    tag = str(message.extra_tags or "")
    path = tag.removeprefix("undo:")
    return path if path != tag and path.startswith("/") and not path.startswith("//") else ""


@register.filter
def euros(value: Any) -> str:
    """Returns an amount of euros in the page's language; nothing for none."""
    return euros_text(value) if value is not None and value != "" else ""


class _CaptureNode(template.Node):
    def __init__(self, body: NodeList, name: str) -> None:
        self.nodelist = body
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308 - escaped by the nodes
        return mark_safe("")


@register.tag
def capture(parser: Parser, token: Token) -> _CaptureNode:
    """{% capture name %}…{% endcapture %}: keeps what stands between, stripped, as a variable."""
    try:
        _tag, name = token.split_contents()
    except ValueError as error:
        raise template.TemplateSyntaxError("capture takes one name") from error
    body = parser.parse(("endcapture",))
    parser.delete_first_token()
    return _CaptureNode(body, name)


@register.filter
def browser(user_agent: str) -> str:
    """Returns what a person calls the browser and system of a User-Agent header: "Firefox · Windows"."""
    found = [next((name for sign, name in table if sign in user_agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name) or _("Unknown browser")
