"""Dossiers, their files and who may read them."""

from django.urls import path

from api.views import dossier as views
from api.views.access import DossierAccessDetail, DossierAccesses
from api.views.dossier_file import DossierFileContent, DossierFileDetail, DossierFiles

_ONE = "dossiers/<str:code>"
_FILE = f"{_ONE}/files/<str:file_code>"

urlpatterns = [
    path("dossiers/", views.DossierList.as_view(), name="api-dossiers"),
    path(
        "dossiers/by-external-id/<str:external_id>/", views.DossierByExternalId.as_view(), name="api-dossier-external"
    ),
    path(f"{_ONE}/", views.DossierDetail.as_view(), name="api-dossier"),
    path(f"{_ONE}/archive/", views.DossierArchive.as_view(), name="api-dossier-archive"),
    path(f"{_ONE}/restore/", views.DossierRestore.as_view(), name="api-dossier-restore"),
    path(f"{_ONE}/notify/", views.DossierNotify.as_view(), name="api-dossier-notify"),
    path(f"{_ONE}/paid/", views.DossierPaid.as_view(), name="api-dossier-paid"),
    path(f"{_ONE}/unpaid/", views.DossierUnpaid.as_view(), name="api-dossier-unpaid"),
    path(f"{_ONE}/files/", DossierFiles.as_view(), name="api-dossier-files"),
    path(f"{_FILE}/", DossierFileDetail.as_view(), name="api-dossier-file"),
    path(f"{_FILE}/content/", DossierFileContent.as_view(), name="api-dossier-file-content"),
    path(f"{_ONE}/accesses/", DossierAccesses.as_view(), name="api-dossier-accesses"),
    path(f"{_ONE}/accesses/<str:contact>/", DossierAccessDetail.as_view(), name="api-dossier-access"),
]
