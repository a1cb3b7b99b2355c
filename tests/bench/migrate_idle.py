"""The deploy step when there is nothing to do."""

import os
import statistics
import subprocess
import sys

from tests.bench.figure import Figure
from tests.bench.server import ROOT
from tests.bench.timing import seconds
from tests.bench.world import World, add_firm

FEW, MANY = 2, 202
ROUNDS = 5


def measure(world: World) -> Figure:
    """Returns the seconds that 100 more firms add to `manage.py migrate_firms`."""
    databases = {}
    for count in (FEW, MANY):
        databases[count] = world.copy(world.migrated, f"idle_{count}")
        with world.using(databases[count]):
            for rank in range(count):
                add_firm(f"idle-{rank}")
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(ROUNDS):
        for count, taken in times.items():
            taken.append(seconds(lambda: _deploy(world, databases[count])))  # noqa: B023
    few, many = (statistics.median(taken) for taken in times.values())
    return Figure(
        max(0.0, many - few) / (MANY - FEW) * 100,
        1,
        notes=(f"the whole step: {few:.2f} s with {FEW} firms, {many:.2f} s with {MANY}",),
    )


def _deploy(world: World, database: str) -> None:
    command = [sys.executable, "manage.py", "migrate_firms"]
    environment = os.environ | dict(world.environment(database))
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
