"""The firm's own people."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.codes import issue_codes
from accounts.models import Permission, Role, User, standard_permissions
from accounts.team_hooks import Changes, tell_member_changed
from kernel.errors import DomainError


@transaction.atomic
def invite_member(
    *,
    full_name: str,
    email: str,
    role: Role,
    language: str,
    firm_name: str,
    link: str,
    permissions: Iterable[str] | None = None,
    by: User | None = None,
) -> User:
    """Returns a new member of the staff, who gets its codes by mail.

    Raises DomainError `email_taken`, and `beyond_own` when `by` gives more than it has.
    """
    wanted = _ordered(standard_permissions() if permissions is None else permissions)
    if by is not None:
        _check_grant(by, role=role, granted=wanted)
    user = User(
        username=email.lower(), email=email, full_name=full_name, role=role, language=language, permissions=wanted
    )
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise DomainError("email_taken", _("Another account already uses this e-mail.")) from error
    issue_codes(user, firm_name=firm_name, link=link)
    if by is not None:
        tell_member_changed(user, by=by, changes=_changes({}, _state(user)))
    return user


@transaction.atomic
def change_member(
    user: User, *, full_name: str, role: Role, is_active: bool, permissions: Iterable[str], by: User
) -> User:
    """Returns the changed member.

    Raises DomainError `last_admin` rather than leave the firm without administrator, `own_account` for whoever closes
    the own one, and `beyond_own` when `by` gives more than it has, or touches an administrator without being one.
    """
    # all administrators, so that two who demote each other at once are seen
    admins = set(User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).values_list("pk", flat=True))
    stays_admin = role == Role.ADMIN and is_active
    if user.pk in admins and not stays_admin and admins == {user.pk}:
        raise DomainError("last_admin", _("The firm needs an active administrator: name another one first."))
    if user.pk == by.pk and not is_active:
        raise DomainError("own_account", _("You cannot close your own account."))
    wanted = _ordered(permissions)
    if user.is_admin and not by.is_admin:
        raise DomainError("beyond_own", _("Only an administrator changes an administrator."))
    # also what is taken away must be one's own: else a mistake could not be undone by whoever made it
    _check_grant(by, role=role, granted=set(wanted) ^ set(user.permissions))
    before = _state(user)
    user.full_name, user.role, user.is_active, user.permissions = full_name, role, is_active, wanted
    user.save(update_fields=["full_name", "role", "is_active", "permissions"])
    tell_member_changed(user, by=by, changes=_changes(before, _state(user)))
    return user


def _ordered(permissions: Iterable[str]) -> list[str]:
    chosen = set(permissions)
    return [value for value in Permission.values if value in chosen]


def _check_grant(by: User, *, role: Role, granted: Iterable[str]) -> None:
    if by.is_admin:
        return
    if role != Role.STAFF or not by.rights.issuperset(granted):
        raise DomainError("beyond_own", _("You can give nobody more rights than you have yourself."))


def _state(user: User) -> Changes:
    rights = ", ".join(str(Permission(value).label) for value in _ordered(user.permissions))
    return {
        _("Name"): ("", user.full_name),
        _("Role"): ("", user.get_role_display()),
        _("May log in"): ("", user.is_active),
        _("Rights"): ("", rights if user.role == Role.STAFF else ""),
    }


def _changes(before: Changes, after: Changes) -> Changes:
    found: Changes = {}
    for label, (_none, new) in after.items():
        old = before[label][1] if label in before else ""
        if old != new:
            found[label] = (old, new)
    return found


def show_all_settings(user: User, *, shown: bool) -> User:
    """Returns the person, who from now on sees all settings or the main ones."""
    user.advanced_settings = shown
    user.save(update_fields=["advanced_settings"])
    return user
