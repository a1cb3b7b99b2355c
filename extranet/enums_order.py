"""The closed lists of orders: what a mission order asks (facts of the field, 1.4, 1.5 and 2.3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderState(models.TextChoices):
    """Where an order stands; the manual (III) names the first and has the last by its icon."""

    DRAFT = "draft", _("Draft")
    TODO = "todo", _("To be handled")
    ONGOING = "ongoing", _("In progress")
    DONE = "done", _("Handled")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")


class Answer(models.TextChoices):
    """An answer to a question that not everybody can answer."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "", _("I do not know")


class BuildPeriod(models.TextChoices):
    """When the building permit was issued: lead goes by 1 January 1949, asbestos by 1 July 1997."""

    BEFORE_1949 = "before_1949", _("Before 1949")
    BEFORE_JULY_1997 = "before_1997", _("From 1949 to June 1997")
    SINCE_JULY_1997 = "since_1997", _("Since July 1997")
    UNKNOWN = "", _("I do not know")


class Installation(models.TextChoices):
    """How old a gas or electricity installation is: more than 15 years make a report due."""

    NONE = "none", pgettext_lazy("installation", "None")
    RECENT = "recent", _("15 years or less")
    OLD = "old", _("More than 15 years")
    UNKNOWN = "", _("I do not know")


class HeatingKind(models.TextChoices):
    """How a property is heated."""

    NONE = "none", _("No heating")
    INDIVIDUAL = "individual", _("Individual")
    COLLECTIVE = "collective", _("Collective")
    UNKNOWN = "", _("I do not know")


class ZoneKind(models.TextChoices):
    """The zones that make a report due: set by prefects and mayors, commune by commune."""

    TERMITES = "termites", _("Termites")
    MERULE = "merule", _("Dry rot")
    RISKS = "risks", _("Risks and pollution")
    NOISE = "noise", _("Aircraft noise plan")
    AIR = "air", _("Atmosphere protection plan")


class OrdererRole(models.TextChoices):
    """Who orders, to the property: the mission order's check boxes."""

    OWNER = "owner", _("Owner")
    AGENCY = "agency", _("Agency")
    NOTARY = "notary", _("Notary")
    TENANT = "tenant", _("Tenant")
    OTHER = "other", _("Other")


class OrderOrigin(models.TextChoices):
    """By which door an order came."""

    CLIENT = "client", _("By a client")
    STAFF = "staff", _("By the firm")
    VISITOR = "visitor", _("Without an account")


class OrderEventKind(models.TextChoices):
    """What happened to an order."""

    CREATED = "created", _("Order begun")
    SENT = "sent", _("Order sent")
    EDITED = "edited", _("Order edited")
    STARTED = "started", _("In progress")
    DONE = "done", _("Handled")
    REOPENED = "reopened", _("To be handled again")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")
    ASSIGNED = "assigned", _("Assigned")
    UNASSIGNED = "unassigned", _("No longer assigned")
    CONTACT = "contact", _("Client chosen")
    FILE_ADDED = "file_added", _("File added")
    FILE_REMOVED = "file_removed", _("File removed")
    DOSSIER = "dossier", _("Dossier made of it")
    MISSION = "mission", _("Mission order made")
    ODM_SIGNED = "odm_signed", _("Mission order signed")
    ODM_TAKEN = "odm_taken", _("Mission order withdrawn")
    ODM_REMINDED = "odm_reminded", _("Reminder to sign sent")
