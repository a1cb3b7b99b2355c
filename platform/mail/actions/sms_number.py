"""What the readers of numbers agreed to, and taking them out of what was sent."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from mail.models import OutgoingSms, SmsConsent, StoppedNumber
from mail.sms.enums import WAITING, SmsState
from mail.sms.queries import sms_of_contact


@transaction.atomic
def note_consent(number: str, *, given_on: date, how: str, noted_by: str) -> SmsConsent:
    """Returns the noted consent of a number (E.164); raises DomainError `stopped`: STOP is only its reader's to end."""
    if StoppedNumber.objects.filter(number=number).exists():
        raise DomainError("stopped", _("The reader of this number said STOP: it is never written to again."))
    row, _made = SmsConsent.objects.update_or_create(
        number=number, defaults={"given_on": given_on, "how": how[:160], "noted_by": noted_by[:120]}
    )
    return row


@transaction.atomic
def withdraw_consent(number: str) -> bool:
    """Returns whether there was a consent to take back."""
    count, _by_model = SmsConsent.objects.filter(number=number).delete()
    return bool(count)


@transaction.atomic
def erase_sms(contact_code: str, numbers: Iterable[str]) -> int:
    """Returns how many messages to a contact were blanked; those that waited are not sent any more.

    That a number is stopped stays: without it, it could be written to again (GDPR, article 17(3)(b)).
    """
    kept = [number for number in numbers if number]
    found = sms_of_contact(contact_code, kept)
    keys = list(
        OutgoingSms.objects.select_for_update().filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True)
    )
    rows = OutgoingSms.objects.filter(pk__in=keys)
    rows.filter(state__in=WAITING).update(state=SmsState.FAILED)
    SmsConsent.objects.filter(number__in=kept).delete()
    return rows.update(to="", text="", about="", error="", contact_code="")
