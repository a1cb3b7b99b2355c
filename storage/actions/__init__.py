"""What changes stored files; importing it registers the jobs."""

from storage.actions import files, resumable, stamping, sweeping

__all__ = ["files", "resumable", "stamping", "sweeping"]
