"""A firm's sign-up, from the form to its administrator's first log-in."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.emails import sign_up_mail
from accounts.models import Role, User
from kernel.errors import DomainError
from kernel.jobs import public_job
from kernel.signing import sign
from kernel.tenancy import firm_context, public_context
from mail.actions.outgoing import queue_mail
from tenants.actions.provisioning import create_firm
from tenants.actions.signup import CONFIRM_WITHIN, SignUpData, start_sign_up
from tenants.links import public_url
from tenants.models import Firm, SignUp, SignUpState
from themes.models import Branding


@transaction.atomic
def sign_up_firm(data: SignUpData) -> SignUp:
    """Returns the new sign-up, whose confirmation leaves by mail; raises DomainError `subdomain_taken`."""
    sign_up = start_sign_up(data)
    send_confirmation(sign_up)
    return sign_up


def send_confirmation(sign_up: SignUp) -> None:
    """Mails the link that confirms the address."""
    token = sign(sign_up.code, purpose="confirm-sign-up")
    link = public_url(reverse("signup-confirm", urlconf="config.urls_public", args=[token]))
    with override(sign_up.language):
        content = sign_up_mail(name=sign_up.admin_name, firm_name=sign_up.firm_name, link=link)
        queue_mail(to=sign_up.email, content=content, kind="sign_up", confidential=True)


@transaction.atomic
def confirm_sign_up(code: str) -> SignUp:
    """Returns the sign-up, confirmed, whose portal a job now makes; a second click changes nothing.

    Raises DomainError `sign_up_gone` when it expired.
    """
    sign_up = SignUp.objects.select_for_update().filter(code=code).first()
    if sign_up is None or (
        sign_up.state == SignUpState.UNCONFIRMED and sign_up.created_at < timezone.now() - CONFIRM_WITHIN
    ):
        raise DomainError("sign_up_gone", _("This link has expired: sign up once more, it takes two minutes."))
    if sign_up.state == SignUpState.UNCONFIRMED:
        sign_up.state = SignUpState.QUEUED
        sign_up.confirmed_at = timezone.now()
        sign_up.save(update_fields=["state", "confirmed_at"])
        provision_sign_up.enqueue(sign_up_id=sign_up.pk, lock=f"sign-up-{sign_up.pk}")
    return sign_up


@transaction.atomic
def retry_sign_up(sign_up: SignUp) -> None:
    """Starts the provisioning of a failed sign-up again."""
    changed = SignUp.objects.filter(pk=sign_up.pk, state=SignUpState.FAILED).update(state=SignUpState.QUEUED)
    if changed:
        provision_sign_up.enqueue(sign_up_id=sign_up.pk, lock=f"sign-up-{sign_up.pk}")


@public_job(queue="provisioning", attempts=4)
def provision_sign_up(*, sign_up_id: int) -> None:
    """Makes the firm of a confirmed sign-up, all or nothing; run again, it does nothing more."""
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update().filter(pk=sign_up_id, state=SignUpState.QUEUED).first()
        if sign_up is None:
            return
        firm = open_firm(
            name=sign_up.firm_name,
            subdomain=sign_up.subdomain,
            siret=sign_up.siret,
            language=sign_up.language,
            admin_name=sign_up.admin_name,
            admin_email=sign_up.email,
            admin_password_hash=sign_up.password,
        )
        sign_up.firm = firm
        sign_up.state = SignUpState.READY
        sign_up.ready_at = timezone.now()
        sign_up.password = ""
        sign_up.save(update_fields=["firm", "state", "ready_at", "password"])


def open_firm(
    *,
    name: str,
    subdomain: str,
    siret: str,
    language: str,
    admin_name: str,
    admin_email: str,
    admin_password_hash: str,
) -> Firm:
    """Returns a new firm with its schema, its look and its administrator (log-in by e-mail), in one transaction."""
    with public_context(), transaction.atomic():
        firm = create_firm(name=name, subdomain=subdomain, siret=siret)
        Branding.objects.create(firm=firm, site_name=name[:80], language=language)
        with firm_context(firm.schema_name):
            User.objects.create(
                username=admin_email.lower(),
                email=admin_email,
                full_name=admin_name,
                role=Role.ADMIN,
                language=language,
                password=admin_password_hash,
            )
        return firm
