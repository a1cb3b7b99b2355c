"""The addresses under /api/v1/, a module a subject; every one of them ends with a slash."""

from django.urls import path, re_path

from api.urls.dossier import urlpatterns as dossier_urlpatterns
from api.urls.sending import urlpatterns as sending_urlpatterns
from api.views.contact import ContactByExternalId, ContactDetail, ContactList
from api.views.root import Me, Unknown
from api.views.upload import Uploads

urlpatterns = [
    path("me/", Me.as_view(), name="api-me"),
    path("uploads/", Uploads.as_view(), name="api-uploads"),
    *sending_urlpatterns,
    *dossier_urlpatterns,
    path("contacts/", ContactList.as_view(), name="api-contacts"),
    path("contacts/by-external-id/<str:external_id>/", ContactByExternalId.as_view(), name="api-contact-external"),
    path("contacts/<str:code>/", ContactDetail.as_view(), name="api-contact"),
    # the last one
    re_path(r"", Unknown.as_view(), name="api-unknown"),
]
