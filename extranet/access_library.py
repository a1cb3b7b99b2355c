"""The only doors to one of the firm's own documents, their categories and certifications."""

from django.http import Http404, HttpRequest

from accounts.models import Permission, User
from extranet.models import Certification, DocumentCategory, FirmDocument, FirmDocumentVersion
from extranet.queries.library import visible_documents


def reader_of(request: HttpRequest) -> User | None:
    """Returns who asks; None for a visitor who has not logged in."""
    return request.user if isinstance(request.user, User) else None


def access_document(user: User | None, code: str) -> FirmDocument:
    """Returns the document of this code; raises Http404 when it is not there or not for this person."""
    document = visible_documents(user).filter(code=code).first()
    if document is None:
        raise Http404
    return document


def access_category(user: User, code: str) -> DocumentCategory:
    """Returns the category of this code for the firm's staff; raises Http404 otherwise."""
    category = DocumentCategory.objects.filter(code=code).first() if user.is_firm_staff else None
    if category is None:
        raise Http404
    return category


def access_document_version(user: User, code: str, docversion_code: str) -> FirmDocumentVersion:
    """Returns an earlier version of a document for the firm's staff; raises Http404 otherwise."""
    versions = FirmDocumentVersion.objects.select_related("stored", "document")
    found = versions.filter(code=docversion_code, document__code=code).first() if user.is_firm_staff else None
    if found is None:
        raise Http404
    return found


def access_certification(user: User, code: str) -> Certification:
    """Returns the certification of this code for whoever sets the firm up; raises Http404 otherwise."""
    rows = Certification.objects.select_related("diagnostician")
    found = rows.filter(code=code).first() if user.may(Permission.SETTINGS) else None
    if found is None:
        raise Http404
    return found
