"""Webhooks by the API: set up, tried, renewed; their secret is told once."""

import json

import pytest

from accounts.models import ApiWrite
from extranet.models import WebhookEndpoint, WebhookEvent
from kernel.tenancy import firm_context
from tests.api.calls import caller
from tests.extranet.receivers import receiver
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_webhook_is_set_up_tried_and_renewed(cast: Cast) -> None:
    anna = caller(cast.anna)
    with receiver() as host:
        sent = {"url": host.url, "events": ["dossier.published"], "description": "Compta"}
        made = anna("POST", "webhooks/", sent, **{"Idempotency-Key": "k"})
        assert made.status_code == 201, made.content
        code, secret = made.json()["code"], made.json()["secret"]
        assert secret.startswith("whsec_")
        again = anna("POST", "webhooks/", sent, **{"Idempotency-Key": "k"})
        assert again.json() == {name: value for name, value in made.json().items() if name != "secret"}
        with firm_context("firm_alpha"):
            assert secret.encode() not in bytes(ApiWrite.objects.get().body)
            assert WebhookEndpoint.objects.count() == 1
        tried = anna("POST", f"webhooks/{code}/test/").json()
        assert (tried["delivered"], tried["status"]) == (True, 200)
        assert len(host.calls) == 1
        renewed = anna("POST", f"webhooks/{code}/secret/").json()["secret"]
        assert renewed != secret
        changed = anna("PATCH", f"webhooks/{code}/", {"events": ["payment.succeeded"], "is_active": False}).json()
        assert (changed["events"], changed["is_active"], changed["url"]) == (["payment.succeeded"], False, host.url)
        assert "secret" not in anna("GET", f"webhooks/{code}/").json()
        assert [row["code"] for row in anna("GET", "webhooks/").json()["results"]] == [code]
        assert anna("DELETE", f"webhooks/{code}/").status_code == 204
        assert anna("GET", "webhooks/").json()["results"] == []


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "nonsense", "http://user:secret@127.0.0.1/", "http://127.0.0.1/#x", "\\\\host"]
)
def test_an_address_that_is_none_is_refused(cast: Cast, url: str) -> None:
    answer = caller(cast.anna)("POST", "webhooks/", {"url": url, "events": ["dossier.published"]})
    assert answer.status_code == 422
    with firm_context("firm_alpha"):
        assert not WebhookEndpoint.objects.exists()


def test_webhooks_are_for_those_who_may_change_the_settings(cast: Cast) -> None:
    for person in (cast.bob, cast.alice.user):
        answer = caller(person)("POST", "webhooks/", {"url": "https://example.org/", "events": ["dossier.published"]})
        assert answer.status_code == 403
        assert caller(person)("GET", "webhooks/").status_code == 403


def test_a_dossier_that_is_sent_is_told_of_with_its_name(cast: Cast) -> None:
    anna = caller(cast.anna)
    anna("POST", "webhooks/", {"url": "http://127.0.0.1:9/hook", "events": ["dossier.published"]})
    assert anna("PUT", "dossiers/by-external-id/2026-0417/", {"title": "Maison"}).status_code == 201
    with firm_context("firm_alpha"):
        told = json.loads(WebhookEvent.objects.get().body)
    assert (told["type"], told["data"]["external_id"]) == ("dossier.published", "2026-0417")
