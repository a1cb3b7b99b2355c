"""Taking a contact's personal data out of its messages."""

from django.utils.translation import gettext as _

from extranet.actions.message_file import delete_message_files
from extranet.models import Contact, Message
from mail.actions.erasure import erase_mails
from mail.models import OutgoingMail


def erase_messages(contact: Contact, *, name: str) -> None:
    """Blanks a contact's messages, what was joined to them and the mails that told of them, those to the firm too."""
    found = Message.objects.filter(contact=contact)
    erase_mails(OutgoingMail.objects.filter(message_notices__message__in=found))
    delete_message_files(found)
    found.update(subject=_("Erased message"), body="", search="", mail_from="", mail_id="", mail_text="", note="")
    found.filter(direction="to_firm").update(sender_name=name)
