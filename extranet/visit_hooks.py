"""What those above do when something happens to a visit that money hangs on: billing says what (billing.apps).

The portal knows nothing of payments; it says what happened, within the transaction in which it does. The functions are
named, not held: a process that never needs them does not load the providers' libraries.
"""

from dataclasses import dataclass

from django.utils.module_loading import import_string

from extranet.models import Appointment, Dossier, Order


@dataclass
class VisitHooks:
    """The dotted names of who is told; empty: nobody."""

    #: Of a visit whose time was given back or lapsed before its deposit came: attempts to pay end.
    let_go: str = ""
    #: Of one that was cancelled, and of whose deposit `deposit_back` is given back.
    give_back: str = ""
    #: Of an order of which a dossier was made: the deposits of its visits count for that from now on.
    adopt: str = ""


HOOKS = VisitHooks()


def tell_let_go(appointment: Appointment) -> None:
    """Tells that nobody shall pay a visit's deposit any more."""
    if HOOKS.let_go and appointment.deposit_is_due:
        import_string(HOOKS.let_go)(appointment)


def tell_give_back(appointment: Appointment) -> None:
    """Tells that something of a visit's deposit is given back."""
    if HOOKS.give_back and appointment.deposit_back:
        import_string(HOOKS.give_back)(appointment)


def tell_dossier_made(order: Order, dossier: Dossier) -> None:
    """Tells that a dossier was made of an order."""
    if HOOKS.adopt:
        import_string(HOOKS.adopt)(order, dossier)
