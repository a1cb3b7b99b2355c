"""The settings of webhooks: set up, a secret shown once, a trial, the log, sending anew; fast at a hundred thousand."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Permission, User
from extranet.enums_webhook import DeliveryState
from extranet.models import SettingChange, WebhookDelivery, WebhookEndpoint, WebhookEvent
from extranet.webhook_kinds import KINDS
from kernel.secrets import unseal
from kernel.tenancy import firm_context
from tests.extranet.receivers import Receiver, receiver
from tests.factories.cast import Cast
from tests.factories.webhook_things import NOWHERE, add_webhook_things
from tests.support import logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
ALL = "/reglages/webhooks/"
LOG = f"{ALL}livraisons/"


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


@pytest.fixture
def host() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def made(anna: Client, url: str) -> WebhookEndpoint:
    answer = anna.post(f"{ALL}nouveau/", {"url": url, "description": "Liciel", "kinds": ["dossier.paid"]})
    assert answer.status_code == 200, text(answer)
    with firm_context("firm_alpha"):
        return WebhookEndpoint.objects.latest("pk")


def test_a_webhook_is_made_and_its_secret_shown_once(anna: Client, cast: Cast, host: Receiver) -> None:
    assert said("No webhook yet") in text(anna.get(ALL))
    assert said("No delivery yet") in text(anna.get(LOG))
    answer = anna.post(f"{ALL}nouveau/", {"url": host.url, "kinds": ["dossier.paid", "order.created"]})
    with firm_context("firm_alpha"):
        endpoint = WebhookEndpoint.objects.get()
        secret = unseal(endpoint.sealed)["current"]
        assert SettingChange.objects.filter(page="webhook-list", new=host.url, by=cast.anna).exists()
    assert (endpoint.created_by_name, endpoint.kinds) == (str(cast.anna), ["dossier.paid", "order.created"])
    assert secret in text(answer)
    assert answer["Cache-Control"] == "no-store"
    page = f"{ALL}{endpoint.code}/"
    assert secret not in text(anna.get(page))
    renewed = anna.post(f"{page}secret/")
    with firm_context("firm_alpha"):
        endpoint.refresh_from_db()
        kept = unseal(endpoint.sealed)
    assert kept["previous"] == secret
    assert kept["current"] in text(renewed)
    assert secret not in text(renewed)


def test_mistakes_stand_at_their_fields(anna: Client, settings: Any) -> None:
    answer = anna.post(f"{ALL}nouveau/", {"url": "", "description": "X"})
    assert answer.status_code == 422
    assert said("Choose at least one event.") in text(answer)
    settings.WEBHOOK_ALLOW_PRIVATE_HOSTS = False
    answer = anna.post(f"{ALL}nouveau/", {"url": "https://10.0.0.1/x", "kinds": ["dossier.paid"]})
    assert answer.status_code == 422
    told = said("This address leads into a private network: it cannot be told of anything.")
    assert re.search(rf'id="id_url_error"[^>]*>.*?{re.escape(told)}', text(answer), re.DOTALL)
    assert 'value="https://10.0.0.1/x"' in text(answer)


def test_a_trial_shows_what_was_answered(anna: Client, host: Receiver) -> None:
    endpoint = made(anna, host.url)
    host.status, host.text = 418, b"<b>I am a teapot</b>"
    answer = anna.post(f"{ALL}{endpoint.code}/essai/", follow=True)
    assert "HTTP 418" in text(answer)
    assert escape("<b>I am a teapot</b>") in text(answer)
    assert "webhook-signature: v1," in text(answer)
    assert host.calls[0].headers["webhook-id"] in text(answer)
    for _ in range(20):
        anna.post(f"{ALL}{endpoint.code}/essai/")
    assert len(host.calls) < 20, "nobody makes us knock without end"


def test_a_webhook_is_edited_switched_and_deleted(anna: Client, host: Receiver) -> None:
    endpoint = made(anna, host.url)
    page = f"{ALL}{endpoint.code}/"
    answer = anna.post(f"{page}modifier/", {"url": NOWHERE, "description": "WinDiag", "kinds": ["file.added"]})
    assert answer.status_code == 302
    assert "WinDiag" in text(anna.get(ALL))
    assert said("The webhook is switched off.") in text(anna.post(f"{page}activer/", {"on": "0"}, follow=True))
    assert said("Switched off by hand") in text(anna.get(page))
    anna.post(f"{page}activer/", {"on": "1"})
    with firm_context("firm_alpha"):
        assert WebhookEndpoint.objects.get().is_active
    anna.post(f"{page}supprimer/")
    assert anna.get(page).status_code == 404


def test_what_failed_is_sent_anew_one_or_all_since_a_moment(anna: Client, cast: Cast, host: Receiver) -> None:
    with firm_context("firm_alpha"):
        endpoint, failed = add_webhook_things(cast.anna)
        WebhookEndpoint.objects.update(url=host.url)
    page = f"{LOG}{failed.code}/"
    assert anna.post(f"{page}renvoyer/").status_code == 302
    with firm_context("firm_alpha"):
        run_jobs()
        failed.refresh_from_db()
        assert failed.state == DeliveryState.DELIVERED
        WebhookDelivery.objects.update(state=DeliveryState.FAILED)
    log = text(anna.get(LOG, {"state": "failed"}))
    assert said("Send these events again") in log
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    anna.post(f"{LOG}renvoyer/", {"since": tomorrow})
    assert len(host.calls) == 1
    assert anna.post(f"{LOG}renvoyer/", {"since": "nonsense"}).status_code == 302
    anna.post(f"{LOG}renvoyer/", {"since": "2026-01-01T00:00", "webhook": endpoint.code})
    with firm_context("firm_alpha"):
        run_jobs()
    assert len(host.calls) == 2


def test_the_guide_shows_each_event_and_how_to_check_it(anna: Client) -> None:
    page = text(anna.get(f"{ALL}guide/"))
    for key in KINDS:
        assert re.search(rf">\s*{re.escape(key)}\s*</code>", page), key
    assert "hmac.compare_digest" in page
    assert "&lt;?php" in page


def test_whoever_has_the_right_of_settings_may_and_nobody_else(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert bob.get(ALL).status_code == 404
    User.objects.filter(pk=cast.bob.pk).update(permissions=[Permission.SETTINGS])
    assert bob.get(ALL).status_code == 200


def add_many(count: int) -> None:
    """Writes deliveries of two addresses by one statement each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO extranet_webhookevent (code, kind, body, created_at) "
            "SELECT 'e' || n, 'dossier.downloaded', '{}', now() - n * interval '20 seconds' "
            "FROM generate_series(1, %s) n",
            [count],
        )
        cursor.execute(
            "INSERT INTO extranet_webhookdelivery (code, event_id, endpoint_id, kind, state, attempts, created_at, "
            "trouble, detail, request_headers, response) "
            "SELECT 'd' || e.id, e.id, w.id, e.kind, "
            "CASE WHEN e.id % 1000 = 0 THEN 'failed' ELSE 'delivered' END, 1, e.created_at, '', '', '{}', 'ok' "
            "FROM extranet_webhookevent e JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth "
            "FROM extranet_webhookendpoint) w ON w.nth = 1 + e.id % 2"
        )
        cursor.execute("ANALYZE extranet_webhookdelivery")


def queries_of(anna: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert anna.get(address).status_code == 200
    return len(without_set(queries))


def test_pages_cost_the_same_however_long_the_log_is(anna: Client, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        first, _failed = add_webhook_things(cast.anna)
        add_webhook_things(cast.anna)
        WebhookEvent.objects.all().delete()
        add_many(4)
    addresses = [LOG, ALL, f"{ALL}{first.code}/", f"{LOG}?webhook={first.code}&kind=dossier.downloaded"]
    few = [queries_of(anna, address) for address in addresses]
    with firm_context("firm_alpha"):
        WebhookEvent.objects.all().delete()
        add_many(2_000)
    assert [queries_of(anna, address) for address in addresses] == few
    assert max(few) <= 10
    for query in ("", "?page=40", "?state=failed", f"?webhook={first.code}", "?since=2026-01-01"):
        assert "data-row" in text(anna.get(LOG + query)), query
    assert said("No delivery matches") in text(anna.get(LOG, {"kind": "dossier.paid"}))
    assert said("Part of the address was not understood and was left out of the filters.") in text(
        anna.get(LOG, {"kind": "nonsense"})
    )
