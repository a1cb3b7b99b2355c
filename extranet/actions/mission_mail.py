"""Who is told what of a mission order, in its own language."""

from extranet.actions.order_mail import concerned, staff_order_url
from extranet.actions.readers import in_language_of
from extranet.emails_mission import mission_code_mail, mission_signed_mail, mission_to_sign_mail
from extranet.models import MissionOrder, MissionSignature
from extranet.queries.mission import mission_token
from mail.actions.outgoing import queue_mail
from mail.content import Attachment
from storage.models import StoredFile
from tenants.links import here_url
from themes.models import current_branding

#: A larger file is not attached: the link gives it.
ATTACHED_BYTES = 5_000_000


def mission_link(mission: MissionOrder) -> str:
    """Returns the full address at which who orders reads and signs, without an account."""
    return here_url("guest-mission", mission_token(mission))


def tell_mission_to_sign(mission: MissionOrder, *, again: bool = False) -> None:
    """Mails who orders the link to read and sign."""
    with in_language_of(mission.order.contact):
        firm_name = current_branding().site_name
        content = mission_to_sign_mail(mission, link=mission_link(mission), firm_name=firm_name, again=again)
        queue_mail(to=mission.email, content=content, kind="mission_reminder" if again else "mission_to_sign")


def tell_mission_code(mission: MissionOrder, *, code: str, minutes: int) -> None:
    """Mails the code that a signature by the link needs."""
    with in_language_of(mission.order.contact):
        content = mission_code_mail(mission, code=code, minutes=minutes)
        queue_mail(to=mission.email, content=content, kind="mission_code", confidential=True)


def tell_mission_signed(mission: MissionOrder, signature: MissionSignature, *, data: bytes, file: StoredFile) -> None:
    """Mails both sides the signed mission order: its link, its digest and, unless it is large, the file."""
    attachment = None
    if len(data) <= ATTACHED_BYTES:
        attachment = Attachment(name=file.name, content_type=file.content_type, data=data)
    if mission.email:
        with in_language_of(mission.order.contact):
            content = mission_signed_mail(
                mission, signature, link=mission_link(mission), name="", attachment=attachment
            )
            queue_mail(to=mission.email, content=content, kind="mission_signed")
    for person in concerned(mission.order):
        with person.in_own_language():
            content = mission_signed_mail(
                mission, signature, link=staff_order_url(mission.order), name=str(person), attachment=attachment
            )
            queue_mail(to=person.email, content=content, kind="mission_signed")
