"""Addresses of text messages: their settings, their log, what the carriers call."""

from django.urls import path

from extranet.views import sms_notice
from extranet.views.office import sms, sms_log

_SETTINGS = "reglages/sms/"
_CONTACT = "contacts/<str:code>/sms/"

urlpatterns = [
    path("notifications/sms/<str:token>/", sms_notice.sms_notice, name="sms-notify"),
    path(_SETTINGS, sms.settings_sms, name="settings-sms"),
    path(f"{_SETTINGS}fournisseur/<str:carrier>/", sms.sms_carrier, name="sms-carrier"),
    path(f"{_SETTINGS}verifier/", sms.sms_check, name="sms-check"),
    path(f"{_SETTINGS}arreter/", sms.sms_off, name="sms-off"),
    path(f"{_SETTINGS}modeles/<str:kind>/", sms.sms_model, name="sms-model"),
    path(f"{_SETTINGS}modeles/<str:kind>/essai/", sms.sms_test, name="sms-test"),
    path(f"{_SETTINGS}journal/", sms_log.sms_list, name="sms-list"),
    path(f"{_SETTINGS}journal/export.xlsx", sms_log.sms_export, name="sms-export"),
    path(f"{_SETTINGS}journal/<str:sms_code>/renvoyer/", sms_log.sms_resend, name="sms-resend"),
    path(f"{_CONTACT}consentement/", sms_log.contact_sms_consent, name="contact-sms-consent"),
    path(f"{_CONTACT}stop/", sms_log.contact_sms_stop, name="contact-sms-stop"),
]
