"""Occasional accesses: a signed link for an address without an account, and the code that proves the address."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.history import Visit, build_event
from extranet.actions.readers import in_language_of
from extranet.emails_guest import guest_code_mail, guest_link_mail
from extranet.enums import EventKind
from extranet.models import Dossier, GuestLink
from extranet.queries.guest_link import guest_token
from kernel.errors import DomainError
from kernel.tenancy import current_schema
from mail.actions.outgoing import queue_mail
from tenants.links import here_url
from themes.models import current_branding

MAX_DAYS = 365
DEFAULT_DAYS = 30
DEFAULT_USES = 10
MAX_USES = 1000
CODE_MINUTES = 10
CODE_ATTEMPTS = 5
#: The next code leaves no sooner than that after the last one.
CODE_WAIT_SECONDS = 30


@transaction.atomic
def create_guest_link(
    dossier: Dossier, *, email: str, name: str, expires_at: datetime, max_uses: int, asks_code: bool, user: User
) -> GuestLink:
    """Returns a new occasional access; the link leaves by mail in the firm's language."""
    link = GuestLink.objects.create(
        dossier=dossier,
        email=email.strip().lower(),
        name=name,
        expires_at=expires_at,
        max_uses=max_uses,
        asks_code=asks_code,
        created_by=user,
    )
    _mail_link(link, user=user)
    return link


@transaction.atomic
def send_guest_link(link: GuestLink, *, user: User) -> GuestLink:
    """Returns the link, mailed once more; raises DomainError `link_closed` when it lets nobody in any more."""
    locked = _locked(link)
    if not locked.can_be_used:
        raise _closed()
    _mail_link(locked, user=user)
    return locked


@transaction.atomic
def prolong_guest_link(link: GuestLink, *, user: User) -> GuestLink:
    """Returns the link, valid for DEFAULT_DAYS from now at least and DEFAULT_USES more uses, and mails it.

    Raises DomainError `link_closed` when it was revoked: that is final.
    """
    locked = _locked(link)
    if locked.revoked_at is not None:
        raise _closed()
    locked.expires_at = max(locked.expires_at, timezone.now() + timedelta(days=DEFAULT_DAYS))
    locked.max_uses = max(locked.max_uses, locked.uses + DEFAULT_USES)
    locked.save(update_fields=["expires_at", "max_uses"])
    _mail_link(locked, user=user)
    return locked


@transaction.atomic
def revoke_guest_link(link: GuestLink, *, user: User) -> GuestLink:
    """Returns the link, which opens nothing from now on, not even where it was opened before."""
    locked = _locked(link)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.code_hash, locked.code_expires_at = "", None
        locked.save(update_fields=["revoked_at", "code_hash", "code_expires_at"])
        build_event(locked.dossier, EventKind.LINK_REVOKED, actor=user, subject=locked.email).save()
    return locked


@transaction.atomic
def send_guest_code(link: GuestLink) -> GuestLink:
    """Returns the link, whose address gets a code for CODE_MINUTES; the former code stops working.

    Raises DomainError `link_closed`, or `code_just_sent` when the last one left less than CODE_WAIT_SECONDS ago.
    """
    locked = _locked(link)
    now = timezone.now()
    if not locked.can_be_used:
        raise _closed()
    lifetime = timedelta(minutes=CODE_MINUTES)
    last = locked.code_expires_at - lifetime if locked.code_expires_at else None
    if last is not None and now - last < timedelta(seconds=CODE_WAIT_SECONDS):
        raise DomainError("code_just_sent", _("A code has just been sent: look at your mails, spam included."))
    code = f"{secrets.randbelow(1_000_000):06d}"
    locked.code_hash, locked.code_expires_at, locked.code_attempts = _hash(locked, code), now + lifetime, 0
    locked.save(update_fields=["code_hash", "code_expires_at", "code_attempts"])
    content = guest_code_mail(locked, code=code, minutes=CODE_MINUTES)
    queue_mail(to=locked.email, content=content, kind="guest_code", confidential=True)
    return locked


def open_guest_link(link: GuestLink, *, code: str, visit: Visit) -> GuestLink:
    """Returns the link after it has let one more browser in, and writes that down.

    Raises DomainError `link_closed`, `code_wrong`, or `code_gone` when a new code must be asked for.
    """
    with transaction.atomic():
        locked = _locked(link)
        refused = _refusal(locked, code)
        if refused is None:
            _use_once(locked)
            build_event(
                locked.dossier, EventKind.LINK_OPENED, actor=None, guest=locked, visit=visit, subject=locked.email
            ).save()
    # outside: a wrong attempt is counted, whatever is raised
    if refused is not None:
        raise refused
    return locked


def guest_url(link: GuestLink) -> str:
    """Returns the full address that opens the link."""
    return here_url("guest", guest_token(link))


def _mail_link(link: GuestLink, *, user: User) -> None:
    look = current_branding()
    with in_language_of(None):
        content = guest_link_mail(link, firm_name=look.site_name, url=guest_url(link))
        queue_mail(to=link.email, content=content, kind="guest_link")
    build_event(link.dossier, EventKind.LINK_SENT, actor=user, subject=link.email).save()


def _locked(link: GuestLink) -> GuestLink:
    return GuestLink.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=link.pk)


def _use_once(link: GuestLink) -> None:
    now = timezone.now()
    GuestLink.objects.filter(pk=link.pk).update(
        uses=F("uses") + 1, last_used_at=now, code_hash="", code_expires_at=None, code_attempts=0
    )
    link.refresh_from_db(fields=["uses", "last_used_at", "code_hash", "code_expires_at", "code_attempts"])


def _refusal(link: GuestLink, code: str) -> DomainError | None:
    """Returns why a locked link does not open; counts the attempt."""
    if not link.can_be_used or link.dossier.deleted_at is not None:
        return _closed()
    if not link.asks_code:
        return None
    gone = DomainError("code_gone", _("This code no longer works: ask for a new one."))
    if not link.code_hash or link.code_expires_at is None or link.code_expires_at <= timezone.now():
        return gone
    if constant_time_compare(link.code_hash, _hash(link, code)):
        return None
    link.code_attempts += 1
    spent = link.code_attempts >= CODE_ATTEMPTS
    if spent:
        link.code_hash = ""
    link.save(update_fields=["code_attempts", "code_hash"])
    return gone if spent else DomainError("code_wrong", _("This is not the code that we sent: check it and try again."))


def _hash(link: GuestLink, code: str) -> str:
    return salted_hmac(f"guest-code.{current_schema()}.{link.code}", code, algorithm="sha256").hexdigest()


def _closed() -> DomainError:
    return DomainError("link_closed", _("This link no longer works."))
