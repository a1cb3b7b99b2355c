"""Addresses of requests for an account."""

from django.urls import path

from extranet.views.guest import join
from extranet.views.office import join as office

_ONE = "demandes-de-compte/<str:join_code>"

urlpatterns = [
    path("demande-de-compte/", join.join, name="join"),
    path("demande-de-compte/envoyee/", join.join_sent, name="join-sent"),
    path("demande-de-compte/confirmer/<str:token>/", join.join_confirm, name="join-confirm"),
    path("demandes-de-compte/", office.join_requests, name="join-requests"),
    path(f"{_ONE}/", office.join_request, name="join-request"),
    path(f"{_ONE}/accepter/", office.join_accept, name="join-accept"),
    path(f"{_ONE}/refuser/", office.join_refuse, name="join-refuse"),
    path(f"{_ONE}/annuler/", office.join_undo, name="join-undo"),
]
