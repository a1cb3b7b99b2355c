"""Who did what with a dossier and with each file, when and from where."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_staff
from extranet.access import access_dossier, access_file
from extranet.enums import EventKind
from extranet.models import DossierEvent
from extranet.queries.history import dossier_events, file_visits
from extranet.views.panel import render_panel

LINES_SHOWN = 100
_MOST_SKIPPED = 1_000_000
#: A drawing for each kind; its name stands beside it.
ICONS = {
    EventKind.CREATED: "folder-plus",
    EventKind.EDITED: "pencil",
    EventKind.FILE_ADDED: "file-plus",
    EventKind.FILE_REPLACED: "replace",
    EventKind.FILE_REMOVED: "file-minus",
    EventKind.FILE_RESTORED: "arrow-back-up",
    EventKind.ACCESS_GIVEN: "user-plus",
    EventKind.ACCESS_REMOVED: "user-minus",
    EventKind.LINK_SENT: "link-plus",
    EventKind.LINK_REVOKED: "link-off",
    EventKind.LINK_OPENED: "link",
    EventKind.NOTIFIED: "mail-forward",
    EventKind.MESSAGE: "message",
    EventKind.READ: "eye",
    EventKind.READ_STAMPED: "eye-exclamation",
    EventKind.DOWNLOADED: "download",
    EventKind.AMOUNT: "currency-euro",
    EventKind.PAID: "circle-check",
    EventKind.UNPAID: "circle-x",
    EventKind.UNPAID_REMINDED: "bell-ringing",
    EventKind.EXEMPTED: "lock-open",
    EventKind.EXEMPTION_ENDED: "lock",
    EventKind.STEP_DONE: "checkbox",
    EventKind.STEP_UNDONE: "square",
    EventKind.DOCUMENT_ASKED: "clipboard-list",
    EventKind.DOCUMENT_SENT: "upload",
    EventKind.DOCUMENT_ACCEPTED: "clipboard-check",
    EventKind.DOCUMENT_REFUSED: "clipboard-x",
    EventKind.DIAGNOSTIC: "clipboard-data",
    EventKind.REMINDED: "bell",
    EventKind.MOVED: "map-pin",
    EventKind.ARCHIVED: "archive",
    EventKind.RESTORED: "archive-off",
    EventKind.DELETED: "trash",
    EventKind.UNDELETED: "trash-off",
}


@dataclass(frozen=True)
class Line:
    """A line of history with its drawing."""

    event: DossierEvent
    icon: str


@require_safe
@for_staff
def dossier_history(request: HttpRequest, code: str) -> HttpResponse:
    """Returns a hundred lines of a dossier's history, the last first, and the way to the next ones."""
    dossier = access_dossier(current_user(request), code)
    skipped = _skipped(request)
    events = list(dossier_events(dossier)[skipped : skipped + LINES_SHOWN + 1])
    context = {
        "dossier": dossier,
        "lines": [Line(event, ICONS[EventKind(event.kind)]) for event in events[:LINES_SHOWN]],
        "next": skipped + LINES_SHOWN if len(events) > LINES_SHOWN else None,
        "first": skipped == 0,
    }
    return render_panel(request, "extranet/office/dossier/history_lines.html", context)


@require_safe
@for_staff
def file_history(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns who read and downloaded a file, when, from where and in which version."""
    file = access_file(current_user(request), code, file_code)
    skipped = _skipped(request)
    events = list(file_visits(file)[skipped : skipped + LINES_SHOWN + 1])
    context = {
        "file": file,
        "dossier": file.dossier,
        "events": events[:LINES_SHOWN],
        "next": skipped + LINES_SHOWN if len(events) > LINES_SHOWN else None,
        "first": skipped == 0,
    }
    return render_panel(request, "extranet/office/file_history.html", context)


def _skipped(request: HttpRequest) -> int:
    """Returns how many lines were shown already; nonsense is none."""
    text = request.GET.get("depuis", "")
    return min(int(text), _MOST_SKIPPED) if text.isdecimal() and len(text) < 10 else 0
