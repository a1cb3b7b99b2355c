"""The console's own tables, in the public schema."""

from console.models.audit_entry import AuditAction, AuditEntry
from console.models.firm_export import FirmExport

__all__ = ["AuditAction", "AuditEntry", "FirmExport"]
