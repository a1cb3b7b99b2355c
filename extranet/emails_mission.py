"""The mails of mission orders, in the active language: the action that sends one activates its reader's."""

from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.enums_order import OrderOrigin
from extranet.mail_tags import CODE_ASKED, MISSION, ORDER, PROPERTY_FACT
from extranet.models import MissionOrder, MissionSignature
from mail.content import Attachment, MailContent
from mail.kinds import FIRM, LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.writing import Exact, compose


def mission_to_sign_mail(mission: MissionOrder, *, link: str, firm_name: str, again: bool = False) -> MailContent:
    """Returns the mail that asks who orders to read and sign; `again`: a reminder of it."""
    values = {
        "cabinet": firm_name,
        "ordre_mission": mission.number,
        "commande": mission.order.number,
        "code_demande": str(CODE_ASKED) if mission.asks_code else "",
        "lien": link,
    }
    return compose(
        MISSION_REMINDER if again else MISSION_TO_SIGN,
        {**_reader(mission), **values},
        facts=[(_("Mission order"), mission.number), *_property(mission)],
    )


def mission_code_mail(mission: MissionOrder, *, code: str, minutes: int) -> MailContent:
    """Returns the mail with the code that a signature by the link needs."""
    values = {"ordre_mission": mission.number, "code": code, "annonce": _code_words(mission.number, minutes)}
    return compose(MISSION_CODE, {**_reader(mission), **values}, facts=[(_("Code"), Exact(code))])


def mission_signed_mail(
    mission: MissionOrder, signature: MissionSignature, *, link: str, name: str, attachment: Attachment | None
) -> MailContent:
    """Returns the mail that gives a side the signed mission order, with its digest."""
    values = {
        "ordre_mission": mission.number,
        "signataire": signature.name,
        "date": date_format(localtime(signature.signed_at), "DATETIME_FORMAT"),
        "lien": link,
    }
    return compose(
        MISSION_SIGNED,
        {**hello(name), **values},
        facts=[(_("Mission order"), mission.number), (_("Digest (SHA-256)"), signature.signed_sha256)],
        attachments=[attachment] if attachment else [],
    )


def _reader(mission: MissionOrder) -> dict[str, str]:
    # an address that nobody has proved: no text of a stranger's goes there
    return hello("" if mission.order.origin == OrderOrigin.VISITOR else mission.order.orderer_name)


def _code_words(number: str, minutes: int) -> str:
    text = _("Here is the code to sign the mission order %(number)s. It works for %(minutes)d minutes, once.")
    return text % {"number": number, "minutes": minutes}


def _property(mission: MissionOrder) -> list[tuple[str, str]]:
    if mission.order.origin == OrderOrigin.VISITOR:
        return []
    return [(_("Property"), mission.order.address_line)]


# --- our words --------------------------------------------------------------------------------------------------------


def _to_sign(values: Mapping[str, str]) -> Words:
    told = {"firm": values["cabinet"], "order": values["commande"], "number": values["ordre_mission"]}
    return Words(
        subject=_("Mission order %(number)s to sign") % told,
        paragraphs=[
            _(
                "%(firm)s has prepared the mission order of your order %(order)s. "
                "Read it and sign it online: it takes a minute."
            )
            % told,
            values["code_demande"],
            _("The link is personal: please do not forward it."),
        ],
        button=_("Read and sign"),
    )


def _reminder(values: Mapping[str, str]) -> Words:
    told = {"firm": values["cabinet"], "order": values["commande"], "number": values["ordre_mission"]}
    return Words(
        subject=_("Reminder: mission order %(number)s to sign") % told,
        paragraphs=[
            _("The mission order of your order %(order)s still waits for your signature: %(firm)s needs it to begin.")
            % told,
            values["code_demande"],
            _("The link is personal: please do not forward it."),
        ],
        button=_("Read and sign"),
    )


def _code(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("The code to sign your mission order"),
        paragraphs=[
            values["annonce"],
            _("If you did not ask for it, leave this message and give the code to nobody."),
        ],
    )


def _signed(values: Mapping[str, str]) -> Words:
    told = {"number": values["ordre_mission"], "name": values["signataire"], "date": values["date"]}
    return Words(
        subject=_("Mission order %(number)s signed") % told,
        paragraphs=[
            _("The mission order %(number)s was signed by %(name)s on %(date)s.") % told,
            _("Keep this message with the signed file: the digest below proves that the file was not changed."),
        ],
        button=_("See the mission order"),
    )


_TO_SIGN_TAGS = (
    *READER,
    FIRM,
    MISSION,
    ORDER,
    MailTag("code_demande", gettext_lazy("that a code will be asked, if so"), CODE_ASKED, Trust.WORDS),
    LINK,
)
_MISSION_FACT = (gettext_lazy("Mission order"), "OM-2026-0017")

MISSION_TO_SIGN = MailKind(
    key="mission_to_sign",
    group=MailGroup.MISSIONS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Mission order to sign"),
    tags=_TO_SIGN_TAGS,
    words=_to_sign,
    secrets=("lien",),
    facts=(_MISSION_FACT, PROPERTY_FACT),
)
MISSION_REMINDER = MailKind(
    key="mission_reminder",
    group=MailGroup.MISSIONS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Reminder of a mission order to sign"),
    tags=_TO_SIGN_TAGS,
    words=_reminder,
    secrets=("lien",),
    facts=(_MISSION_FACT, PROPERTY_FACT),
)
MISSION_CODE = MailKind(
    key="mission_code",
    group=MailGroup.MISSIONS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Code to sign a mission order"),
    tags=(
        *READER,
        MISSION,
        MailTag("code", gettext_lazy("code"), "482 913", Trust.EXACT),
        MailTag(
            "annonce",
            gettext_lazy("what the code is for, and for how long"),
            lazy(_code_words, str)("OM-2026-0017", 10),
            Trust.WORDS,
        ),
    ),
    words=_code,
    secrets=("code",),
    facts=((gettext_lazy("Code"), "482 913"),),
)
MISSION_SIGNED = MailKind(
    key="mission_signed",
    group=MailGroup.MISSIONS,
    reader=Reader.BOTH,
    label=gettext_lazy("Mission order signed"),
    tags=(
        *READER,
        MISSION,
        MailTag("signataire", gettext_lazy("who signed"), "Marie Le Goff"),
        MailTag("date", gettext_lazy("when"), "03/12/2026 14:00", Trust.DATE),
        LINK,
    ),
    words=_signed,
    facts=(_MISSION_FACT, (gettext_lazy("Digest (SHA-256)"), "9f86d081884c7d65…")),
)
MAILS = (MISSION_TO_SIGN, MISSION_REMINDER, MISSION_CODE, MISSION_SIGNED)
