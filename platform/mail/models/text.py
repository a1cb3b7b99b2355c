"""A firm's own words of a mail, and what they were before."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel


class MailText(CodedModel):
    """What a firm writes in place of our words of one mail in one language; `is_own` false: our words are sent."""

    also_public = True

    kind = models.CharField(_("kind"), max_length=30)
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    button = models.CharField(_("button"), max_length=60, blank=True)
    is_own = models.BooleanField(default=True)
    #: How often it was saved; the number of its last version.
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("text of a mail")
        verbose_name_plural = _("texts of mails")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="mail_text_code_uq"),
            models.UniqueConstraint(fields=["kind", "language"], name="mail_text_kind_language_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


class MailTextVersion(CodedModel):
    """What a text was once, who made it so and when; `is_own` false: that it went back to our words."""

    also_public = True

    text = models.ForeignKey(MailText, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    button = models.CharField(max_length=60, blank=True)
    is_own = models.BooleanField(default=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version of a mail’s text")
        verbose_name_plural = _("versions of mails’ texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="mail_textversion_code_uq"),
            models.UniqueConstraint(fields=["text", "number"], name="mail_textversion_number_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.number}"
