"""What the page of a dossier shows: a query for each section, two for the diagnostics, whatever their rows."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from extranet.enums import DownloadState, Visibility
from extranet.models import Dossier, DossierAccess, DossierStep
from extranet.queries.contact import contact_id_of
from extranet.queries.diagnostic import diagnostics_of
from extranet.queries.document import requests_of
from extranet.queries.dossier_file import file_lines, visible_files, with_taken
from extranet.queries.guest_link import guest_links_of
from mail.sms.enums import SmsKind
from mail.sms.numbers import is_mobile
from mail.sms.queries import sending


def office_sections(dossier: Dossier) -> dict[str, Any]:
    """Returns what the firm's page shows."""
    lines = file_lines(dossier)
    found = DossierAccess.objects.filter(dossier=dossier).select_related("contact__user").order_by("id")
    accesses = list(found.annotate(by_sms=sending(SmsKind.DOSSIER)))
    return _sections(dossier) | {
        "files": [line.file for line in lines],
        "lines": lines,
        "total_bytes": sum(line.file.stored.size for line in lines),
        "accesses": accesses,
        "by_sms": any(access.by_sms and is_mobile(access.contact.phone) for access in accesses),
        "guest_links": guest_links_of(dossier),
        "steps": list(DossierStep.objects.filter(dossier=dossier)),
    }


def portal_sections(dossier: Dossier, user: User) -> dict[str, Any]:
    """Returns what a client's page shows: its own state, the files and steps that are meant for it."""
    taken = with_taken(visible_files(dossier, user), contact_id_of(user))
    files = [file for file, _is_taken in taken]
    return _sections(dossier) | {
        "files": files,
        "total_bytes": sum(file.stored.size for file in files),
        "done": {file.pk for file, is_taken in taken if is_taken},
        "state": getattr(dossier, "own_state", DownloadState.NONE),
        "steps": list(DossierStep.objects.filter(dossier=dossier, visibility=Visibility.CLIENT)),
    }


def _sections(dossier: Dossier) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "diagnostics": diagnostics_of(dossier),
        "requests": requests_of(dossier),
        "today": timezone.localdate(),
    }
