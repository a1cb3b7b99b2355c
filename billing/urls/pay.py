"""Addresses of paying, for clients with or without an account."""

from django.urls import URLPattern, path

from billing.views.portal import choose, deposit, going, pay, status

urlpatterns: list[URLPattern] = [
    path("payer/", choose.pay_choose, name="pay-choose"),
    path("payer/reste/<str:code>/", choose.pay_offer, name="pay-offer"),
    path("payer/suivi/<str:token>/", status.pay_status, name="pay-status"),
    path("payer/suivi/<str:token>/etat/", status.pay_state, name="pay-state"),
    path("payer/suivi/<str:token>/continuer/", going.pay_go, name="pay-go"),
    path("payer/recu/<str:token>/", status.pay_receipt, name="pay-receipt"),
    path("payer/acompte/<str:token>/", deposit.deposit_pay, name="deposit-pay"),
    path("payer/acompte/<str:token>/laisser/", deposit.deposit_release, name="deposit-release"),
    path("payer/<str:token>/", pay.pay, name="pay"),
    path("acces/<str:token>/payer/", choose.guest_pay, name="guest-pay"),
]
