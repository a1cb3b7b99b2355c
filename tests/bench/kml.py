"""The memory that a KML of many places takes while it is written."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from kernel.tenancy import firm_context
from tests.bench.figure import Figure
from tests.bench.firms import add_firm, admin_of, firm_at
from tests.bench.world import SMALL, World

PLACES = 20_000
MIB = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
#: In a process of its own: Django is set up before the modules that import models.
_RUN = "import django; django.setup(); from tests.bench.kml import write; write()"
_FILL = """
INSERT INTO extranet_dossier SELECT (jsonb_populate_record(model, jsonb_build_object(
    'id', model.id + n, 'code', 'k' || lpad(n::text, 11, '0'), 'reference', 'K-' || n,
    'title', 'Maison & dépendances ' || n || ', chemin des Écoliers', 'latitude', 42.5 + n %% 800 / 100.0,
    'longitude', -4.5 + n %% 1100 / 100.0, 'geo_state', 'found', 'street', n || ' rue de l’Église',
    'postcode', '29200', 'city', 'Brest', 'payment_state', CASE WHEN n %% 4 = 0 THEN 'unpaid' ELSE 'paid' END,
    'download_state', CASE WHEN n %% 3 = 0 THEN 'full' ELSE 'none' END))).*
FROM extranet_dossier model CROSS JOIN generate_series(1, %s) n WHERE model.code = 'kmlmodel0000'
"""


def measure(world: World) -> Figure:
    """Returns by how many MiB the peak of a process that writes the document exceeds what it has when idle."""
    from extranet.models import Dossier

    database = world.copy(world.migrated, "kml")
    with world.using(database), firm_context(add_firm(SMALL)):
        Dossier.objects.create(code="kmlmodel0000", title="Maison", latitude=48, longitude=-4)
        with connection.cursor() as cursor:
            cursor.execute(_FILL, [PLACES - 1])
            cursor.execute("ANALYZE extranet_dossier")
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        cwd=ROOT,
        env={**os.environ, **world.environment(database), "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        check=True,
    )
    idle, peak, size, marks, seconds = (float(word) for word in done.stdout.split())
    assert marks == PLACES, marks
    return Figure(
        (peak - idle) / MIB,
        32,
        notes=(
            f"MiB: {idle / MIB:.0f} when idle, {peak / MIB:.0f} at most",
            f"{size / 1e6:.1f} MB of {PLACES:,} places in {seconds:.1f} s",
        ),
    )


def write() -> None:
    """Writes the document to nowhere, after one of no place, and prints what it took."""
    from extranet.exporters.kml import stream_kml
    from extranet.queries.dossier_filter import DossierFilter

    firm = firm_at(SMALL)
    user = admin_of(firm)
    with firm_context(firm.schema_name):
        for _part in stream_kml(user, DossierFilter(q="introuvable"), name="idle", link=_link):
            pass
        idle = _resident()
        started = time.perf_counter()
        size = marks = 0
        for part in stream_kml(user, DossierFilter(), name="Dossiers", link=_link):
            size += len(part)
            marks += part.count(b"<Placemark ")
        taken = time.perf_counter() - started
    print(idle, max(_peak(), idle), size, marks, taken)


def _link(path: str) -> str:
    return f"http://small.localhost{path}"


def _peak() -> int:
    """Returns the most resident memory that this process had, in bytes; ru_maxrss would be that of who started it."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def _resident() -> int:
    """Returns the process's resident memory in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
