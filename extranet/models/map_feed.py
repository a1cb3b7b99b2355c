"""A person's own address for Google Earth."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from kernel.models import FirmModel


class MapFeed(FirmModel):
    """A secret, revocable address from which Google Earth reads a person's dossiers; only the secret's hash is kept."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="map_feed")
    #: SHA-256, hexadecimal.
    token_hash = models.CharField(max_length=64)
    #: The list's filters when it was made, as a query string.
    query = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token_hash"], name="extranet_feed_token_uq"),
        ]

    def __str__(self) -> str:
        return f"feed of {self.user_id}"
