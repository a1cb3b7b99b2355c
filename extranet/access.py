"""The only doors to one dossier, file, contact or message: what a person may not see does not exist."""

from django.db.models import F
from django.http import Http404

from accounts.models import User
from extranet.enums import Visibility
from extranet.models import Contact, Dossier, DossierFile, Message, MessageFile, MessageModel
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.message import visible_messages


def access_dossier(user: User, code: str) -> Dossier:
    """Returns the dossier of this code; raises Http404 when it is not there or not for this person.

    For a client `own_state` says what it has downloaded of it.
    """
    found = visible_dossiers(user).filter(code=code)
    if not user.is_firm_staff:
        found = found.annotate(own_state=F("accesses__download_state"))
    else:
        found = found.select_related("order")
    dossier = found.first()
    if dossier is None:
        raise Http404
    return dossier


def access_file(user: User, dossier_code: str, code: str) -> DossierFile:
    """Returns a file of a dossier that the person may see; raises Http404 otherwise, for one in the bin too."""
    files = DossierFile.objects.select_related("stored", "dossier").filter(
        code=code, deleted_at__isnull=True, dossier__code=dossier_code, dossier__in=visible_dossiers(user)
    )
    if not user.is_firm_staff:
        files = files.filter(visibility=Visibility.CLIENT)
    file = files.first()
    if file is None:
        raise Http404
    return file


def access_contact(user: User, code: str) -> Contact:
    """Returns the contact of this code for the firm's staff; raises Http404 otherwise."""
    contact = Contact.objects.select_related("user").filter(code=code).first() if user.is_firm_staff else None
    if contact is None:
        raise Http404
    return contact


def access_message(user: User, code: str) -> Message:
    """Returns the message of this code; raises Http404 when it is not there or not for this person."""
    message = visible_messages(user).select_related("contact__user", "first").filter(code=code).first()
    if message is None:
        raise Http404
    return message


def access_message_file(user: User, code: str, piece_code: str) -> MessageFile:
    """Returns what was joined to a message that the person may see; raises Http404 otherwise."""
    files = MessageFile.objects.select_related("stored").filter(code=piece_code, message__code=code)
    file = files.filter(message__in=visible_messages(user)).first()
    if file is None:
        raise Http404
    return file


def access_message_model(code: str) -> MessageModel:
    """Returns the firm's model of this code; raises Http404 when there is none."""
    model = MessageModel.objects.filter(code=code.replace("\x00", "")).first()
    if model is None:
        raise Http404
    return model
