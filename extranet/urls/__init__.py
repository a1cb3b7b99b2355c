"""The portal's addresses, by noun; one set for the firm and its clients, each sees what is its own."""

from extranet.urls import (
    booking,
    contact,
    contact_import,
    diagnostic,
    document,
    dossier,
    dossier_file,
    export,
    guest,
    home,
    message,
    mission,
    order,
    place,
    price,
    settings,
    step,
    unpaid,
)

urlpatterns = [
    *home.urlpatterns,
    # before the dossiers' codes
    *export.urlpatterns,
    *place.urlpatterns,
    *diagnostic.urlpatterns,
    *dossier.urlpatterns,
    *dossier_file.urlpatterns,
    *step.urlpatterns,
    *document.urlpatterns,
    *guest.urlpatterns,
    *contact_import.urlpatterns,
    *contact.urlpatterns,
    *message.urlpatterns,
    *mission.urlpatterns,
    *order.urlpatterns,
    *booking.urlpatterns,
    *price.urlpatterns,
    *settings.urlpatterns,
    *unpaid.urlpatterns,
]
