"""Taking the files that a client or a guest sends for a document."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from extranet.actions.document import Sender, check_open, send_documents
from extranet.models import RequestedDocument
from extranet.views.common import visit_of
from kernel.errors import DomainError, OutsideServiceError
from storage.actions.files import delete_stored_file, store_upload
from storage.errors import StorageUnavailable
from storage.models import StoredFile
from storage.uploads import raise_upload_error


@dataclass
class Received:
    """How many files came in, and why others did not."""

    count: int = 0
    errors: list[str] = field(default_factory=list)


def take_documents(request: HttpRequest, item: RequestedDocument, *, sender: Sender) -> Received:
    """Returns what came of the files that a form sent for a document; those refused leave nothing behind."""
    received = Received()
    stored: list[StoredFile] = []
    try:
        raise_upload_error(request)
        check_open(item)
        uploads = request.FILES.getlist("files")
        if not uploads:
            raise DomainError("no_file", _("Choose a file first."))
        for upload in uploads:
            try:
                stored.append(store_upload(upload, user=sender.user))
            except DomainError as error:
                received.errors.append(str(error))
            except OutsideServiceError:
                text = _("“%(name)s” could not be stored just now: try again in a moment.") % {"name": upload.name}
                received.errors.append(text)
        if stored:
            send_documents(item, stored=stored, sender=sender, visit=visit_of(request))
            received.count = len(stored)
    except DomainError as error:
        received.errors.append(str(error))
        for file in stored:
            delete_stored_file(file)
    except StorageUnavailable as error:
        received.errors.append(str(error.message))
    return received
