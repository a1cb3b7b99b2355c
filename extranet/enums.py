"""The closed lists of the portal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DownloadState(models.TextChoices):
    """How much of a dossier has been downloaded."""

    NONE = "none", _("Not downloaded")
    PARTIAL = "partial", _("Partly downloaded")
    FULL = "full", _("Downloaded")


class EventKind(models.TextChoices):
    """What happened to a dossier."""

    CREATED = "created", _("Dossier created")
    EDITED = "edited", _("Dossier edited")
    FILE_ADDED = "file_added", _("File added")
    FILE_REPLACED = "file_replaced", _("File replaced")
    FILE_REMOVED = "file_removed", _("File removed")
    FILE_RESTORED = "file_restored", _("File put back")
    ACCESS_GIVEN = "access_given", _("Access given")
    ACCESS_REMOVED = "access_removed", _("Access removed")
    LINK_SENT = "link_sent", _("Occasional access sent")
    LINK_REVOKED = "link_revoked", _("Occasional access revoked")
    LINK_OPENED = "link_opened", _("Occasional access opened")
    NOTIFIED = "notified", _("Client notified")
    MESSAGE = "message", _("Message sent")
    READ = "read", _("Read online")
    READ_STAMPED = "read_stamped", _("Read with the mention")
    DOWNLOADED = "downloaded", _("Downloaded")
    AMOUNT = "amount", _("Amount changed")
    PAID = "paid", _("Marked as paid")
    UNPAID = "unpaid", _("Marked as unpaid")
    UNPAID_REMINDED = "unpaid_reminded", _("Reminded of the payment")
    EXEMPTED = "exempted", _("May read while unpaid")
    EXEMPTION_ENDED = "exemption_ended", _("May no longer read while unpaid")
    STEP_DONE = "step_done", _("Step done")
    STEP_UNDONE = "step_undone", _("Step undone")
    DOCUMENT_ASKED = "document_asked", _("Document asked")
    DOCUMENT_SENT = "document_sent", _("Document sent")
    DOCUMENT_ACCEPTED = "document_accepted", _("Document accepted")
    DOCUMENT_REFUSED = "document_refused", _("Document to be sent again")
    DIAGNOSTIC = "diagnostic", _("Diagnostics changed")
    REMINDED = "reminded", _("Owner reminded of the expiry")
    MOVED = "moved", _("Place on the map corrected")
    ARCHIVED = "archived", _("Archived")
    RESTORED = "restored", _("Taken out of the archive")
    DELETED = "deleted", _("Deleted")
    UNDELETED = "undeleted", _("Taken out of the bin")


class Transaction(models.TextChoices):
    """What the diagnostics are made for; validity depends on it."""

    SALE = "sale", _("Sale")
    RENTAL = "rental", _("Rental")
    WORKS = "works", _("Works or demolition")
    OTHER = "other", _("Other")


class PropertyKind(models.TextChoices):
    """What stands at the address."""

    HOUSE = "house", _("House")
    FLAT = "flat", _("Flat")
    BUILDING = "building", _("Building")
    COMMERCIAL = "commercial", _("Commercial premises")
    LAND = "land", _("Land")
    OTHER = "other", _("Other")


class PaymentState(models.TextChoices):
    """Whether a dossier is paid for."""

    NOTHING_DUE = "nothing", _("Nothing due")
    UNPAID = "unpaid", _("Unpaid")
    PAID = "paid", _("Paid")


class Payer(models.TextChoices):
    """Who pays for a dossier."""

    OWNER = "owner", _("Owner")
    AGENCY = "agency", _("Agency")
    NOTARY = "notary", _("Notary")
    BUYER = "buyer", _("Buyer")
    OTHER = "other", _("Other")


class GeoState(models.TextChoices):
    """What is known of a property's place on the map."""

    NONE = "none", _("No address")
    WAITING = "waiting", _("Being looked up")
    FOUND = "found", _("Found")
    UNSURE = "unsure", _("To be checked")
    NOT_FOUND = "not_found", _("Address not found")
    FAILED = "failed", _("The address service did not answer")
    BY_HAND = "by_hand", _("Placed by hand")


class AccessKind(models.TextChoices):
    """How a contact came to read a dossier."""

    DIRECT = "direct", _("Direct")
    OCCASIONAL = "occasional", _("Occasional")
    INHERITED = "inherited", _("Inherited")
    COLLABORATOR = "collaborator", _("By a collaborator's e-mail")


class ContactKind(models.TextChoices):
    """What a contact is to the firm."""

    AGENCY = "agency", _("Agency")
    NOTARY = "notary", _("Notary")
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Property manager")
    OTHER = "other", _("Other")


class FileKind(models.TextChoices):
    """What a file of a dossier is."""

    REPORT = "report", _("Report")
    INVOICE = "invoice", _("Invoice")
    CERTIFICATE = "certificate", _("Certificate")
    GENAPI = "genapi", _("GENAPI")
    PHOTO = "photo", _("Photo")
    MISSION = "mission", _("Mission order")
    OTHER = "other", _("Other")


class Visibility(models.TextChoices):
    """Who sees a file or a step."""

    CLIENT = "client", _("Client and staff")
    STAFF = "staff", _("Staff only")


class DiagnosticKind(models.TextChoices):
    """The diagnostics, by their usual names (facts of the field: CCH L271-4 and the texts that it names)."""

    DPE = "dpe", _("Energy performance (DPE)")
    AUDIT = "audit", _("Regulatory energy audit")
    AMIANTE = "amiante", _("Asbestos before sale")
    DAPP = "dapp", _("Asbestos of private parts (DAPP)")
    DTA = "dta", _("Asbestos technical file (DTA)")
    AMIANTE_WORKS = "amiante_works", _("Asbestos before works")
    CREP = "crep", _("Lead exposure risk (CREP)")
    PLOMB_WORKS = "plomb_works", _("Lead before works")
    TERMITES = "termites", _("Termites")
    MERULE = "merule", _("Dry rot")
    GAZ = "gaz", _("Gas installation")
    ELEC = "elec", _("Electrical installation")
    ERP = "erp", _("Risks and pollution (ERP)")
    ENSA = "ensa", _("Aircraft noise (ENSA)")
    ANC = "anc", _("Non-collective sanitation")
    CARREZ = "carrez", _("Carrez floor area")
    BOUTIN = "boutin", _("Boutin living area")
    BOIS = "bois", _("Wood-fired heating")
    PISCINE = "piscine", _("Pool safety")
    DTG = "dtg", _("Overall technical diagnosis (DTG)")
    PEMD = "pemd", _("Products, materials and waste (PEMD)")
    OTHER = "other", _("Other diagnostic")


class Finding(models.TextChoices):
    """What a diagnostic found; validity depends on it for asbestos and lead."""

    UNKNOWN = "unknown", _("Not stated")
    CLEAR = "clear", _("Nothing found")
    FOUND = "found", _("Found, or anomalies")


class EnergyLetter(models.TextChoices):
    """A class of the energy label (arrêté du 31 mars 2021, annexe 4)."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"


class RequestState(models.TextChoices):
    """Where a document asked of the client stands."""

    ASKED = "asked", _("Asked")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    REDO = "redo", _("To be sent again")


class RequestKind(models.TextChoices):
    """The documents that a firm usually asks for."""

    TITLE_DEED = "title_deed", _("Title deed")
    PLANS = "plans", _("Plans")
    CO_OWNERSHIP = "co_ownership", _("Co-ownership rules")
    EARLIER_REPORTS = "earlier_reports", _("Earlier reports")
    ENERGY_BILLS = "energy_bills", _("Energy bills")
    WORKS_INVOICES = "works_invoices", _("Invoices of works")
    BOILER = "boiler", _("Boiler maintenance certificate")
    MEETING_MINUTES = "meeting_minutes", _("Minutes of the owners' meeting")
    OTHER = "other", _("Other document")


class Direction(models.TextChoices):
    """Which way a message goes."""

    TO_CLIENT = "to_client", _("Sent")
    TO_FIRM = "to_firm", _("Received")


class MessageState(models.TextChoices):
    """Whether a message was read."""

    UNREAD = "unread", _("To be read")
    READ = "read", _("Read")
    CANCELLED = "cancelled", _("Cancelled")


class ImportState(models.TextChoices):
    """Where an import of contacts stands."""

    UPLOADED = "uploaded", _("Columns to match")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Ready to import")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Not possible")


class StampPosition(models.TextChoices):
    """Where on the page an unpaid dossier's mention stands."""

    DIAGONAL = "diagonal", _("Across the page")
    CENTRE = "centre", _("In the middle")
    TOP = "top", _("At the top")
    BOTTOM = "bottom", _("At the bottom")


class Handing(models.TextChoices):
    """How a dossier's files are handed to a reader."""

    ORIGINAL = "original", _("As they are")
    STAMPED = "stamped", _("With a mention on each page")
    WITHHELD = "withheld", _("Once the dossier is paid")
