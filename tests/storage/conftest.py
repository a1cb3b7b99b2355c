"""Both stores, for the same tests: a folder, and a real S3-compatible store on loopback."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.files.storage import storages

from deploy.local.seaweed import Seaweed
from kernel.tenancy import firm_context, public_context
from storage.backends import FirmStorage, S3FirmStorage
from tenants.models import Firm


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with Seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


def s3_options(seaweed: Seaweed, **options: Any) -> dict[str, Any]:
    return {
        "bucket_name": f"test-{uuid.uuid4().hex}",
        "endpoint_url": seaweed.endpoint,
        "access_key": seaweed.access_key,
        "secret_key": seaweed.secret_key,
        "region_name": None,
    } | options


def use_storage(settings: Any, backend: str, options: dict[str, Any]) -> FirmStorage:
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"storage.backends.{backend}", "OPTIONS": options}}
    return cast("FirmStorage", storages["default"])


@pytest.fixture(autouse=True)
def incoming(settings: Any, tmp_path: Path) -> Path:
    """The folder of temporary files: a test may look whether anything stayed."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    return folder


@pytest.fixture
def disk(settings: Any, tmp_path: Path) -> FirmStorage:
    return use_storage(settings, "DiskFirmStorage", {"location": str(tmp_path / "files")})


@pytest.fixture
def s3(settings: Any, seaweed: Seaweed) -> Iterator[S3FirmStorage]:
    storage = cast("S3FirmStorage", use_storage(settings, "S3FirmStorage", s3_options(seaweed)))
    storage.prepare()
    yield storage
    storage.client.close()


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest) -> FirmStorage:
    return cast("FirmStorage", request.getfixturevalue(request.param))


def firm(schema: str) -> Firm:
    with public_context():
        found: Firm = Firm.objects.get(schema_name=schema)
        return found


@pytest.fixture
def alpha(db: None) -> Firm:
    return firm("firm_alpha")


@pytest.fixture
def beta(db: None) -> Firm:
    return firm("firm_beta")


@pytest.fixture
def in_alpha(alpha: Firm) -> Iterator[Firm]:
    with firm_context(alpha.schema_name):
        yield alpha


@pytest.fixture
def cpu_seconds() -> Callable[[float], AbstractContextManager[None]]:
    """Returns a context that fails when its block takes more processor time than that."""

    @contextmanager
    def limit(seconds: float) -> Iterator[None]:
        started = time.process_time()
        yield
        assert time.process_time() - started < seconds

    return limit
