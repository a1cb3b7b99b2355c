"""The firm's own people."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.codes import issue_codes
from accounts.models import Role, User
from kernel.errors import DomainError


@transaction.atomic
def invite_member(*, full_name: str, email: str, role: Role, language: str, firm_name: str, link: str) -> User:
    """Returns a new member of the staff, who gets its codes by mail; raises DomainError `email_taken`."""
    user = User(username=email.lower(), email=email, full_name=full_name, role=role, language=language)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise DomainError("email_taken", _("Another account already uses this e-mail.")) from error
    issue_codes(user, firm_name=firm_name, link=link)
    return user


@transaction.atomic
def change_member(user: User, *, full_name: str, role: Role, is_active: bool, by: User) -> User:
    """Returns the changed member; raises DomainError `last_admin` rather than leave the firm without administrator."""
    # all administrators, so that two who demote each other at once are seen
    admins = set(User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).values_list("pk", flat=True))
    stays_admin = role == Role.ADMIN and is_active
    if user.pk in admins and not stays_admin and admins == {user.pk}:
        raise DomainError("last_admin", _("The firm needs an active administrator: name another one first."))
    if user.pk == by.pk and not is_active:
        raise DomainError("own_account", _("You cannot close your own account."))
    user.full_name, user.role, user.is_active = full_name, role, is_active
    user.save(update_fields=["full_name", "role", "is_active"])
    return user


def show_all_settings(user: User, *, shown: bool) -> User:
    """Returns the person, who from now on sees all settings or the main ones."""
    user.advanced_settings = shown
    user.save(update_fields=["advanced_settings"])
    return user
