"""Addresses of imports of dossiers, and of what an imported dossier came with."""

from django.urls import URLPattern, path

from extranet.views.office import dossier_import as office

urlpatterns: list[URLPattern] = [
    path("dossiers/importer/", office.dossier_import, name="dossier-import"),
    path("dossiers/importer/fichier/", office.dossier_import_upload, name="dossier-import-upload"),
    path("dossiers/importer/<str:code>/", office.dossier_import_detail, name="dossier-import-detail"),
    path("dossiers/importer/<str:code>/lancer/", office.dossier_import_run, name="dossier-import-run"),
    path("dossiers/importer/<str:code>/annuler/", office.dossier_import_undo, name="dossier-import-undo"),
    path("dossiers/importer/<str:code>/supprimer/", office.dossier_import_remove, name="dossier-import-remove"),
    path("dossiers/<str:code>/origine/", office.dossier_imported, name="dossier-imported"),
    path("dossiers/<str:code>/origine/<str:table_code>/", office.dossier_imported_table, name="dossier-imported-table"),
]
