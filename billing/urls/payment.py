"""Addresses of the payments, for the firm and its clients."""

from django.urls import URLPattern, path

from billing.views import payment
from billing.views.office import issue, reconcile, record, refund
from billing.views.office import payment as office

_PAYMENT = "paiements/<str:code>/"
_ISSUE = "paiements/a-verifier/<str:code>/"

urlpatterns: list[URLPattern] = [
    path("paiements/", payment.payment_list, name="payment-list"),
    # before the payments' codes
    path("paiements/export.xlsx", office.payment_export, name="payment-export"),
    path("paiements/alertes/", office.payment_alerts, name="payment-alerts"),
    path("paiements/enregistrer/", record.payment_record, name="payment-record"),
    path("paiements/dossiers/", record.payment_dossiers, name="payment-dossiers"),
    path("paiements/rapprochement/", reconcile.reconcile, name="reconcile"),
    path(_ISSUE, issue.issue_resolve, name="issue-resolve"),
    path(f"{_ISSUE}rouvrir/", issue.issue_reopen, name="issue-reopen"),
    path(_PAYMENT, payment.payment_detail, name="payment-detail"),
    path(f"{_PAYMENT}recu/", payment.payment_receipt, name="payment-receipt"),
    path(f"{_PAYMENT}rembourser/", refund.payment_refund, name="payment-refund"),
    path(f"{_PAYMENT}confirmer/", office.payment_confirm, name="payment-confirm"),
    path(f"{_PAYMENT}annuler/", office.payment_cancel, name="payment-cancel"),
    path(f"{_PAYMENT}relire/", office.payment_reread, name="payment-reread"),
    path(f"{_PAYMENT}notifications/", office.payment_notice, name="payment-notice"),
    path("dossiers/<str:code>/paiements/", payment.dossier_payments, name="dossier-payments"),
]
