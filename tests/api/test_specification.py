"""The specification: complete, valid, and what is true of every operation."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.validation import validate_schema

from accounts.models import Scope
from api.schema import specification
from tests.support import at_host

METHODS = ("get", "put", "post", "patch", "delete")


@pytest.fixture(scope="module")
def spec() -> Any:
    return json.loads(json.dumps(specification()))


def operations(spec: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def names_of(spec: Any, operation: Any) -> set[str]:
    parameters = [
        spec["components"]["parameters"][p["$ref"].rpartition("/")[2]] if "$ref" in p else p
        for p in operation.get("parameters", [])
    ]
    return {parameter["name"] for parameter in parameters}


def test_it_is_made_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "openapi.yaml"))


def test_it_is_valid_openapi_3_1(spec: Any) -> None:
    assert spec["openapi"].startswith("3.1")
    validate_schema(spec)  # type: ignore[no-untyped-call]


def test_every_operation_says_what_all_have_in_common(spec: Any) -> None:
    found = operations(spec)
    assert found
    for path, method, operation in found:
        where = f"{method} {path}"
        # those of files end with the file's name
        assert path.startswith("/api/v1/"), where
        assert path.endswith("/") or "." in path.rpartition("/")[2], where
        assert all(operation[name] for name in ("summary", "tags", "security")), where
        assert list(operation["security"][0]) == ["token"], where
        assert {"400", "401", "429", "503"} <= set(operation["responses"]), where
        assert set(operation.get("x-scopes", ())) <= set(Scope.values), where
        assert ("Idempotency-Key" in names_of(spec, operation)) == (method != "get"), where
        if "{" in path:
            assert "404" in operation["responses"], where
        for code, answer in operation["responses"].items():
            if code.startswith("2"):
                assert {"RateLimit", "RateLimit-Policy"} <= set(answer["headers"]), where


def test_the_name_of_each_operation_is_its_own(spec: Any) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(spec)]
    assert len(names) == len(set(names))


def test_it_is_served_to_everybody_and_kept(db: None, spec: Any) -> None:
    first = at_host("alpha").get("/api/v1/openapi.json")
    assert first.status_code == 200
    assert first.json() == spec
    assert at_host("beta").get("/api/v1/openapi.json").content == first.content
    assert first["Cache-Control"] == "public, max-age=300"
    again = at_host("alpha").get("/api/v1/openapi.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("page", ["", "guide/", "problems/", "changelog/"])
def test_the_pages_ask_nothing_of_the_database(db: None, page: str) -> None:
    at_host("alpha").get(f"/api/v1/docs/{page}")
    answer = at_host("alpha").get(f"/api/v1/docs/{page}")
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()
    assert "style=" not in answer.content.decode()
