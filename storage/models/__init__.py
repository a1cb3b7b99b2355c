"""The files that a firm keeps."""

from storage.models.stamped_copy import StampedCopy, StampState
from storage.models.stored_file import Scan, StoredFile

__all__ = ["Scan", "StampState", "StampedCopy", "StoredFile"]
