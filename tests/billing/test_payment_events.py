"""What other software is told of payments."""

import pytest

from billing.actions.refunding import refund_payment
from billing.actions.settling import settle
from billing.models import ProviderAccount
from extranet.actions.webhook import create_endpoint
from extranet.models import Dossier
from extranet.webhook_kinds import KINDS
from tests.billing.scripted import ScriptedProvider, begin
from tests.extranet.webhook_news import data_of, told
from tests.factories.cast import Cast
from tests.factories.webhook_things import NOWHERE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def test_money_that_comes_and_goes_back_is_told_once(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    create_endpoint(url=NOWHERE, kinds=list(KINDS), by=cast.anna)
    payment = begin([house], account)
    provider.session_of(payment).pay()
    settle(payment.pk)
    settle(payment.pk)
    messages = {one["type"]: one["data"] for one in told()}
    assert sorted(messages) == ["dossier.paid", "payment.succeeded"]
    succeeded = messages["payment.succeeded"]
    assert (succeeded["amount"], succeeded["mode"], succeeded["dossiers"]) == (15_000, "test", [house.code])
    payment.refresh_from_db()
    refund_payment(payment, amount=2_000, line=None, reason="Erreur", reopens=False, user=cast.anna)
    assert data_of("payment.refunded")["refunded"] == 2_000
