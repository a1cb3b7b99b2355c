"""The list of one firm among a thousand against the same among two."""

import statistics

from tenants.models import Firm
from tests.bench.dossier_list import ROUNDS
from tests.bench.figure import Figure
from tests.bench.firm import cookies_of
from tests.bench.server import Server
from tests.bench.timing import interleaved, ms, seconds
from tests.bench.world import LARGE, World, add_firm, admin_of

FIRMS = 1_000
_VISITED = 200


def measure(world: World) -> Figure:
    """Returns the quotient of the two medians of the same page of the same firm."""
    with world.using(world.two_firms):
        cookies = cookies_of(Firm.objects.get(schema_name=f"firm_{LARGE}"), admin_of(LARGE))
    crowd = world.copy(world.two_firms, "crowd")
    names = [f"firm-{rank}" for rank in range(FIRMS - 2)]
    with world.using(crowd):
        firms: list[Firm] = []
        taken = seconds(lambda: firms.extend(add_firm(name) for name in names))
        visitors = [(name, cookies_of(firm, admin_of(name))) for name, firm in zip(names[:_VISITED], firms)]  # noqa: B905
    host = f"{LARGE}.localhost"
    with (
        world.serve(world.two_firms) as few_server,
        world.serve(crowd) as many_server,
        few_server.browser(host, cookies) as among_few,
        many_server.browser(host, cookies) as among_many,
    ):
        few, many = interleaved(
            [lambda: among_few.get("/dossiers/"), lambda: among_many.get("/dossiers/")], rounds=ROUNDS
        )
        round_trip = statistics.median(_visit(many_server, name, kept) for name, kept in visitors)
    return Figure(
        many / few,
        1.2,
        notes=(
            f"median {ms(many)} among {FIRMS:,} firms, {ms(few)} among 2",
            f"{_VISITED} other firms, each for the first time, one after the other: median {ms(round_trip)}",
            f"{len(names)} firms were made in {taken:.0f} s, {ms(taken / len(names))} each",
        ),
    )


def _visit(server: Server, name: str, cookies: dict[str, str]) -> float:
    with server.browser(f"{name}.localhost", cookies) as browser:
        return seconds(lambda: browser.get("/dossiers/"))
