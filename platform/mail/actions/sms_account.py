"""A firm's account with a carrier of text messages, and its rules and texts."""

from collections.abc import Mapping

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import DomainError, OutsideServiceError
from kernel.secrets import seal
from mail.models import SmsAccount, SmsModel, SmsSettings
from mail.sms.enums import SmsKind
from mail.sms.providers import CARRIERS, carrier_of, keys_of
from mail.sms.providers.base import Keys

logger = structlog.get_logger(__name__)


def set_up_carrier(carrier: str, typed: Mapping[str, str]) -> SmsAccount:
    """Returns the firm's account with a carrier, in use from now on; secrets that were not typed stay as they are.

    The carrier is asked first, without sending anything; raises DomainError `refused` where it does not know the keys,
    `unavailable` where it does not answer, and nothing changes.
    """
    before = SmsAccount.objects.filter(carrier=carrier).first()
    keys = _keys(carrier, typed, before)
    try:
        credit = CARRIERS[carrier](keys).check()
    except OutsideServiceError as error:
        raise DomainError("unavailable" if error.retry else "refused", str(error)) from error
    with transaction.atomic():
        SmsAccount.objects.exclude(carrier=carrier).filter(is_active=True).update(is_active=False)
        account, _made = SmsAccount.objects.select_for_update().get_or_create(carrier=carrier)
        account.identifiers, account.sealed = dict(keys.identifiers), seal(dict(keys.secrets))
        account.is_active, account.credit, account.error = True, credit[:120], ""
        account.checked_at = timezone.now()
        account.save()
    logger.info("sms_carrier_set_up", carrier=carrier)
    return account


def _keys(carrier: str, typed: Mapping[str, str], before: SmsAccount | None) -> Keys:
    try:
        stored = keys_of(before).secrets if before is not None else {}
    except ValueError:  # sealed with a key that is lost: they are typed anew
        stored = {}
    fields = CARRIERS[carrier].FIELDS
    secrets = {one.name: typed.get(one.name) or stored.get(one.name, "") for one in fields if one.secret}
    if any(not secrets[one.name] and not one.optional for one in fields if one.secret):
        raise DomainError("missing", _("A key is missing."))
    return Keys({one.name: typed.get(one.name, "") for one in fields if not one.secret}, secrets)


def check_carrier(account: SmsAccount) -> SmsAccount:
    """Returns the account with what its carrier says is left, or why it refuses the keys."""
    error, credit = "", account.credit
    try:
        credit = carrier_of(account).check()
    except OutsideServiceError as problem:
        error = str(problem)
    except ValueError:
        error = _("The stored keys cannot be opened any more. Enter them again.")
    with transaction.atomic():
        locked = SmsAccount.objects.select_for_update().get(pk=account.pk)
        locked.error, locked.credit, locked.checked_at = error[:300], credit[:120], timezone.now()
        locked.save(update_fields=["error", "credit", "checked_at"])
    return locked


@transaction.atomic
def switch_off_sms() -> bool:
    """Returns whether an account was in use; now none is: nothing leaves any more, what waits fails."""
    return bool(SmsAccount.objects.filter(is_active=True).update(is_active=False))


@transaction.atomic
def save_sms_settings(settings: SmsSettings) -> SmsSettings:
    """Returns the saved rules."""
    settings.pk = 1
    settings.save()
    return settings


@transaction.atomic
def save_sms_model(kind: SmsKind, language: str, *, text: str, is_active: bool, user_name: str) -> SmsModel:
    """Returns the saved text of a kind in a language."""
    row, _made = SmsModel.objects.update_or_create(
        kind=kind, language=language, defaults={"text": text, "is_active": is_active, "changed_by": user_name[:120]}
    )
    return row
