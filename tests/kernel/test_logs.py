"""What a request leaves in the logs."""

import logging

import pytest
from structlog.stdlib import ProcessorFormatter

from kernel.logs import mask_tokens
from tests.factories.cast import Cast
from tests.support import at_host

TOKEN = "eyJkIjpbMTJdfQ:1tKx2a:abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("request_line", "logged"),
    [
        (f"GET /payer/{TOKEN}/", "GET /payer/eyJk…/"),
        (f"POST /acces/{TOKEN}/ouvrir/?x=1", "POST /acces/eyJk…/ouvrir/?x=1"),
        (f"GET /agenda/{TOKEN}.ics", "GET /agenda/eyJk…"),
        ("GET /dossiers/shtxv2pn8tnn/fichiers/7zh644vzjpfb/lire/", None),
        ("GET /dossiers/?q=une+recherche+plus+longue+que+vingt-quatre+lettres", None),
    ],
)
def test_a_token_in_an_address_is_masked_and_nothing_else(request_line: str, logged: str | None) -> None:
    event = mask_tokens(None, "info", {"event": "request_started", "request": request_line})
    assert event["request"] == (logged or request_line)


def test_a_request_with_a_token_is_logged_without_it(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        at_host("alpha").get(f"/payer/{TOKEN}/")
    formats = [handler.formatter for handler in logging.getLogger().handlers]
    (written,) = [each for each in formats if isinstance(each, ProcessorFormatter)]
    logged = "\n".join(map(written.format, caplog.records))
    assert "GET /payer/eyJk…/" in logged
    assert "Not Found: /payer/eyJk…/" in logged
    assert TOKEN not in logged
