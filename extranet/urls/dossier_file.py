"""Addresses of a dossier's files, of what was done with them and of the complete dossier."""

from django.urls import path

from extranet.views.office import file, file_version, history
from extranet.views.portal import complete
from extranet.views.portal import file as portal

_FILES = "dossiers/<str:code>/fichiers/"
_FILE = f"{_FILES}<str:file_code>/"

urlpatterns = [
    path("fichiers/televerser/", file.file_upload, name="file-upload"),
    path("dossiers/<str:code>/zip/", portal.dossier_zip, name="dossier-zip"),
    path("dossiers/<str:code>/genapi/", portal.genapi_download, name="genapi-download"),
    path("dossiers/<str:code>/complet/", complete.complete_dossier, name="complete-dossier"),
    path("dossiers/<str:code>/complet/pdf/", complete.complete_download, name="complete-download"),
    path("dossiers/<str:code>/historique/", history.dossier_history, name="dossier-history"),
    # before the files' codes
    path(_FILES, file.files_add, name="files-add"),
    path(f"{_FILES}liste/", portal.files_section, name="files-section"),
    path(f"{_FILES}ordre/", file.files_order, name="files-order"),
    path(f"{_FILES}retires/", file.files_removed_list, name="files-removed"),
    path(_FILE, portal.file_download, name="file-download"),
    path(f"{_FILE}lire/", portal.file_read, name="file-read"),
    path(f"{_FILE}apercu/", portal.file_preview, name="file-preview"),
    path(f"{_FILE}contenu/", portal.file_content, name="file-content"),
    path(f"{_FILE}modifier/", file.file_edit, name="file-edit"),
    path(f"{_FILE}remplacer/", file_version.file_replace, name="file-replace"),
    path(f"{_FILE}retirer/", file.file_remove, name="file-remove"),
    path(f"{_FILE}remettre/", file.file_restore, name="file-restore"),
    path(f"{_FILE}historique/", history.file_history, name="file-history"),
    path(f"{_FILE}versions/", file_version.file_versions, name="file-versions"),
    path(f"{_FILE}versions/<str:version_code>/", file_version.version_download, name="version-download"),
    path(f"{_FILE}versions/<str:version_code>/retablir/", file_version.version_restore, name="version-restore"),
]
