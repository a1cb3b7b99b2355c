"""A mail that was or will be sent."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel, FirmModel


class MailState(models.TextChoices):
    """How far a mail has come."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Came back")
    STOPPED = "stopped", _("Held back")


class Route(models.TextChoices):
    """By whose server a mail leaves."""

    OWN = "own", _("the firm's server")
    PLATFORM = "platform", _("the platform's server")


class Bounce(models.TextChoices):
    """Why a mail came back."""

    HARD = "hard", _("the address does not exist")
    SOFT = "soft", _("the mail box did not take it")
    POLICY = "policy", _("the reader's server refused it")


class OutgoingMail(CodedModel):
    """One mail to one address; its Message-ID is fixed here, so that a second sending can be told as such."""

    also_public = True

    to = models.EmailField(_("to"))
    from_name = models.CharField(max_length=120, blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField()
    html = models.TextField()
    kind = models.CharField(_("kind"), max_length=30)
    #: A body with codes or links that let somebody in: blanked once it has left.
    confidential = models.BooleanField(default=False)
    message_id = models.CharField(max_length=120)
    #: Where answers go, if anywhere.
    reply_to = models.CharField(max_length=254, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=MailState, default=MailState.QUEUED)
    error = models.TextField(blank=True)
    #: By whose server it left, or was tried last.
    route = models.CharField(_("sent by"), max_length=8, choices=Route, blank=True)
    #: How often a server was asked to take it.
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Not before: its place under the limits, or the next try. Jobs that come sooner leave it alone.
    due_at = models.DateTimeField(_("next try"), null=True, blank=True)
    bounce = models.CharField(_("came back"), max_length=6, choices=Bounce, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    #: Folded address and subject (kernel.text.search_text).
    search = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    #: When it was queued last: from then on it is tried for mail.rules.GIVE_UP_AFTER.
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="mail_outgoing_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at"], name="mail_outgoing_created_ix"),
            models.Index(fields=["state", "-created_at"], name="mail_outgoing_state_ix"),
            models.Index(Lower("to"), name="mail_outgoing_to_ix"),
            GinIndex(fields=["search"], opclasses=["public.gin_trgm_ops"], name="mail_outgoing_search_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def is_waiting(self) -> bool:
        """Whether it is held for a later moment."""
        return self.state == MailState.QUEUED and self.due_at is not None

    @property
    def can_be_sent_again(self) -> bool:
        """Whether it did not arrive and its words are still there."""
        return self.state in {MailState.FAILED, MailState.STOPPED, MailState.BOUNCED} and bool(self.text)


class MailAttachment(FirmModel):
    """A small file that goes with a mail; its bytes are dropped once the mail has left."""

    also_public = True

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name
