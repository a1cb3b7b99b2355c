"""Reminding whoever is to pay of unpaid dossiers: by the clock on the firm's schedule, or because a person wants it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Role, User
from billing.emails_reminder import AskedLine, Asking, reminder_mail
from billing.locks import lock_dossiers
from billing.models import BillingSettings, ProviderAccount, ReminderStop, UnpaidReminder
from billing.queries.paying import offered_accounts
from billing.queries.reminder import Candidate, Group, candidates_of, due_dossiers, groups_of, unpaid_dossiers
from billing.queries.settings import billing_settings
from billing.rules import is_quiet
from billing.tokens import MOST_IN_ADDRESS, pay_path
from extranet.actions.history import build_event
from extranet.actions.sms import text_payment_due
from extranet.enums import EventKind
from extranet.models import Dossier, DossierEvent
from kernel.jobs import firm_job, periodic
from kernel.tenancy import current_schema
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from tenants.actions.daily import enqueue_daily
from tenants.links import here_url, schema_url
from tenants.models import Firm
from themes.models import current_branding

logger = structlog.get_logger(__name__)


@dataclass
class Reminded:
    """What came of it: how many mails left, for how many dossiers, and how many were left out by why."""

    mails: int = 0
    dossiers: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, why: str) -> None:
        """Counts a dossier that nobody was reminded of."""
        self.left_out[why] = self.left_out.get(why, 0) + 1


@periodic("10 7 * * *")  # in UTC: in the morning here, in summer and in winter
def remind_unpaid() -> None:
    """Has each active firm's unpaid dossiers reminded of, by one job a firm."""
    enqueue_daily(remind_unpaid_due, only_active=True)


@firm_job()
def remind_unpaid_due() -> int:
    """Reminds of what is due today, where the firm wants it; returns how many mails leave."""
    done = remind_due(today=timezone.localdate())
    if done.mails or done.left_out:
        logger.info("unpaid_reminded", mails=done.mails, dossiers=done.dossiers, left_out=done.left_out)
    return done.mails


def remind_due(*, today: date) -> Reminded:
    """Returns what came of the clock's reminders of a day: one mail for each who is to pay, with all that is due.

    Each mail and its rows are one transaction that holds the dossiers and looks at them again: a second job, or this
    one after it was killed, finds them told. Nothing leaves on Sundays and holidays; what was due then is so the day
    after.
    """
    result, settings = Reminded(), billing_settings()
    if not settings.remind_unpaid or is_quiet(today) or not _is_open():
        return result
    found = [candidate for candidate in candidates_of(due_dossiers(settings, today=today)) if candidate.due.left > 0]
    for candidate in found:
        if candidate.addressee is None:
            result.leave_out("nobody")

    def still(keys: Sequence[int]) -> list[Candidate]:
        again = candidates_of(due_dossiers(settings, today=today).filter(pk__in=keys))
        return [candidate for candidate in again if candidate.due.left > 0]

    _send_all(groups_of(found), still, settings, result, user=None)
    return result


def remind_by_hand(dossiers: Iterable[Dossier], *, user: User) -> Reminded:
    """Returns what came of reminding of these dossiers now, one mail for each who is to pay.

    Whatever the schedule says; not twice within AGAIN_AFTER, not where reminders were stopped or money is on its way.
    """
    result, settings = Reminded(), billing_settings()
    keys = [dossier.pk for dossier in dossiers]
    found = candidates_of(_of(keys))
    for _missing in range(len(set(keys)) - len(found)):
        result.leave_out("nothing")
    now = timezone.now()
    ready = []
    for candidate in found:
        why = candidate.obstacle(now=now)
        if why:
            result.leave_out(why)
        else:
            ready.append(candidate)

    def still(keys: Sequence[int]) -> list[Candidate]:
        at = timezone.now()
        return [candidate for candidate in candidates_of(_of(keys)) if not candidate.obstacle(now=at)]

    _send_all(groups_of(ready), still, settings, result, user=user)
    return result


def _of(keys: Iterable[int]) -> QuerySet[Dossier]:
    return unpaid_dossiers().filter(pk__in=list(keys)).order_by("pk")


def _send_all(
    groups: Sequence[Group],
    still: Callable[[Sequence[int]], list[Candidate]],
    settings: BillingSettings,
    result: Reminded,
    *,
    user: User | None,
) -> None:
    if not groups:
        return
    language = current_branding().language
    asking = asking_of(settings, user=user)
    for group in groups:
        with translation.override(group.addressee.language or language):
            sent = _send(group, still, asking, user=user)
        result.mails += bool(sent)
        result.dossiers += sent
        for _gone in range(len(group.candidates) - sent):
            result.leave_out("just_told")


@transaction.atomic
def _send(group: Group, still: Callable[[Sequence[int]], list[Candidate]], asking: Asking, *, user: User | None) -> int:
    """Returns of how many dossiers the addressee is reminded; they are read again under their locks."""
    keys = [candidate.dossier.pk for candidate in group.candidates]
    lock_dossiers(keys)
    again = next((found for found in groups_of(still(keys)) if found.addressee.key == group.addressee.key), None)
    if again is None:
        return 0
    to = again.addressee.email
    queue_mail(to=to, content=_mail(again, asking), kind="unpaid_reminder")
    if again.contact is not None:
        text_payment_due(
            [candidate.dossier for candidate in again.candidates],
            again.contact,
            cents=sum(candidate.due.left for candidate in again.candidates),
            link=_link(again, asking) or here_url("dossier-list"),
            user_name=str(user or ""),
        )
    UnpaidReminder.objects.bulk_create(
        [
            UnpaidReminder(dossier=candidate.dossier, number=candidate.number, to=to, by_hand=user is not None)
            for candidate in again.candidates
        ]
    )
    DossierEvent.objects.bulk_create(
        [
            build_event(
                candidate.dossier,
                EventKind.UNPAID_REMINDED,
                actor=user,
                contact=candidate.addressee.contact if candidate.addressee else None,
                subject=to,
            )
            for candidate in again.candidates
        ]
    )
    return len(again.candidates)


def _mail(group: Group, asking: Asking) -> MailContent:
    return reminder_mail(
        asking, asked_lines(group), client=group.addressee.name, link=_link(group, asking), today=timezone.localdate()
    )


def asked_lines(group: Group) -> list[AskedLine]:
    """Returns what a group is asked for, as a mail says it."""
    return [
        AskedLine(candidate.dossier.reference, candidate.dossier.title, candidate.due.left)
        for candidate in group.candidates
    ]


def _link(group: Group, asking: Asking) -> str:
    """Returns where the group is paid; empty where the firm offers no means."""
    if not asking.online and not asking.by_hand:
        return ""
    dossiers = [candidate.dossier for candidate in group.candidates]
    if len(dossiers) > MOST_IN_ADDRESS and group.contact is not None:
        # so many are not in the link itself, and a mail is opened weeks later: behind the log-in they are all there
        path = reverse("pay-choose")
    else:
        path = pay_path(dossiers, contact=group.contact)
    return schema_url(current_schema(), path)


def asking_of(
    settings: BillingSettings, *, user: User | None, offered: Sequence[ProviderAccount] | None = None
) -> Asking:
    """Returns in whose name the firm asks; answers go to the person who does, else to the first administrator."""
    offered = offered_accounts() if offered is None else offered
    online = any(not account.is_manual for account in offered)
    writer = user or User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").first()
    return Asking(
        firm=current_branding().site_name,
        subject=settings.reminder_subject,
        text=settings.reminder_text,
        online=online,
        by_hand=[] if online else [(account.label, account.instructions) for account in offered],
        answer_to=writer.email if writer is not None else "",
    )


def _is_open() -> bool:
    """Whether the firm works: it may have been suspended since the job was enqueued."""
    firm = Firm.objects.filter(schema_name=current_schema()).first()
    return firm is not None and firm.is_open


# --- no more ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def stop_reminding(dossier: Dossier, *, user: User) -> ReminderStop:
    """Returns that nobody is reminded of the dossier any more, by the clock or by hand; the first who said so stays."""
    lock_dossiers([dossier.pk])
    stop, _made = ReminderStop.objects.get_or_create(dossier=dossier, defaults={"stopped_by": str(user)[:120]})
    return stop


@transaction.atomic
def resume_reminding(dossier: Dossier) -> bool:
    """Returns whether reminders of the dossier were stopped; now they are not."""
    lock_dossiers([dossier.pk])
    count, _by_model = ReminderStop.objects.filter(dossier=dossier).delete()
    return bool(count)
