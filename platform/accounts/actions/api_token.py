"""Keys of programs: made, counted, revoked."""

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ApiToken, ApiWrite, Scope, User
from accounts.rules import scopes_open_to
from accounts.team_hooks import Changes, tell_key_changed
from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

PREFIX = "ddk_"
#: Calls of one key in a minute.
CALLS_A_MINUTE = 600
#: How long an answer is kept for a write that comes again.
WRITE_HOURS = 24
MOST_TOKENS = 50
_LENGTH = len(PREFIX) + 43


@dataclass(frozen=True)
class NewToken:
    """A key that was just made: `secret` is shown once and is nowhere afterwards."""

    token: ApiToken
    secret: str


@dataclass(frozen=True)
class Allowance:
    """How many calls of a key are left in the running minute, and the seconds until the next one begins."""

    limit: int
    left: int
    resets_in: int
    is_exceeded: bool


def digest_of(secret: str) -> str:
    """Returns what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(
    *,
    user: User,
    name: str,
    scopes: Sequence[str],
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
    by: User,
) -> NewToken:
    """Returns a new key of a person with its secret, which nobody can read again.

    Raises DomainError `unknown_scope` for what this person's keys cannot be used for, `bad_network`, `past_expiry` or
    `too_many_tokens`.
    """
    if not scopes or not set(scopes) <= set(scopes_open_to(user)):
        raise DomainError("unknown_scope", _("Choose at least one thing that the key may be used for."))
    if expires_at is not None and expires_at <= timezone.now():
        raise DomainError("past_expiry", _("The key would have expired already: choose a later day."))
    User.objects.select_for_update().get(pk=user.pk)
    if ApiToken.objects.filter(user=user, revoked_at__isnull=True).count() >= MOST_TOKENS:
        raise DomainError("too_many_tokens", _("There are too many keys: revoke those that nobody uses."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=digest_of(secret),
        hint=f"{secret[:8]}…",
        scopes=[scope for scope in Scope.values if scope in set(scopes)],
        networks=[tidy_network(network) for network in networks],
        expires_at=expires_at,
        created_by=str(by)[:120],
    )
    tell_key_changed(token, by=by, changes=_made(token))
    return NewToken(token, secret)


def _made(token: ApiToken) -> Changes:
    day = "" if token.expires_at is None else date_format(timezone.localdate(token.expires_at), "SHORT_DATE_FORMAT")
    return {
        _("May be used for"): ("", token.scope_labels),
        _("May come from"): ("", token.networks),
        _("Expires"): ("", day),
    }


def tidy_network(text: str) -> str:
    """Returns an address or network as it is written canonically; raises DomainError `bad_network`."""
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        message = _("“%(text)s” is neither an address nor a network such as 192.0.2.0/24.")
        raise DomainError("bad_network", message % {"text": text.strip()[:50]}) from None


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> ApiToken:
    """Returns the key, which opens nothing from now on."""
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at is None:
        locked.revoked_at, locked.revoked_by = timezone.now(), str(by)[:120]
        locked.save(update_fields=["revoked_at", "revoked_by"])
        state = (pgettext_lazy("API key", "usable"), pgettext_lazy("API key", "revoked"))
        tell_key_changed(locked, by=by, changes={_("State"): state})
    return locked


def find_token(secret: str, *, address: str) -> ApiToken | None:
    """Returns the key of a secret with its person, if it opens anything from this address now; else None."""
    if not secret.startswith(PREFIX) or len(secret) != _LENGTH:
        return None
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or not token.is_usable(timezone.now()) or not token.user.is_active:
        return None
    return token if _is_within(address, token.networks) else None


def count_call(token: ApiToken, *, address: str) -> Allowance:
    """Returns what is left of the key's calls after this one, in one statement that two calls cannot both win.

    Its commit does not wait for the disk: a crash of the database forgets a count, and nothing else.
    """
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH lazily AS (SELECT set_config('synchronous_commit', 'off', true))"
            " UPDATE accounts_apitoken"
            " SET window_count = CASE WHEN window_at = %(minute)s THEN window_count + 1 ELSE 1 END,"
            " window_at = %(minute)s, last_used_at = %(minute)s, last_address = %(address)s"
            " FROM lazily WHERE id = %(id)s RETURNING window_count",
            {"minute": minute, "address": address or None, "id": token.pk},
        )
        row = cursor.fetchone()
    done = row[0] if row else CALLS_A_MINUTE + 1
    return Allowance(
        limit=CALLS_A_MINUTE,
        left=max(0, CALLS_A_MINUTE - done),
        resets_in=60 - now.second,
        is_exceeded=done > CALLS_A_MINUTE,
    )


@periodic("17 3 * * *")
def forget_writes_everywhere() -> None:
    """Has each firm's answers to writes forgotten."""
    enqueue_daily(forget_writes)


@firm_job()
def forget_writes() -> None:
    """Removes the answers to writes that are older than a day."""
    ApiWrite.objects.filter(created_at__lt=timezone.now() - timedelta(hours=WRITE_HOURS)).delete()


def _is_within(address: str, networks: Sequence[str]) -> bool:
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in networks)
