"""Addresses of contact imports."""

from django.urls import URLPattern, path

from extranet.views.office import contact_import

urlpatterns: list[URLPattern] = [
    path("contacts/importer/", contact_import.contact_import, name="contact-import"),
    path("contacts/importer/modele.xlsx", contact_import.contact_import_template, name="contact-import-template"),
    path("contacts/importer/<str:code>/", contact_import.contact_import_detail, name="contact-import-detail"),
    path(
        "contacts/importer/<str:code>/colonnes/", contact_import.contact_import_columns, name="contact-import-columns"
    ),
    path("contacts/importer/<str:code>/lancer/", contact_import.contact_import_run, name="contact-import-run"),
    path("contacts/importer/<str:code>/supprimer/", contact_import.contact_import_remove, name="contact-import-remove"),
    path(
        "contacts/importer/<str:code>/erreurs.xlsx", contact_import.contact_import_errors, name="contact-import-errors"
    ),
]
