"""The occasional accesses of a dossier, and what their addresses hold."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from extranet.models import Dossier, GuestLink
from kernel.signing import BadSignature, sign, unsign

_PURPOSE = "guest"
#: The row says until when a link works; this only has to be longer than any link is prolonged.
_TOKEN_SECONDS = int(timedelta(days=3650).total_seconds())

OPEN, USED_UP, EXPIRED, REVOKED = "open", "used", "expired", "revoked"


@dataclass(frozen=True)
class GuestRow:
    """An occasional access as the firm sees it; `token` makes its address."""

    link: GuestLink
    state: str
    token: str

    @property
    def is_open(self) -> bool:
        """Whether it still lets somebody in."""
        return self.state == OPEN

    @property
    def is_revoked(self) -> bool:
        """Whether the firm took it back, which is final."""
        return self.state == REVOKED


def guest_state(link: GuestLink) -> str:
    """Returns where a link stands: OPEN, or why it lets nobody in any more."""
    if link.revoked_at is not None:
        return REVOKED
    if link.expires_at <= timezone.now():
        return EXPIRED
    return OPEN if link.uses < link.max_uses else USED_UP


def guest_token(link: GuestLink) -> str:
    """Returns what stands in the link's address: signed, and worth something in its own firm only."""
    return sign(link.code, purpose=_PURPOSE)


def link_of_token(token: str) -> GuestLink | None:
    """Returns the link of an address, with its dossier, in whatever state; None when the address is forged."""
    try:
        code = unsign(token, purpose=_PURPOSE, max_age=_TOKEN_SECONDS)
    except BadSignature:
        return None
    return GuestLink.objects.select_related("dossier").filter(code=code).first()


def guest_links_of(dossier: Dossier) -> list[GuestRow]:
    """Returns the occasional accesses of a dossier, the newest first: one query."""
    links = GuestLink.objects.filter(dossier=dossier).order_by("-created_at", "-id")
    return [GuestRow(link, guest_state(link), guest_token(link)) for link in links]


def usable_guest_links(dossier: Dossier) -> list[GuestLink]:
    """Returns those that let somebody in, the oldest first."""
    links = GuestLink.objects.filter(dossier=dossier, revoked_at__isnull=True).order_by("id")
    return [link for link in links if link.can_be_used]
