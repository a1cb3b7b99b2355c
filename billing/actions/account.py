"""A firm's means of payment: added, changed, offered, put in order, taken away.

Keys that clients pay with are only ever replaced by keys that the provider knows (billing.actions.account_check).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.actions.account_check import ask_provider, current_access
from billing.enums import Method, Mode, Provider
from billing.models import Credentials, ProviderAccount
from billing.models.provider_account import new_token
from billing.providers.base import Access, ProviderRefused, ProviderUnavailable
from billing.providers.guide import key_set
from extranet.models import PortalSettings
from kernel.errors import DomainError
from kernel.secrets import Secrets, seal, unseal

_NEEDS_INSTRUCTIONS = gettext_lazy("Tell clients how to pay first: the bank details, or the order of the cheque.")
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AccountValues:
    """What a firm decides about a means of payment, its keys apart."""

    label: str
    instructions: str = ""
    mode: Mode = Mode.TEST
    manual_method: str = ""
    brand: str = ""
    uses_form: bool = False


@dataclass(frozen=True)
class TypedKeys:
    """Keys of one mode that were typed: identifiers by their column, secrets by name; what is not there stays."""

    columns: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@contextmanager
def changing_means() -> Iterator[None]:
    """Lets one change of means of payment happen at a time, and keeps PortalSettings.online_payment true to them."""
    with transaction.atomic():
        settings = PortalSettings.objects.select_for_update().get(pk=1)
        yield
        offered = ProviderAccount.objects.filter(is_active=True, deleted_at__isnull=True)
        online = offered.exclude(provider=Provider.MANUAL).exists()
        if settings.online_payment != online:
            settings.online_payment = online
            settings.save(update_fields=["online_payment"])


def add_account(provider: str, values: AccountValues, typed: Mapping[Mode, TypedKeys]) -> ProviderAccount:
    """Returns a new means of payment at the end of the list, not offered yet."""
    with changing_means():
        last = ProviderAccount.objects.filter(deleted_at__isnull=True).aggregate(last=Max("position"))["last"]
        account = ProviderAccount(provider=provider, position=(last or 0) + 1)
        _take_over(account, values)
        account.save()
        for mode, keys in typed.items():
            _save_keys(account, mode, keys)
    logger.info("means_of_payment_added", account=account.code, provider=provider)
    return account


def edit_account(
    account: ProviderAccount, values: AccountValues, typed: Mapping[Mode, TypedKeys]
) -> tuple[ProviderAccount, bool]:
    """Returns the changed means of payment, and whether it is reached otherwise than before.

    One that clients pay with is changed only if the provider accepts what it will be reached with, else DomainError
    (keys_refused) is raised and everything stays as it was. Of others, keys that changed are to be checked anew.
    """
    wanted = _access_after(account, values, typed)
    is_checked = False
    if account.is_active and wanted is not None and wanted != current_access(account):
        _check(wanted)
        is_checked = True
    with changing_means():
        locked = _lock(account)
        before = current_access(locked)
        _take_over(locked, values)
        for mode, keys in typed.items():
            _save_keys(locked, mode, keys)
        locked.save()
        after = current_access(locked)
        if after == before:
            if locked.is_manual and locked.is_active and _lacks_instructions(locked):
                raise DomainError("not_ready", _NEEDS_INSTRUCTIONS)
            return locked, False
        locked.verified_at = timezone.now() if is_checked and after == wanted else None
        locked.verify_error = ""
        # offered meanwhile, with keys that nobody has checked
        locked.is_active = locked.is_active and locked.verified_at is not None
        locked.save(update_fields=["verified_at", "verify_error", "is_active"])
    logger.info("keys_of_payment_changed", account=account.code, mode=locked.mode)
    return locked, True


def switch_account(account: ProviderAccount, *, offered: bool) -> ProviderAccount:
    """Returns the means of payment, now offered to clients or not.

    Raises DomainError(not_ready): keys of its mode are missing or were not checked, or clients are not told how to pay.
    """
    with changing_means():
        locked = _lock(account)
        if offered:
            _be_ready(locked)
        locked.is_active = offered
        locked.save(update_fields=["is_active"])
    logger.info("means_of_payment_offered", account=account.code, offered=offered)
    return locked


def move_account(account: ProviderAccount, *, up: bool) -> None:
    """Moves a means of payment one place up or down in the order in which clients see them."""
    with changing_means():
        accounts = list(ProviderAccount.objects.filter(deleted_at__isnull=True))
        place = next((rank for rank, one in enumerate(accounts) if one.pk == account.pk), None)
        other = None if place is None else place + (-1 if up else 1)
        if place is None or other is None or not 0 <= other < len(accounts):
            return
        accounts[place], accounts[other] = accounts[other], accounts[place]
        for position, one in enumerate(accounts, 1):
            if one.position != position:
                one.position = position
                one.save(update_fields=["position"])


def delete_account(account: ProviderAccount) -> None:
    """Takes a means of payment away: its payments stay, and go on being confirmed and refunded with its keys."""
    with changing_means():
        there = ProviderAccount.objects.filter(pk=account.pk, deleted_at__isnull=True)
        if not there.update(is_active=False, deleted_at=timezone.now()):
            return
    logger.info("means_of_payment_deleted", account=account.code)


@transaction.atomic
def renew_token(account: ProviderAccount) -> ProviderAccount:
    """Returns the account with a new address for notifications: nobody is heard at the former one any more."""
    locked = _lock(account)
    locked.token = new_token()
    locked.last_notified_at = locked.last_rejected_at = None
    locked.save(update_fields=["token", "last_notified_at", "last_rejected_at"])
    logger.info("notification_address_renewed", account=account.code)
    return locked


def _lock(account: ProviderAccount) -> ProviderAccount:
    found = ProviderAccount.objects.select_for_update().filter(pk=account.pk, deleted_at__isnull=True).first()
    if found is None:
        raise DomainError("account_gone", _("This means of payment was deleted meanwhile."))
    return found


def _take_over(account: ProviderAccount, values: AccountValues) -> None:
    account.label, account.instructions = values.label, values.instructions
    if account.is_manual:
        account.mode, account.manual_method = Mode.LIVE, values.manual_method
    else:
        account.mode, account.brand, account.uses_form = values.mode, values.brand, values.uses_form


def _save_keys(account: ProviderAccount, mode: Mode, typed: TypedKeys) -> None:
    """Writes what was typed; secrets that are replaced are kept aside, for notifications are still signed with them."""
    row = Credentials.objects.filter(account=account, mode=mode).first() or Credentials(account=account, mode=mode)
    kept = _opened(row)
    merged = {**(kept or {}), **typed.secrets}
    columns = {name: value for name, value in typed.columns.items() if getattr(row, name) != value}
    if not columns and (merged == kept if kept is not None else not typed.secrets):
        return
    for name, value in columns.items():
        setattr(row, name, value)
    if kept is None:  # what nobody can open must not stand in the way of what is new
        row.sealed_before = ""
    elif kept and kept != merged:
        row.sealed_before = row.sealed
    if typed.secrets:
        row.sealed = seal(merged)
    row.changed_at = timezone.now()
    row.save()


def _opened(row: Credentials) -> Secrets | None:
    try:
        return unseal(row.sealed)
    except ValueError:
        return None


def _access_after(account: ProviderAccount, values: AccountValues, typed: Mapping[Mode, TypedKeys]) -> Access | None:
    """Returns with what an account would be reached; None for a manual one."""
    if account.is_manual:
        return None
    row = Credentials.objects.filter(account=account, mode=values.mode).first() or Credentials(account=account)
    keys = typed.get(values.mode, TypedKeys())
    return Access(
        provider=account.provider,
        live=values.mode == Mode.LIVE,
        identifier=keys.columns.get("identifier", row.identifier),
        secrets=Secrets({**(_opened(row) or {}), **keys.secrets}),
        webhook_id=keys.columns.get("webhook_id", row.webhook_id),
        brand=values.brand,
        uses_form=values.uses_form,
    )


def _check(access: Access) -> None:
    try:
        ask_provider(access)
    except (ProviderUnavailable, ProviderRefused) as error:
        text = _("Nothing was changed, clients go on paying as before: %(reason)s") % {"reason": error}
        raise DomainError("keys_refused", text) from error


def _be_ready(account: ProviderAccount) -> None:
    if account.is_manual:
        if _lacks_instructions(account):
            raise DomainError("not_ready", _NEEDS_INSTRUCTIONS)
        return
    keys = key_set(account, Mode(account.mode), list(account.credentials.all()))
    if keys.missing or keys.is_broken:
        raise DomainError("not_ready", _("Enter the keys of its mode first."))
    if account.verified_at is None:
        raise DomainError("not_ready", _("Have its keys checked first."))


def _lacks_instructions(account: ProviderAccount) -> bool:
    return account.manual_method != Method.CASH and not account.instructions.strip()
