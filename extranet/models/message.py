"""What the firm and its clients write to each other."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from extranet.enums import Direction, MessageState
from extranet.models.contact import Contact
from extranet.models.dossier import Dossier
from extranet.models.order import Order
from kernel.models import CodedModel, FirmModel
from mail.models import OutgoingMail
from storage.models import StoredFile


class Message(CodedModel):
    """One message between the firm and a contact, about a dossier or an order or neither.

    A conversation is its first message and those that name it (`first`): it is always with one contact
    (decisions/0028).
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="messages", db_index=False)
    #: What began the conversation; None for that message itself.
    first = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="answers")
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages")
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages")
    direction = models.CharField(max_length=10, choices=Direction)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("message"))
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    sender_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.UNREAD)
    read_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)

    # of what came by mail
    mail_from = models.EmailField(max_length=254, blank=True)
    #: Its Message-ID: the same mail is taken once.
    mail_id = models.CharField(max_length=250, blank=True)
    #: All that the mail said, with the quotes and the signature that `body` leaves out; empty when that is the same.
    mail_text = models.TextField(blank=True)
    #: What of a mail was not kept, and why.
    note = models.TextField(blank=True)
    #: Folded text of all that one looks a message up by (actions.message keeps it).
    search = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_message_code_uq"),
            models.UniqueConstraint(
                fields=["mail_id", "first"], condition=~Q(mail_id=""), name="extranet_message_mail"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("created_at").desc(), F("id").desc(), name="extranet_message_created_ix"),
            models.Index(F("contact"), F("created_at").desc(), name="extranet_message_contact_ix"),
            models.Index(
                fields=["direction", "contact"], name="extranet_message_unread_ix", condition=Q(state="unread")
            ),
            GinIndex(fields=["search"], opclasses=["public.gin_trgm_ops"], name="extranet_message_search_ix"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def first_id_or_own(self) -> int:
        """The key of the message that began the conversation."""
        return self.first_id or self.pk


class MessageFile(CodedModel):
    """What was joined to a message; one stored file may go with the same message to several contacts."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="files")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="message_files")
    name = models.CharField(_("file name"), max_length=150)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_messagefile_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name


class MessageNotice(FirmModel):
    """The mail that told somebody of a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="notices")
    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="message_notices")

    def __str__(self) -> str:
        return str(self.mail)


class MessageModel(CodedModel):
    """A message that the firm writes often: it fills the form; its tags are filled for each recipient."""

    title = models.CharField(_("title"), max_length=80)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("message"))

    class Meta:
        ordering: ClassVar[list[str]] = ["title", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_messagemodel_code_uq"),
        ]

    def __str__(self) -> str:
        return self.title
