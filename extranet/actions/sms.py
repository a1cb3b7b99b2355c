"""Text messages about dossiers and visits, and the answers that come back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from extranet.actions.readers import in_language_of, told_of_firm
from extranet.emails_sms import sms_answer_mail
from extranet.emails_visit import VisitNews, is_told_whole
from extranet.enums_order import OrderOrigin
from extranet.models import Appointment, Contact, Dossier
from extranet.queries.slot import booking_settings
from kernel.money import euros
from mail.actions.outgoing import queue_mail
from mail.actions.sms import SmsOrder, drop_waiting, queue_sms
from mail.models import OutgoingSms
from mail.sms.enums import SmsKind
from mail.sms.numbers import e164_of, is_mobile, shown
from mail.sms.texts import visit_word
from tenants.links import here_url
from themes.models import current_branding


def text_dossier_available(dossier: Dossier, contact: Contact, *, link: str, user_name: str) -> OutgoingSms | None:
    """Returns the message that tells a contact of its dossier; None where the firm sends none or none reaches it."""
    values = {"cabinet": current_branding().site_name, "client": contact.name, "dossier": dossier.title, "lien": link}
    return queue_sms(
        SmsOrder(
            kind=SmsKind.DOSSIER,
            phone=contact.phone,
            language=translation.get_language() or "fr",
            values=values,
            contact_code=contact.code,
            about=dossier.title,
            sent_by=user_name,
        )
    )


def text_payment_due(dossiers: Sequence[Dossier], contact: Contact, *, cents: int, link: str, user_name: str) -> bool:
    """Returns whether a contact is reminded of what it is to pay for these dossiers, within its hours."""
    if not is_mobile(contact.phone):
        return False
    what = dossiers[0].title
    if len(dossiers) > 1:
        what = ngettext("%(count)d dossier", "%(count)d dossiers", len(dossiers)) % {"count": len(dossiers)}
    values = {
        "cabinet": current_branding().site_name,
        "client": contact.name,
        "dossier": what,
        "montant": euros(Decimal(cents).scaleb(-2)),
        "lien": link,
    }
    order = SmsOrder(
        kind=SmsKind.PAYMENT,
        phone=contact.phone,
        language=translation.get_language() or "fr",
        values=values,
        contact_code=contact.code,
        about=what,
        topic=f"due:{contact.code}",
        region=booking_settings().holiday_region,
        sent_by=user_name,
    )
    drop_waiting(order.topic)
    return queue_sms(order) is not None


def text_visit(appointment: Appointment, news: VisitNews) -> int:
    """Returns how many numbers are told of a visit: who ordered it and who opens the door, each once.

    Of an order from nobody knows whom nobody: a stranger must not have us write to others' phones.
    """
    settings, sent = booking_settings(), 0
    kind = SmsKind.VISIT_REMINDER if news is VisitNews.REMINDER else SmsKind.VISIT
    for phone, contact in visit_phones(appointment).items():
        with in_language_of(appointment.contact):
            order = SmsOrder(
                kind=kind,
                phone=phone,
                language=translation.get_language() or "fr",
                values=_visit_values(appointment, news, name=contact.name if contact else appointment.person_name),
                contact_code=contact.code if contact else "",
                about=date_format(timezone.localtime(appointment.starts_at), "SHORT_DATETIME_FORMAT"),
                topic=_topic(appointment),
                expires_at=appointment.starts_at,
                region=settings.holiday_region,
            )
            sent += queue_sms(order) is not None
    return sent


def drop_visit_texts(appointment: Appointment) -> None:
    """Drops what still waits about a visit: it is said anew, or it is no longer so."""
    drop_waiting(_topic(appointment))


def _topic(appointment: Appointment) -> str:
    return f"visit:{appointment.code}"


def visit_phones(appointment: Appointment) -> Mapping[str, Contact | None]:
    """Returns the mobile numbers (E.164) that a visit is about, with whose they are where that is known."""
    order = appointment.order
    if order is not None and order.origin == OrderOrigin.VISITOR:
        return {}
    contact = appointment.contact
    found: dict[str, Contact | None] = {}
    if contact is not None and is_mobile(contact.phone):
        found[e164_of(contact.phone)] = contact
    elif order is not None and is_mobile(order.orderer_phone):
        found[e164_of(order.orderer_phone)] = contact
    if is_mobile(appointment.person_phone):
        found.setdefault(e164_of(appointment.person_phone), None)
    return found


def _visit_values(appointment: Appointment, news: VisitNews, *, name: str) -> dict[str, str]:
    local = timezone.localtime(appointment.starts_at)
    who = appointment.diagnostician
    return {
        "cabinet": current_branding().site_name,
        "client": name,
        "etat": visit_word(news.value),
        "date": date_format(local, "l j F"),
        "heure": date_format(local, "H:i"),
        "adresse": appointment.address_line if is_told_whole(appointment) else "",
        "technicien": who.name,
        "telephone": who.phone,
    }


def tell_answer(number: str, text: str) -> int:
    """Returns how many administrators are mailed what somebody answered to a text message."""
    contact = contact_of_number(number)
    who = str(contact) if contact is not None else ""
    link = here_url("contact-detail", contact.code) if contact is not None else ""
    people = told_of_firm()
    for person in people:
        with person.in_own_language():
            content = sms_answer_mail(who=who, number=shown(number), text=text, link=link)
            queue_mail(to=person.email, content=content, kind="sms_answer")
    return len(people)


def contact_of_number(number: str) -> Contact | None:
    """Returns the contact to whom a number (E.164) was last written, None where there is none any more."""
    sent = OutgoingSms.objects.filter(to=number).exclude(contact_code="").order_by("-id").first()
    return Contact.objects.filter(code=sent.contact_code).first() if sent is not None else None
