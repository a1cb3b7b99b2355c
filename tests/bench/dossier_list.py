"""The list of dossiers against its own template rendered from constants."""

import pickle
import re
from urllib.parse import urlencode

from tenants.models import Firm
from tests.bench.constants import read_constants
from tests.bench.figure import Figure
from tests.bench.firm import cookies_of
from tests.bench.server import serve
from tests.bench.timing import interleaved, ms
from tests.bench.world import DOSSIERS, LARGE, World, admin_of

ROUNDS = 400
_TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")


def measure(world: World) -> Figure:
    """Returns how many times as long the product takes for the first page."""
    return compare(world, query="", goal=3)


def compare(world: World, *, query: str, goal: float) -> Figure:
    """Returns the quotient of the two pages' medians, both over HTTP from the same kind of server."""
    username = admin_of(LARGE)
    with world.using(world.two_firms):
        firm = Firm.objects.select_related("branding").get(schema_name=f"firm_{LARGE}")
        cookies = cookies_of(firm, username)
        constants = read_constants(firm, username, query)
    kept = world.folder / "constants"
    kept.write_bytes(pickle.dumps(constants))
    path = "/dossiers/" + (f"?{urlencode({'q': query})}" if query else "")
    plain = serve(world.folder, {"BENCH_CONSTANTS": str(kept)}, module="tests.bench.plain_wsgi")
    host = f"{LARGE}.localhost"
    with (
        world.serve(world.two_firms) as product_server,
        plain as plain_server,
        product_server.browser(host, cookies) as product_browser,
        plain_server.browser(host) as plain_browser,
    ):
        pages = [_TOKEN.sub(b"", browser.get(path)) for browser in (product_browser, plain_browser)]
        assert pages[0] == pages[1], "the two pages differ"
        product, plain_page = interleaved(
            [lambda: product_browser.get(path), lambda: plain_browser.get(path)], rounds=ROUNDS
        )
    found = f"{constants.context['page'].count} found" if query else f"{DOSSIERS:,} dossiers"
    return Figure(
        product / plain_page,
        goal,
        notes=(f"median {ms(product)}, from constants {ms(plain_page)}; {found}, {len(pages[0]) // 1024} kB",),
    )
