"""What went wrong between us and a mail server, for programs and in the reader's words."""

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.reach import PrivateHostError
from mail.models import Trouble

_WORDS: Mapping[str, Promise] = {
    Trouble.NO_HOST: _("No server has this name. Check its spelling."),
    Trouble.PRIVATE: _("This server lies in a private network: it cannot be reached from here."),
    Trouble.HANGS: _("The server does not answer. Check its name and port; some hosts close port 25."),
    Trouble.REFUSES: _("The server refuses the connection on this port."),
    Trouble.CLOSED: _("The server closed the connection."),
    Trouble.TLS_WANTED: _("The server wants an encrypted connection: choose TLS or STARTTLS."),
    Trouble.TLS_OTHER: _("This port is encrypted otherwise: 465 usually goes with TLS, 587 and 25 with STARTTLS."),
    Trouble.NO_STARTTLS: _("The server does not offer STARTTLS on this port. Try TLS on port 465."),
    Trouble.CERTIFICATE: _(
        "The server's certificate is not valid for this name. Check the name; only if you trust the server, switch the "
        "check off."
    ),
    Trouble.LOGIN_WANTED: _("The server wants a login and a password."),
    Trouble.LOGIN_REFUSED: _(
        "The server refuses the login or the password. Some hosts want a password for applications."
    ),
    Trouble.FROM_REFUSED: _("The server refuses the sender's address. Use one that belongs to the login."),
    Trouble.BUSY: _("The server takes no mail for the moment."),
    Trouble.UNREADABLE: _("The stored password cannot be opened any more. Enter it again."),
    Trouble.OTHER: _("The server answered something unexpected."),
}
_ERRNO = re.compile(r"^\[(Errno -?\d+|SSL[^\]]*)\] ")
_AUTH_REQUIRED, _TEMPORARY_BELOW = 530, 500


class ServerTroubleError(Exception):
    """A mail server did not do its work; `trouble` is a `Trouble`, `detail` the server's own words."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble, self.detail = trouble, " ".join(detail.split())[:300]


def words_of_trouble(trouble: str) -> str:
    """Returns what a reader is told, in the active language; empty for none."""
    return str(_WORDS[trouble]) if trouble in _WORDS else ""


def trouble_of(error: Exception) -> ServerTroubleError:
    """Returns what an error of a socket, of TLS or of SMTP means."""
    if isinstance(error, ServerTroubleError):
        return error
    if isinstance(error, smtplib.SMTPResponseException):
        return _of_answer(error)
    detail = _ERRNO.sub("", str(error))
    kinds: list[tuple[type[Exception], Trouble]] = [
        (PrivateHostError, Trouble.PRIVATE),
        (ssl.SSLCertVerificationError, Trouble.CERTIFICATE),
        (ssl.SSLError, Trouble.TLS_OTHER),
        (TimeoutError, Trouble.HANGS),
        (socket.gaierror, Trouble.NO_HOST),
        (UnicodeError, Trouble.NO_HOST),
        (smtplib.SMTPServerDisconnected, Trouble.HANGS if "timed out" in detail else Trouble.CLOSED),
        (smtplib.SMTPNotSupportedError, Trouble.NO_STARTTLS if "STARTTLS" in detail else Trouble.TLS_WANTED),
        (ConnectionRefusedError, Trouble.REFUSES),
        (ConnectionError, Trouble.CLOSED),
        (OSError, Trouble.REFUSES),
    ]
    trouble = next((trouble for kind, trouble in kinds if isinstance(error, kind)), Trouble.OTHER)
    return ServerTroubleError(trouble, detail)


def _of_answer(error: smtplib.SMTPResponseException) -> ServerTroubleError:
    said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else str(error.smtp_error)
    detail = f"{error.smtp_code} {said}"
    if error.smtp_code == _AUTH_REQUIRED:
        wants_tls = "tls" in said.lower()
        return ServerTroubleError(Trouble.TLS_WANTED if wants_tls else Trouble.LOGIN_WANTED, detail)
    if error.smtp_code < _TEMPORARY_BELOW:
        return ServerTroubleError(Trouble.BUSY, detail)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return ServerTroubleError(Trouble.LOGIN_REFUSED, detail)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return ServerTroubleError(Trouble.FROM_REFUSED, detail)
    return ServerTroubleError(Trouble.OTHER, detail)
