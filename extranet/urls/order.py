"""Addresses of orders."""

from django.urls import path

from extranet.views.guest import order as visitor
from extranet.views.guest import order_visit as visitor_visit
from extranet.views.office import order as office
from extranet.views.office import order_file
from extranet.views.portal import order, order_visit

_ORDER = "commandes/<str:code>"
_VISITOR = "commander"
_FOLLOW = f"{_VISITOR}/suivi/<str:token>"

urlpatterns = [
    path("commandes/", order.order_list, name="order-list"),
    path("commandes/export.xlsx", order.order_export, name="order-export"),
    path("commandes/nouvelle/", order.order_new, name="order-new"),
    path("commandes/adresses/", order.order_addresses, name="order-addresses"),
    path("reglages/commandes/", office.settings_orders, name="settings-orders"),
    path("formats/diagdesk-order-1.xsd", order_file.order_schema, name="order-schema"),
    path(f"{_ORDER}/commande.json", order_file.order_download, {"extension": "json"}, name="order-json"),
    path(f"{_ORDER}/commande.xml", order_file.order_download, {"extension": "xml"}, name="order-xml"),
    path(f"{_ORDER}/commande.ics", order_file.order_download, {"extension": "ics"}, name="order-ics"),
    path(f"{_ORDER}/", order.order_detail, name="order-detail"),
    path(f"{_ORDER}/etape/<str:step>/", order.order_step, name="order-step"),
    path(f"{_ORDER}/dupliquer/", order.order_duplicate, name="order-duplicate"),
    path(f"{_ORDER}/annuler/", order.order_cancel, name="order-cancel"),
    path(f"{_ORDER}/supprimer/", order.order_delete, name="order-delete"),
    path(f"{_ORDER}/etat/", office.order_move, name="order-move"),
    path(f"{_ORDER}/attribuer/", office.order_assign, name="order-assign"),
    path(f"{_ORDER}/client/", office.order_contact, name="order-contact"),
    path(f"{_ORDER}/notes/", office.order_notes, name="order-notes"),
    path(f"{_ORDER}/dossier/", office.order_dossier, name="order-dossier"),
    path(f"{_ORDER}/fichiers/<str:attachment_code>/", order.order_file, name="order-file"),
    path(f"{_ORDER}/fichiers/<str:attachment_code>/retirer/", order.order_file_remove, name="order-file-remove"),
    path(f"{_ORDER}/visite/", order_visit.order_visit, name="order-visit"),
    path(f"{_ORDER}/visite/deplacer/", order_visit.order_visit_move, name="order-visit-move"),
    path(f"{_ORDER}/visite/annuler/", order_visit.order_visit_cancel, name="order-visit-cancel"),
    path(f"{_ORDER}/visite.ics", order_visit.order_visit_ics, name="order-visit-ics"),
    path(f"{_FOLLOW}/visite/", visitor_visit.visitor_visit, name="order-visitor-visit"),
    path(f"{_FOLLOW}/visite/deplacer/", visitor_visit.visitor_visit_move, name="order-visitor-visit-move"),
    path(f"{_FOLLOW}/visite/annuler/", visitor_visit.visitor_visit_cancel, name="order-visitor-visit-cancel"),
    path(f"{_FOLLOW}/visite.ics", visitor_visit.visitor_visit_ics, name="order-visitor-visit-ics"),
    path(f"{_VISITOR}/", visitor.visitor_new, name="order-visitor-new"),
    path(f"{_VISITOR}/adresses/", visitor.visitor_addresses, name="order-visitor-addresses"),
    path(f"{_VISITOR}/suivi/<str:token>/", visitor.visitor_follow, name="order-visitor-follow"),
    path(f"{_VISITOR}/<str:code>/envoyee/", visitor.visitor_done, name="order-visitor-done"),
    path(
        f"{_VISITOR}/<str:code>/fichiers/<str:attachment_code>/retirer/",
        visitor.visitor_file_remove,
        name="order-visitor-file-remove",
    ),
    path(f"{_VISITOR}/<str:code>/<str:step>/", visitor.visitor_step, name="order-visitor-step"),
]
