"""The files that a firm keeps."""

from storage.models.resumable_upload import ResumableUpload, UploadPiece, UploadState
from storage.models.stamped_copy import StampedCopy, StampState
from storage.models.stored_file import Scan, StoredFile

__all__ = ["ResumableUpload", "Scan", "StampState", "StampedCopy", "StoredFile", "UploadPiece", "UploadState"]
