"""Messages for tests: one with an attachment, a model; and the rows of the twins."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from extranet.actions.message import read_conversation, write_to_firm
from extranet.actions.message_model import save_message_model
from extranet.models import Message, MessageFile, MessageModel, MessageNotice
from kernel.models import FirmModel
from mail.models import OutgoingMail
from storage.actions.files import claim, store_bytes
from tests.factories.cast import Cast


def add_message_things(cast: Cast) -> tuple[Message, Message, MessageModel]:
    """Returns a message of Alice with an attachment, one that the firm has read, and a model of the firm."""
    stored = store_bytes(b"plan", name="plan.txt", user=cast.alice.user)
    message = write_to_firm(subject="Clés", body="Où ?", user=cast.alice.user, files=[stored])
    read = write_to_firm(subject="Facture", body="Laquelle ?", user=cast.alice.user)
    read_conversation(read, user=cast.bob)
    return message, read, save_message_model(MessageModel(), title="Clés", subject="Clés", body="Bonjour {nom}")


def message_arguments(message: Message, read: Message, model: MessageModel) -> dict[str, dict[str, object]]:
    """Returns the arguments of the routes of messages."""
    of_message: dict[str, object] = {"code": message.code}
    file = MessageFile.objects.get(message=message)
    return {
        **{f"message-{name}": of_message for name in ("detail", "reply", "cancel")},
        "message-unread": {"code": read.code},
        "message-file": of_message | {"piece_code": file.code},
        **{f"message-model-{name}": {"code": model.code} for name in ("edit", "delete")},
    }


def message_data(cast: Cast) -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of messages are sent."""
    return {
        **dict.fromkeys(
            ["message-new", "message-reply", "dossier-messages"],
            lambda: {"subject": "Clés", "body": "Là.", "contacts": [cast.alice.code]},
        ),
        **dict.fromkeys(
            ["message-model-new", "message-model-edit"], lambda: {"title": "T", "subject": "S", "body": "{nom}"}
        ),
    }


def message_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns what makes the rows of messages beside the message itself."""
    return {
        MessageFile: lambda: MessageFile.objects.create(
            message=made[Message],
            stored=claim(store_bytes(word.encode(), name=f"{word}.txt", user=staff)),
            name=f"{word}.txt",
        ),
        MessageNotice: lambda: MessageNotice.objects.create(message=made[Message], mail=made[OutgoingMail]),
        MessageModel: lambda: MessageModel.objects.create(title=word, subject=word, body=word),
    }
