"""The portal's addresses; one set for the firm and its clients, each sees what is its own."""

from django.urls import path

from extranet.views.office import branding, contact, file
from extranet.views.office import dossier as office
from extranet.views.portal import dossier as portal

urlpatterns = [
    path("", portal.home, name="home"),
    path("dossiers/", portal.dossier_list, name="dossier-list"),
    path("dossiers/nouveau/", office.dossier_new, name="dossier-new"),
    path("dossiers/<str:code>/", portal.dossier_detail, name="dossier-detail"),
    path("dossiers/<str:code>/modifier/", office.dossier_edit, name="dossier-edit"),
    path("dossiers/<str:code>/zip/", portal.dossier_zip, name="dossier-zip"),
    path("dossiers/<str:code>/avertir/", office.dossier_notify, name="dossier-notify"),
    path("dossiers/<str:code>/acces/", office.access_add, name="access-add"),
    path("dossiers/<str:code>/acces/<str:contact_code>/retirer/", office.access_remove, name="access-remove"),
    path("dossiers/<str:code>/fichiers/", file.files_add, name="files-add"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/", portal.file_download, name="file-download"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/lire/", portal.file_read, name="file-read"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/contenu/", portal.file_content, name="file-content"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/modifier/", file.file_edit, name="file-edit"),
    path("dossiers/<str:code>/fichiers/<str:file_code>/retirer/", file.file_remove, name="file-remove"),
    path("fichiers/televerser/", file.file_upload, name="file-upload"),
    path("contacts/", contact.contact_list, name="contact-list"),
    path("contacts/choisir/", contact.contact_choose, name="contact-choose"),
    path("contacts/nouveau/", contact.contact_new, name="contact-new"),
    path("contacts/<str:code>/", contact.contact_detail, name="contact-detail"),
    path("contacts/<str:code>/modifier/", contact.contact_edit, name="contact-edit"),
    path("contacts/<str:code>/supprimer/", contact.contact_delete, name="contact-delete"),
    path("contacts/<str:code>/codes/", contact.contact_codes, name="contact-codes"),
    path("apparence/", branding.branding_edit, name="branding-edit"),
]
