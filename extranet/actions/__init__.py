"""What changes the portal; importing this package registers its jobs."""

from extranet.actions import (  # noqa: F401
    appointment,
    booking_place,
    complete_dossier,
    contact_import,
    dossier_file_removal,
    dossier_life,
    order_life,
    order_place,
    place,
    renewal,
    search,
    unpaid,
    validity,
)
