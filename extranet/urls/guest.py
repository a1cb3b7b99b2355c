"""Addresses of who may read a dossier: contacts with an account, and guests by a link."""

from django.urls import path

from extranet.views.guest import document, file, link
from extranet.views.office import access

_ACCESS = "dossiers/<str:code>/acces"
_GUEST = "acces/<str:token>"

urlpatterns = [
    path(f"{_ACCESS}/", access.access_add, name="access-add"),
    path(f"{_ACCESS}/occasionnel/", access.guest_add, name="guest-add"),
    path(f"{_ACCESS}/liens/<str:link_code>/envoyer/", access.guest_send, name="guest-send"),
    path(f"{_ACCESS}/liens/<str:link_code>/prolonger/", access.guest_prolong, name="guest-prolong"),
    path(f"{_ACCESS}/liens/<str:link_code>/revoquer/", access.guest_revoke, name="guest-revoke"),
    path(f"{_ACCESS}/<str:contact_code>/retirer/", access.access_remove, name="access-remove"),
    path(f"{_GUEST}/", link.guest_page, name="guest"),
    path(f"{_GUEST}/code/", link.guest_code, name="guest-code"),
    path(f"{_GUEST}/ouvrir/", link.guest_open, name="guest-open"),
    path(f"{_GUEST}/zip/", file.dossier_zip, name="guest-zip"),
    path(f"{_GUEST}/genapi/", file.genapi, name="guest-genapi"),
    path(f"{_GUEST}/fichiers/<str:file_code>/", file.file_download, name="guest-file-download"),
    path(f"{_GUEST}/fichiers/<str:file_code>/lire/", file.file_read, name="guest-file-read"),
    path(f"{_GUEST}/fichiers/<str:file_code>/contenu/", file.file_content, name="guest-file-content"),
    path(f"{_GUEST}/documents/<str:request_code>/", document.document_send, name="guest-document-send"),
    path(
        f"{_GUEST}/documents/<str:request_code>/envois/<str:sent_code>/retirer/",
        document.sent_remove,
        name="guest-sent-remove",
    ),
]
