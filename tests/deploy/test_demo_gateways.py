"""The demo's doubles of the payment providers: their ports, their addresses, and whoever names others."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from billing.providers.base import Access
from billing.providers.stripe.client import StripeGateway
from deploy.local.demo import GATEWAYS, Demo, describe
from deploy.local.processes import free_port
from kernel.secrets import Secrets
from kernel.text import new_code
from tests.billing.cards import REQUEST
from tests.gateways.server import Asked, Said, StandIn, serving

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _none_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in GATEWAYS.values():
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path / "demo", free_port(), 1, with_s3=False)
    made.open_folder(reset=False)
    yield made
    made.stop()


def start(launcher: Demo) -> dict[str, str]:
    return launcher._start_gateways(dict(os.environ))


def test_they_have_the_same_addresses_at_the_next_start(launcher: Demo) -> None:
    first = start(launcher)
    assert set(first) == {"STRIPE_URL", "PAYPAL_TEST_URL", "LYRA_URL"}
    for address in first.values():
        assert requests.get(f"{address}/pay/notify-to", timeout=5).status_code in {200, 404}
    launcher.stop()
    again = Demo(launcher.data, launcher.port, 1, with_s3=False)
    again.open_folder(reset=False)
    try:
        assert start(again) == first
    finally:
        again.stop()


def test_a_port_that_is_taken_is_replaced(launcher: Demo) -> None:
    ports = launcher._gateway_ports()
    assert len(set(ports)) == 3
    with socket.create_server(("127.0.0.1", ports[1])):
        other = launcher._gateway_ports()
    assert (other[0], other[2]) == (ports[0], ports[2])
    assert other[1] != ports[1]


def test_an_address_that_the_environment_names_is_left_alone(launcher: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_URL", "https://api.stripe.com")
    assert set(start(launcher)) == {"PAYPAL_TEST_URL", "LYRA_URL"}
    assert set(launcher.gateways) == {"paypal", "lyra"}, "so that no account gets keys that the real one does not know"
    launcher.stop()
    for variable in GATEWAYS.values():
        monkeypatch.setenv(variable, "https://pay.example")
    other = Demo(launcher.data, launcher.port, 1, with_s3=False)
    assert start(other) == {}
    assert other.children == []


class Ear(StandIn):
    """Takes what is posted to it."""

    def handle(self, asked: Asked) -> Said:
        """Says yes."""
        return Said()


def test_they_learn_where_to_notify_from_a_file(tmp_path: Path, settings: Any) -> None:
    facts, notify = tmp_path / "facts.json", tmp_path / "notify.json"
    command = [sys.executable, "-m", "tests.gateways", "--facts", str(facts), "--notify", str(notify)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(facts.exists)
        told: dict[str, Any] = json.loads(facts.read_text())["stripe"]
        settings.STRIPE_URL = told["url"]
        client = StripeGateway(Access("stripe", False, "", Secrets(told["keys"])))
        with serving(ear := Ear()):
            (tmp_path / "part").write_text(json.dumps({"stripe": f"{ear.url}/notifications/"}))
            (tmp_path / "part").replace(notify)

            def pays_and_tells() -> bool:
                started = client.start(replace(REQUEST, idempotency_key=new_code()))
                requests.post(started.url, data={"number": "4242424242424242"}, timeout=5, allow_redirects=False)
                return bool(ear.calls)

            wait_for(pays_and_tells)
        assert {path for _method, path in ear.calls} == {"/notifications/"}
    finally:
        process.terminate()
        assert process.wait(10) == 0


def wait_for(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_the_closing_words_say_how_to_pay(tmp_path: Path) -> None:
    facts: dict[str, Any] = {
        "hosts": {"public": "localhost:8000", "console": "console.localhost:8000", "firms": []},
        "accounts": [],
        "mailbox": {"url": "http://localhost:8025/"},
        "payments": {
            "stripe": {"url": "http://127.0.0.1:8050", "cards": [{"number": "4242 4242 4242 4242", "does": "ok"}]},
            "paypal": {"url": "http://127.0.0.1:8051", "cards": []},
        },
    }
    told = describe(facts, 8000, tmp_path)
    assert "http://127.0.0.1:8050  card 4242 4242 4242 4242" in told
    assert "http://127.0.0.1:8051" in told
    assert told.splitlines()[-1].startswith("ready: ")
