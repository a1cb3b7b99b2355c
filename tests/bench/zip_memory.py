"""The memory that a large zip takes while it is downloaded."""

import os
import re
import time
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from extranet.models import Dossier, DossierFile
from kernel.tenancy import firm_context
from storage.backends import firm_storage
from storage.keys import file_key
from storage.models import StoredFile
from tenants.models import Firm
from tests.bench.figure import Figure
from tests.bench.firm import cookies_of
from tests.bench.world import SMALL, World, admin_of

FILES = 20
FILE_MIB = 51
_MIB = 1024 * 1024
_RESET_PEAK = "5"  # proc(5), clear_refs


def measure(world: World) -> Figure:
    """Returns by how many MiB the peak of the server's resident memory exceeds what it has when idle."""
    with world.using(world.two_firms):
        firm = Firm.objects.get(schema_name=f"firm_{SMALL}")
        cookies = cookies_of(firm, admin_of(SMALL))
        code = _add_dossier(firm)
    with (
        world.serve(world.two_firms) as server,
        server.browser(f"{SMALL}.localhost", cookies) as browser,
    ):
        for _ in range(20):
            browser.get(f"/dossiers/{code}/")
        idle = _memory(server.worker, "VmRSS")
        Path(f"/proc/{server.worker}/clear_refs").write_text(_RESET_PEAK)
        started = time.perf_counter()
        answer = browser.open(f"/dossiers/{code}/zip/")
        size = 0
        while data := answer.read(_MIB):
            size += len(data)
        taken = time.perf_counter() - started
        peak = _memory(server.worker, "VmHWM")
    assert size == int(answer.headers["Content-Length"]) > FILES * FILE_MIB * _MIB, size
    return Figure(
        (peak - idle) / _MIB,
        64,
        notes=(
            f"{size / 1e9:.2f} GB at {size / 1e6 / taken:.0f} MB/s; "
            f"resident {idle / _MIB:.0f} MiB when idle, {peak / _MIB:.0f} MiB at most",
        ),
    )


def _add_dossier(firm: Firm) -> str:
    """Returns the code of a dossier whose files exceed a gigabyte."""
    with firm_context(firm.schema_name):
        dossier = Dossier.objects.create(title="1 GB", search=" 1 gb")
        for position in range(FILES):
            stored = StoredFile(name=f"plan-{position}.pdf", size=FILE_MIB * _MIB, crc32=0, claimed=True)
            stored.key = file_key(stored.code, timezone.now().date())
            firm_storage().save(stored.key, ContentFile(os.urandom(stored.size)))
            stored.save()
            DossierFile.objects.create(dossier=dossier, stored=stored, name=stored.name, position=position)
        return dossier.code


def _memory(pid: int, field: str) -> int:
    """Returns a field of /proc/<pid>/status in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(rf"^{field}:\s+(\d+) kB$", status, re.MULTILINE)
    assert match is not None, status
    return int(match[1]) * 1024
