"""The tables of the portal, in each firm's schema."""

from extranet.models.access import DossierAccess, DossierEvent, GuestLink
from extranet.models.contact import CollaboratorEmail, Contact, SubAccount
from extranet.models.contact_import import ContactImport
from extranet.models.diagnostic import Diagnostic, ValidityRule
from extranet.models.dossier import Dossier, DossierTrace
from extranet.models.dossier_file import DossierFile, FileVersion
from extranet.models.map_feed import MapFeed
from extranet.models.message import Message
from extranet.models.requested_document import RequestedDocument, SentDocument
from extranet.models.settings import PortalSettings
from extranet.models.step import DossierStep, StepTemplate

__all__ = [
    "CollaboratorEmail",
    "Contact",
    "ContactImport",
    "Diagnostic",
    "Dossier",
    "DossierAccess",
    "DossierEvent",
    "DossierFile",
    "DossierStep",
    "DossierTrace",
    "FileVersion",
    "GuestLink",
    "MapFeed",
    "Message",
    "PortalSettings",
    "RequestedDocument",
    "SentDocument",
    "StepTemplate",
    "SubAccount",
    "ValidityRule",
]
