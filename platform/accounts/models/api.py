"""What lets programs in: tokens of a person, and the answers to writes that may come twice."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from kernel.models import CodedModel, FirmModel


class Scope(models.TextChoices):
    """What a token may be used for: never more than its person may do."""

    DOSSIERS_READ = "dossiers:read", _("Read dossiers and their files")
    DOSSIERS_WRITE = "dossiers:write", _("Send and change dossiers, their files and who sees them")
    CONTACTS_READ = "contacts:read", _("Read contacts")
    CONTACTS_WRITE = "contacts:write", _("Create and change contacts")
    ORDERS_READ = "orders:read", _("Read orders")
    ORDERS_WRITE = "orders:write", _("Create orders and move them on")
    QUOTES_READ = "quotes:read", _("Read quotes")
    QUOTES_WRITE = "quotes:write", _("Create and answer quotes")
    APPOINTMENTS_READ = "appointments:read", _("Read the calendar")
    APPOINTMENTS_WRITE = "appointments:write", _("Book, move and cancel visits")
    MESSAGES_READ = "messages:read", _("Read messages")
    MESSAGES_WRITE = "messages:write", _("Write messages")
    PAYMENTS_READ = "payments:read", _("Read payments")
    PAYMENTS_WRITE = "payments:write", _("Record payments")
    DOCUMENTS_READ = "documents:read", _("Read the firm's documents")
    SETTINGS_READ = "settings:read", _("Read settings and price lists")
    WEBHOOKS_WRITE = "webhooks:write", _("Set up webhooks")
    EXPORT = "export", _("Take all data of the firm away")


#: Of a client's own token: what clients have pages for.
CLIENT_SCOPES = (
    Scope.DOSSIERS_READ,
    Scope.ORDERS_READ,
    Scope.ORDERS_WRITE,
    Scope.QUOTES_READ,
    Scope.QUOTES_WRITE,
    Scope.APPOINTMENTS_READ,
    Scope.MESSAGES_READ,
    Scope.MESSAGES_WRITE,
    Scope.PAYMENTS_READ,
    Scope.DOCUMENTS_READ,
)


class ApiToken(CodedModel):
    """A key for a program, which acts as the person that it belongs to; only its digest is kept (decisions/0036)."""

    also_public = True

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    #: SHA-256 of the secret, which is random enough to need no salt.
    digest = models.CharField(max_length=64, editable=False)
    #: What is shown of it, so that one knows it again.
    hint = models.CharField(max_length=12, editable=False)
    scopes = ArrayField(models.CharField(max_length=24, choices=Scope), verbose_name=_("may be used for"))
    #: Addresses and networks (CIDR) that it may come from; none: all.
    networks = ArrayField(models.CharField(max_length=50), verbose_name=_("may come from"), default=list, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.CharField(max_length=120, blank=True)
    #: To the minute.
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    last_address = models.GenericIPAddressField(_("last used from"), null=True, blank=True)
    #: The minute in which calls are counted, and how many there were (actions.api_token.count_call).
    window_at = models.DateTimeField(null=True, blank=True, editable=False)
    window_count = models.PositiveIntegerField(default=0, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="accounts_token_code_uq"),
            models.UniqueConstraint(fields=["digest"], name="accounts_token_digest_uq"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        """What it may be used for, in words."""
        return [str(Scope(value).label) for value in self.scopes]

    def is_usable(self, now: datetime) -> bool:
        """Returns whether it still opens anything at that time."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class ApiWrite(FirmModel):
    """The answer to a write that named itself by an Idempotency-Key: the same key gets it again for a day.

    Without a status the write is still running, or died in the middle; after `running_until` it may be tried again.
    Source: draft-ietf-httpapi-idempotency-key-header-07.
    """

    also_public = True

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="writes", db_index=False)
    key = models.CharField(max_length=255)
    #: SHA-256 of method, path and body: the same key with another request is a mistake.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    body = models.BinaryField(default=b"", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    running_until = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="accounts_write_key_uq"),
            models.CheckConstraint(condition=~Q(key=""), name="accounts_write_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="accounts_write_created_ix"),
        ]

    def __str__(self) -> str:
        return self.key
