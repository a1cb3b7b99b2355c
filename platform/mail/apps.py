"""HOW WE WRITE: rendering, the queue of outgoing mail and its sending."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    """Outgoing mail, in each firm's schema and (for the platform's own) in the public one."""

    name = "mail"
    verbose_name = _("Mail")
