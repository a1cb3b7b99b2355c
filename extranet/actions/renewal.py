"""Reminding owners of the diagnostics that expire, once for each expiry and never against their wish."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from extranet.actions.history import build_event
from extranet.emails_renewal import renewal_mail
from extranet.enums import EventKind
from extranet.models import Diagnostic, Dossier
from extranet.queries.renewal import declined_addresses, to_remind
from extranet.queries.settings import portal_settings
from kernel.jobs import firm_job, periodic
from kernel.signing import BadSignature, sign, unsign
from kernel.tenancy import current_schema
from mail.actions.outgoing import queue_mail
from tenants.actions.daily import enqueue_daily
from tenants.links import schema_url
from themes.models import current_branding

logger = structlog.get_logger(__name__)

_PURPOSE = "owner-reminders"
#: A link of a reminder can be used for three years.
STOP_SECONDS = 3 * 366 * 24 * 3600
#: A person who sends reminders twice within this time sends them once.
AGAIN_AFTER = timedelta(hours=12)


@dataclass
class Reminded:
    """How many dossiers' owners were written to, and why others were not."""

    sent: int = 0
    without_address: int = 0
    declined: int = 0
    just_told: int = 0


@periodic("23 6 * * *")
def remind_expiries() -> None:
    """Has the owners of each active firm's dossiers reminded, by one job a firm."""
    enqueue_daily(remind_owners_due, only_active=True)


@firm_job()
def remind_owners_due() -> int:
    """Reminds the owners of what expires within the days that the firm chose; returns how many mails leave."""
    settings = portal_settings()
    if not settings.remind_owners:
        return 0
    due = list(to_remind(today=timezone.localdate(), days=settings.remind_days_before))
    sent = remind_owners(due, user=None).sent
    if sent:
        logger.info("owners_reminded", count=sent)
    return sent


def remind_owners(diagnostics: Iterable[Diagnostic], *, user: User | None) -> Reminded:
    """Returns what came of writing to the owners, one mail a dossier; `diagnostics` come with their dossiers.

    By the clock (without `user`) each expiry is told once; a person may tell it again, but not twice in AGAIN_AFTER.
    """
    result = Reminded()
    of_dossier: dict[int, list[Diagnostic]] = defaultdict(list)
    dossiers: dict[int, Dossier] = {}
    for diagnostic in diagnostics:
        of_dossier[diagnostic.dossier_id].append(diagnostic)
        dossiers[diagnostic.dossier_id] = diagnostic.dossier
    declined = declined_addresses(dossier.owner_email for dossier in dossiers.values())
    with translation.override(current_branding().language):
        for key, due in of_dossier.items():
            dossier = dossiers[key]
            if not dossier.owner_email:
                result.without_address += 1
            elif dossier.owner_email.lower() in declined:
                result.declined += 1
            elif _remind(dossier, due, user=user):
                result.sent += 1
            else:
                result.just_told += 1
    return result


@transaction.atomic
def _remind(dossier: Dossier, due: list[Diagnostic], *, user: User | None) -> bool:
    """Returns whether the owner is written to; the rows are read again under a lock, since two may do it at once."""
    locked = list(
        Diagnostic.objects.select_for_update()
        .filter(pk__in=[one.pk for one in due], expires_on__isnull=False)
        .order_by("expires_on", "id")
    )
    now, today = timezone.now(), timezone.localdate()
    if user is None:
        locked = [one for one in locked if one.reminded_at is None]
    elif any(one.reminded_at is not None and one.reminded_at > now - AGAIN_AFTER for one in locked):
        return False
    if not locked:
        return False
    stop = reverse("reminders-stop", kwargs={"token": reminder_token(dossier)}, urlconf="config.urls_firm")
    schema = current_schema()
    content = renewal_mail(
        dossier,
        locked,
        firm_name=current_branding().site_name,
        link=schema_url(schema),
        stop_link=schema_url(schema, stop),
        today=today,
    )
    queue_mail(to=dossier.owner_email, content=content, kind="renewal")
    Diagnostic.objects.filter(pk__in=[one.pk for one in locked]).update(reminded_at=now)
    subject = f"{dossier.owner_email}: {', '.join(str(one) for one in locked)}"
    build_event(dossier, EventKind.REMINDED, actor=user, subject=subject).save()
    return True


def reminder_token(dossier: Dossier) -> str:
    """Returns what a reminder's link says: for which address, and by which dossier it came."""
    return sign({"dossier": dossier.code, "email": dossier.owner_email.lower()}, purpose=_PURPOSE)


def address_of_token(token: str) -> str:
    """Returns the address that a reminder's link speaks for; raises BadSignature when it is forged or too old."""
    value = unsign(token, purpose=_PURPOSE, max_age=STOP_SECONDS)
    if not isinstance(value, dict) or not isinstance(value.get("email"), str):
        raise BadSignature
    return str(value["email"])


def stop_reminders(token: str) -> str:
    """Returns the address that is not reminded any more, in none of the firm's dossiers; raises BadSignature."""
    email = address_of_token(token)
    value = unsign(token, purpose=_PURPOSE, max_age=STOP_SECONDS)
    own = Dossier.objects.filter(owner_email__iexact=email, owner_declined="")
    if not own.update(owner_declined=email):
        # the dossier has another owner by now: the wish is kept with it all the same
        Dossier.objects.filter(code=value["dossier"], owner_declined="").update(owner_declined=email)
    return email
