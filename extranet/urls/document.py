"""Addresses of documents asked of the client."""

from django.urls import path

from extranet.views.office import document
from extranet.views.portal import document as portal

_ONE = "dossiers/<str:code>/documents/<str:request_code>"

urlpatterns = [
    path("dossiers/<str:code>/documents/", document.documents_add, name="documents-add"),
    path("dossiers/<str:code>/documents/demander/", document.documents_mail, name="documents-mail"),
    path(f"{_ONE}/", portal.document_send, name="document-send"),
    path(f"{_ONE}/accepter/", document.document_accept, name="document-accept"),
    path(f"{_ONE}/a-refaire/", document.document_refuse, name="document-refuse"),
    path(f"{_ONE}/supprimer/", document.document_delete, name="document-delete"),
    path(f"{_ONE}/envois/<str:sent_code>/", document.document_download, name="document-download"),
    path(f"{_ONE}/envois/<str:sent_code>/retirer/", portal.sent_remove, name="sent-remove"),
]
