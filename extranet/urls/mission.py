"""Addresses of mission orders."""

from django.urls import path

from extranet.views.guest import mission as guest
from extranet.views.office import mission as office
from extranet.views.office import mission_settings as settings
from extranet.views.portal import mission

_SETTINGS = "reglages/odm"
_ORDER = "commandes/<str:code>/odm"
_MISSION = f"{_ORDER}/<str:mission_code>"
_GUEST = "ordre-de-mission/<str:token>"

urlpatterns = [
    path(f"{_SETTINGS}/", settings.settings_mission, name="settings-mission"),
    path(f"{_SETTINGS}/pages/", settings.settings_mission_pages, name="settings-mission-pages"),
    path(f"{_SETTINGS}/pdf/", settings.settings_mission_upload, name="settings-mission-upload"),
    path(f"{_SETTINGS}/champs/", settings.settings_mission_fields, name="settings-mission-fields"),
    path(f"{_SETTINGS}/nos-pages/", settings.settings_mission_ours, name="settings-mission-ours"),
    path(f"{_SETTINGS}/apercu/", settings.mission_preview_read, name="mission-preview-read"),
    path(f"{_SETTINGS}/apercu.pdf", settings.mission_preview, name="mission-preview"),
    path(f"{_SETTINGS}/versions/<str:code>/apercu.pdf", settings.mission_model_preview, name="mission-model-preview"),
    path(f"{_SETTINGS}/versions/<str:code>/reprendre/", settings.mission_model_restore, name="mission-model-restore"),
    path(f"{_ORDER}/", office.mission_make, name="mission-make"),
    path(f"{_MISSION}/", mission.mission_detail, name="mission"),
    path(f"{_MISSION}/contenu/", mission.mission_content, name="mission-content"),
    path(f"{_MISSION}/telecharger/", mission.mission_download, name="mission-download"),
    path(f"{_MISSION}/relancer/", office.mission_remind, name="mission-remind"),
    path(f"{_MISSION}/relances/", office.mission_reminders, name="mission-reminders"),
    path(f"{_MISSION}/retirer/", office.mission_withdraw, name="mission-withdraw"),
    path(f"{_MISSION}/papier/", office.mission_paper, name="mission-paper"),
    path(f"{_MISSION}/preuve/", office.mission_proof, name="mission-proof"),
    path(f"{_GUEST}/", guest.guest_mission, name="guest-mission"),
    path(f"{_GUEST}/code/", guest.guest_mission_code, name="guest-mission-code"),
    path(f"{_GUEST}/contenu/", guest.guest_mission_content, name="guest-mission-content"),
    path(f"{_GUEST}/telecharger/", guest.guest_mission_download, name="guest-mission-download"),
]
