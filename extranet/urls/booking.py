"""Addresses of the calendar, of visits and absences, of those who make them and of the rules."""

from django.urls import path

from extranet.views.guest import calendar as guest
from extranet.views.office import appointment, booking, calendar

_VISIT = "agenda/visites"
_PERSON = "reglages/agenda/diagnostiqueurs"

urlpatterns = [
    path("agenda/", calendar.calendar, name="calendar"),
    path("agenda/<str:token>.ics", guest.calendar_feed, name="calendar-feed"),
    path(f"{_VISIT}/nouvelle/", appointment.appointment_new, name="appointment-new"),
    path(f"{_VISIT}/creneaux/", appointment.appointment_slots, name="appointment-slots"),
    path(f"{_VISIT}/<str:code>/", appointment.appointment_detail, name="appointment-detail"),
    path(f"{_VISIT}/<str:code>/modifier/", appointment.appointment_edit, name="appointment-edit"),
    path(f"{_VISIT}/<str:code>/deplacer/", appointment.appointment_move, name="appointment-move"),
    path(f"{_VISIT}/<str:code>/prevenir/", appointment.appointment_tell, name="appointment-tell"),
    path(f"{_VISIT}/<str:code>/remettre/", appointment.appointment_undo, name="appointment-undo"),
    path(f"{_VISIT}/<str:code>/annuler/", appointment.appointment_cancel, name="appointment-cancel"),
    path(f"{_VISIT}/<str:code>/terminer/", appointment.appointment_finish, name="appointment-finish"),
    path(f"{_VISIT}/<str:code>/reprendre/", appointment.appointment_reopen, name="appointment-reopen"),
    path(f"{_VISIT}/<str:code>/visite.ics", appointment.appointment_ics, name="appointment-ics"),
    path("agenda/absences/", calendar.absence_new, name="absence-new"),
    path("agenda/absences/<str:code>/supprimer/", calendar.absence_delete, name="absence-delete"),
    path("agenda/flux/<str:code>/", calendar.diagnostician_feed, name="diagnostician-feed"),
    path("agenda/flux/<str:code>/revoquer/", calendar.diagnostician_feed_revoke, name="diagnostician-feed-revoke"),
    path("reglages/agenda/", booking.settings_booking, name="settings-booking"),
    path(f"{_PERSON}/nouveau/", booking.diagnostician_new, name="diagnostician-new"),
    path(f"{_PERSON}/<str:code>/", booking.diagnostician_edit, name="diagnostician-edit"),
]
