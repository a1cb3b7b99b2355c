"""A search of two terms over a million dossiers, with its index against without."""

import random
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.db import connection

from extranet.models import Dossier
from extranet.queries.dossier_filter import DossierFilter, filtered_dossiers
from kernel.tenancy import firm_context
from tests.bench.figure import Figure
from tests.bench.firms import admin_of, firm_at
from tests.bench.timing import ms, seconds
from tests.bench.world import DOSSIERS, LARGE, World

#: Each dossier of the large firm, so many times.
COPIES = 10
#: Different searches, so that p95 means something; without the index each takes its time, so fewer.
SEARCHES, PLAIN_SEARCHES = 200, 12
_INDEX = "extranet_dossier_search_ix"
#: The indexes that these searches can use; the others would only take time to make again.
_USED = {_INDEX, "extranet_dossier_created_ix"}
_ROWS = 25


def measure(world: World) -> Figure:
    """Returns how many times as long the first page and its count take without the index."""
    database = world.copy(world.two_firms, "million")
    with world.using(database), firm_context(firm_at(LARGE).schema_name):
        _multiply()
        user = admin_of(firm_at(LARGE))
        terms = _terms(random.Random(3))

        def search(text: str) -> int:
            rows = filtered_dossiers(user, DossierFilter(q=text))
            found = len(rows.values_list("id", "title")[:_ROWS])
            return found + rows.values_list("id")[:1_001].count()

        assert all(search(text) for text in terms[:20]), "each search finds its dossier"
        with_index = [seconds(partial(search, text)) for text in terms]
        with _without_index():
            without = [seconds(partial(search, text)) for text in terms[:PLAIN_SEARCHES]]
    with_index.sort()
    fast, slow = statistics.median(with_index), statistics.median(without)
    p95 = with_index[int(len(with_index) * 0.95)]
    notes = (
        f"{DOSSIERS * COPIES:,} dossiers; p50 {ms(fast)}, p95 {ms(p95)} with the index, p50 {ms(slow)} without",
        f"{SEARCHES} searches of two terms, the page and its count; for example “{terms[0]}”",
    )
    return Figure(slow / fast, goal=20, at_least=True, notes=notes)


def _terms(chance: random.Random) -> list[str]:
    """Returns searches as people type them: the number's end and a word of the title of some dossier."""
    count = DOSSIERS * COPIES
    found = Dossier.objects.filter(pk__in=chance.sample(range(1, count + 1), SEARCHES)).values_list("pk", "search")
    result = []
    for pk, text in found:
        words = [word for word in text.split() if word.isalpha() and len(word) > 4]
        result.append(f"{pk:07} {chance.choice(words[:6])}")
    return result


def _multiply() -> None:
    """Makes COPIES of each dossier, each with a number of its own; the indexes that count are made again after."""
    table = Dossier._meta.db_table
    copied = [
        str(field.column)
        for field in Dossier._meta.concrete_fields
        if field.column not in {"id", "code", "title", "search"}
    ]
    columns = ", ".join(connection.ops.quote_name(column) for column in copied)
    number = f"lpad((id + step * {DOSSIERS})::text, 7, '0')"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = %s::regclass AND NOT i.indisunique",
            [table],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(f"UPDATE {table} SET search = search || ' ' || lpad(id::text, 7, '0')")
        cursor.execute(
            f"INSERT INTO {table} (id, code, title, search, {columns})"
            f" SELECT id + step * {DOSSIERS}, 'c' || {number}, title,"
            f" substr(search, 1, length(search) - 8) || ' ' || {number}, {columns}"
            f" FROM {table}, generate_series(1, {COPIES - 1}) step"
        )
        for name, definition in indexes:
            if name.rsplit(".")[-1] in _USED:
                cursor.execute(definition)
        cursor.execute(f"VACUUM ANALYZE {table}")


@contextmanager
def _without_index() -> Iterator[None]:
    """Hides the search index from the planner within the block."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [_INDEX])
        try:
            yield
        finally:
            cursor.execute("UPDATE pg_index SET indisvalid = true WHERE indexrelid = %s::regclass", [_INDEX])
