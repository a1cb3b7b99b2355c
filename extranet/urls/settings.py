"""Addresses of a firm's settings."""

from django.urls import path

from extranet.views.guest import accessibility
from extranet.views.office import branding, mail_text, settings, settings_home, settings_log

_STEP = "reglages/dossiers/etapes"
_RULE = "reglages/validite/regles"
_MAIL = "reglages/e-mails/<slug:kind>"

urlpatterns = [
    path("accessibilite/", accessibility.accessibility, name="accessibility"),
    path("apparence/annuler/", branding.branding_undo, name="branding-undo"),
    path("reglages/", settings_home.settings_home, name="settings"),
    path("reglages/journal/", settings_log.settings_log, name="settings-log"),
    path("reglages/export/", settings_log.settings_export, name="settings-export"),
    path("reglages/export/nouveau/", settings_log.archive_new, name="archive-new"),
    path("reglages/export/<str:code>/", settings_log.archive_download, name="archive-download"),
    path("reglages/export/<str:code>/supprimer/", settings_log.archive_remove, name="archive-remove"),
    path("reglages/mode-avance/", settings_home.settings_mode, name="settings-mode"),
    path("apparence/", branding.branding_edit, name="branding-edit"),
    path("reglages/dossiers/", settings.settings_dossiers, name="settings-dossiers"),
    path(f"{_STEP}/ajouter/", settings.template_add, name="step-template-add"),
    path(f"{_STEP}/<str:code>/", settings.template_edit, name="step-template-edit"),
    path(f"{_STEP}/<str:code>/deplacer/", settings.template_move, name="step-template-move"),
    path(f"{_STEP}/<str:code>/supprimer/", settings.template_delete, name="step-template-delete"),
    path("reglages/validite/", settings.settings_validity, name="settings-validity"),
    path(f"{_RULE}/ajouter/", settings.rule_add, name="rule-add"),
    path(f"{_RULE}/<str:code>/", settings.rule_edit, name="rule-edit"),
    path(f"{_RULE}/<str:code>/supprimer/", settings.rule_delete, name="rule-delete"),
    path("reglages/validite/<str:kind>/retablir/", settings.rules_restore, name="rules-restore"),
    path("reglages/e-mails/", mail_text.settings_mails, name="settings-mails"),
    path(f"{_MAIL}/", mail_text.settings_mail, name="settings-mail"),
    path(f"{_MAIL}/apercu/", mail_text.settings_mail_preview, name="settings-mail-preview"),
    path(f"{_MAIL}/affiche/", mail_text.settings_mail_shown, name="settings-mail-shown"),
    path(f"{_MAIL}/essai/", mail_text.settings_mail_trial, name="settings-mail-trial"),
    path(f"{_MAIL}/texte-initial/", mail_text.settings_mail_default, name="settings-mail-default"),
    path(f"{_MAIL}/retablir/<str:code>/", mail_text.settings_mail_restore, name="settings-mail-restore"),
]
