"""A firm's sign-up: what it holds while the e-mail is unconfirmed, and giving it back."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.jobs import periodic
from tenants.links import subdomain_host
from tenants.models import Domain, SignUp, SignUpState

CONFIRM_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class SignUpData:
    """What the form gave, already validated."""

    firm_name: str
    subdomain: str
    siret: str
    admin_name: str
    email: str
    password: str
    language: str


def subdomain_is_free(subdomain: str) -> bool:
    """Returns whether nobody holds this (legal) subdomain."""
    if Domain.objects.filter(domain=subdomain_host(subdomain)).exists():
        return False
    holder = SignUp.objects.filter(subdomain=subdomain).first()
    return holder is None or _is_stale(holder)


def start_sign_up(data: SignUpData) -> SignUp:
    """Returns a new unconfirmed sign-up that holds its subdomain; raises DomainError `subdomain_taken`.

    Two at the same instant: the unique constraint lets one through.
    """
    with transaction.atomic():
        for holder in SignUp.objects.select_for_update().filter(subdomain=data.subdomain):
            if _is_stale(holder):
                holder.delete()
        if not subdomain_is_free(data.subdomain):
            raise _taken()
        try:
            with transaction.atomic():
                return SignUp.objects.create(
                    firm_name=data.firm_name,
                    subdomain=data.subdomain,
                    siret=data.siret,
                    admin_name=data.admin_name,
                    email=data.email,
                    password=make_password(data.password),
                    language=data.language,
                    terms_accepted_at=timezone.now(),
                )
        except IntegrityError as error:
            raise _taken() from error


def _taken() -> DomainError:
    return DomainError("subdomain_taken", _("This subdomain is already taken."))


def _is_stale(sign_up: SignUp) -> bool:
    unconfirmed = sign_up.state == SignUpState.UNCONFIRMED
    # a firm that was deleted gives its subdomain back with its domain row
    gone = sign_up.state == SignUpState.READY and sign_up.firm_id is None
    return gone or (unconfirmed and sign_up.created_at < timezone.now() - CONFIRM_WITHIN)


@periodic("17 * * * *")
def forget_stale_sign_ups() -> None:
    """Deletes sign-ups that were never confirmed, and the personal data with them."""
    SignUp.objects.filter(state=SignUpState.UNCONFIRMED, created_at__lt=timezone.now() - CONFIRM_WITHIN).delete()
