"""The list of dossiers against its own template rendered from constants."""

import pickle
import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from tests.bench.constants import Constants, read_constants
from tests.bench.figure import Figure
from tests.bench.firms import cookies_of, firm_at, host_of
from tests.bench.server import serve
from tests.bench.timing import interleaved, ms
from tests.bench.world import DOSSIERS, LARGE, World

ROUNDS = 400
_CSRF_TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")


def measure(world: World) -> Figure:
    """Returns how many times as long the product takes for the first page."""
    return compare(world, query="", goal=3)


def compare(world: World, *, query: str, goal: float) -> Figure:
    """Returns the quotient of the two pages' medians, over HTTP, on connections that stay open."""
    with world.using(world.two_firms):
        firm = firm_at(LARGE)
        cookies, constants = cookies_of(firm), read_constants(firm, query)
    path = "/dossiers/" + (f"?{urlencode({'q': query})}" if query else "")
    of_product, of_plain, size = medians(world, world.two_firms, constants, cookies, path)
    found = f", {constants.context['page'].count} found for “{query}”" if query else ""
    return Figure(
        of_product / of_plain,
        goal,
        notes=(
            f"median {ms(of_product)}, from constants {ms(of_plain)}",
            f"{DOSSIERS:,} dossiers{found}; {firm.branding.rows_per_page} rows, {size // 1024} kB",
        ),
    )


def medians(
    world: World, database: str, constants: Constants, cookies: Mapping[str, str], path: str
) -> tuple[float, float, int]:
    """Returns the median seconds of the product's page and of the one from constants, and the bytes of each."""
    kept = world.folder / "constants"
    kept.write_bytes(pickle.dumps(constants))
    with (
        serve(world.folder, world.environment(database)) as product_server,
        serve(world.folder, {"BENCH_CONSTANTS": str(kept)}, module="tests.bench.plain_wsgi") as plain_server,
        product_server.browser(host_of(LARGE), cookies) as product,
        plain_server.browser(host_of(LARGE)) as plain,
    ):
        pages = [_CSRF_TOKEN.sub(b"", browser.get(path)) for browser in (product, plain)]
        assert pages[0] == pages[1], "the two pages differ"
        of_product, of_plain = interleaved([partial(product.get, path), partial(plain.get, path)], rounds=ROUNDS)
    return of_product, of_plain, len(pages[0])
