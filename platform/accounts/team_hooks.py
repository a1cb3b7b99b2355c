"""What those above do when a member of the team was changed: the portal keeps a log of it (extranet.apps).

Accounts knows no portal; the function is named, as it is for visits (decisions/0024).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from accounts.models import User

#: What a field was and is, by the name that people read.
type Changes = dict[str | Promise, tuple[object, object]]


@dataclass
class TeamHooks:
    """The dotted name of who is told; empty: nobody."""

    changed: str = ""


HOOKS = TeamHooks()


def tell_member_changed(member: User, *, by: User, changes: Changes) -> None:
    """Tells what changed of a member, within the transaction of the change."""
    if HOOKS.changed and changes:
        import_string(HOOKS.changed)(member, by=by, changes=changes)
