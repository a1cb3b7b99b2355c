"""What may go wrong beyond our walls: the store of files and the virus scanner."""

from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from s3transfer.exceptions import RetriesExceededError, S3UploadFailedError

from kernel.errors import OutsideServiceError

#: What S3 answers when the object, not the bucket, is missing (a HEAD has no body, so only the number).
_MISSING = {"NoSuchKey", "404"}


class StorageUnavailable(OutsideServiceError):
    """The store cannot be read or written now: disk full, no right, network or service down."""

    #: What people read; `str()` is for the log.
    message: str | Promise = _(
        "Files cannot be stored or read at the moment. Nothing was lost: try again in a few minutes."
    )

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason, retry=retry)


class ScannerUnavailable(StorageUnavailable):
    """The virus scanner does not answer, or not in its language: nothing is stored unseen."""

    message = _("The file could not be checked for viruses, so it was not stored. Try again in a few minutes.")


@contextmanager
def storage_failures() -> Iterator[None]:
    """Turns every failure of a disk or of S3 into StorageUnavailable; a missing object into FileNotFoundError."""
    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise FileNotFoundError(str(error)) from error
        raise StorageUnavailable(str(error)) from error
    except (OSError, BotoCoreError, Boto3Error, S3UploadFailedError, RetriesExceededError) as error:
        raise StorageUnavailable(f"{type(error).__name__}: {error}") from error
