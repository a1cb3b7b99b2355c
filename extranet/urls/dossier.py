"""Addresses of dossiers and of what is due for them."""

from django.urls import path

from extranet.views.office import bulk, dossier_export, payment
from extranet.views.office import dossier as office
from extranet.views.portal import dossier as portal

urlpatterns = [
    path("dossiers/", portal.dossier_list, name="dossier-list"),
    path("dossiers/nouveau/", office.dossier_new, name="dossier-new"),
    path("dossiers/selection/avertir/", bulk.bulk_notify, name="bulk-notify"),
    path("dossiers/selection/payer/", bulk.bulk_paid, name="bulk-paid"),
    path("dossiers/selection/archiver/", bulk.bulk_archive, name="bulk-archive"),
    path("dossiers/selection/supprimer/", bulk.bulk_delete, name="bulk-delete"),
    path("dossiers/selection/remettre/", bulk.bulk_undelete, name="bulk-undelete"),
    path("dossiers/selection/zip/", bulk.bulk_zip, name="bulk-zip"),
    path("dossiers/annuler/<str:identifier>/", bulk.dossier_undo, name="dossier-undo"),
    path("dossiers/supprimes/", office.trace_list, name="trace-list"),
    path("dossiers/<str:code>/", portal.dossier_detail, name="dossier-detail"),
    path("dossiers/<str:code>/export.zip", dossier_export.dossier_whole, name="dossier-whole"),
    path("dossiers/<str:code>/modifier/", office.dossier_edit, name="dossier-edit"),
    path("dossiers/<str:code>/avertir/", office.dossier_notify, name="dossier-notify"),
    path("dossiers/<str:code>/montant/", payment.amount_edit, name="amount-edit"),
]
