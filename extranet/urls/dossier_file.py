"""Addresses of a dossier's files."""

from django.urls import path

from extranet.views.office import file
from extranet.views.portal import file as portal

urlpatterns = [
    path("dossiers/<str:code>/zip/", portal.dossier_zip, name="dossier-zip"),
    path("dossiers/<str:code>/fichiers/", file.files_add, name="files-add"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/", portal.file_download, name="file-download"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/lire/", portal.file_read, name="file-read"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/contenu/", portal.file_content, name="file-content"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/modifier/", file.file_edit, name="file-edit"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/retirer/", file.file_remove, name="file-remove"),
    path("fichiers/televerser/", file.file_upload, name="file-upload"),
]
