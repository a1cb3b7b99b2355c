"""The mails of mission orders, in the active language: the action that sends one activates its reader's."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from extranet.enums_order import OrderOrigin
from extranet.models import MissionOrder, MissionSignature
from mail.content import Attachment, Button, MailContent


def mission_to_sign_mail(mission: MissionOrder, *, link: str, firm_name: str, again: bool = False) -> MailContent:
    """Returns the mail that asks who orders to read and sign; `again`: a reminder of it."""
    subject = _("Reminder: mission order %(number)s to sign") if again else _("Mission order %(number)s to sign")
    text = _(
        "%(firm)s has prepared the mission order of your order %(order)s. "
        "Read it and sign it online: it takes a minute."
    )
    if again:
        text = _(
            "The mission order of your order %(order)s still waits for your signature: %(firm)s needs it to begin."
        )
    paragraphs = [text % {"firm": firm_name, "order": mission.order.number}]
    if mission.asks_code:
        paragraphs.append(_("To make sure that it is you, a code is sent to this e-mail address when you sign."))
    paragraphs.append(_("The link is personal: please do not forward it."))
    return MailContent(
        subject=subject % {"number": mission.number},
        greeting=_greeting(mission),
        paragraphs=paragraphs,
        facts=[(_("Mission order"), mission.number), *_property(mission)],
        button=Button(label=_("Read and sign"), url=link),
    )


def mission_code_mail(mission: MissionOrder, *, code: str, minutes: int) -> MailContent:
    """Returns the mail with the code that a signature by the link needs."""
    return MailContent(
        subject=_("The code to sign your mission order"),
        greeting=_greeting(mission),
        paragraphs=[
            _("Here is the code to sign the mission order %(number)s. It works for %(minutes)d minutes, once.")
            % {"number": mission.number, "minutes": minutes},
            _("If you did not ask for it, leave this message and give the code to nobody."),
        ],
        facts=[(_("Code"), code)],
    )


def mission_signed_mail(
    mission: MissionOrder, signature: MissionSignature, *, link: str, name: str, attachment: Attachment | None
) -> MailContent:
    """Returns the mail that gives a side the signed mission order, with its digest."""
    paragraphs = [
        _("The mission order %(number)s was signed by %(name)s on %(date)s.")
        % {
            "number": mission.number,
            "name": signature.name,
            "date": date_format(localtime(signature.signed_at), "DATETIME_FORMAT"),
        },
        _("Keep this message with the signed file: the digest below proves that the file was not changed."),
    ]
    return MailContent(
        subject=_("Mission order %(number)s signed") % {"number": mission.number},
        greeting=_("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        paragraphs=paragraphs,
        facts=[(_("Mission order"), mission.number), (_("Digest (SHA-256)"), signature.signed_sha256)],
        button=Button(label=_("See the mission order"), url=link),
        attachments=[attachment] if attachment else [],
    )


def _greeting(mission: MissionOrder) -> str:
    # an address that nobody has proved: no text of a stranger's goes there
    if mission.order.origin == OrderOrigin.VISITOR or not mission.order.orderer_name:
        return _("Hello,")
    return _("Hello %(name)s,") % {"name": mission.order.orderer_name}


def _property(mission: MissionOrder) -> list[tuple[str, str]]:
    if mission.order.origin == OrderOrigin.VISITOR:
        return []
    return [(_("Property"), mission.order.address_line)]
