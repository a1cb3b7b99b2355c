"""The tables of the portal, in each firm's schema."""

from extranet.models.contact import CollaboratorEmail, Contact
from extranet.models.dossier import Dossier, DossierAccess, DossierEvent
from extranet.models.dossier_file import DossierFile

__all__ = ["CollaboratorEmail", "Contact", "Dossier", "DossierAccess", "DossierEvent", "DossierFile"]
