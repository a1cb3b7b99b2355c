"""The page of the mail box: the list, newest first, and each mail with its HTML, its text and its attachments."""

import email
import email.policy
import re
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Literal
from urllib.parse import quote

TEXTS = {
    "fr": {
        "title": "Boîte aux lettres de démonstration",
        "note": "Chaque message envoyé par la démonstration arrive ici ; rien ne part sur Internet.",
        "empty": "Aucun message pour l’instant.",
        "back": "Tous les messages",
        "from": "De",
        "to": "À",
        "date": "Date",
        "for": "Remis à",
        "html": "Message",
        "text": "Texte seul",
        "files": "Pièces jointes",
        "source": "Message complet (.eml)",
        "no_subject": "(sans objet)",
        "unit": "ko",
    },
    "en": {
        "title": "Demonstration mail box",
        "note": "Every mail that the demonstration sends lands here; nothing goes out to the Internet.",
        "empty": "No mail yet.",
        "back": "All mails",
        "from": "From",
        "to": "To",
        "date": "Date",
        "for": "Delivered to",
        "html": "Message",
        "text": "Text only",
        "files": "Attachments",
        "source": "Whole mail (.eml)",
        "no_subject": "(no subject)",
        "unit": "kB",
    },
}
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'"
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: http: https:; sandbox"
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"  # its links open; its scripts never run
PASSIVE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain", "text/calendar"}
STYLE = Path(__file__).with_name("mailbox.css")


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _body(mail: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # a charset that does not exist or does not fit
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)


def _content(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _header(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, ""))


def _date(mail: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(_header(mail, "Date")).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, TypeError):
        return ""


def _files(mail: EmailMessage) -> list[EmailMessage]:
    """Every part that is neither a container nor one of the two bodies."""
    bodies = [mail.get_body(("html",)), mail.get_body(("plain",))]
    return [
        part
        for part in mail.walk()
        if isinstance(part, EmailMessage) and not part.is_multipart() and all(part is not body for body in bodies)
    ]


class Handler(BaseHTTPRequestHandler):
    """Answers GET for the list, a mail, its HTML, one of its parts and its source."""

    server_version = "mailbox"
    sys_version = ""

    def __init__(self, folder: Path, *rest: object) -> None:
        self.folder = folder
        super().__init__(*rest)  # type: ignore[arg-type]

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Nothing: a page that is read on the same machine needs no log."""

    def do_GET(self) -> None:
        """Route by hand: five addresses do not need a framework."""
        path = self.path.partition("?")[0]
        if path == "/":
            return self._list()
        if path == "/style.css":
            return self._answer(STYLE.read_bytes(), "text/css")
        if found := re.fullmatch(r"/(\d{4,})(\.eml|/|/html|/(\d+)/[^/]*)", path):
            for file in self.folder.glob(f"{found[1]}-*.eml"):
                return self._mail(file, found[1], found[2], found[3])
        return self._answer(b"404", "text/plain", HTTPStatus.NOT_FOUND)

    def _mail(self, file: Path, number: str, what: str, index: str | None) -> None:
        if what == ".eml":
            return self._answer(file.read_bytes(), "message/rfc822", name=file.name)
        mail = _read(file)
        if what == "/":
            return self._one(mail, number)
        if what == "/html":
            return self._html(mail, number)
        files = _files(mail)
        if index is None or int(index) >= len(files):
            return self._answer(b"404", "text/plain", HTTPStatus.NOT_FOUND)
        part = files[int(index)]
        kind = part.get_content_type()
        name = "" if kind in PASSIVE_TYPES else part.get_filename() or "file"
        return self._answer(_content(part), kind if kind in PASSIVE_TYPES else "application/octet-stream", name=name)

    def _list(self) -> None:
        texts = self._texts()
        rows = []
        for file in sorted(self.folder.glob("[0-9]*-*.eml"), key=_number, reverse=True):
            mail = _read(file)
            number = file.name.partition("-")[0]
            rows.append(
                f'<li><a href="/{number}/"><span><strong>{escape(_header(mail, "Subject") or texts["no_subject"])}'
                f"</strong></span><time>{escape(_date(mail))}</time>"
                f'<span class="to">{texts["to"]} {escape(_header(mail, "Delivered-To"))}</span></a></li>'
            )
        body = f"<ol>{''.join(rows)}</ol>" if rows else f"<p>{texts['empty']}</p>"
        self._page(texts["title"], f'<h1>{texts["title"]}</h1><p class="note">{texts["note"]}</p>{body}')

    def _one(self, mail: EmailMessage, number: str) -> None:
        texts = self._texts()
        title = _header(mail, "Subject") or texts["no_subject"]
        lines = [
            (texts["from"], _header(mail, "From")),
            (texts["to"], _header(mail, "To")),
            (texts["for"], _header(mail, "Delivered-To")),
            (texts["date"], _date(mail)),
        ]
        head = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in lines if value)
        parts = [f'<p><a href="/">← {texts["back"]}</a></p><h1>{escape(title)}</h1><dl>{head}</dl>']
        if mail.get_body(("html",)) is not None:
            parts.append(f"<h2>{texts['html']}</h2>")
            parts.append(f'<iframe sandbox="{SANDBOX}" src="/{number}/html" title="{texts["html"]}"></iframe>')
        if text := _body(mail, "plain"):
            linked = re.sub(r"https?://[^\s<>\"]+", lambda url: f'<a href="{url[0]}">{url[0]}</a>', escape(text))
            parts.append(f"<h2>{texts['text']}</h2><pre>{linked}</pre>")
        if files := _files(mail):
            items = "".join(
                f'<li><a href="/{number}/{index}/{quote(_name(part), safe="")}">{escape(_name(part))}'
                f"<span>{len(_content(part)) / 1000:.1f} {texts['unit']}</span></a></li>"
                for index, part in enumerate(files)
            )
            parts.append(f"<h2>{texts['files']}</h2><ol>{items}</ol>")
        parts.append(f'<p><a href="/{number}.eml">{texts["source"]}</a></p>')
        self._page(title, "".join(parts))

    def _html(self, mail: EmailMessage, number: str) -> None:
        html = _body(mail, "html")
        for index, part in enumerate(_files(mail)):
            if identity := _header(part, "Content-ID").strip("<> "):
                html = html.replace(f"cid:{identity}", f"/{number}/{index}/{quote(_name(part), safe='')}")
        policy = MAIL_POLICY.replace("sandbox", f"sandbox {SANDBOX}")
        self._answer(('<base target="_blank">' + html).encode(), "text/html; charset=utf-8", policy=policy)

    def _texts(self) -> dict[str, str]:
        first = self.headers.get("Accept-Language", "fr").strip()[:2].lower()
        return {"lang": "fr", **TEXTS["fr"]} if first not in TEXTS else {"lang": first, **TEXTS[first]}

    def _page(self, title: str, body: str) -> None:
        page = (
            f'<!doctype html><html lang="{self._texts()["lang"]}"><head><meta charset="utf-8"><title>{escape(title)}'
            '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="stylesheet" href="/style.css"></head><body><main>{body}</main></body></html>'
        )
        self._answer(page.encode(), "text/html; charset=utf-8")

    def _answer(
        self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK, *, policy: str = PAGE_POLICY, name: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        if name:
            self.send_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}")
        self.end_headers()
        self.wfile.write(body)


def _number(file: Path) -> int:
    return int(file.name.partition("-")[0])


def _name(part: EmailMessage) -> str:
    return part.get_filename() or part.get_content_type().replace("/", ".")


def make_handler(folder: Path) -> partial[Handler]:
    """The class of handlers that show the mails of `folder`, for an `HTTPServer`."""
    return partial(Handler, folder)
