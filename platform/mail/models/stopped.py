"""Addresses that nothing is sent to any more."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel
from mail.models.outgoing import Bounce


class StoppedAddress(CodedModel):
    """An address whose mails came back: going on would make the senders of all firms look like spammers."""

    also_public = True

    address = models.EmailField(_("address"))
    bounce = models.CharField(_("why"), max_length=6, choices=Bounce)
    #: The reader's server's own words.
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("stopped address")
        verbose_name_plural = _("stopped addresses")
        ordering: ClassVar[list[str]] = ["-since", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="mail_stopped_code_uq"),
            models.UniqueConstraint(Lower("address"), name="mail_stopped_address_uq"),
        ]

    def __str__(self) -> str:
        return self.address
