"""Text messages: the firm's account with a carrier, its rules and texts, what was sent, who wants none."""

import secrets
from datetime import time
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from kernel.models import CodedModel, FirmModel
from mail.sms.enums import Encoding, SmsCarrier, SmsKind, SmsLanguage, SmsState


def new_token() -> str:
    """Returns what the address of a carrier's calls holds: 256 bits."""
    return secrets.token_urlsafe(32)


class SmsAccount(CodedModel):
    """A firm's account with a carrier; one at most is in use."""

    also_public = True

    carrier = models.CharField(max_length=8, choices=SmsCarrier)
    #: The keys that are no secret, by name.
    identifiers = models.JSONField(default=dict)
    #: JSON of the secrets by name, sealed for this firm (kernel.secrets).
    sealed = models.TextField(blank=True)
    #: In the address of the carrier's calls; looked up before anything of them is read.
    token = models.CharField(max_length=64, default=new_token, editable=False)
    is_active = models.BooleanField(default=False)
    #: What the carrier said was left when the keys were last checked.
    credit = models.CharField(max_length=120, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    #: Why the carrier refused the keys when it was last asked; empty when it did not.
    error = models.CharField(max_length=300, blank=True)
    last_called_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="mail_smsaccount_code_uq"),
            models.UniqueConstraint(fields=["token"], name="mail_smsaccount_token_uq"),
            models.UniqueConstraint(fields=["carrier"], name="mail_smsaccount_carrier_uq"),
            models.UniqueConstraint(fields=["is_active"], condition=Q(is_active=True), name="mail_smsaccount_one_uq"),
        ]

    def __str__(self) -> str:
        return str(SmsCarrier(self.carrier).label)


class SmsSettings(FirmModel):
    """A firm's rules for its text messages: one row a firm, made when the firm is."""

    also_public = True

    sender = models.CharField(max_length=16, blank=True)
    signature = models.CharField(max_length=40, blank=True)
    since = models.TimeField(default=time(8))
    until = models.TimeField(default=time(20))
    most_a_day = models.PositiveIntegerField(default=200, validators=[MinValueValidator(1), MaxValueValidator(100_000)])
    #: In euros, without VAT; None: costs are not shown.
    price = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    makes_plain = models.BooleanField(default=True)
    writes_abroad = models.BooleanField(default=False)
    needs_consent = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="mail_smssettings_single"),
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="mail_smssettings_hours"),
        ]

    def __str__(self) -> str:
        return "sms"


class SmsModel(FirmModel):
    """The text of a kind of messages in one language; a kind without a row has the product's text and is off."""

    also_public = True

    kind = models.CharField(max_length=8, choices=SmsKind)
    language = models.CharField(max_length=5, choices=SmsLanguage)
    text = models.TextField(max_length=612)
    is_active = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "language"], name="mail_smsmodel_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"


class OutgoingSms(CodedModel):
    """One text message to one number, and what became of it."""

    also_public = True

    kind = models.CharField(max_length=8, choices=SmsKind)
    #: E.164.
    to = models.CharField(max_length=16)
    text = models.TextField()
    sender = models.CharField(max_length=16, blank=True)
    encoding = models.CharField(max_length=4, choices=Encoding)
    parts = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=SmsState, default=SmsState.QUEUED)
    error = models.CharField(max_length=300, blank=True)
    #: Of the carrier: who carried it, under which name of its own, for how much where it says so.
    carrier = models.CharField(max_length=8, choices=SmsCarrier, blank=True)
    provider_ref = models.CharField(max_length=80, blank=True)
    price = models.DecimalField(max_digits=9, decimal_places=5, null=True, blank=True)
    currency = models.CharField(max_length=8, blank=True)
    #: The code of the contact that it is for, empty for somebody who is none; no key: contacts lie above.
    contact_code = models.CharField(max_length=16, blank=True)
    #: What it is about, in a few words.
    about = models.CharField(max_length=120, blank=True)
    sent_by = models.CharField(max_length=120, blank=True)
    #: Whether it waits for the hours at which people are written to, with the holidays of this region.
    keeps_hours = models.BooleanField(default=False)
    region = models.CharField(max_length=4, blank=True)
    #: What it is about, for programs: what waits is dropped when something newer is said about it.
    topic = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    #: After this it would come too late.
    expires_at = models.DateTimeField(null=True, blank=True)
    #: Set while the carrier is called: found set by another run, the first one died and the message may have left.
    called_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="mail_outgoingsms_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("created_at").desc(), F("id").desc(), name="mail_outgoingsms_created_ix"),
            models.Index(fields=["carrier", "provider_ref"], name="mail_outgoingsms_ref_ix"),
            models.Index(fields=["to"], name="mail_outgoingsms_to_ix"),
            models.Index(fields=["contact_code"], name="mail_outgoingsms_contact_ix"),
            models.Index(fields=["topic"], name="mail_outgoingsms_topic_ix", condition=~Q(topic="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to}"


class StoppedNumber(FirmModel):
    """A number whose reader said STOP: it is never written to again."""

    also_public = True

    number = models.CharField(max_length=16, unique=True)
    said = models.CharField(max_length=160, blank=True)
    #: Of the firm's people, where one of them noted it.
    noted_by = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.number


class SmsConsent(FirmModel):
    """That the reader of a number agreed to text messages, when, and who of the firm noted it."""

    also_public = True

    number = models.CharField(max_length=16, unique=True)
    given_on = models.DateField()
    noted_by = models.CharField(max_length=120)
    how = models.CharField(max_length=160, blank=True)
    noted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.number
