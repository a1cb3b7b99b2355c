"""The addresses that are told of events: set up, changed, their secret renewed."""

import socket
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.setting_change import Changes, record_changes
from extranet.actions.webhook_delivery import switch_off
from extranet.enums_webhook import OffReason
from extranet.models import WebhookEndpoint
from extranet.models.webhook import URL_LENGTH
from extranet.webhook_kinds import KINDS, kind_label
from extranet.webhook_sending import CURRENT, PREVIOUS, new_secret
from kernel.errors import DomainError
from kernel.reach import PrivateHostError, addresses_of
from kernel.secrets import seal, unseal

#: Of one firm.
MOST_ENDPOINTS = 20
#: How long the secret before the present one still signs.
OVERLAP = timedelta(hours=24)
_PAGE = "webhook-list"


def create_endpoint(*, url: str, description: str = "", kinds: Sequence[str], by: User) -> tuple[WebhookEndpoint, str]:
    """Returns a new address and its secret, which is shown this once.

    Raises DomainError `too_many`, `unknown_event`, and as checked_address does.
    """
    # before the transaction: a name server may take its time
    address, wanted, secret = checked_address(url), _checked_kinds(kinds), new_secret()
    with transaction.atomic():
        if WebhookEndpoint.objects.count() >= MOST_ENDPOINTS:
            text = _("There are %(count)s webhooks, the most there may be.") % {"count": MOST_ENDPOINTS}
            raise DomainError("too_many", text)
        endpoint = WebhookEndpoint.objects.create(
            url=address,
            description=description,
            kinds=wanted,
            sealed=seal({CURRENT: secret}),
            created_by=by,
            created_by_name=str(by)[:120],
        )
        record_changes({_("Webhook"): ("", endpoint.url)}, page=_PAGE, by=by, subject=str(endpoint))
    return endpoint, secret


def edit_endpoint(
    endpoint: WebhookEndpoint, *, url: str, description: str, kinds: Sequence[str], by: User
) -> WebhookEndpoint:
    """Returns the changed address; what waits goes to the new one. Raises DomainError as create_endpoint does."""
    # before the transaction, and not where it stays as it is: its server may be away just now
    address = checked_address(url) if url.strip() != endpoint.url else endpoint.url
    wanted = _checked_kinds(kinds)
    with transaction.atomic():
        locked = _lock(endpoint)
        before = (locked.url, locked.description, _labels(locked.kinds))
        if address != locked.url:
            # what another address did is no fault of this one
            locked.url, locked.failing_since, locked.failures, locked.paused_until = address, None, 0, None
        locked.description, locked.kinds = description, wanted
        locked.save()
        after = (locked.url, locked.description, _labels(locked.kinds))
        names = (_("Address"), _("Description"), _("Events"))
        changes: Changes = {name: (old, new) for name, old, new in zip(names, before, after, strict=True)}
        record_changes(changes, page=_PAGE, by=by, subject=str(locked))
    return locked


@transaction.atomic
def switch_endpoint(endpoint: WebhookEndpoint, *, is_active: bool, by: User) -> WebhookEndpoint:
    """Returns the address, switched on with a clean bill of health, or off: what waits for it has failed then."""
    locked = _lock(endpoint)
    if locked.is_active == is_active:
        return locked
    if is_active:
        locked.is_active, locked.off_reason, locked.off_at = True, "", None
        locked.failing_since, locked.failures, locked.paused_until = None, 0, None
        locked.save()
    else:
        switch_off(locked, reason=OffReason.PERSON)
    record_changes({_("Active"): (not is_active, is_active)}, page=_PAGE, by=by, subject=str(locked))
    return locked


@transaction.atomic
def rotate_secret(endpoint: WebhookEndpoint, *, by: User) -> tuple[WebhookEndpoint, str]:
    """Returns the address and its new secret, which is shown this once; the former one signs too for OVERLAP."""
    locked, secret = _lock(endpoint), new_secret()
    try:
        former = unseal(locked.sealed).get(CURRENT, "")
    except ValueError:
        former = ""
    locked.sealed = seal({CURRENT: secret} | ({PREVIOUS: former} if former else {}))
    locked.previous_until = timezone.now() + OVERLAP if former else None
    locked.save(update_fields=["sealed", "previous_until"])
    record_changes({_("Secret"): ("", _("renewed"))}, page=_PAGE, by=by, subject=str(locked))
    return locked, secret


@transaction.atomic
def delete_endpoint(endpoint: WebhookEndpoint, *, by: User) -> None:
    """Deletes an address with what became of events there."""
    locked = _lock(endpoint)
    record_changes({_("Webhook"): (locked.url, "")}, page=_PAGE, by=by, subject=str(locked))
    locked.delete()


def checked_address(url: str) -> str:
    """Returns an address in its plain form, its host in small letters and IDNA.

    Raises DomainError `bad_address`, `not_https`, `unknown_host` or `private_address`: what its name leads to is
    looked at now for whoever types it, and again at each connection.
    """
    parts = _split(url.strip())
    port = f":{parts.port}" if parts.port is not None else ""
    host = _host_of(parts)
    literal = f"[{host}]" if ":" in host else host
    plain = urlunsplit((parts.scheme.lower(), f"{literal}{port}", parts.path or "/", parts.query, ""))
    if len(plain) > URL_LENGTH:
        raise _bad()
    allow_private: bool = settings.WEBHOOK_ALLOW_PRIVATE_HOSTS
    try:
        addresses_of(host, parts.port or 443, allow_private=allow_private)
    except PrivateHostError as error:
        text = _("This address leads into a private network: it cannot be told of anything.")
        raise DomainError("private_address", text) from error
    except (socket.gaierror, UnicodeError) as error:
        raise DomainError("unknown_host", _("There is no server of this name. Check its spelling.")) from error
    return plain


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise _bad() from error
    if parts.scheme.lower() not in {"https", "http"} or not is_address:
        raise _bad()
    if not url.isascii() and not (parts.path + parts.query).isascii():
        raise _bad()
    if any(char.isspace() or not char.isprintable() or char == "\\" for char in url):
        raise _bad()
    if parts.scheme.lower() == "http" and not settings.WEBHOOK_ALLOW_PRIVATE_HOSTS:
        raise DomainError("not_https", _("The address must begin with https://: events do not travel in clear."))
    if "@" in parts.netloc or parts.fragment:
        text = _("The address may hold neither a name and password before the host nor a part after “#”.")
        raise DomainError("bad_address", text)
    return parts


def _host_of(parts: SplitResult) -> str:
    try:
        return punycode((parts.hostname or "").rstrip("."))
    except UnicodeError as error:
        raise _bad() from error


def _bad() -> DomainError:
    return DomainError("bad_address", _("This is no address: write it like https://software.example/diagdesk."))


def _checked_kinds(kinds: Sequence[str]) -> list[str]:
    """Returns the events in the order of their table; raises DomainError `unknown_event`, also for none at all."""
    if not kinds or not set(kinds) <= set(KINDS):
        raise DomainError("unknown_event", _("Choose at least one event."))
    return [key for key in KINDS if key in set(kinds)]


def _labels(kinds: Sequence[str]) -> list[str]:
    return [kind_label(kind) for kind in kinds]


def _lock(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
