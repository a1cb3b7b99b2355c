"""Writing down what operators do."""

from dataclasses import dataclass

from accounts.models import User
from console.models import AuditAction, AuditEntry
from tenants.models import Firm


@dataclass(frozen=True)
class By:
    """Who acts, and from which network address."""

    user: User
    address: str


def record(action: AuditAction, *, by: By | None, firm: Firm | None = None, detail: str = "") -> AuditEntry:
    """Returns the new entry, written in the transaction of what it tells; `by` is None for a job."""
    return AuditEntry.objects.create(
        action=action,
        actor_code=by.user.code if by else "",
        actor_name=str(by.user)[:120] if by else "",
        address=(by.address or None) if by else None,
        firm=firm,
        firm_name=firm.name if firm else "",
        firm_schema=firm.schema_name if firm else "",
        detail=detail[:400],
    )
