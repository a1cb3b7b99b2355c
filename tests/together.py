"""What happens when several do it at the same instant: threads with connections of their own."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections
from django.utils import translation

from kernel.errors import DomainError
from kernel.tenancy import firm_context


def at_once(works: Sequence[Callable[[], Any]], *, schema: str = "firm_alpha", language: str = "fr") -> list[Any]:
    """Returns what each work gave, in the order in which they ended: a result, a domain error's code, another error.

    They start together, in the firm's schema; the database must be one that commits (`own_database`).
    """
    results: list[Any] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        try:
            gate.wait(30)
            with firm_context(schema), translation.override(language):
                results.append(work())
        except DomainError as error:
            results.append(error.code)
        except Exception as error:  # noqa: BLE001
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    return results
