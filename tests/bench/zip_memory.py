"""The memory that a large zip takes while it is downloaded."""

import os
import re
import time
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from extranet.models import Dossier, DossierFile
from kernel.tenancy import firm_context
from storage.backends import MIB, firm_storage
from storage.keys import file_key
from storage.models import StoredFile
from tests.bench.figure import Figure
from tests.bench.firms import cookies_of, firm_at, host_of
from tests.bench.server import serve
from tests.bench.world import SMALL, World

FILES = 20
FILE_SIZE = 51 * MIB
_RESET_PEAK = "5"  # proc_pid_clear_refs(5)


def measure(world: World) -> Figure:
    """Returns by how many MiB the peak of the server's resident memory exceeds what it has when idle."""
    with world.using(world.two_firms):
        firm = firm_at(SMALL)
        cookies, code = cookies_of(firm), _add_dossier(firm.schema_name)
    with (
        serve(world.folder, world.environment(world.two_firms)) as server,
        server.browser(host_of(SMALL), cookies) as browser,
    ):
        for _ in range(20):
            browser.get(f"/dossiers/{code}/")
        idle = _memory(server.worker, "VmRSS")
        Path(f"/proc/{server.worker}/clear_refs").write_text(_RESET_PEAK)
        started = time.perf_counter()
        answer = browser.open(f"/dossiers/{code}/zip/")
        size = 0
        while data := answer.read(MIB):
            size += len(data)
        taken = time.perf_counter() - started
        peak = _memory(server.worker, "VmHWM")
    assert size == int(answer.headers["Content-Length"]) > FILES * FILE_SIZE, size
    return Figure(
        (peak - idle) / MIB,
        64,
        notes=(
            f"MiB: {idle / MIB:.0f} when idle, {peak / MIB:.0f} at most",
            f"{size / 1e9:.2f} GB of {FILES} files at {size / 1e6 / taken:.0f} MB/s",
        ),
    )


def _add_dossier(schema: str) -> str:
    """Returns the code of a new dossier with FILES files of FILE_SIZE in the store."""
    with firm_context(schema):
        dossier = Dossier.objects.create(title="Plans", search=" plans")
        for position in range(FILES):
            stored = StoredFile(name=f"plan-{position}.pdf", size=FILE_SIZE, crc32=0, claimed=True)
            stored.key = file_key(stored.code, timezone.now().date())
            firm_storage().save(stored.key, ContentFile(os.urandom(FILE_SIZE)))
            stored.save()
            DossierFile.objects.create(dossier=dossier, stored=stored, name=stored.name, position=position)
        return dossier.code


def _memory(pid: int, field: str) -> int:
    """Returns a field of /proc/<pid>/status in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(rf"^{field}:\s+(\d+) kB$", status, re.MULTILINE)
    assert match is not None, status
    return int(match[1]) * 1024
