"""Who is told of a message by mail, and where the answer goes."""

from accounts.models import Role, User
from extranet.emails import message_mail
from extranet.enums import Direction
from extranet.message_address import reply_address
from extranet.models import Message, MessageNotice
from mail.actions.outgoing import queue_mail
from tenants.links import here_url
from themes.models import current_branding


def tell_of_message(message: Message) -> None:
    """Mails whom a message is for: the contact's account, or whom of the firm it concerns.

    The mail says what the message says and can be answered, where mail comes in.
    """
    if message.direction == Direction.TO_CLIENT:
        account = _writer(message) or message.contact.user
        people = [account] if account.is_active else []
    else:
        people = _concerned(message)
    firm_id = current_branding().firm_id
    begun = message.first or message
    link = here_url("message-detail", message.code) if people else ""
    for person in people:
        address = reply_address(firm_id=firm_id, code=begun.code, user_id=person.pk)
        with person.in_own_language():
            content = message_mail(message, name=str(person), link=link, answered_by_mail=bool(address))
            mail = queue_mail(to=person.email, content=content, kind="message", reply_to=address)
        MessageNotice.objects.create(message=message, mail=mail)


def _writer(message: Message) -> User | None:
    """Returns the sub-account that wrote last in the conversation, if it is there still: it is the one to answer."""
    if message.first_id is None:
        return None
    asked = Message.objects.filter(first_id=message.first_id, direction=Direction.TO_FIRM)
    own = {"sub_account__contact_id": message.contact_id, "is_active": True}
    last = asked.order_by("-id").values_list("sender_id", flat=True).first()
    first = Message.objects.filter(pk=message.first_id, direction=Direction.TO_FIRM)
    key = last or first.values_list("sender_id", flat=True).first()
    return User.objects.filter(pk=key, **own).first() if key else None


def _concerned(message: Message) -> list[User]:
    """Returns who of the firm is told: who wrote in the conversation, who published the dossier, who has the order.

    The administrators when that is nobody.
    """
    staff = User.objects.filter(role__in=[Role.ADMIN, Role.STAFF], is_active=True)
    keys = {message.dossier.created_by_id if message.dossier else None}
    keys.add(message.order.assigned_to_id if message.order else None)
    if message.first_id is not None:
        of_firm = {"direction": Direction.TO_CLIENT}
        keys.update(Message.objects.filter(first_id=message.first_id, **of_firm).values_list("sender_id", flat=True))
        keys.update(Message.objects.filter(pk=message.first_id, **of_firm).values_list("sender_id", flat=True))
    found = list(staff.filter(pk__in=[key for key in keys if key is not None]).order_by("pk"))
    return found or list(staff.filter(role=Role.ADMIN).order_by("pk"))
