"""What changes the portal; importing this package registers its jobs."""

from extranet.actions import (  # noqa: F401
    appointment,
    appointment_reminder,
    booking_place,
    complete_dossier,
    contact_import,
    dossier_file_removal,
    dossier_import,
    dossier_life,
    mission,
    mission_file,
    order_life,
    order_place,
    place,
    quote_paper,
    quote_reminding,
    renewal,
    search,
    unpaid,
    validity,
)
