"""The steps that a dossier goes through."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.enums import Visibility
from extranet.models.dossier import Dossier
from kernel.models import CodedModel


class StepTemplate(CodedModel):
    """A step that the firm gives to each new dossier."""

    name = models.CharField(_("step"), max_length=80)
    visibility = models.CharField(_("seen by"), max_length=8, choices=Visibility, default=Visibility.CLIENT)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("step of new dossiers")
        verbose_name_plural = _("steps of new dossiers")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_template_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name


class DossierStep(CodedModel):
    """A step of one dossier, and who ticked it when."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="steps", db_index=False)
    name = models.CharField(_("step"), max_length=80)
    visibility = models.CharField(_("seen by"), max_length=8, choices=Visibility, default=Visibility.CLIENT)
    position = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.CharField(_("by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_step_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["dossier", "position", "id"], name="extranet_step_dossier_ix"),
        ]

    def __str__(self) -> str:
        return self.name
