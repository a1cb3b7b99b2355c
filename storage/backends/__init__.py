"""Where the bytes are: a folder or an S3-compatible store, with the same rules and the same errors."""

from typing import cast

from django.core.files.storage import storages

from storage.backends.base import MIB, FirmStorage
from storage.backends.disk import DiskFirmStorage
from storage.backends.s3 import S3FirmStorage

__all__ = ["MIB", "DiskFirmStorage", "FirmStorage", "S3FirmStorage", "firm_storage"]


def firm_storage() -> FirmStorage:
    """Returns the store that the settings name."""
    return cast("FirmStorage", storages["default"])
