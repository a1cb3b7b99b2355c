"""What the firm and its clients write to each other."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from extranet.enums import Direction, MessageState
from extranet.models.contact import Contact
from extranet.models.dossier import Dossier
from kernel.models import CodedModel


class Message(CodedModel):
    """One message between the firm and a contact, about a dossier or not."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="messages", db_index=False)
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages")
    direction = models.CharField(max_length=10, choices=Direction)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("message"))
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    sender_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.UNREAD)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_message_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("created_at").desc(), F("id").desc(), name="extranet_message_created_ix"),
            models.Index(F("contact"), F("created_at").desc(), name="extranet_message_contact_ix"),
            models.Index(fields=["direction"], name="extranet_message_unread_ix", condition=models.Q(state="unread")),
        ]

    def __str__(self) -> str:
        return self.subject
