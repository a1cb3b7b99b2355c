"""The mails of visits, in the active language and time zone: the action that sends one activates its reader's."""

import enum
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.enums_order import OrderOrigin
from extranet.mail_tags import REASON, TOWN, VISIT_FACTS, WHEN
from extranet.models import Appointment
from extranet.queries.client_booking import full_refund_until
from extranet.queries.order import diagnostic_labels
from extranet.rules import duration_words
from kernel.dates import day_words
from kernel.money import euros
from mail.content import Attachment, MailContent
from mail.kinds import FIRM, LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.writing import compose


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
    values = {"cabinet": firm_name, "date_visite": when_words(appointment.starts_at), "lien": link}
    if news is VisitNews.MOVED and before is not None:
        values["avant"] = _planned(before)
    if news is VisitNews.CANCELLED:
        values["acompte"] = _after_cancelling(appointment)
    return compose(
        _FOR_CLIENT[news], {**hello(name), **values}, facts=visit_facts(appointment), attachments=attachments
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
    values = {"date_visite": when_words(appointment.starts_at), "ville": appointment.city, "lien": link}
    if news is VisitNews.MOVED and before is not None:
        values["avant"] = _planned(before)
    if news is VisitNews.CANCELLED:
        values["motif"] = appointment.cancel_reason
    return compose(
        _FOR_FIRM[news],
        {**hello(name), **values},
        facts=[*_staff_facts(appointment), *visit_facts(appointment)],
        attachments=attachments,
    )


def deposit_late_mail(appointment: Appointment, *, amount: Decimal, firm_name: str, link: str) -> MailContent:
    """Returns the mail that tells a client that its deposit came for a time that is somebody else's by now."""
    values = {
        "cabinet": firm_name,
        "date_visite": when_words(appointment.starts_at),
        "montant": euros(amount),
        "lien": link,
    }
    return compose(DEPOSIT_LATE, {**hello(""), **values})


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


def _planned(before: Appointment) -> str:
    return _("It was planned on %(when)s.") % {"when": when_words(before.starts_at)}


def _after_cancelling(appointment: Appointment) -> str:
    if appointment.deposit is None or appointment.deposit_paid_at is None:
        return ""
    back = appointment.deposit_back or Decimal(0)
    if not back:
        until = when_words(full_refund_until(appointment))
        return _("The deposit is kept: it was given back in full until %(when)s.") % {"when": until}
    told = {"back": euros(back), "deposit": euros(appointment.deposit)}
    return _("Of the deposit of %(deposit)s, %(back)s are given back by the means with which it was paid.") % told


# --- our words --------------------------------------------------------------------------------------------------------


def _booked(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your visit is confirmed: %(when)s") % {"when": values["date_visite"]},
        paragraphs=[
            _("The visit of %(firm)s for your diagnostics is confirmed.") % {"firm": values["cabinet"]},
            _("The attached file adds it to your calendar."),
            _("Please have the keys of all rooms, cellars and meters at hand, and your earlier reports."),
        ],
        button=_("See my visit"),
    )


def _moved(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your visit is moved: %(when)s") % {"when": values["date_visite"]},
        paragraphs=[
            _("The visit of %(firm)s for your diagnostics has another time.") % {"firm": values["cabinet"]},
            values["avant"],
            _("The attached file adds it to your calendar."),
            _("Please have the keys of all rooms, cellars and meters at hand, and your earlier reports."),
        ],
        button=_("See my visit"),
    )


def _cancelled(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your visit of %(when)s is cancelled") % {"when": values["date_visite"]},
        paragraphs=[
            _("The visit of %(firm)s for your diagnostics will not take place.") % {"firm": values["cabinet"]},
            values["acompte"],
        ],
        button=_("See my visit"),
    )


def _reminder(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Reminder: your visit of %(when)s") % {"when": values["date_visite"]},
        paragraphs=[
            _("%(firm)s is coming soon for your diagnostics.") % {"firm": values["cabinet"]},
            _("Please have the keys of all rooms, cellars and meters at hand, and your earlier reports."),
        ],
        button=_("See my visit"),
    )


def _staff_booked(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Visit booked: %(when)s, %(town)s") % {"when": values["date_visite"], "town": values["ville"]},
        paragraphs=[_("The calendar is up to date.")],
        button=_("See the visit"),
    )


def _staff_moved(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Visit moved: %(when)s, %(town)s") % {"when": values["date_visite"], "town": values["ville"]},
        paragraphs=[values["avant"] or _("The calendar is up to date.")],
        button=_("See the visit"),
    )


def _staff_cancelled(values: Mapping[str, str]) -> Words:
    reason = values["motif"]
    return Words(
        subject=_("Visit cancelled: %(when)s, %(town)s") % {"when": values["date_visite"], "town": values["ville"]},
        paragraphs=[
            _("Reason: %(reason)s") % {"reason": reason} if reason else _("The calendar is up to date."),
        ],
        button=_("See the visit"),
    )


def _deposit_late(values: Mapping[str, str]) -> Words:
    told = {"when": values["date_visite"], "amount": values["montant"], "firm": values["cabinet"]}
    return Words(
        subject=_("Your visit of %(when)s is not confirmed") % told,
        paragraphs=[
            _("Your payment of %(amount)s arrived after the time was given to somebody else.") % told,
            _("%(firm)s was told: it will suggest another time, or give you the amount back.") % told,
        ],
        button=_("See my order"),
    )


_BEFORE = MailTag(
    "avant",
    gettext_lazy("when it was planned before"),
    gettext_lazy("It was planned on Monday 30 November at 09:00."),
    Trust.WORDS,
)
_DEPOSIT = MailTag(
    "acompte",
    gettext_lazy("what comes of the deposit, if any"),
    gettext_lazy("Of the deposit of 50.00 €, 50.00 € are given back by the means with which it was paid."),
    Trust.WORDS,
)
_STAFF_FACTS = ((gettext_lazy("Order"), gettext_lazy("C-2026-0042 – Harbour Agency")), *VISIT_FACTS)


def _client_kind(
    key: str, label: str | Promise, words: Callable[[Mapping[str, str]], Words], *more: MailTag
) -> MailKind:
    return MailKind(
        key=key,
        group=MailGroup.VISITS,
        reader=Reader.CLIENT,
        label=label,
        tags=(*READER, FIRM, WHEN, *more, LINK),
        words=words,
        facts=VISIT_FACTS,
    )


def _firm_kind(key: str, label: str | Promise, words: Callable[[Mapping[str, str]], Words], *more: MailTag) -> MailKind:
    return MailKind(
        key=key,
        group=MailGroup.VISITS,
        reader=Reader.FIRM,
        label=label,
        tags=(*READER, WHEN, TOWN, *more, LINK),
        words=words,
        facts=_STAFF_FACTS,
    )


DEPOSIT_LATE = MailKind(
    key="visit_deposit_late",
    group=MailGroup.VISITS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Deposit paid too late"),
    tags=(*READER, FIRM, WHEN, MailTag("montant", gettext_lazy("the amount"), "50,00 €", Trust.MONEY), LINK),
    words=_deposit_late,
)
_FOR_CLIENT = {
    VisitNews.BOOKED: _client_kind("visit_booked", gettext_lazy("Visit confirmed"), _booked),
    VisitNews.MOVED: _client_kind("visit_moved", gettext_lazy("Visit moved"), _moved, _BEFORE),
    VisitNews.CANCELLED: _client_kind("visit_cancelled", gettext_lazy("Visit cancelled"), _cancelled, _DEPOSIT),
    VisitNews.REMINDER: _client_kind("visit_reminder", gettext_lazy("Reminder of a visit"), _reminder),
}
_FOR_FIRM = {
    VisitNews.BOOKED: _firm_kind("visit_booked_staff", gettext_lazy("Visit booked: to the firm"), _staff_booked),
    VisitNews.MOVED: _firm_kind("visit_moved_staff", gettext_lazy("Visit moved: to the firm"), _staff_moved, _BEFORE),
    VisitNews.CANCELLED: _firm_kind(
        "visit_cancelled_staff", gettext_lazy("Visit cancelled: to the firm"), _staff_cancelled, REASON
    ),
}
MAILS = (*_FOR_CLIENT.values(), DEPOSIT_LATE, *_FOR_FIRM.values())
