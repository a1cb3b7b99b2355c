"""What is joined to messages."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from extranet.models import Message, MessageFile
from kernel.errors import DomainError
from storage.actions.files import claim, delete_stored_file
from storage.models import StoredFile

#: Of one message; bytes of one file and of all together.
MAX_FILES = 10
MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_BYTES = 60 * 1024 * 1024


@transaction.atomic
def attach_to_messages(messages: Sequence[Message], *, files: Sequence[StoredFile]) -> None:
    """Joins uploads to each of these messages, which share the stored bytes.

    Raises DomainError `too_many_files`, or `upload_gone` when one of them is no longer there.
    """
    if len(files) > MAX_FILES:
        raise DomainError("too_many_files", _("%(count)d files at most go with a message.") % {"count": MAX_FILES})
    if sum(file.size for file in files) > MAX_BYTES:
        raise DomainError("too_many_files", _("These files are too large together: send a link, or several messages."))
    for file in files:
        claim(file)
        MessageFile.objects.bulk_create(
            [MessageFile(message=message, stored=file, name=file.name) for message in messages]
        )


def delete_message_files(messages: "QuerySet[Message]") -> None:
    """Deletes what was joined to these messages; bytes that go with another message too stay for that one."""
    found = MessageFile.objects.filter(message__in=messages)
    keys = set(found.values_list("stored_id", flat=True))
    found.delete()
    for stored in StoredFile.objects.filter(pk__in=keys, message_files__isnull=True):
        delete_stored_file(stored)
