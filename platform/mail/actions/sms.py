"""Text messages: queued in the transaction of their cause, sent once, held until the hour at which they may leave."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import DomainError, OutsideServiceError
from kernel.jobs import firm_job
from kernel.tenancy import current_schema
from mail.models import OutgoingSms, SmsAccount, SmsConsent, SmsSettings, StoppedNumber
from mail.sms.enums import REMINDER_KINDS, WAITING, Encoding, SmsKind, SmsState
from mail.sms.hours import next_allowed
from mail.sms.length import measure, plain
from mail.sms.numbers import Mobile, mobile_of
from mail.sms.providers import carrier_of
from mail.sms.providers.base import CarrierUnavailable, NumberStopped, Parcel
from mail.sms.queries import active_account, sms_settings, text_for
from mail.sms.texts import LONGEST_SENT, fill_text, with_signature
from tenants.links import here_url

logger = structlog.get_logger(__name__)

#: How long after each attempt the next one waits, in seconds; after the last one it has failed.
WAITS = (60, 300, 900, 3_600, 10_800)
#: Clocks differ: a job that comes so much too early is its own.
_EARLY = timedelta(seconds=30)


@dataclass(frozen=True)
class SmsOrder:
    """A text message that something asks for."""

    kind: SmsKind
    phone: str
    language: str
    #: By the names of the kind's tags (mail.sms.texts.TAGS).
    values: Mapping[str, str]
    contact_code: str = ""
    about: str = ""
    #: What is about it and still waits is dropped by drop_waiting.
    topic: str = ""
    expires_at: datetime | None = None
    #: Whose public holidays count for a mainland number (holidays' subdivision of France).
    region: str = ""
    sent_by: str = ""


@transaction.atomic
def queue_sms(order: SmsOrder) -> OutgoingSms | None:
    """Returns the queued message, which leaves when the transaction commits.

    None where the firm sends none of this kind or none reaches the number.
    To a number whose reader said STOP it is noted and does not leave.
    """
    text = text_for(order.kind, order.language)
    if not text or not SmsAccount.objects.filter(is_active=True).exists():
        return None
    rules = sms_settings()
    try:
        mobile = reachable(order.phone, rules)
    except DomainError:
        return None
    return _queue(order, mobile, with_signature(fill_text(text, order.values), rules.signature), rules)


def reachable(phone: str, rules: SmsSettings) -> Mobile:
    """Returns the number that may be written to.

    Raises DomainError: as mobile_of does, `abroad` and `no_consent` where the firm's rules leave it out.
    """
    mobile = mobile_of(phone)
    if not mobile.is_french and not rules.writes_abroad:
        raise DomainError("abroad", _("This number is not a French one: the settings allow no text messages abroad."))
    if rules.needs_consent and not SmsConsent.objects.filter(number=mobile.e164).exists():
        raise DomainError("no_consent", _("The reader of this number has not agreed to text messages."))
    return mobile


@transaction.atomic
def send_test(text: str, *, phone: str, user_name: str) -> OutgoingSms:
    """Returns a test that leaves at once; raises DomainError: `no_account`, `stopped`, or as mobile_of does."""
    if active_account() is None:
        raise DomainError("no_account", _("Set up a provider first."))
    rules, mobile = sms_settings(), mobile_of(phone)
    if StoppedNumber.objects.filter(number=mobile.e164).exists():
        raise DomainError("stopped", _("The reader of this number said STOP: it is never written to again."))
    order = SmsOrder(kind=SmsKind.TEST, phone=phone, language="", values={}, sent_by=user_name)
    return _queue(order, mobile, with_signature(text[:LONGEST_SENT], rules.signature), rules)


@transaction.atomic
def resend_sms(sms: OutgoingSms, *, user_name: str) -> OutgoingSms:
    """Returns a new message like one that failed; raises DomainError `not_failed`, `stopped` or `no_account`."""
    locked = OutgoingSms.objects.select_for_update().get(pk=sms.pk)
    if locked.state != SmsState.FAILED or not locked.to:
        raise DomainError("not_failed", _("Only a message that failed can be sent again."))
    if StoppedNumber.objects.filter(number=locked.to).exists():
        raise DomainError("stopped", _("The reader of this number said STOP: it is never written to again."))
    if active_account() is None:
        raise DomainError("no_account", _("Set up a provider first."))
    again = OutgoingSms.objects.create(
        kind=locked.kind,
        to=locked.to,
        text=locked.text,
        sender=sms_settings().sender,
        encoding=locked.encoding,
        parts=locked.parts,
        contact_code=locked.contact_code,
        about=locked.about,
        topic=locked.topic,
        keeps_hours=locked.keeps_hours,
        region=locked.region,
        expires_at=locked.expires_at,
        sent_by=user_name[:120],
    )
    send_queued_sms.enqueue(sms_id=again.pk)
    return again


def _queue(order: SmsOrder, mobile: Mobile, text: str, rules: SmsSettings) -> OutgoingSms:
    text = plain(text) if rules.makes_plain else text
    length = measure(text)
    is_stopped = StoppedNumber.objects.filter(number=mobile.e164).exists()
    sms = OutgoingSms.objects.create(
        kind=order.kind,
        to=mobile.e164,
        text=text,
        sender=rules.sender,
        encoding=length.encoding,
        parts=length.parts,
        state=SmsState.STOPPED if is_stopped else SmsState.QUEUED,
        contact_code=order.contact_code,
        about=order.about[:120],
        topic=order.topic[:40],
        sent_by=order.sent_by[:120],
        keeps_hours=order.kind in REMINDER_KINDS,
        region=mobile.holidays or (order.region if mobile.territory == "FR" else ""),
        expires_at=order.expires_at,
    )
    if not is_stopped:
        send_queued_sms.enqueue(sms_id=sms.pk)
    return sms


def drop_waiting(topic: str) -> int:
    """Returns how many messages about something were dropped before they left: something newer is to be said."""
    waiting = OutgoingSms.objects.filter(topic=topic, state__in=WAITING, called_at__isnull=True)
    count, _by_model = waiting.delete()
    return count


# --- sending ----------------------------------------------------------------------------------------------------------


@firm_job(queue="mail")
def send_queued_sms(*, sms_id: int) -> None:
    """Hands a message over to the carrier, once.

    That it is about to be is committed first: should this run die during the call, the next one finds it so and leaves
    it alone, for the message may have left. While it runs, a second run does nothing.
    """
    with _alone(f"{current_schema()}.sms.{sms_id}") as is_mine:
        if is_mine and _claim(sms_id):
            _call(sms_id)


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Gives whether nobody else is at it; PostgreSQL takes the lock back when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        is_mine = bool(cursor.fetchone()[0])
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _call(sms_id: int) -> None:
    with transaction.atomic():
        sms = OutgoingSms.objects.select_for_update().get(pk=sms_id)
        account = active_account()
        if sms.state not in WAITING or sms.called_at is None or account is None:
            return
        _hand_over(sms, account)
        sms.save()


def _claim(sms_id: int) -> bool:
    """Returns whether the carrier is to be called now; says so in the row, or why not."""
    with transaction.atomic():
        sms = OutgoingSms.objects.select_for_update().filter(pk=sms_id, state__in=WAITING).first()
        if sms is None:
            return False
        # whoever counts what left today does so alone
        rules, now = SmsSettings.objects.select_for_update().get(pk=1), timezone.now()
        if sms.called_at is not None:
            sms.state, sms.called_at = SmsState.FAILED, None
            sms.error = _("Interrupted while it was sent: it may have left or not.")
        elif sms.due_at is not None and now < sms.due_at - _EARLY:
            return False
        elif sms.expires_at is not None and now >= sms.expires_at:
            sms.state, sms.error = SmsState.FAILED, _("It would have come too late.")
        elif StoppedNumber.objects.filter(number=sms.to).exists():
            sms.state = SmsState.STOPPED
        elif active_account() is None:
            sms.state, sms.error = SmsState.FAILED, _("No provider is set up.")
        elif (allowed := _allowed_at(sms, rules, now)) > now:
            _wait(sms, allowed, state=SmsState.HELD)
        else:
            sms.state, sms.due_at, sms.called_at, sms.attempts = SmsState.QUEUED, None, now, sms.attempts + 1
        sms.save()
        return sms.called_at is not None


def _allowed_at(sms: OutgoingSms, rules: SmsSettings, now: datetime) -> datetime:
    """Returns from when on a message may leave: by its reader's hours, and by how many left today."""
    zone = mobile_of(sms.to).zone
    allowed = now
    if sms.keeps_hours:
        allowed = next_allowed(now, zone=zone, since=rules.since, until=rules.until, region=sms.region)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    left = OutgoingSms.objects.filter(Q(sent_at__gte=midnight) | Q(called_at__gte=midnight)).exclude(pk=sms.pk)
    if left.count() >= rules.most_a_day:
        tomorrow = midnight + timedelta(days=1)
        allowed = max(
            allowed, next_allowed(tomorrow, zone=zone, since=rules.since, until=rules.until, region=sms.region)
        )
    return allowed


def _wait(sms: OutgoingSms, until: datetime, *, state: SmsState) -> None:
    sms.state, sms.due_at, sms.called_at = state, until, None
    send_queued_sms.enqueue(sms_id=sms.pk, delay=until - timezone.now())


def _hand_over(sms: OutgoingSms, account: SmsAccount) -> None:
    sms.carrier = account.carrier
    parcel = Parcel(
        reference=sms.code,
        to=sms.to,
        text=sms.text,
        sender=sms.sender,
        is_unicode=sms.encoding == Encoding.UCS2,
        news_url=here_url("sms-notify", account.token),
    )
    try:
        accepted = carrier_of(account).send(parcel)
    except CarrierUnavailable as error:
        sms.error = str(error)[:300]
        if sms.attempts > len(WAITS):
            sms.state, sms.called_at = SmsState.FAILED, None
        else:
            seconds = max(WAITS[sms.attempts - 1], error.wait_seconds)
            _wait(sms, timezone.now() + timedelta(seconds=seconds), state=SmsState.QUEUED)
        logger.warning("sms_carrier_unavailable", sms=sms.code, carrier=account.carrier, attempt=sms.attempts)
    except NumberStopped as error:
        sms.state, sms.error, sms.called_at = SmsState.STOPPED, str(error)[:300], None
        StoppedNumber.objects.get_or_create(number=sms.to, defaults={"said": str(error)[:160]})
    except OutsideServiceError as error:
        sms.state, sms.error, sms.called_at = SmsState.FAILED, str(error)[:300], None
        logger.warning("sms_failed", sms=sms.code, carrier=account.carrier)
    except ValueError:
        sms.state, sms.called_at = SmsState.FAILED, None
        sms.error = _("The stored keys cannot be opened any more. Enter them again.")
    else:
        sms.state, sms.sent_at, sms.called_at, sms.error = SmsState.SENT, timezone.now(), None, ""
        sms.provider_ref = accepted.ref[:80]
        sms.parts = accepted.parts or sms.parts
        sms.price, sms.currency = accepted.price, accepted.currency
