"""Many who sign, make and withdraw one mission order at the same instant, with real commits."""

from collections.abc import Callable
from functools import partial
from typing import Any

from extranet.actions.mission import make_mission, withdraw_mission
from extranet.actions.mission_sign import sign_mission
from extranet.enums_mission import MissionState
from extranet.models import MissionOrder, MissionSignature, Order, OrderEvent
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.models import StoredFile
from tests.extranet.missions import mission_of, signing
from tests.factories.cast import add_cast
from tests.together import at_once


def test_six_sign_at_once_and_one_signature_is_kept(own_database: str) -> None:
    mission = mission_of(add_cast())
    results = at_once([partial(sign_mission, mission, signing(mission))] * 6)
    assert results.count("already_signed") == 5, results
    with firm_context("firm_alpha"):
        assert MissionSignature.objects.count() == 1
        assert OrderEvent.objects.filter(kind="odm_signed").count() == 1
        assert not StoredFile.objects.filter(claimed=False).exists()
        assert OutgoingMail.objects.filter(kind="mission_signed").count() == 2


def test_signing_against_withdrawing_and_making_anew_ends_in_one_state(own_database: str) -> None:
    cast = add_cast()
    mission = mission_of(cast)
    with firm_context("firm_alpha"):
        order = Order.objects.get(pk=mission.order_id)
    works: list[Callable[[], Any]] = [
        partial(sign_mission, mission, signing(mission)),
        partial(withdraw_mission, mission, reason="", user=cast.bob),
        partial(make_mission, order, user=cast.bob),
        partial(make_mission, order, user=cast.bob),
    ]
    results = at_once(works)
    assert not [one for one in results if isinstance(one, Exception)], results
    with firm_context("firm_alpha"):
        signed = MissionSignature.objects.exists()
        mission = MissionOrder.objects.get(pk=mission.pk)
        assert (mission.state == MissionState.SIGNED) == signed
        assert MissionOrder.objects.filter(order=order, state=MissionState.TO_SIGN).count() == 1
        assert not StoredFile.objects.filter(claimed=False).exists()
        made = MissionOrder.objects.filter(order=order).order_by("rank").values_list("rank", flat=True)
        assert list(made) == list(range(1, len(made) + 1))
