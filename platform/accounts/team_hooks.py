"""What those above do when a member of the team or a key was changed: the portal keeps a log of it (extranet.apps).

Accounts knows no portal; the functions are named, as they are for visits (decisions/0024).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from accounts.models import ApiToken, User

#: What a field was and is, by the name that people read.
type Changes = dict[str | Promise, tuple[object, object]]


@dataclass
class TeamHooks:
    """The dotted names of who is told; empty: nobody."""

    changed: str = ""
    key_changed: str = ""


HOOKS = TeamHooks()


def tell_member_changed(member: User, *, by: User, changes: Changes) -> None:
    """Tells what changed of a member, within the transaction of the change."""
    if HOOKS.changed and changes:
        import_string(HOOKS.changed)(member, by=by, changes=changes)


def tell_key_changed(token: ApiToken, *, by: User, changes: Changes) -> None:
    """Tells what changed of a key, within the transaction of the change."""
    if HOOKS.key_changed and changes:
        import_string(HOOKS.key_changed)(token, by=by, changes=changes)
