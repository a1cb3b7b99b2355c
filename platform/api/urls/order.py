"""The addresses of orders."""

from django.urls import path

from api.views.order import OrderByExternalId, OrderDetail, OrderList
from api.views.order_files import OrderExport, OrderFileContent, OrderFileDetail, OrderFiles
from api.views.order_moves import OrderCancel, OrderDone, OrderDossier, OrderReopen, OrderSend, OrderTake

_ORDER = "orders/<str:code>"
_FILE = f"{_ORDER}/files/<str:attachment_code>"

urlpatterns = [
    path("orders/", OrderList.as_view(), name="api-orders"),
    path("orders/by-external-id/<str:external_id>/", OrderByExternalId.as_view(), name="api-order-external"),
    path(f"{_ORDER}/", OrderDetail.as_view(), name="api-order"),
    path(f"{_ORDER}/take/", OrderTake.as_view(), name="api-order-take"),
    path(f"{_ORDER}/done/", OrderDone.as_view(), name="api-order-done"),
    path(f"{_ORDER}/reopen/", OrderReopen.as_view(), name="api-order-reopen"),
    path(f"{_ORDER}/send/", OrderSend.as_view(), name="api-order-send"),
    path(f"{_ORDER}/cancel/", OrderCancel.as_view(), name="api-order-cancel"),
    path(f"{_ORDER}/dossier/", OrderDossier.as_view(), name="api-order-dossier"),
    path(f"{_ORDER}/files/", OrderFiles.as_view(), name="api-order-files"),
    path(f"{_FILE}/", OrderFileDetail.as_view(), name="api-order-file"),
    path(f"{_FILE}/content/", OrderFileContent.as_view(), name="api-order-file-content"),
    path(f"{_ORDER}/export.<str:extension>", OrderExport.as_view(), name="api-order-export"),
]
