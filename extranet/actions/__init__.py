"""What changes the portal; importing this package registers its jobs."""

from extranet.actions import (  # noqa: F401
    complete_dossier,
    contact_import,
    dossier_file_removal,
    dossier_life,
    place,
    renewal,
    search,
    unpaid,
    validity,
)
