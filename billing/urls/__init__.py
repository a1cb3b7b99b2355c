"""Addresses of payments: for the firm, its clients, and the providers."""

from billing.urls import account, notify, pay, payment, reminder

urlpatterns = [
    *notify.urlpatterns,
    *pay.urlpatterns,
    *payment.urlpatterns,
    *account.urlpatterns,
    *reminder.urlpatterns,
]
