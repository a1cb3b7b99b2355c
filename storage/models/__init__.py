"""The files that a firm keeps."""

from storage.models.stored_file import Scan, StoredFile

__all__ = ["Scan", "StoredFile"]
