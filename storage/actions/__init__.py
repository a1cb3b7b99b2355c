"""What changes stored files; importing it registers the jobs."""

from storage.actions import files, stamping, sweeping

__all__ = ["files", "stamping", "sweeping"]
