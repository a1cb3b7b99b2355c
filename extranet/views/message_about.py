"""What a message is about, as an address names it."""

from dataclasses import dataclass

from accounts.models import User
from extranet.access import access_dossier
from extranet.access_order import access_order
from extranet.models import Dossier, Order


@dataclass(frozen=True)
class About:
    """The dossier or the order of a message, those that its reader may open."""

    dossier: Dossier | None = None
    order: Order | None = None

    @property
    def title(self) -> str:
        """What it is called, empty when the message is about neither."""
        return self.dossier.title if self.dossier else str(self.order or "")


def about_of(user: User, *, dossier_code: str, order_code: str) -> About:
    """Returns what an address names; raises Http404 when that is not there or not for this person."""
    return About(
        access_dossier(user, dossier_code.replace("\x00", "")) if dossier_code else None,
        access_order(user, order_code.replace("\x00", "")) if order_code else None,
    )
