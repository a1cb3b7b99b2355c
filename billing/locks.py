"""The order in which rows of money are locked: the payment first, then its dossiers by their keys."""

from collections.abc import Iterable

from django.db import transaction

from billing.models import Payment
from extranet.models import Dossier


def lock_payment(payment_id: int) -> Payment:
    """Returns the payment, locked until the transaction ends; raises Payment.DoesNotExist."""
    assert transaction.get_connection().in_atomic_block
    return Payment.objects.select_for_update(of=("self",)).select_related("account").get(pk=payment_id)


def lock_dossiers(ids: Iterable[int]) -> dict[int, Dossier]:
    """Returns the dossiers that are there by their keys, locked until the transaction ends, those in the bin too."""
    assert transaction.get_connection().in_atomic_block
    rows = Dossier.objects.select_for_update().filter(pk__in=sorted(set(ids))).order_by("pk")
    return {dossier.pk: dossier for dossier in rows}
