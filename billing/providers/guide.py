"""What a firm types for each provider, what of it is stored, and how notifications are set up there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from billing.enums import Mode, Provider
from billing.models import Credentials, ProviderAccount
from billing.providers.fields import KeyField
from billing.providers.lyra import fields as lyra
from billing.providers.paypal import fields as paypal
from billing.providers.paypal.notices import EVENTS as PAYPAL_EVENTS
from billing.providers.stripe import fields as stripe
from billing.providers.stripe.notices import EVENTS as STRIPE_EVENTS
from kernel.secrets import Secrets, unseal


@dataclass(frozen=True)
class Guide:
    """The fields of a provider's keys, the steps to set up its notifications and the events to tick."""

    fields: tuple[KeyField, ...]
    steps: tuple[str | Promise, ...]
    events: tuple[str, ...] = ()


GUIDES: Mapping[str, Guide] = {
    Provider.STRIPE: Guide(stripe.FIELDS, stripe.STEPS, STRIPE_EVENTS),
    Provider.PAYPAL: Guide(paypal.FIELDS, paypal.STEPS, PAYPAL_EVENTS),
    Provider.PAYZEN: Guide(lyra.FIELDS, lyra.STEPS),
    Provider.SYSTEMPAY: Guide(lyra.FIELDS, lyra.STEPS),
}


@dataclass(frozen=True)
class KeySet:
    """What is stored of an account's keys in one mode; of secrets their names alone."""

    mode: Mode
    columns: Mapping[str, str]
    secrets: frozenset[str]
    changed_at: datetime | None
    #: The secrets are another firm's, or the key that sealed them is lost.
    is_broken: bool
    #: Those without which nothing can be paid.
    missing: Sequence[KeyField]

    def holds(self, field: KeyField) -> bool:
        """Returns whether a value is stored."""
        return field.name in self.secrets if field.secret else bool(self.columns.get(field.column))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored."""
        return not self.secrets and not any(self.columns.values())


def key_set(account: ProviderAccount, mode: Mode, rows: Sequence[Credentials]) -> KeySet:
    """Returns what is stored for a mode, out of the account's rows; empty for a manual account."""
    row = next((row for row in rows if row.mode == mode), None) or Credentials(account=account, mode=mode)
    try:
        secrets, is_broken = unseal(row.sealed), False
    except ValueError:
        secrets, is_broken = Secrets(), True
    columns = {"identifier": row.identifier, "webhook_id": row.webhook_id}
    found = KeySet(mode, columns, frozenset(secrets), row.changed_at, is_broken, ())
    guide = GUIDES.get(account.provider)
    needed = [field for field in guide.fields if field.is_needed(uses_form=account.uses_form)] if guide else []
    missing = tuple(field for field in needed if not found.holds(field))
    return KeySet(mode, columns, found.secrets, row.changed_at, is_broken, missing)
