"""What changes stored files; importing it registers the jobs."""

from storage.actions import files, sweeping

__all__ = ["files", "sweeping"]
