"""From a mail's words to its text and its HTML, in the firm's look.

The CSS is inlined once into a mould, for a look, a language and a text; each mail only fills one.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import css_inline
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from inscriptis import get_text
from inscriptis.model.config import ParserConfig

from mail.content import Button, MailContent, OwnBody
from mail.tags import fill_tags
from tenants.links import firm_url, public_url
from themes.css import palette, to_hex
from themes.models import Branding, current_branding

#: How many moulds a process keeps: a firm's mails in its languages, for some dozens of firms.
_MOULDS = 512
#: Stands for what is filled in; private characters, which `escape` leaves alone and which no text of ours holds.
_HOLE = "\ue000{}\ue001"
_HOLES = re.compile("\ue000([01])\ue001")
_TAG = re.compile(r'href="\{([^{}"<>]{0,60})\}"|\{([^{}\n<>]{0,60})\}')
_LEFT_EMPTY = re.compile(r"<(p|li)(?: [^>]*)?>(?:\s|<br>)*</\1>")
_NOWHERE = re.compile(r'<a href=""[^>]*>(.*?)</a>', re.DOTALL)
_ABOVE = '<p style="margin: 0 0 14px; font-size: 12px; color: #5b6779">{}</p>'
_QUOTE = (
    '<p style="margin: 0 0 14px; padding: 2px 0 2px 14px; border-left: 3px solid #d5dbe5; '
    'word-break: break-word">{}</p>'
)
_BLANKS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


class MailLook(NamedTuple):
    """What of a firm stands in each of its mails; the colours as CSS writes them."""

    site_name: str
    home: str
    logo: str
    brand: str
    on_brand: str


@dataclass(frozen=True)
class RenderedMail:
    """A mail ready to leave."""

    subject: str
    text: str
    html: str
    from_name: str


@dataclass(frozen=True)
class _Mould:
    """A mail's HTML, in pieces: what repeats, what may be missing, and around it what is always there."""

    head: str
    body: str
    facts: str
    row: str
    facts_end: str
    button: str
    foot: str


def mail_look(branding: Branding | None = None) -> MailLook:
    """Returns the look of the current firm's mails (or the platform's)."""
    look = branding or current_branding()
    home = firm_url(look.firm) if look.firm_id else public_url()
    logo = ""
    if look.firm_id and look.logo_key:
        logo = f"{home.rstrip('/')}{reverse('branding-logo', urlconf='config.urls_firm')}?v={look.version}"
    colours = palette(look)
    return MailLook(look.site_name, home, logo, to_hex(colours.brand), to_hex(colours.brand_fg))


def render_mail(content: MailContent, *, look: MailLook | None = None) -> RenderedMail:
    """Returns the mail in the look of the current firm (or of the platform), its CSS inlined."""
    look = look or mail_look()
    return RenderedMail(
        subject=" ".join(content.subject.split())[:250],
        text=_text(content, look),
        html=_html(content, look),
        from_name=" ".join(look.site_name.split()),
    )


def _html(content: MailContent, look: MailLook) -> str:
    own = content.own
    mould = _mould(look, get_language() or "", own.html if own is not None else None)
    if own is not None:
        words = _fill(mould.body, own)
    else:
        lines = [content.greeting, *content.paragraphs] if content.greeting else content.paragraphs
        words = "".join(_put(mould.body, linebreaksbr(line, autoescape=True)) for line in lines)
    pieces = [_put(mould.head, escape(content.subject))]
    pieces += [_ABOVE.format(escape(content.above))] if content.above else []
    pieces.append(words)
    pieces += [_QUOTE.format(linebreaksbr(content.quote, autoescape=True))] if content.quote else []
    if content.facts:
        rows = (_put(mould.row, escape(label), escape(value)) for label, value in content.facts)
        pieces += [mould.facts, *rows, mould.facts_end]
    if content.button:
        label, url = escape(content.button.label), escape(content.button.url)
        pieces.append(_put(mould.button, label, url))
    return "".join([*pieces, mould.foot])


def _put(piece: str, *values: str) -> str:
    return _HOLES.sub(lambda found: values[int(found[1])], piece)


def _fill(html: str, own: OwnBody) -> str:
    """Returns a firm's text with its tags filled, each once: a value is never read again."""

    def value(found: re.Match[str]) -> str:
        name = (found[1] if found[1] is not None else found[2]).strip()
        if name not in own.values:
            return found[0]
        told = escape(own.values[name])
        if found[1] is not None:
            return f'href="{told}"' if name in own.addresses else found[0]
        if name in own.addresses and told:
            return f'<a href="{told}">{told}</a>'
        return told.replace("\n", "<br>")

    filled = _TAG.sub(value, html)
    return _LEFT_EMPTY.sub("", _NOWHERE.sub(r"\1", filled))


def _text(content: MailContent, look: MailLook) -> str:
    paragraphs = content.paragraphs
    if content.own is not None:
        told = fill_tags(_plain(content.own.html), content.own.values)
        paragraphs = [_BLANKS.sub("\n\n", told).strip()]
    context = {"content": content, "paragraphs": paragraphs, "site_name": look.site_name, "home": look.home}
    return render_to_string("mail/mail.txt", context).strip() + "\n"


@lru_cache(maxsize=_MOULDS)
def _plain(html: str) -> str:
    """Returns a firm's text as plain text, its tags unfilled; links show their addresses."""
    return str(get_text(html, ParserConfig(display_links=True)))


@lru_cache(maxsize=_MOULDS)
def _mould(look: MailLook, language: str, body: str | None) -> _Mould:
    """Returns the pieces of a mail; `body`: a firm's own text with its tags, else ours; `language`: the active one."""
    first, second = _HOLE.format(0), _HOLE.format(1)
    sample = MailContent(subject=first, paragraphs=[first], facts=[(first, second)], button=Button(first, second))
    html = render_to_string(
        "mail/mail.html", {**look._asdict(), "content": sample, "own": body, "language": language, "styles": _styles()}
    )
    return _Mould(*css_inline.inline(html, load_remote_stylesheets=False).split("<!--cut-->"))


@cache
def _styles() -> str:
    return (Path(__file__).parent / "templates" / "mail" / "mail.css").read_text(encoding="utf-8")
