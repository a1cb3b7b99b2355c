"""The documents asked of the client."""

from django.db.models import Prefetch, QuerySet

from extranet.enums import RequestState
from extranet.models import Dossier, RequestedDocument, SentDocument


def requests_of(dossier: Dossier) -> QuerySet[RequestedDocument]:
    """Returns a dossier's checklist in its order, with what was sent for each: two queries."""
    sent = SentDocument.objects.select_related("stored").order_by("id")
    return RequestedDocument.objects.filter(dossier=dossier).prefetch_related(Prefetch("sent", queryset=sent))


def documents_to_check_count() -> int:
    """Returns how many documents clients have sent that the firm has not looked at yet."""
    return RequestedDocument.objects.filter(state=RequestState.SENT, dossier__deleted_at__isnull=True).count()
