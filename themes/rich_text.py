"""Rich text that people type: an editor in the browser, and the few elements that we keep of what it sends."""

import re
from collections.abc import Collection
from typing import Any

import nh3
from django import forms

#: What is kept. No class, no style, no image: the look is ours, and nothing is loaded from elsewhere.
TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3"})
SCHEMES = frozenset({"http", "https", "mailto"})
_SAME_AS = {"b": "strong", "i": "em", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "div": "p"}
_OTHER_NAMES = re.compile(rf"<(/?)({'|'.join(_SAME_AS)})(?=[\s>/])", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_EMPTY = re.compile(r"<(p|h2|h3)>(?:\s|<br>|&nbsp;)*</\1>")
_WITHOUT_ADDRESS = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_NULL = "\x00"


def clean_html(html: str, *, link_tags: Collection[str] = ()) -> str:
    """Returns the paragraphs, lists, headings, bold, italics and links of some HTML, and nothing else.

    Links are absolute (http, https, mailto); besides them those of `link_tags` (`{name}`) may be an address. An address
    that is none of these goes, its words stay. Cleaning what is clean changes nothing.
    """

    def address(element: str, attribute: str, value: str) -> str | None:
        value = value.strip()
        if value.startswith("{") and value.endswith("}"):
            return value if value[1:-1].strip() in link_tags else None
        return value if _ADDRESS.fullmatch(value) else None

    known = _OTHER_NAMES.sub(lambda found: f"<{found[1]}{_SAME_AS[found[2].lower()]}", html.replace(_NULL, ""))
    cleaned = nh3.clean(
        known,
        tags=set(TAGS),
        attributes={"a": {"href"}},
        attribute_filter=address,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    # the library writes a name for no-break spaces, and for nothing else that is "&nbsp;"
    cleaned = _EMPTY.sub("", _WITHOUT_ADDRESS.sub(r"\1", cleaned)).replace("&nbsp;", "\xa0")
    return cleaned.strip(" \r\n\t")


class RichTextWidget(forms.Textarea):
    """The editor (`themes/js/rich_text.js` with `components/rich_text_*.html`); without scripts the HTML itself."""

    template_name = "themes/forms/rich_text.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Marks the field for the script."""
        super().__init__({"rows": 12, "data-rich-source": "", **(attrs or {})})


class RichTextField(forms.CharField):
    """Rich text as HTML, cleaned; `link_tags` may be links' addresses. Text that is nothing but spaces is empty."""

    widget = RichTextWidget

    def __init__(self, *, link_tags: Collection[str] = (), max_length: int = 20_000, **options: Any) -> None:
        """Remembers which tags may stand in links."""
        super().__init__(max_length=max_length, **options)
        self.link_tags = link_tags

    def clean(self, value: Any) -> str:
        """Returns the cleaned HTML; raises ValidationError when nothing is left of what is required."""
        typed = super().to_python(value) or ""
        self.run_validators(typed)  # the length of what was sent: cleaning shortens it
        return str(super().clean(clean_html(typed, link_tags=self.link_tags)))
