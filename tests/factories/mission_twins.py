"""Rows of mission orders, with one word in all their texts (tests/factories/twins.py says what for)."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.models import User
from extranet.models import MissionModel, MissionOrder, MissionSignature, Order
from kernel.models import FirmModel
from storage.actions.files import claim, store_bytes
from storage.models import StoredFile


def mission_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of a model of mission orders, a mission order and its signature."""

    def stored(what: str) -> StoredFile:
        return claim(store_bytes(f"{what} {word}".encode(), name=f"{word} {what}.txt", user=staff))

    return {
        MissionModel: lambda: MissionModel.objects.create(
            version=1, sections=["orderer"], before=word, documents=word, terms=word, created_by=staff
        ),
        MissionOrder: lambda: MissionOrder.objects.create(
            order=made[Order],
            rank=1,
            state="signed",
            model=made[MissionModel],
            order_version=1,
            stored=stored("mission"),
            sha256="0" * 64,
            language="fr",
            email=f"{word}@order.example",
            end_reason=word,
        ),
        MissionSignature: lambda: MissionSignature.objects.create(
            mission=made[MissionOrder],
            way="account",
            name=word,
            signed_at=timezone.now(),
            local_time="2026-11-28T10:00:00+01:00",
            zone="Europe/Paris",
            account=f"{word}@client.example",
            agreed=word,
            document_sha256="0" * 64,
            proof_sha256="0" * 64,
            stored=stored("signed"),
            signed_sha256="0" * 64,
        ),
    }
