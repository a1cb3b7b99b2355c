"""What other software calls an order."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from extranet.actions.order import lock_order
from extranet.models import Order
from kernel.errors import DomainError


@transaction.atomic
def name_order(order: Order, *, external_id: str) -> Order:
    """Returns the order under the name that other software gives it; raises DomainError `external_id_taken`."""
    locked = lock_order(order)
    if locked.external_id == external_id:
        return locked
    locked.external_id = external_id
    try:
        with transaction.atomic():
            locked.save(update_fields=["external_id", "updated_at"])
    except IntegrityError as error:
        raise DomainError("external_id_taken", _("Another order has this identifier already.")) from error
    return locked
