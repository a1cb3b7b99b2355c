"""Addresses of diagnostics and of what could be renewed."""

from django.urls import path

from extranet.views.guest import reminder
from extranet.views.office import diagnostic, renewal

_ALL = "dossiers/<str:code>/diagnostics"
_ONE = f"{_ALL}/<str:diagnostic_code>"

urlpatterns = [
    path("dossiers/a-renouveler/", renewal.renewal_list, name="renewal-list"),
    path("dossiers/a-renouveler/rappeler/", renewal.renewal_remind, name="renewal-remind"),
    path("rappels/<str:token>/", reminder.reminders_stop, name="reminders-stop"),
    path(f"{_ALL}/ajouter/", diagnostic.diagnostics_add, name="diagnostics-add"),
    path(f"{_ONE}/", diagnostic.diagnostic_edit, name="diagnostic-edit"),
    path(f"{_ONE}/deplacer/", diagnostic.diagnostic_move, name="diagnostic-move"),
    path(f"{_ONE}/supprimer/", diagnostic.diagnostic_delete, name="diagnostic-delete"),
]
