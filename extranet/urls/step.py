"""Addresses of steps."""

from django.urls import path

from extranet.views.office import step

_ALL = "dossiers/<str:code>/etapes"
_ONE = f"{_ALL}/<str:step_code>"

urlpatterns = [
    path(f"{_ALL}/ajouter/", step.step_add, name="step-add"),
    path(f"{_ONE}/", step.step_edit, name="step-edit"),
    path(f"{_ONE}/cocher/", step.step_tick, name="step-tick"),
    path(f"{_ONE}/retirer/", step.step_remove, name="step-remove"),
]
