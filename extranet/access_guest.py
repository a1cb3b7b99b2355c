"""The doors to occasional accesses and to the documents asked: what a person may not see does not exist."""

from django.http import Http404

from accounts.models import User
from extranet.enums import Visibility
from extranet.models import DossierFile, GuestLink, RequestedDocument, SentDocument
from extranet.queries.dossier_filter import visible_dossiers


def access_guest_link(user: User, dossier_code: str, code: str) -> GuestLink:
    """Returns an occasional access for the firm's staff; raises Http404 otherwise."""
    links = GuestLink.objects.select_related("dossier").filter(code=code, dossier__code=dossier_code)
    link = links.filter(dossier__in=visible_dossiers(user)).first() if user.is_firm_staff else None
    if link is None:
        raise Http404
    return link


def access_request(user: User, dossier_code: str, code: str) -> RequestedDocument:
    """Returns a document asked, for whoever may see its dossier; raises Http404 otherwise."""
    found = (
        RequestedDocument.objects.select_related("dossier")
        .filter(code=code, dossier__code=dossier_code, dossier__in=visible_dossiers(user))
        .first()
    )
    if found is None:
        raise Http404
    return found


def access_sent_document(user: User, dossier_code: str, request_code: str, code: str) -> SentDocument:
    """Returns a file that was sent: to staff, and to whoever sent it; raises Http404 otherwise."""
    found = SentDocument.objects.select_related("stored", "request__dossier").filter(
        code=code,
        request__code=request_code,
        request__dossier__code=dossier_code,
        request__dossier__in=visible_dossiers(user),
    )
    if not user.is_firm_staff:
        found = found.filter(sent_by=user.email)
    sent = found.first()
    if sent is None:
        raise Http404
    return sent


def guest_file(link: GuestLink, code: str) -> DossierFile:
    """Returns a file that clients see of the link's dossier; raises Http404 otherwise."""
    file = (
        DossierFile.objects.select_related("stored", "dossier")
        .filter(code=code, dossier_id=link.dossier_id, deleted_at__isnull=True, visibility=Visibility.CLIENT)
        .first()
    )
    if file is None:
        raise Http404
    return file


def guest_request(link: GuestLink, code: str) -> RequestedDocument:
    """Returns a document asked for the link's dossier; raises Http404 otherwise."""
    found = RequestedDocument.objects.select_related("dossier").filter(code=code, dossier_id=link.dossier_id).first()
    if found is None:
        raise Http404
    return found


def guest_sent_document(link: GuestLink, request_code: str, code: str) -> SentDocument:
    """Returns a file that this guest sent; raises Http404 otherwise."""
    sent = (
        SentDocument.objects.select_related("stored", "request__dossier")
        .filter(code=code, request__code=request_code, request__dossier_id=link.dossier_id, sent_by=link.email)
        .first()
    )
    if sent is None:
        raise Http404
    return sent
