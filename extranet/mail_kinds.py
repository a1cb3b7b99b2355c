"""What the firm calls the kinds of its mails: in the log, its filter and its sheet."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Promise] = {
    "access_codes": _("Access codes"),
    "password_reset": _("Forgotten password"),
    "security_notice": _("Security notice"),
    "dossier_available": _("Dossier available"),
    "guest_link": _("Link to a dossier"),
    "guest_code": _("Code of a link"),
    "message": _("Message"),
    "documents_asked": _("Documents asked for"),
    "document_redo": _("Document refused"),
    "renewal": _("Diagnostic that expires"),
    "order_sent": _("Order confirmed"),
    "order_received": _("Order received"),
    "order_state": _("State of an order"),
    "order_withdrawn": _("Order withdrawn"),
    "order_assigned": _("Order assigned"),
    "mission_to_sign": _("Mission order to sign"),
    "mission_code": _("Code of a signature"),
    "mission_signed": _("Mission order signed"),
    "quote_issued": _("Quote sent"),
    "quote_accepted": _("Quote accepted"),
    "quote_answered": _("Quote answered"),
    "quote_prolonged": _("Quote prolonged"),
    "quote_reminder": _("Reminder of a quote"),
    "payment": _("Payment"),
    "unpaid_reminder": _("Reminder of an unpaid dossier"),
    "unpaid_reminder_trial": _("Trial of a reminder"),
    "mail_server_failing": _("Your mail server fails"),
}
_VISIT, _VISIT_STAFF = _("Visit"), _("Visit (to the firm)")


def kind_label(kind: str) -> str:
    """Returns what a kind is called; one without a name of its own goes by its code."""
    if kind in KINDS:
        return str(KINDS[kind])
    if kind.startswith("visit_"):
        return str(_VISIT_STAFF if kind.endswith("_staff") else _VISIT)
    return kind.replace("_", " ")
