"""The firm's own mail server, and what leaves in an hour."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import FirmModel
from mail.models.outgoing import Route


class Security(models.TextChoices):
    """How a connection to a mail server is encrypted (RFC 8314)."""

    TLS = "tls", _("TLS from the start (usually port 465)")
    STARTTLS = "starttls", _("STARTTLS (usually port 587)")
    NONE = "none", _("none")


class Trouble(models.TextChoices):
    """What a mail server did instead of taking a mail; `mail.troubles` says it in the reader's words."""

    NO_HOST = "no_host"
    PRIVATE = "private"
    HANGS = "hangs"
    REFUSES = "refuses"
    CLOSED = "closed"
    TLS_WANTED = "tls_wanted"
    TLS_OTHER = "tls_other"
    NO_STARTTLS = "no_starttls"
    CERTIFICATE = "certificate"
    LOGIN_WANTED = "login_wanted"
    LOGIN_REFUSED = "login_refused"
    FROM_REFUSED = "from_refused"
    BUSY = "busy"
    UNREADABLE = "unreadable"
    OTHER = "other"


class MailServer(FirmModel):
    """The server by which a firm's mails leave, and as whom: at most one row a firm; without one, the platform's."""

    also_public = True

    host = models.CharField(_("server"), max_length=253, blank=True)
    port = models.PositiveIntegerField(
        _("port"), default=465, validators=[MinValueValidator(1), MaxValueValidator(65_535)]
    )
    security = models.CharField(_("encryption"), max_length=8, choices=Security, default=Security.TLS)
    verify_certificate = models.BooleanField(_("check the server's certificate"), default=True)
    username = models.CharField(_("login"), max_length=254, blank=True)
    #: The password, sealed for this firm (kernel.secrets).
    sealed = models.TextField(blank=True, editable=False)
    from_address = models.EmailField(_("sender's address"), blank=True)
    from_name = models.CharField(_("sender's name"), max_length=80, blank=True)
    reply_to = models.EmailField(_("address for answers"), blank=True)
    #: What the host lets through; None: as much as comes.
    hour_limit = models.PositiveIntegerField(
        _("mails an hour"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    day_limit = models.PositiveIntegerField(_("mails a day"), null=True, blank=True, validators=[MinValueValidator(1)])
    #: Mails leave by it: it was checked as it is.
    is_active = models.BooleanField(default=False, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: One of `Trouble`.
    trouble = models.CharField(max_length=14, blank=True, editable=False)
    #: The server's own words.
    detail = models.CharField(max_length=300, blank=True, editable=False)
    #: Since it last took a mail.
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    #: It is left alone until then, so that one that hangs holds up nobody else's mail.
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("mail server")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="mail_server_single"),
        ]

    def __str__(self) -> str:
        return self.host


class SendingHour(FirmModel):
    """How many mails have a place in an hour, by one route."""

    also_public = True

    route = models.CharField(max_length=8, choices=Route)
    #: Its first moment.
    hour = models.DateTimeField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["route", "hour"], name="mail_sendinghour_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.hour:%Y-%m-%d %H}: {self.taken}"
