"""Addresses of contacts."""

from django.urls import path

from extranet.views.office import contact

urlpatterns = [
    path("contacts/", contact.contact_list, name="contact-list"),
    path("contacts/choisir/", contact.contact_choose, name="contact-choose"),
    path("contacts/nouveau/", contact.contact_new, name="contact-new"),
    path("contacts/<str:code>/", contact.contact_detail, name="contact-detail"),
    path("contacts/<str:code>/modifier/", contact.contact_edit, name="contact-edit"),
    path("contacts/<str:code>/supprimer/", contact.contact_delete, name="contact-delete"),
    path("contacts/<str:code>/codes/", contact.contact_codes, name="contact-codes"),
]
