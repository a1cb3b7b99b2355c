"""A firm's sign-up, from the form to its first log-in."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.text import new_code
from tenants.models.firm import Firm


class SignUpState(models.TextChoices):
    """How far a sign-up has come."""

    UNCONFIRMED = "unconfirmed", _("Waiting for the e-mail to be confirmed")
    QUEUED = "queued", _("Confirmed")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class SignUp(models.Model):
    """What a firm gave when it signed up; holds its subdomain from the first instant (unique).

    An unconfirmed one gives the subdomain back after tenants.actions.signup.CONFIRM_WITHIN.
    """

    code = models.CharField(max_length=16, default=new_code, unique=True)
    firm_name = models.CharField(_("name of the firm"), max_length=120)
    subdomain = models.CharField(_("subdomain"), max_length=40)
    siret = models.CharField("SIRET", max_length=14)
    admin_name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    password = models.CharField(max_length=128)
    language = models.CharField(max_length=5, default="fr")
    terms_accepted_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=SignUpState, default=SignUpState.UNCONFIRMED)
    firm = models.OneToOneField(Firm, null=True, blank=True, on_delete=models.SET_NULL, related_name="sign_up")

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subdomain"], name="tenants_signup_subdomain_uq")
        ]

    def __str__(self) -> str:
        return f"{self.firm_name} ({self.subdomain})"
