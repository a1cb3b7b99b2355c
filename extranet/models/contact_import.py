"""An import of contacts from a spreadsheet."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.enums import ImportState
from kernel.models import CodedModel
from storage.models import StoredFile


class ContactImport(CodedModel):
    """A spreadsheet that became, or will become, contacts: first checked line by line, then imported."""

    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="contact_import")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    #: The sheet's column numbers, from 0, by the name of the contact's field that each fills.
    columns = models.JSONField(default=dict)
    send_codes = models.BooleanField(_("send the access codes"), default=False)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    done = models.PositiveIntegerField(_("lines done"), default=0)
    created = models.PositiveIntegerField(_("contacts created"), default=0)
    updated = models.PositiveIntegerField(_("contacts updated"), default=0)
    refused = models.PositiveIntegerField(_("lines refused"), default=0)
    #: The first errors: [{"line": number from 1 as the sheet shows it, "column": …, "value": …, "text": …}].
    errors = models.JSONField(default=list)
    problem = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("import of contacts")
        verbose_name_plural = _("imports of contacts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_import_code_uq"),
        ]

    def __str__(self) -> str:
        return self.code
