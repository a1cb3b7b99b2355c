"""The client against the product as it runs: a web server of its own, files in a real S3 store, lines that are cut."""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from api.client import words
from api.client.config import Account, State
from api.client.progress import Progress
from api.client.site import Site
from api.client.uploading import Uploads
from deploy.local.seaweed import Seaweed
from kernel.tenancy import firm_context
from tests.api.calls import key_of
from tests.api.client.cutter import Cutter, cutting
from tests.bench.server import serve
from tests.storage.conftest import s3_options, use_storage

PIECE = 100_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The client's own folder, and English."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DIAGDESK_HOME", str(folder))
    monkeypatch.setenv("DIAGDESK_LANGUAGE", "en")
    for name in ("DIAGDESK_URL", "DIAGDESK_KEY", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    words.language.cache_clear()
    yield folder
    words.language.cache_clear()


@dataclass
class Machine:
    """A computer with the client: what it knows is in `home`."""

    site: Site
    state: State
    uploads: Uploads
    progress: Progress
    said: Any


@dataclass
class Live:
    """The running product, the proxy before it, and a key of its administrator."""

    cutter: Cutter
    key: str
    anna: User
    machines: list[Machine] = field(default_factory=list)

    def machine(self, *, attempts: int = 8) -> Machine:
        """Returns a computer that has just started the client."""
        said = io.StringIO()
        site = Site(Account(f"http://alpha.localhost:{self.cutter.port}", self.key), sleep=_hardly, attempts=attempts)
        state, progress = State(site.url), Progress(said)
        uploads = Uploads(site, state, progress, sleep=_hardly, piece=PIECE)
        self.machines.append(Machine(site, state, uploads, progress, said))
        return self.machines[-1]


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with Seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture
def live(own_database: str, seaweed: Seaweed, settings: Any, tmp_path: Path) -> Iterator[Live]:
    options = s3_options(seaweed)
    store: Any = use_storage(settings, "S3FirmStorage", options)
    store.prepare()
    with firm_context("firm_alpha"):
        anna = User.objects.get(username="anna@alpha.example")
    environment = seaweed.environment(options["bucket_name"]) | {
        "DATABASE_URL": own_database,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DIAGDESK_URL": "http://localhost",
        "DEBUG": "0",
        "SECRET_KEY": "tests-only",
    }
    with serve(tmp_path, environment) as server, cutting(server.port) as cutter:
        live = Live(cutter, key_of(anna), anna)
        yield live
        for machine in live.machines:
            machine.site.close()
    store.client.close()


def _hardly(seconds: float) -> None:
    time.sleep(min(seconds, 0.02))
