"""The addresses of payments."""

from django.urls import path

from api.views.payment import PaymentCancel, PaymentConfirm, PaymentDetail, PaymentList, PaymentReceipt

_PAYMENT = "payments/<str:code>"

urlpatterns = [
    path("payments/", PaymentList.as_view(), name="api-payments"),
    path(f"{_PAYMENT}/", PaymentDetail.as_view(), name="api-payment"),
    path(f"{_PAYMENT}/confirm/", PaymentConfirm.as_view(), name="api-payment-confirm"),
    path(f"{_PAYMENT}/cancel/", PaymentCancel.as_view(), name="api-payment-cancel"),
    path(f"{_PAYMENT}/receipt.pdf", PaymentReceipt.as_view(), name="api-payment-receipt"),
]
