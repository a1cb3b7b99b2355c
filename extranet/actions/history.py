"""Writing a dossier's history."""

from dataclasses import dataclass

from accounts.models import User
from extranet.enums import EventKind
from extranet.models import Contact, Dossier, DossierEvent, DossierFile, GuestLink


@dataclass(frozen=True)
class Visit:
    """From where a person acts."""

    address: str | None = None
    user_agent: str = ""


def build_event(
    dossier: Dossier,
    kind: EventKind,
    *,
    actor: User | None,
    contact: Contact | None = None,
    file: DossierFile | None = None,
    subject: str = "",
    visit: Visit | None = None,
    guest: GuestLink | None = None,
) -> DossierEvent:
    """Returns an unsaved line of history."""
    seen_from = visit or Visit()
    return DossierEvent(
        dossier=dossier,
        kind=kind,
        actor=actor,
        actor_name=str(actor or guest or "")[:120],
        contact=contact,
        guest=guest,
        file=file,
        file_version=file.version if file else 1,
        by_client=guest is not None or (actor is not None and actor.is_client),
        subject=(subject or (file.label if file else ""))[:250],
        address=seen_from.address,
        user_agent=seen_from.user_agent[:200],
    )
