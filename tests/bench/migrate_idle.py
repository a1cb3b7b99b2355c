"""The deploy step when there is nothing to do."""

import os
import statistics
import subprocess
import sys
from functools import partial

from tests.bench.figure import Figure
from tests.bench.server import ROOT
from tests.bench.timing import seconds
from tests.bench.world import FIRMS, World

ROUNDS = 5


def measure(world: World) -> Figure:
    """Returns the seconds that `manage.py migrate_firms` takes for FIRMS, by the hundred: all of the step counts."""
    few, many = [], []
    for _ in range(ROUNDS):
        few.append(seconds(partial(_deploy, world, world.two_firms)))
        many.append(seconds(partial(_deploy, world, world.crowd.database)))
    of_few, of_many = statistics.median(few), statistics.median(many)
    return Figure(
        of_many / FIRMS * 100,
        1,
        notes=(
            f"seconds: the whole step takes {of_many:.2f} with {FIRMS:,} firms, {of_few:.2f} with 2",
            f"each hundred more adds {(of_many - of_few) / (FIRMS - 2) * 100:.3f}",
        ),
    )


def _deploy(world: World, database: str) -> None:
    command = [sys.executable, "manage.py", "migrate_firms"]
    environment = os.environ | dict(world.environment(database))
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
