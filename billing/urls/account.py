"""Addresses of a firm's means of payment and of what stands on its receipts."""

from django.urls import URLPattern, path

from billing.views.office import account

_ONE = "reglages/paiement/<str:code>/"

urlpatterns: list[URLPattern] = [
    path("reglages/paiement/", account.settings_payment, name="settings-payment"),
    path("reglages/paiement/ajouter/<str:provider>/", account.account_add, name="account-add"),
    path(_ONE, account.account_edit, name="account-edit"),
    path(f"{_ONE}verifier/", account.account_verify, name="account-verify"),
    path(f"{_ONE}proposer/", account.account_switch, name="account-switch"),
    path(f"{_ONE}deplacer/", account.account_move, name="account-move"),
    path(f"{_ONE}supprimer/", account.account_delete, name="account-delete"),
    path(f"{_ONE}adresse/", account.account_token, name="account-token"),
    path("reglages/facturation/", account.settings_billing, name="settings-billing"),
    path("reglages/facturation/exemple.pdf", account.receipt_sample, name="settings-receipt"),
]
