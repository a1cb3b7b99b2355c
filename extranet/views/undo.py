"""What a person may take back for a while: kept in its session, offered in the toast that tells what was done."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from kernel.text import new_code

_SESSION_KEY = "undo"
_KEPT = 5
MINUTES = 30


@dataclass(frozen=True)
class Undo:
    """Something that was done to some rows, named by their codes."""

    action: str
    codes: list[str]


def offer_undo(request: HttpRequest, text: str, *, action: str, codes: Sequence[str]) -> None:
    """Tells what was done, with a button that takes it back."""
    entry = {"id": new_code(), "action": action, "codes": list(codes), "at": timezone.now().timestamp()}
    request.session[_SESSION_KEY] = [*request.session.get(_SESSION_KEY, []), entry][-_KEPT:]
    messages.success(request, text, extra_tags=f"undo:{reverse('dossier-undo', args=[entry['id']])}")


def take_undo(request: HttpRequest, identifier: str) -> Undo | None:
    """Returns what is to be taken back, once; None when it is too late or was never offered to this person."""
    kept = request.session.get(_SESSION_KEY, [])
    found = next((entry for entry in kept if entry["id"] == identifier), None)
    if found is None:
        return None
    request.session[_SESSION_KEY] = [entry for entry in kept if entry["id"] != identifier]
    if timezone.now().timestamp() - found["at"] > MINUTES * 60:
        return None
    return Undo(action=found["action"], codes=found["codes"])
