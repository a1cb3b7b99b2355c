"""The addresses of what leaves whole."""

from django.urls import path

from api.views.export import ArchiveContent, ArchiveDetail, Archives, DossierExport

urlpatterns = [
    path("dossiers/<str:code>/export.zip", DossierExport.as_view(), name="api-dossier-export"),
    path("export/", Archives.as_view(), name="api-exports"),
    path("export/<str:code>/", ArchiveDetail.as_view(), name="api-export"),
    path("export/<str:code>/archive.zip", ArchiveContent.as_view(), name="api-export-content"),
]
