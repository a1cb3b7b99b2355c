"""The closed lists of webhooks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DeliveryState(models.TextChoices):
    """How far an event has come on its way to an address."""

    WAITING = "waiting", pgettext_lazy("webhook", "On its way")
    DELIVERED = "delivered", pgettext_lazy("webhook", "Delivered")
    FAILED = "failed", pgettext_lazy("webhook", "Failed")


class OffReason(models.TextChoices):
    """Why an address gets nothing."""

    PERSON = "person", _("Switched off by hand")
    GONE = "gone", _("Switched off: the address answered that it is gone (410)")
    FAILING = "failing", _("Switched off: it took nothing for five days")


class DeliveryTrouble(models.TextChoices):
    """Why an attempt failed; the names of those without an answer are those of kernel.outgoing.Silence."""

    STATUS = "status", _("It answered with another status than 200 to 299.")
    REDIRECT = "redirect", _("It answered with a redirect, which is not followed: enter the final address.")
    GONE = "gone", _("It answered that it is gone for good (410).")
    PRIVATE = "private", _("The address leads into a private network.")
    NO_HOST = "no_host", _("There is no server of this name.")
    REFUSED = "refused", _("The server refuses the connection.")
    CERTIFICATE = "certificate", _("The server's certificate is not valid for this name.")
    TLS = "tls", _("No encrypted connection was possible.")
    TIMEOUT = "timeout", _("It did not answer within 15 seconds.")
    CLOSED = "closed", _("The server closed the connection without an answer.")
    NOT_HTTP = "not_http", _("What the server answered is no HTTP.")
    UNREADABLE = "unreadable", _("The stored secret cannot be opened any more: renew it.")
    OFF = "off", _("The address was switched off before it took the event.")


class WebhookGroup(models.TextChoices):
    """Under which heading an event stands."""

    DOSSIERS = "dossiers", _("Dossiers")
    ORDERS = "orders", _("Orders")
    QUOTES = "quotes", _("Quotes")
    VISITS = "visits", _("Visits")
    MESSAGES = "messages", _("Messages")
    PAYMENTS = "payments", _("Payments")
    CONTACTS = "contacts", _("Contacts")
