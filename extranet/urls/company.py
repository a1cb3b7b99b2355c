"""Addresses of the firm's legal data and of its log-in page's settings."""

from django.urls import path

from extranet.views.office import company, login_page

_CERTIFICATION = "reglages/societe/certifications"

urlpatterns = [
    path("reglages/societe/", company.settings_company, name="settings-company"),
    path("reglages/societe/mentions/", company.mentions_compose, name="settings-company-compose"),
    path("reglages/societe/signature/", company.signature_picture, name="settings-company-signature"),
    path(f"{_CERTIFICATION}/ajouter/", company.certification_new, name="certification-new"),
    path(f"{_CERTIFICATION}/<str:certification_code>/", company.certification_edit, name="certification-edit"),
    path(
        f"{_CERTIFICATION}/<str:certification_code>/supprimer/",
        company.certification_delete,
        name="certification-delete",
    ),
    path("reglages/connexion/", login_page.settings_login, name="settings-login"),
]
