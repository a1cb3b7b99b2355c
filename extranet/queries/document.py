"""The documents asked of the client."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from extranet.enums import RequestState
from extranet.models import Dossier, RequestedDocument, SentDocument
from storage.models import StoredFile

_OF_STORED = ("size", "content_type", "is_encrypted", "is_damaged")


def requests_of(dossier: Dossier) -> list[RequestedDocument]:
    """Returns a dossier's checklist in its order, each line with its `sent_files`: one query."""
    stored = {name: f"stored__{name}" for name in _OF_STORED}
    row = JSONObject(pk="pk", code="code", name="name", sent_by="sent_by", sent_at="sent_at", **stored)
    sent = SentDocument.objects.filter(request=OuterRef("pk")).order_by("id").values(row=row)
    found: list[RequestedDocument] = []
    for request in RequestedDocument.objects.filter(dossier=dossier).annotate(rows=ArraySubquery(sent)):
        request.sent_files = [_sent(request, values) for values in request.rows]
        found.append(request)
    return found


def _sent(request: RequestedDocument, values: dict[str, Any]) -> SentDocument:
    stored = StoredFile(**{name: values[name] for name in _OF_STORED})
    at = datetime.fromisoformat(values["sent_at"])
    known = {name: values[name] for name in ("pk", "code", "name", "sent_by")}
    return SentDocument(request=request, stored=stored, sent_at=at, **known)


def documents_to_check_count() -> int:
    """Returns how many documents clients have sent that the firm has not looked at yet."""
    return RequestedDocument.objects.filter(state=RequestState.SENT, dossier__deleted_at__isnull=True).count()
