"""Addresses of the rules for unpaid dossiers, and of their files as clients get them."""

from django.urls import path

from extranet.views.office import unpaid

_SETTINGS = "reglages/impayes/"
_FILE = "dossiers/<str:code>/fichiers/<str:file_code>/client/"

urlpatterns = [
    path(_SETTINGS, unpaid.settings_unpaid, name="settings-unpaid"),
    path(f"{_SETTINGS}apercu/", unpaid.unpaid_preview, name="unpaid-preview"),
    path(f"{_SETTINGS}apercu.svg", unpaid.unpaid_picture, name="unpaid-picture"),
    path(f"{_SETTINGS}exemple.pdf", unpaid.unpaid_sample, name="unpaid-sample"),
    path(f"{_SETTINGS}preparation/", unpaid.unpaid_progress, name="unpaid-progress"),
    path(_FILE, unpaid.file_as_client, name="file-as-client"),
    path(f"{_FILE}contenu/", unpaid.file_as_client_content, name="file-as-client-content"),
]
