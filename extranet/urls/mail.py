"""Addresses of the firm's mail server, of the log of mails and of the stopped addresses."""

from django.urls import path

from extranet.views.office import mail_log, mail_server

_SERVER = "reglages/courriel/serveur"
_LOG = "reglages/courriel/envois"
_STOPPED = "reglages/courriel/adresses-arretees"

urlpatterns = [
    path(f"{_SERVER}/", mail_server.settings_mail_server, name="settings-mail-server"),
    path(f"{_SERVER}/essai/", mail_server.mail_server_trial, name="mail-server-trial"),
    path(f"{_SERVER}/retirer/", mail_server.mail_server_aside, name="mail-server-aside"),
    path(f"{_SERVER}/dns/", mail_server.mail_server_hints, name="mail-server-hints"),
    path(f"{_LOG}/", mail_log.mail_list, name="mail-list"),
    path(f"{_LOG}/export.xlsx", mail_log.mail_export, name="mail-export"),
    path(f"{_LOG}/alertes/", mail_log.mail_alerts, name="mail-alerts"),
    path(f"{_LOG}/renvoyer/", mail_log.mail_resend_failed, name="mail-resend-failed"),
    path(f"{_LOG}/<str:code>/", mail_log.mail_detail, name="mail-detail"),
    path(f"{_LOG}/<str:code>/corps/", mail_log.mail_body, name="mail-body"),
    path(f"{_LOG}/<str:code>/renvoyer/", mail_log.mail_resend, name="mail-resend"),
    path(f"{_STOPPED}/", mail_log.mail_stopped, name="mail-stopped"),
    path(f"{_STOPPED}/<str:code>/reprendre/", mail_log.mail_use_again, name="mail-use-again"),
]
