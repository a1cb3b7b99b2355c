"""Addresses of dossiers, of who may read them and what is due."""

from django.urls import path

from extranet.views.office import dossier as office
from extranet.views.portal import dossier as portal

urlpatterns = [
    path("dossiers/", portal.dossier_list, name="dossier-list"),
    path("dossiers/nouveau/", office.dossier_new, name="dossier-new"),
    path("dossiers/<str:code>/", portal.dossier_detail, name="dossier-detail"),
    path("dossiers/<str:code>/modifier/", office.dossier_edit, name="dossier-edit"),
    path("dossiers/<str:code>/avertir/", office.dossier_notify, name="dossier-notify"),
    path("dossiers/<str:code>/acces/", office.access_add, name="access-add"),
    path("dossiers/<str:code>/acces/<str:contact_code>/retirer/", office.access_remove, name="access-remove"),
]
