"""The mails of visits, in the active language and time zone: the action that sends one activates its reader's."""

import enum
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from extranet.enums_order import OrderOrigin
from extranet.models import Appointment
from extranet.queries.client_booking import full_refund_until
from extranet.queries.order import diagnostic_labels
from extranet.rules import duration_words
from kernel.dates import day_words
from kernel.money import euros
from mail.content import Attachment, Button, MailContent


class VisitNews(enum.Enum):
    """What is told of a visit."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REMINDER = "reminder"


def visit_mail(
    appointment: Appointment,
    news: VisitNews,
    *,
    firm_name: str,
    link: str,
    before: Appointment | None = None,
    attachments: Sequence[Attachment] = (),
    name: str = "",
) -> MailContent:
    """Returns the mail for who ordered a visit or opens the door; `link` empty: no button."""
    when, firm = when_words(appointment.starts_at), {"firm": firm_name}
    subjects = {
        VisitNews.BOOKED: _("Your visit is confirmed: %(when)s"),
        VisitNews.MOVED: _("Your visit is moved: %(when)s"),
        VisitNews.CANCELLED: _("Your visit of %(when)s is cancelled"),
        VisitNews.REMINDER: _("Reminder: your visit of %(when)s"),
    }
    texts = {
        VisitNews.BOOKED: _("The visit of %(firm)s for your diagnostics is confirmed."),
        VisitNews.MOVED: _("The visit of %(firm)s for your diagnostics has another time."),
        VisitNews.CANCELLED: _("The visit of %(firm)s for your diagnostics will not take place."),
        VisitNews.REMINDER: _("%(firm)s is coming soon for your diagnostics."),
    }
    paragraphs = [texts[news] % firm]
    if news is VisitNews.MOVED and before is not None:
        paragraphs.append(_("It was planned on %(when)s.") % {"when": when_words(before.starts_at)})
    if news is VisitNews.CANCELLED:
        paragraphs += _after_cancelling(appointment)
    else:
        if news is not VisitNews.REMINDER:
            paragraphs.append(_("The attached file adds it to your calendar."))
        paragraphs.append(_("Please have the keys of all rooms, cellars and meters at hand, and your earlier reports."))
    return MailContent(
        subject=subjects[news] % {"when": when},
        greeting=_("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        paragraphs=paragraphs,
        facts=visit_facts(appointment),
        button=Button(label=_("See my visit"), url=link) if link else None,
        attachments=list(attachments),
    )


def visit_staff_mail(
    appointment: Appointment,
    news: VisitNews,
    *,
    name: str,
    link: str,
    before: Appointment | None = None,
    attachments: Sequence[Attachment] = (),
) -> MailContent:
    """Returns the mail for whoever makes a visit or handles its order."""
    told = {"when": when_words(appointment.starts_at), "town": appointment.city}
    subjects = {
        VisitNews.BOOKED: _("Visit booked: %(when)s, %(town)s"),
        VisitNews.MOVED: _("Visit moved: %(when)s, %(town)s"),
        VisitNews.CANCELLED: _("Visit cancelled: %(when)s, %(town)s"),
    }
    paragraphs = []
    if news is VisitNews.MOVED and before is not None:
        paragraphs.append(_("It was planned on %(when)s.") % {"when": when_words(before.starts_at)})
    if news is VisitNews.CANCELLED and appointment.cancel_reason:
        paragraphs.append(_("Reason: %(reason)s") % {"reason": appointment.cancel_reason})
    return MailContent(
        subject=subjects[news] % told,
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=paragraphs or [_("The calendar is up to date.")],
        facts=[*_staff_facts(appointment), *visit_facts(appointment)],
        button=Button(label=_("See the visit"), url=link),
        attachments=list(attachments),
    )


def deposit_late_mail(appointment: Appointment, *, amount: Decimal, firm_name: str, link: str) -> MailContent:
    """Returns the mail that tells a client that its deposit came for a time that is somebody else's by now."""
    told = {"when": when_words(appointment.starts_at), "amount": euros(amount), "firm": firm_name}
    return MailContent(
        subject=_("Your visit of %(when)s is not confirmed") % told,
        greeting=_("Hello,"),
        paragraphs=[
            _("Your payment of %(amount)s arrived after the time was given to somebody else.") % told,
            _("%(firm)s was told: it will suggest another time, or give you the amount back.") % told,
        ],
        button=Button(label=_("See my order"), url=link) if link else None,
    )


def when_words(moment: datetime) -> str:
    """Returns an instant in words, in the active time zone."""
    local = timezone.localtime(moment)
    day, time = day_words(local), formats.date_format(local, "H:i")
    return _("%(day)s at %(time)s") % {"day": day, "time": time}


def visit_facts(appointment: Appointment) -> list[tuple[str, str]]:
    """Returns when, where and what; of an address that nobody has checked nothing."""
    local = timezone.localtime(appointment.starts_at)
    duration = duration_words(appointment.minutes)
    facts = [(_("When"), f"{day_words(local, with_year=True)}, {formats.date_format(local, 'H:i')} ({duration})")]
    if is_told_whole(appointment):
        facts.append((_("Where"), appointment.address_line or "—"))
    who = " – ".join(part for part in (appointment.diagnostician.name, appointment.diagnostician.phone) if part)
    facts.append((_("With"), who))
    if appointment.diagnostics:
        facts.append((_("Diagnostics"), ", ".join(diagnostic_labels(appointment.diagnostics))))
    if appointment.deposit is not None and appointment.deposit_paid_at is not None:
        facts.append((_("Deposit paid"), euros(appointment.deposit)))
    return facts


def is_told_whole(appointment: Appointment) -> bool:
    """Whether its address may stand in a mail: no text of a stranger's goes to an address that nobody has proved."""
    order = appointment.order
    return order is None or order.origin != OrderOrigin.VISITOR or order.geo_state == "found"


def _staff_facts(appointment: Appointment) -> list[tuple[str, str]]:
    facts = []
    if appointment.order is not None:
        facts.append((_("Order"), f"{appointment.order.number} – {appointment.order.orderer}"))
    person = " – ".join(part for part in (appointment.person_name, appointment.person_phone) if part)
    if person:
        facts.append((_("Who opens the door"), person))
    if appointment.access_note:
        facts.append((_("Access, keys"), appointment.access_note))
    return facts


def _after_cancelling(appointment: Appointment) -> list[str]:
    if appointment.deposit is None or appointment.deposit_paid_at is None:
        return []
    back = appointment.deposit_back or Decimal(0)
    if not back:
        until = when_words(full_refund_until(appointment))
        return [_("The deposit is kept: it was given back in full until %(when)s.") % {"when": until}]
    told = {"back": euros(back), "deposit": euros(appointment.deposit)}
    return [_("Of the deposit of %(deposit)s, %(back)s are given back by the means with which it was paid.") % told]
