"""Who may work in the console."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.codes import issue_codes
from accounts.actions.team import invite_member
from accounts.models import Role, User
from console.actions.audit import By, record
from console.models import AuditAction
from kernel.errors import DomainError
from tenants.links import console_url


@transaction.atomic
def invite_operator(*, full_name: str, email: str, language: str, by: By) -> User:
    """Returns a new operator, who gets its codes by mail; raises DomainError `email_taken`."""
    operator = invite_member(
        full_name=full_name,
        email=email,
        role=Role.OPERATOR,
        language=language,
        firm_name=settings.PLATFORM_NAME,
        link=_login_link(),
    )
    record(AuditAction.OPERATOR_INVITED, by=by, detail=f"{full_name} · {email}")
    return operator


@transaction.atomic
def send_new_codes(operator: User, *, by: By) -> None:
    """Mails a new first password, the former one dead; raises DomainError `own_account`."""
    _refuse_own(operator, by)
    issue_codes(operator, firm_name=settings.PLATFORM_NAME, link=_login_link())
    record(AuditAction.OPERATOR_CODES, by=by, detail=operator.email)


@transaction.atomic
def set_active(operator: User, *, active: bool, by: By) -> None:
    """Closes an operator's account, its sessions at once with it, or opens it; raises DomainError `own_account`."""
    _refuse_own(operator, by)
    operator.is_active = active
    operator.save(update_fields=["is_active"])
    action = AuditAction.OPERATOR_OPENED if active else AuditAction.OPERATOR_CLOSED
    record(action, by=by, detail=operator.email)


@transaction.atomic
def reset_second_factor(operator: User, *, by: By) -> None:
    """Removes an operator's second factors and sends new codes: the next log-in sets one up.

    The new password ends the sessions. Raises DomainError `own_account`.
    """
    _refuse_own(operator, by)
    Authenticator.objects.filter(user_id=operator.pk).delete()
    issue_codes(operator, firm_name=settings.PLATFORM_NAME, link=_login_link())
    record(AuditAction.SECOND_FACTOR_RESET, by=by, detail=operator.email)


def _refuse_own(operator: User, by: By) -> None:
    if operator.pk == by.user.pk:
        raise DomainError("own_account", _("Another operator must do this to your own account."))


def _login_link() -> str:
    return console_url(reverse("account_login", urlconf="config.urls_console"))
