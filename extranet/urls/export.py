"""Addresses of exports."""

from django.urls import URLPattern, path

from extranet.views.office import export

urlpatterns: list[URLPattern] = [
    path("dossiers/export.xlsx", export.dossier_export, name="dossier-export"),
    path("contacts/export.xlsx", export.contact_export, name="contact-export"),
    path("contacts/consultations.xlsx", export.consultation_export, name="consultation-export"),
    path("contacts/<str:code>/consultations.xlsx", export.contact_consultations, name="contact-consultations"),
]
