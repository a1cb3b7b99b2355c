"""The list of dossiers as JSON against the same JSON dumped by a bare Django view."""

import json
import pickle
from functools import partial

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.api_token import create_token
from accounts.models import ApiToken, Scope
from kernel.tenancy import firm_context
from tests.bench.constants import Constants
from tests.bench.figure import Figure
from tests.bench.firms import admin_of, firm_at, host_of
from tests.bench.server import serve
from tests.bench.timing import interleaved, ms
from tests.bench.world import DOSSIERS, LARGE, World
from tests.support import without_set

_PATH = "/api/v1/dossiers/"
#: With the warm-up, within what a key has in a minute.
ROUNDS = 400


def measure(world: World) -> Figure:
    """Returns how many times as long the product takes for 100 of its dossiers."""
    with world.using(world.two_firms):
        firm = firm_at(LARGE)
        admin = admin_of(firm)
        with firm_context(firm.schema_name):
            key = create_token(user=admin, name="bench", scopes=[Scope.DOSSIERS_READ], by=admin).secret
        headers = {"Authorization": f"Bearer {key}"}
        few, many = (_queries(headers, limit) for limit in (10, 100))
        assert few == many, f"{few} queries for 10 rows, {many} for 100"
        with firm_context(firm.schema_name):
            ApiToken.objects.update(window_count=0)
    path = f"{_PATH}?limit=100"
    kept = world.folder / "constants"
    with (
        serve(world.folder, world.environment(world.two_firms)) as product_server,
        product_server.browser(host_of(LARGE), headers=headers) as product,
    ):
        answer = json.loads(product.get(path))
        assert len(answer["results"]) == 100
        kept.write_bytes(pickle.dumps(Constants(firm, admin, _PATH.removeprefix("/"), "", answer)))
        with (
            serve(world.folder, {"BENCH_CONSTANTS": str(kept)}, module="tests.bench.plain_wsgi") as plain_server,
            plain_server.browser(host_of(LARGE)) as plain,
        ):
            assert json.loads(plain.get(path)) == answer, "the two answers differ"
            of_product, of_plain = interleaved([partial(product.get, path), partial(plain.get, path)], rounds=ROUNDS)
    return Figure(
        of_product / of_plain,
        4,
        notes=(
            f"median {ms(of_product)}, dumped from memory {ms(of_plain)}",
            f"100 of {DOSSIERS:,} dossiers, {len(json.dumps(answer)) // 1024} kB; {many} queries",
        ),
    )


def _queries(headers: dict[str, str], limit: int) -> int:
    client = Client(headers=headers | {"Host": host_of(LARGE)})
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{_PATH}?limit={limit}").status_code == 200
    return len(without_set(queries))
