"""Of the text of an answer by mail, what was written: without what it quotes and without the signature."""

import re
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from mailparser_reply.parser import EmailMessage as QuotedMail

#: Of a text, how many characters are looked at: the patterns that find quotes are slow on what is no letter.
MAX_TEXT = 10_000
_LANGUAGES = ["fr", "en", "de", "es", "it", "nl"]
#: Mail programs break the line that introduces a quote.
_BROKEN_HEAD = re.compile(
    r"^(?P<head>[> ]*(?:Le|On|Am|El|Il|Op)\s[^\n]{6,200}?)[ ]*\n[> ]*"
    r"(?P<tail>[^\n]{0,200}(?:a écrit|wrote|schrieb[^\n:]*|escribió|ha scritto|schreef[^\n:]*)[ ]?:)[ ]*$",
    re.MULTILINE,
)
#: The block of French programs; the library wants plain spaces and no stars.
_FRENCH_HEAD = re.compile(r"^[> ]*\*?(De|Envoyé|À|A|Objet|Date|Cc)\*?[ ]?:\*?[ ]*", re.MULTILINE)
#: Above the block of Outlook and of Orange's web mail.
_RULES = re.compile(
    r"^[> ]*(?:_{20,}|-{3,} ?(?:Message d'origine|Message original|Original Message|Message transféré) ?-{3,}"
    r"|Message du \d\d/\d\d/\d\d(?:\d\d)? \d\d:\d\d)[ ]*$",
    re.MULTILINE | re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"^(?:Envoyé (?:de|depuis) mon |Envoyé à partir de |Envoyé avec |Télécharger Outlook "
    r"|Sent from my |Get Outlook for )[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
#: The library's patterns take ever longer with the length of a line: longer ones are folded, then joined again.
_JOINT = "\ue000\n\ue001"
_FOLD = rf"\g<0>{_JOINT}"
_LONG = re.compile(r"[^\n]{300}(?=[^\n])")
_RUNS = re.compile(r"[ \t\x0b\x0c]{3,}")
_SPACES = {ord(space): " " for space in "\u00a0\u202f\u2007\u2009"}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\ue000\ue001"))
_EMPTY_LINES = re.compile(r"\n{3,}")


def answer_line() -> str:
    """Returns the line above which an answer is written, in the active language."""
    return gettext("--- reply above this line ---")


def reply_of(text: str) -> str:
    """Returns what the writer of an answer added; the whole text where nothing of it would be left."""
    plain = text[:MAX_TEXT].translate(_SPACES).translate(_INVISIBLE).replace("\r\n", "\n")
    plain = _EMPTY_LINES.sub("\n\n", "\n".join(_RUNS.sub("  ", line).rstrip() for line in plain.split("\n")))
    for line in _answer_lines():
        plain = plain.partition(line)[0]
    plain = _BROKEN_HEAD.sub(r"\g<head> \g<tail>", plain)
    rule = _RULES.search(plain)
    if rule is not None:
        plain = plain[: rule.start()]
    plain = _FRENCH_HEAD.sub(r"\1 : ", plain)
    plain = _cut_at_head(plain)
    mail = QuotedMail(text=_LONG.sub(_FOLD, plain), languages=list(_LANGUAGES), keep_hyphen_lists=True).read()
    body = mail.replies[0].body.replace(_JOINT, "") if mail.replies else ""
    kept = [line for line in body.split("\n") if not line.startswith(">")]
    reply = _EMPTY_LINES.sub("\n\n", _SENT_FROM.sub("", "\n".join(kept))).strip()
    return reply or _EMPTY_LINES.sub("\n\n", text[:MAX_TEXT]).strip()


def _cut_at_head(text: str) -> str:
    """Returns the text up to three lines in a row that name sender, date, receiver or subject in French."""
    lines = text.split("\n")
    run = 0
    for rank, line in enumerate(lines):
        run = run + 1 if re.match(r"(De|Envoyé|À|A|Objet|Date|Cc) : ", line) else 0
        if run == 3:
            return "\n".join(lines[: rank - 2])
    return text


@cache
def _answer_lines() -> tuple[str, ...]:
    lines = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            lines.add(answer_line())
    return tuple(sorted(lines))
