"""Addresses of contacts and of the accounts under them."""

from django.urls import path

from extranet.views.office import contact, contact_bulk, contact_merge, contact_privacy, sub_account
from extranet.views.portal import sub_account as portal

_ONE = "contacts/<str:code>/"
_SUB = f"{_ONE}sous-comptes/<str:sub_code>/"
_OWN = "collaborateurs/<str:sub_code>/"

urlpatterns = [
    path("contacts/", contact.contact_list, name="contact-list"),
    path("contacts/choisir/", contact.contact_choose, name="contact-choose"),
    path("contacts/nouveau/", contact.contact_new, name="contact-new"),
    path("contacts/selection/codes/", contact_bulk.contact_bulk_codes, name="contact-bulk-codes"),
    path("contacts/selection/supprimer/", contact_bulk.contact_bulk_delete, name="contact-bulk-delete"),
    path(_ONE, contact.contact_detail, name="contact-detail"),
    path(f"{_ONE}modifier/", contact.contact_edit, name="contact-edit"),
    path(f"{_ONE}supprimer/", contact.contact_delete, name="contact-delete"),
    path(f"{_ONE}codes/", contact.contact_codes, name="contact-codes"),
    path(f"{_ONE}fusionner/", contact_merge.contact_merge, name="contact-merge"),
    path(f"{_ONE}joindre/", contact.contact_reach, name="contact-reach"),
    path(f"{_ONE}donnees.zip", contact_privacy.contact_data, name="contact-data"),
    path(f"{_ONE}effacer/", contact_privacy.contact_erase, name="contact-erase"),
    path(f"{_ONE}sous-comptes/", sub_account.contact_sub_account_new, name="contact-sub-account-new"),
    path(_SUB, sub_account.contact_sub_account, name="contact-sub-account"),
    path(f"{_SUB}codes/", sub_account.contact_sub_account_codes, name="contact-sub-account-codes"),
    path(f"{_SUB}supprimer/", sub_account.contact_sub_account_delete, name="contact-sub-account-delete"),
    path("collaborateurs/", portal.sub_account_list, name="sub-account-list"),
    path("collaborateurs/nouveau/", portal.sub_account_new, name="sub-account-new"),
    path(_OWN, portal.sub_account_edit, name="sub-account-edit"),
    path(f"{_OWN}codes/", portal.sub_account_codes, name="sub-account-codes"),
    path(f"{_OWN}supprimer/", portal.sub_account_delete, name="sub-account-delete"),
]
