"""The list of one firm among a thousand against the same among two."""

import statistics
from functools import partial

from tests.bench.dossier_list import ROUNDS
from tests.bench.figure import Figure
from tests.bench.firms import cookies_of, firm_at, host_of
from tests.bench.server import Server, serve
from tests.bench.timing import interleaved, ms, seconds
from tests.bench.world import FIRMS, LARGE, World

_PATH = "/dossiers/"
_VISITED = 200


def measure(world: World) -> Figure:
    """Returns the quotient of the two medians of the same page of the same firm."""
    with world.using(world.two_firms):
        cookies = cookies_of(firm_at(LARGE))
    crowd = world.crowd
    with world.using(crowd.database):
        crowd_cookies = {name: cookies_of(firm_at(name)) for name in (LARGE, *crowd.subdomains[:_VISITED])}
    with (
        serve(world.folder, world.environment(world.two_firms)) as small_server,
        serve(world.folder, world.environment(crowd.database)) as large_server,
        small_server.browser(host_of(LARGE), cookies) as among_few,
        large_server.browser(host_of(LARGE), crowd_cookies.pop(LARGE)) as among_many,
    ):
        few, many = interleaved([partial(among_few.get, _PATH), partial(among_many.get, _PATH)], rounds=ROUNDS)
        first = statistics.median(_visit(large_server, name, kept) for name, kept in crowd_cookies.items())
    return Figure(
        many / few,
        1.2,
        notes=(
            f"median {ms(many)} among {FIRMS:,} firms, {ms(few)} among 2",
            f"{_VISITED} other firms, each for the first time, without dossiers: median {ms(first)}",
            f"the firms were made in {ms(crowd.seconds_each)} each",
        ),
    )


def _visit(server: Server, subdomain: str, cookies: dict[str, str]) -> float:
    with server.browser(host_of(subdomain), cookies) as browser:
        return seconds(partial(browser.get, _PATH))
