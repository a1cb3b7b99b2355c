"""The firm's web site: one document as it is worked on and as visitors see it, its history, its pictures, its post."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from extranet.enums_site import SiteChange
from kernel.models import CodedModel, FirmModel


class Site(FirmModel):
    """A firm's site: one row a firm, made when the firm is. The documents are what extranet.site_document reads."""

    #: As it is worked on; none until somebody has begun one.
    draft: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(null=True, blank=True)
    #: As visitors see it; none while it is not published.
    published: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(
        null=True, blank=True
    )
    #: Grows whenever what visitors see changes: part of what is remembered of a page.
    version = models.PositiveIntegerField(default=0)
    #: The number of the revision that the draft is; later ones can be had again.
    revision = models.PositiveIntegerField(default=0)
    published_revision = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("web site")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="extranet_site_single"),
            models.CheckConstraint(
                condition=Q(published__isnull=True) | Q(draft__isnull=False, published_at__isnull=False),
                name="extranet_site_published",
            ),
        ]

    def __str__(self) -> str:
        return "site"

    @property
    def is_published(self) -> bool:
        """Whether visitors see it."""
        return self.published is not None

    @property
    def has_changes(self) -> bool:
        """Whether the draft is not what visitors see."""
        return self.draft is not None and self.draft != self.published


class SiteRevision(FirmModel):
    """A state of the draft: what undoing goes back to."""

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=8, choices=SiteChange)
    #: The code of what was changed; several changes of one thing in a row are one.
    target = models.CharField(max_length=16, blank=True)
    document: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    actor_name = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class SiteImage(CodedModel):
    """A picture of the site; its objects are made at upload, a file for each width and format (queries.site_image)."""

    name = models.CharField(_("file name"), max_length=150)
    #: What is read to people who do not see it; empty: only decoration.
    alt = models.CharField(_("description for people who do not see it"), max_length=200, blank=True)
    #: Of the widest one, in pixels.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    widths: "models.JSONField[list[int], list[int]]" = models.JSONField(default=list)
    #: Of all its files together.
    size = models.PositiveIntegerField()
    #: Of what was sent: the same picture is stored once.
    sha256 = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("picture of the site")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_siteimage_code_uq"),
        ]

    def __str__(self) -> str:
        return self.name


class SiteContact(CodedModel):
    """What a visitor wrote into the form of the site; it goes after a year, or when its writer is erased."""

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    text = models.TextField(_("message"), max_length=4000)
    #: The title of the page from which it came.
    page = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("visitor's message")
        verbose_name_plural = _("visitors' messages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_sitecontact_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("at").desc(), F("id").desc(), name="extranet_sitecontact_at_ix"),
        ]

    def __str__(self) -> str:
        return self.name
