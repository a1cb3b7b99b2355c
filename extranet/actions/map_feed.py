"""A person's secret address for Google Earth."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.models import MapFeed
from kernel.errors import DomainError

#: Characters of a query string.
MAX_QUERY = 500


@transaction.atomic
def create_feed(user: User, *, query: str) -> tuple[MapFeed, str]:
    """Returns the person's only feed, with these filters, and its secret, which is nowhere else; a former one ends.

    Raises DomainError `filters_too_long` over MAX_QUERY.
    """
    if len(query) > MAX_QUERY:
        raise DomainError("filters_too_long", _("These filters are too long for an address: search for fewer words."))
    token = secrets.token_urlsafe(32)
    feed, _created = MapFeed.objects.update_or_create(
        user=user,
        defaults={
            "token_hash": hash_token(token),
            "query": query,
            "created_at": timezone.now(),
            "last_used_at": None,
        },
    )
    return feed, token


def revoke_feed(user: User) -> bool:
    """Ends the person's feed; returns whether there was one."""
    return bool(MapFeed.objects.filter(user=user).delete()[0])


def use_feed(token: str) -> MapFeed | None:
    """Returns the feed of a secret with its person, noted as used; None when there is none for anybody active."""
    feed = MapFeed.objects.select_related("user").filter(token_hash=hash_token(token), user__is_active=True).first()
    if feed is not None:
        feed.last_used_at = timezone.now()
        feed.save(update_fields=["last_used_at"])
    return feed


def hash_token(token: str) -> str:
    """Returns what is kept of a secret; it has 256 bits of chance, so that a plain hash is enough."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def is_feed_of(user: User, token: str) -> bool:
    """Returns whether this is the secret of the person's present feed."""
    return MapFeed.objects.filter(user=user, token_hash=hash_token(token)).exists()
