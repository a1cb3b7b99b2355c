"""A mail that was or will be sent."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel, FirmModel


class MailState(models.TextChoices):
    """How far a mail has come."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


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
    state = models.CharField(_("state"), max_length=8, choices=MailState, default=MailState.QUEUED)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="mail_outgoing_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-created_at"], name="mail_outgoing_created_ix")]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class MailAttachment(FirmModel):
    """A small file that goes with a mail; its bytes are dropped once the mail has left."""

    also_public = True

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name
