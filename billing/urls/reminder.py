"""Addresses of reminders of unpaid dossiers."""

from django.urls import URLPattern, path

from billing.views.office import reminder, reminder_settings

_DOSSIER = "dossiers/<str:code>/relances/"

urlpatterns: list[URLPattern] = [
    path("reglages/relances/", reminder_settings.settings_reminders, name="settings-reminders"),
    path("reglages/relances/apercu/", reminder_settings.reminders_preview, name="settings-reminders-preview"),
    path("reglages/relances/essai/", reminder_settings.reminders_trial, name="settings-reminders-trial"),
    path("relances/envoyer/", reminder.unpaid_remind_many, name="unpaid-remind-many"),
    path("dossiers/<str:code>/relancer/", reminder.unpaid_remind, name="unpaid-remind"),
    path(f"{_DOSSIER}arreter/", reminder.unpaid_stop, name="unpaid-stop"),
    path(f"{_DOSSIER}reprendre/", reminder.unpaid_resume, name="unpaid-resume"),
]
