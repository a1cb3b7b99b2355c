"""The demo's messages: a conversation about a dossier, one that waits, a model; nobody is mailed about them."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from extranet.actions.message_file import attach_to_messages
from extranet.actions.message_model import save_message_model
from extranet.enums import Direction, MessageState
from extranet.models import Contact, Dossier, Message, MessageModel
from kernel.text import search_text
from storage.actions.files import store_bytes

#: Who writes (the client or not), how many days ago, what.
CONVERSATION = (
    (
        True,
        6,
        "Bonjour,\n\nLe compteur de gaz se trouve dans la cave n° 4 : faut-il prévoir la clé le jour de la visite ?",
    ),
    (False, 5, "Bonjour,\n\nOui, s’il vous plaît. Notre diagnostiqueur passera à 9 h.\n\nYann Kerdraon"),
    (True, 5, "C’est noté, le gardien aura la clé. Vous trouverez le plan de la cave en pièce jointe."),
)
MODEL = (
    "Préparer la visite",
    "Votre visite du bien {adresse_bien}",
    "Bonjour {nom},\n\nMerci de laisser libre l’accès au tableau électrique et à la chaudière.\n\n{cabinet}",
)


def seed_messages(*, staff: User, contacts: Mapping[str, Contact], plan: bytes) -> None:
    """Makes the messages between a firm and the first of its contacts about the first dossier that it reads."""
    client = next(iter(contacts.values()))
    dossier = Dossier.objects.filter(accesses__contact=client).order_by("id").first()
    first: Message | None = None
    for from_client, days, text in CONVERSATION:
        subject = "Clé de la cave" if first is None else "Re: Clé de la cave"
        message = _add(client, dossier, first=first, staff=None if from_client else staff, subject=subject, body=text)
        _date(message, days=days, read=True)
        first = first or message
    stored = store_bytes(plan, name="Plan de la cave.pdf", user=client.user)
    attach_to_messages([message], files=[stored])
    waiting = _add(
        client, None, first=None, staff=None, subject="Facture de mars", body="Pouvez-vous nous la renvoyer ? Merci."
    )
    _date(waiting, days=1, read=False)
    title, subject, body = MODEL
    save_message_model(MessageModel(), title=title, subject=subject, body=body)


def _add(
    client: Contact, dossier: Dossier | None, *, first: Message | None, staff: User | None, subject: str, body: str
) -> Message:
    sender = staff or client.user
    return Message.objects.create(
        contact=client,
        dossier=dossier,
        first=first,
        direction=Direction.TO_CLIENT if staff else Direction.TO_FIRM,
        subject=subject,
        body=body,
        sender=sender,
        sender_name=str(sender),
        search=search_text(subject, str(sender), body),
    )


def _date(message: Message, *, days: int, read: bool) -> None:
    at = timezone.now() - timedelta(days=days)
    changes: dict[str, object] = {"created_at": at}
    if read:
        changes |= {"state": MessageState.READ, "read_at": at + timedelta(minutes=40)}
    Message.objects.filter(pk=message.pk).update(**changes)
