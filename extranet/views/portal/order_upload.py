"""Taking the files that are joined to an order."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.order_file import add_order_files
from extranet.models import Order
from kernel.errors import DomainError, OutsideServiceError
from storage.actions.files import delete_stored_file, store_upload
from storage.errors import StorageUnavailable
from storage.models import StoredFile
from storage.uploads import raise_upload_error


def take_order_files(request: HttpRequest, order: Order, *, user: User | None) -> list[str]:
    """Returns why files that a form sent were not joined to an order; those refused leave nothing behind."""
    errors: list[str] = []
    stored: list[StoredFile] = []
    try:
        raise_upload_error(request)
        for upload in request.FILES.getlist("files"):
            try:
                stored.append(store_upload(upload, user=user))
            except DomainError as error:
                errors.append(str(error))
            except OutsideServiceError:
                text = _("“%(name)s” could not be stored just now: try again in a moment.") % {"name": upload.name}
                errors.append(text)
        if stored:
            add_order_files(order, stored=stored, user=user)
    except DomainError as error:
        errors.append(str(error))
        for file in stored:
            delete_stored_file(file)
    except StorageUnavailable as error:
        errors.append(str(error.message))
    return errors
