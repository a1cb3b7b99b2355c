"""Whatever the specification allows or forbids is asked: no fault of ours, no answer that it does not say.

Schemathesis makes the calls. Each is taken back; the address names a thing that is there unless its place in the
address is what is being tried. Of some hundred calls to each operation the suite makes the first twenty and every sixth
of the others; `API_EXAMPLES=200` makes them all, and as many more by chance.
"""

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
)

from api.schema import specification
from tests.api.calls import PIECE, key_of
from tests.api.world import ApiWorld, make_api_world
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db

#: Rules of the product refuse what is well formed, and some leniency is meant; test_matrix.py asks without a key.
NOT_CHECKED = [positive_data_acceptance, negative_data_rejection, ignored_auth]
#: tus 1.0 answers 412 to who does not say its version.
NOT_CHECKED_OF_TUS = [*NOT_CHECKED, missing_required_header]
schemathesis.serializer.alias(PIECE, "application/octet-stream")
IS_LONG = "API_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("API_EXAMPLES", "5"))
schema = schemathesis.openapi.from_dict(
    specification(),
    config=schemathesis.Config.from_dict({"base-url": "http://alpha.localhost", "generation": {"mode": "all"}}),
)
_site = get_wsgi_application()


def _site_read_to_the_end(environ: Any, start_response: Any) -> list[bytes]:
    """Answers as the site does, its files read and closed, which a web server does and Schemathesis does not."""
    answer = _site(environ, start_response)
    try:
        return list(answer)
    finally:
        answer.close()


schema.app = _site_read_to_the_end


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The calls go on in the test's transaction, as those of Django's own test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(cast: Cast) -> ApiWorld:
    return make_api_world(cast)


@pytest.fixture
def calls() -> Iterator[int]:
    """Counts the calls to one operation."""
    return count()


@pytest.fixture
def key(cast: Cast, world: ApiWorld) -> str:
    return key_of(cast.anna)


def _is_tried(case: Any, location: ParameterLocation) -> bool:
    """Returns whether that part of the call breaks the specification on purpose."""
    component = case.meta.components.get(location) if case.meta else None
    return component is not None and component.mode.is_negative


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None, derandomize=True)
def test_the_interface_keeps_to_its_specification(case: Any, world: ApiWorld, key: str, calls: Iterator[int]) -> None:
    if not IS_LONG and (number := next(calls)) > 20 and number % 6:
        return
    if case.path_parameters and not _is_tried(case, ParameterLocation.PATH):
        known = world.arguments(case.path, case.method)
        case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
    with transaction.atomic():
        answer = case.call(headers={"Authorization": f"Bearer {key}", "Host": "alpha.localhost"})
        transaction.set_rollback(True)
    is_tus = "/resumable/" in case.path
    case.validate_response(answer, excluded_checks=NOT_CHECKED_OF_TUS if is_tus else NOT_CHECKED)
