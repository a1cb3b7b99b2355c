"""The tables of the portal, in each firm's schema."""

from extranet.models.access import DossierAccess, DossierEvent, GuestLink
from extranet.models.appointment import Appointment, AppointmentEvent, AppointmentReminder
from extranet.models.booking import BookingSettings, DiagnosticDuration
from extranet.models.company import Certification, Company
from extranet.models.contact import CollaboratorEmail, Contact, SubAccount
from extranet.models.contact_import import ContactImport
from extranet.models.diagnostic import Diagnostic, ValidityRule
from extranet.models.diagnostician import Absence, CalendarFeed, Diagnostician, WorkingHours
from extranet.models.dossier import Dossier, DossierTrace
from extranet.models.dossier_file import DossierFile, FileVersion
from extranet.models.dossier_import import (
    DossierImport,
    DossierImportFile,
    DossierImportLine,
    ImportedDossier,
    ImportedTable,
)
from extranet.models.join import AccountRequest
from extranet.models.library import DocumentCategory, FirmDocument, FirmDocumentVersion
from extranet.models.map_feed import MapFeed
from extranet.models.message import Message, MessageFile, MessageModel, MessageNotice
from extranet.models.mission import MissionModel, MissionOrder, MissionSignature
from extranet.models.need import NeedRule, ZoneArea
from extranet.models.order import Order, OrderEvent, OrderFile
from extranet.models.price_list import PriceList, PricePack, PriceRow, TravelPrice
from extranet.models.quote import Quote, QuoteCounter, QuoteEvent, QuoteLine, QuoteSettings
from extranet.models.requested_document import RequestedDocument, SentDocument
from extranet.models.setting_change import FirmArchive, SettingChange
from extranet.models.settings import PortalSettings
from extranet.models.step import DossierStep, StepTemplate
from extranet.models.webhook import WebhookDelivery, WebhookEndpoint, WebhookEvent
from extranet.models.website import Site, SiteContact, SiteImage, SiteRevision

__all__ = [
    "Absence",
    "AccountRequest",
    "Appointment",
    "AppointmentEvent",
    "AppointmentReminder",
    "BookingSettings",
    "CalendarFeed",
    "Certification",
    "CollaboratorEmail",
    "Company",
    "Contact",
    "ContactImport",
    "Diagnostic",
    "DiagnosticDuration",
    "Diagnostician",
    "DocumentCategory",
    "Dossier",
    "DossierAccess",
    "DossierEvent",
    "DossierFile",
    "DossierImport",
    "DossierImportFile",
    "DossierImportLine",
    "DossierStep",
    "DossierTrace",
    "FileVersion",
    "FirmArchive",
    "FirmDocument",
    "FirmDocumentVersion",
    "GuestLink",
    "ImportedDossier",
    "ImportedTable",
    "MapFeed",
    "Message",
    "MessageFile",
    "MessageModel",
    "MessageNotice",
    "MissionModel",
    "MissionOrder",
    "MissionSignature",
    "NeedRule",
    "Order",
    "OrderEvent",
    "OrderFile",
    "PortalSettings",
    "PriceList",
    "PricePack",
    "PriceRow",
    "Quote",
    "QuoteCounter",
    "QuoteEvent",
    "QuoteLine",
    "QuoteSettings",
    "RequestedDocument",
    "SentDocument",
    "SettingChange",
    "Site",
    "SiteContact",
    "SiteImage",
    "SiteRevision",
    "StepTemplate",
    "SubAccount",
    "TravelPrice",
    "ValidityRule",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WorkingHours",
    "ZoneArea",
]
