"""Writing a dossier's history."""

from dataclasses import dataclass

from accounts.models import User
from extranet.enums import EventKind
from extranet.models import Contact, Dossier, DossierEvent, DossierFile


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
) -> DossierEvent:
    """Returns an unsaved line of history."""
    seen_from = visit or Visit()
    return DossierEvent(
        dossier=dossier,
        kind=kind,
        actor=actor,
        actor_name=str(actor)[:120] if actor else "",
        contact=contact,
        file=file,
        subject=(subject or (file.label if file else ""))[:250],
        address=seen_from.address,
        user_agent=seen_from.user_agent[:200],
    )
