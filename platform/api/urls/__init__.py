"""The addresses under /api/v1/, a module a subject; each ends with a slash but those of files."""

from django.urls import include, path, re_path

from api.urls.appointment import urlpatterns as appointment_urlpatterns
from api.urls.dossier import urlpatterns as dossier_urlpatterns
from api.urls.export import urlpatterns as export_urlpatterns
from api.urls.message import urlpatterns as message_urlpatterns
from api.urls.order import urlpatterns as order_urlpatterns
from api.urls.payment import urlpatterns as payment_urlpatterns
from api.urls.quote import urlpatterns as quote_urlpatterns
from api.urls.sending import urlpatterns as sending_urlpatterns
from api.urls.settings import urlpatterns as settings_urlpatterns
from api.urls.webhook import urlpatterns as webhook_urlpatterns
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
    path("", include("api.urls.docs")),
    *order_urlpatterns,
    *quote_urlpatterns,
    *appointment_urlpatterns,
    *message_urlpatterns,
    *payment_urlpatterns,
    *settings_urlpatterns,
    *export_urlpatterns,
    *webhook_urlpatterns,
    # the last one
    re_path(r"", Unknown.as_view(), name="api-unknown"),
]
