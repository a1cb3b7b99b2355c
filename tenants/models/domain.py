"""The host names under which a firm's portal answers."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name of a firm, in lower case and without port."""

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="tenants_domain_primary_uq"
            )
        ]

    def __str__(self) -> str:
        return str(self.domain)
