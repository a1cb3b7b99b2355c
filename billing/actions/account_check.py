"""Asking a provider whether an account's keys are right, and remembering what it said."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import ProviderAccount
from billing.providers import GATEWAYS, access_of
from billing.providers.base import Access, ProviderRefused, ProviderUnavailable
from kernel.errors import DomainError
from kernel.secrets import Secrets


def ask_provider(access: Access) -> None:
    """Asks the provider whether it knows these keys; raises ProviderRefused, ProviderUnavailable."""
    GATEWAYS[access.provider](access).check_credentials()


def current_access(account: ProviderAccount) -> Access | None:
    """Returns with what the account is reached now, former secrets left out; None: its secrets cannot be opened."""
    try:
        return replace(access_of(account, account.mode), former=Secrets())
    except ValueError:
        return None


def check_account(account: ProviderAccount) -> ProviderAccount:
    """Returns the account with what its provider says of its keys, in the active language.

    The provider is asked outside any transaction. That it does not answer says nothing of keys that were right before.
    Raises DomainError(changed_meanwhile) where the answer is about keys that are no longer the account's.
    """
    asked = current_access(account)
    error, is_down = "", False
    if asked is None:
        error = _("The stored keys cannot be opened any more. Enter them again.")
    else:
        try:
            ask_provider(asked)
        except ProviderUnavailable as problem:
            error, is_down = str(problem), True
        except ProviderRefused as problem:
            error = str(problem)
    with transaction.atomic():
        locked = ProviderAccount.objects.select_for_update().get(pk=account.pk)
        if current_access(locked) != asked:
            raise DomainError("changed_meanwhile", _("The keys were changed meanwhile. Check them once more."))
        if not is_down:
            locked.verified_at = None if error else timezone.now()
        locked.verify_error = error[:300]
        locked.save(update_fields=["verified_at", "verify_error"])
    return locked
