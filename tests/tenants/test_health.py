"""Readiness, when the database is not there."""

from django.db import connection

from tests.support import at_host


def test_readiness_says_when_the_database_is_not_there(own_database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] += "_missing"
    answer = at_host("").get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database unreachable")
    assert at_host("").get("/healthz").status_code == 200
