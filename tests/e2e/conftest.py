"""The browser tests' ground: the whole demo (web server, worker, database, mail server) and Debian's Chromium."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from tests.support import Box

ROOT = Path(__file__).resolve().parents[2]
#: Statuses that a test asks for; what pdf.js says when its page is left while it still draws.
_EXPECTED_NOISE = re.compile(r"status of (4\d\d|503)|to initialize viewer Error: Transport destroyed")
STARTED_WITHIN = 300


@dataclass(frozen=True)
class Demo:
    """The running demo."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    facts: dict[str, Any]
    box: Box

    def url(self, subdomain: str, path: str = "/") -> str:
        """Returns an address on <subdomain>.localhost (the public site for an empty one)."""
        return f"http://{subdomain + '.' if subdomain else ''}localhost:{self.port}{path}"

    def account(self, role: str, subdomain: str = "armor") -> dict[str, Any]:
        """Returns the first account of a role on a host."""
        host = f"{'console' if role == 'operator' else subdomain}.localhost:{self.port}"
        found: dict[str, Any] = next(
            entry for entry in self.facts["accounts"] if entry["role"] == role and entry["host"] == host
        )
        return found

    def wait_for_mail(self, to: str, *, after: int = 0) -> Any:
        """Returns the first mail to an address beyond the `after` that it had already; fails after 90 seconds."""
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            found = [mail for mail in self.box.mails() if to in str(mail["To"])]
            if len(found) > after:
                return found[after]
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to} in {self.box.folder}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Starts the demo as ./deploy/demo does, on a port and a folder of its own."""
    folder = tmp_path_factory.mktemp("demo")
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_URL", "DJANGO_", "SMTP_", "STORAGE_", "DIAGDESK_", "SECRET_"))
    }
    # what ./deploy/demo does before: the pages name their files by hashes
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env={**environment, "SECRET_KEY": "set-up-only"},
        check=True,
    )
    log = (folder.parent / "demo.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.local.demo", "--data", str(folder), "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    output = folder.parent / "demo.log"
    deadline = time.monotonic() + STARTED_WITHIN
    while "\nready: " not in output.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the demo did not start:\n{output.read_text()[-4000:]}")
        time.sleep(0.2)
    facts = json.loads((folder / "demo.json").read_text())
    yield Demo(port, process, folder, facts, Box(Path(facts["mailbox"]["folder"])))
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    log.close()


@dataclass(frozen=True)
class Visitor:
    """A person's browser: cookies of its own; `faults` is what the page complained of."""

    page: Page
    context: BrowserContext
    demo: Demo
    faults: list[str]

    def log_in(self, account: dict[str, Any]) -> None:
        """Goes through the log-in page of the account's host."""
        self.page.goto(f"http://{account['host']}/compte/connexion/")
        self.page.fill("[name=login]", account["login"])
        self.page.fill("[name=password]", account["password"])
        self.page.click("form button[type=submit]")
        self.page.wait_for_load_state()


def _is_foreign(url: str) -> bool:
    host = str(urlsplit(url).hostname)
    return not host.endswith("localhost") and host != "127.0.0.1"  # there the payment providers' doubles are


def _not_found(route: Route) -> None:
    route.fulfill(status=404)


def keep_at_home(context: BrowserContext) -> None:
    """Answers 404 for every host but ours: the map's background comes from elsewhere, where no test goes."""
    context.route(_is_foreign, _not_found)


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[Callable[..., Visitor]]:
    """Opens browsers; at the end fails for any script error, refused resource or breach of the page's policy."""
    visitors: list[Visitor] = []

    def open_browser(*, width: int = 1440, height: int = 900, **options: Any) -> Visitor:
        # a click on what still scrolls into view smoothly is none: pressed on the button, let go beside it
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", accept_downloads=True, **options
        )
        context.set_default_timeout(20_000)
        keep_at_home(context)
        page = context.new_page()
        faults: list[str] = []

        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error" and not _EXPECTED_NOISE.search(message.text):
                faults.append(f"{page.url}: {message.text}")

        page.on("console", on_console)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        visitor = Visitor(page, context, demo, faults)
        visitors.append(visitor)
        return visitor

    yield open_browser
    faults = [fault for visitor in visitors for fault in visitor.faults]
    for visitor in visitors:
        visitor.context.close()
    assert not faults
