"""The providers' doubles as the demo runs them: their own process, the keys that they tell, and where they notify."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from billing.providers.base import Access
from billing.providers.lyra import fields as lyra_fields
from billing.providers.lyra.client import LyraGateway
from billing.providers.paypal import fields as paypal_fields
from billing.providers.paypal.client import PayPalGateway
from billing.providers.stripe import fields as stripe_fields
from billing.providers.stripe.client import StripeGateway
from kernel.secrets import Secrets
from tests.billing.cards import REQUEST
from tests.gateways.server import Asked, Said, StandIn, serving

GATEWAYS: dict[str, Any] = {"stripe": StripeGateway, "paypal": PayPalGateway, "lyra": LyraGateway}
FIELDS = {"stripe": stripe_fields.FIELDS, "paypal": paypal_fields.FIELDS, "lyra": lyra_fields.FIELDS}


class Ear(StandIn):
    """Takes what is posted to it."""

    def handle(self, asked: Asked) -> Said:
        """Says yes."""
        return Said()


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the process says of itself once it serves."""
    path = tmp_path / "facts.json"
    process = subprocess.Popen([sys.executable, "-m", "tests.gateways", "--facts", str(path)])
    try:
        until = time.monotonic() + 20
        while not path.exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        yield json.loads(path.read_text())
    finally:
        process.terminate()
        assert process.wait(10) == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("in_alpha")
def test_the_demos_keys_work_and_its_notifications_find_their_way(facts: dict[str, Any], settings: Any) -> None:
    settings.STRIPE_URL, settings.PAYPAL_TEST_URL = facts["stripe"]["url"], facts["paypal"]["url"]
    settings.LYRA_URL = facts["lyra"]["url"]
    with serving(ear := Ear()):
        for name, client in GATEWAYS.items():
            keys = facts[name]["keys"]
            for asked in FIELDS[name]:
                assert asked.name in keys
                assert not asked.pattern or re.fullmatch(asked.pattern_of(live=False), keys[asked.name])
            access = Access(
                name, False, keys.get("identifier", ""), Secrets(keys), webhook_id=keys.get("webhook_id", "")
            )
            gateway = client(access)
            gateway.check_credentials()
            started = gateway.start(REQUEST)
            assert requests.get(started.url, timeout=5).status_code == 200
            if name == "lyra":  # each of its payments names the address itself
                continue
            form = f"{facts[name]['url']}/pay/notify-to"
            known = {"key": keys.get("secret_key") or keys["identifier"], "url": f"{ear.url}/{name}"}
            assert "URL de notification" in requests.get(form, timeout=5).text
            assert requests.post(form, data={**known, "key": "other"}, timeout=5).status_code == 404
            assert requests.post(form, data={**known, "url": "nowhere"}, timeout=5).status_code == 422
            assert requests.post(form, data=known, timeout=5).status_code == 200
            if name == "stripe":
                requests.post(started.url, data={"number": "4242424242424242"}, timeout=5, allow_redirects=False)
            else:
                for action in ("login", "ok"):
                    requests.post(started.url, data={"action": action}, timeout=5, allow_redirects=False)
    assert {path for _method, path in ear.calls} == {"/stripe", "/paypal"}
