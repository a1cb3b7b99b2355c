"""The two ways by which a firm's mails leave, each with one connection for as many mails as come in a row."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.policy import SMTP

from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend

from mail.message import message_of, own_sender, platform_sender
from mail.models import MailServer, OutgoingMail, Route
from mail.smtp import Connection, ascii_address, spec_of
from mail.troubles import ServerTroubleError, trouble_of

#: “I am going away” (RFC 5321, 4.2.2).
_CLOSING = 421


class RefusedError(Exception):
    """A server would not take this mail, whatever it does with others; `is_final` when asking again is no use."""

    def __init__(self, code: int, said: bytes | str, *, of_reader: bool) -> None:
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        self.code, self.text = code, " ".join(f"{code} {text}".split())[:500]
        self.of_reader = of_reader
        super().__init__(self.text)

    @property
    def is_final(self) -> bool:
        """Whether the server will never take it (RFC 5321, 4.2.1)."""
        return self.code >= 500


@contextmanager
def refusal_of() -> Iterator[None]:
    """Turns what smtplib says of a mail that was refused into RefusedError."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise RefusedError(code, said, of_reader=True) from error
    except smtplib.SMTPDataError as error:
        raise RefusedError(error.smtp_code, error.smtp_error, of_reader=False) from error


class Routes:
    """Connections that are opened with their first mail; `close` ends them."""

    def __init__(self) -> None:
        self._own: Connection | None = None
        self._platform: BaseEmailBackend | None = None

    def deliver(self, mail: OutgoingMail, *, route: Route, server: MailServer | None) -> None:
        """Hands a mail over; raises RefusedError for it alone, ServerTroubleError when the server takes none."""
        try:
            with refusal_of():
                if route == Route.OWN and server is not None:
                    self._by_own(mail, server)
                else:
                    self._by_platform(mail, server)
        except RefusedError as error:
            if error.code == _CLOSING:
                self.close()
            raise
        except (OSError, smtplib.SMTPException, ServerTroubleError) as error:
            self.close()
            raise trouble_of(error) from error
        except ValueError as error:  # an address that no server of today takes
            raise RefusedError(553, f"5.1.3 {error}", of_reader=True) from error

    def close(self) -> None:
        """Ends the connections; the next mail opens new ones."""
        own, platform = self._own, self._platform
        self._own = self._platform = None
        if own is not None:
            own.close()
        if platform is not None:
            with suppress(OSError, smtplib.SMTPException):
                platform.close()

    def _by_own(self, mail: OutgoingMail, server: MailServer) -> None:
        data = message_of(mail, own_sender(mail, server)).message(policy=SMTP).as_bytes()
        spec = spec_of(server)
        ascii_address(mail.to).encode("ascii")
        if self._own is None or self._own.spec != spec:
            self.close()
            opened = Connection(spec)
            # its own from now on, to be closed even if it only half opens
            self._own = opened
            opened.open()
        self._own.send(mail.to, data)

    def _by_platform(self, mail: OutgoingMail, server: MailServer | None) -> None:
        message = message_of(mail, platform_sender(mail, server))
        if self._platform is None:
            self._platform = mailers.default
            self._platform.open()
        self._platform.send_messages([message])


@contextmanager
def open_routes() -> Iterator[Routes]:
    """Gives the routes and closes what was opened."""
    routes = Routes()
    try:
        yield routes
    finally:
        routes.close()
