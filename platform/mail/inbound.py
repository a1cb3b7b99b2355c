"""Reading a mail that came in: who wrote it, what it says, what is joined to it; whatever is wrong with it."""

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.utils import getaddresses
from typing import Any

import nh3
from inscriptis import get_text

from kernel.errors import DomainError
from mail.reply_text import reply_of

#: Of one mail: more parts than that are no letter.
MAX_PARTS, MAX_DEPTH, MAX_FILES = 200, 20, 20
#: Characters of a text, and of an HTML before it is one.
MAX_TEXT, MAX_HTML = 50_000, 1_000_000
#: What the standard library raises on parts that are no mail.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, MessageError)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
#: Codecs of Python that are no charset of a mail, some of them slow.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape"}
_TAGS = {"a", "b", "blockquote", "br", "div", "em", "h1", "h2", "h3", "i", "li", "ol", "p", "pre", "span", "strong"}
_TAGS |= {"table", "tbody", "td", "th", "tr", "u", "ul", "hr"}


@dataclass(frozen=True)
class InboundFile:
    """What was joined to a mail, under the name that the mail gives it."""

    name: str
    data: bytes


@dataclass(frozen=True)
class InboundMail:
    """A mail as its reader needs it; `sender` is one address in lower case, empty when it names none or several."""

    message_id: str
    sender: str
    text: str
    reply: str
    files: list[InboundFile]
    #: Sent by a program (RFC 3834): nobody answers it.
    is_automatic: bool
    #: Says what became of another mail (RFC 3464).
    is_report: bool


def read_mail(raw: bytes) -> InboundMail:
    """Returns what a mail says; raises DomainError `unreadable` for what is none."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        plain, html, files = "", "", []
        for part in _leaves(message):
            if _is_file(part):
                files.append(_file_of(part))
            elif part.get_content_type() == "text/plain":
                plain = f"{plain}\n{_text_of(part)}" if plain else _text_of(part)
            elif part.get_content_type() == "text/html" and not html:
                html = _text_of(part)
    except RecursionError as error:
        raise DomainError("unreadable", "the parts are nested too deeply") from error
    text = clean_text(plain if plain.strip() else text_of_html(html))
    headers = email.message_from_bytes(raw.partition(b"\r\n\r\n")[0][:100_000], policy=email.policy.compat32)
    return InboundMail(
        message_id=_message_id(headers, raw),
        sender=_sender(headers),
        text=text,
        reply=reply_of(text),
        files=files[:MAX_FILES],
        is_automatic=_is_automatic(headers),
        is_report=message.get_content_type() == "multipart/report",
    )


def text_of_html(html: str) -> str:
    """Returns the words of an HTML, which may be hostile: nothing of it is run, fetched or kept."""
    if not html:
        return ""
    safe = nh3.clean(
        html[:MAX_HTML],
        tags=_TAGS,
        attributes={},
        clean_content_tags={"script", "style", "head", "title", "noscript", "template"},
        link_rel=None,
    )
    try:
        return str(get_text(f"<html><body>{safe}</body></html>"))
    except (*_BROKEN, RecursionError):
        return nh3.clean(safe, tags=set(), attributes={})


def clean_text(text: str) -> str:
    """Returns a text without what a database or a page cannot hold, and not longer than MAX_TEXT."""
    lines = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    whole = "\n".join(line.rstrip() for line in lines).strip()
    return whole if len(whole) <= MAX_TEXT else f"{whole[:MAX_TEXT]}…"


def _leaves(message: "Message[Any, Any]") -> Iterator[EmailMessage]:
    """Yields the parts that hold something; a mail inside the mail is one of them."""
    waiting, seen = [(message, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if seen > MAX_PARTS or depth > MAX_DEPTH:
            raise DomainError("unreadable", "the mail has too many parts")
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting.extend((one, depth + 1) for one in reversed(inner) if isinstance(one, EmailMessage))
        elif isinstance(part, EmailMessage):
            yield part


def _is_file(part: EmailMessage) -> bool:
    try:
        named = part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except _BROKEN:
        named = True
    return named or part.get_content_type() not in {"text/plain", "text/html"}


def _file_of(part: EmailMessage) -> InboundFile:
    try:
        name = part.get_filename() or ""
    except _BROKEN:
        name = ""
    if not name:
        name = "message.eml" if part.get_content_maintype() == "message" else f"file.{part.get_content_subtype()}"
    name = _CONTROL.sub("", " ".join(name.split()))
    return InboundFile(name=name, data=_bytes_of(part))


def _bytes_of(part: EmailMessage) -> bytes:
    try:
        inner = part.get_payload()
        if isinstance(inner, list):
            return b"".join(bytes(one) for one in inner if isinstance(one, EmailMessage))
        data = part.get_payload(decode=True)
    except _BROKEN:
        return b""
    return data if isinstance(data, bytes) else b""


def _text_of(part: EmailMessage) -> str:
    data = _bytes_of(part)
    try:
        charset = str(part.get_content_charset("utf-8")).lower()
    except _BROKEN:
        charset = "utf-8"
    # as browsers do: who says Latin-1 means Windows'
    charset = "cp1252" if charset in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else charset
    for wanted in (charset, "utf-8") if charset not in _NO_CHARSETS else ("utf-8",):
        try:
            return data.decode(wanted)
        except _BROKEN:
            continue
    return data.decode("cp1252", errors="replace")


def _header(headers: "Message[str, str]", name: str) -> str:
    value = headers.get(name, "")
    return _CONTROL.sub("", " ".join(str(value).split()))


def _sender(headers: "Message[str, str]") -> str:
    if len(headers.get_all("From") or []) != 1:
        return ""
    found = [address for _name, address in getaddresses([_header(headers, "From")]) if address]
    return found[0].lower() if len(found) == 1 and found[0].count("@") == 1 else ""


def _message_id(headers: "Message[str, str]", raw: bytes) -> str:
    named = _header(headers, "Message-ID")
    return named if 0 < len(named) <= 250 else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _is_automatic(headers: "Message[str, str]") -> bool:
    submitted = _header(headers, "Auto-Submitted").lower()
    return (
        (submitted not in {"", "no"})
        or _header(headers, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}
        or any(headers.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "List-Id", "X-Loop"))
        or _header(headers, "Return-Path") == "<>"
    )
