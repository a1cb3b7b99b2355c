"""Every error under /api/ is a problem with a code that the documentation explains."""

import ast
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from api.problem_codes import BY_STATUS, PROBLEM_CODES
from api.problems import CONFLICTS, TOO_LARGE
from kernel.tenancy import public_context
from tenants.middleware import forget_hosts
from tenants.models import Firm
from tests.api.calls import caller
from tests.factories.cast import Cast
from tests.support import at_host

pytestmark = pytest.mark.django_db
API = Path(__file__).resolve().parents[2] / "platform" / "api"
#: What makes a problem, and the place of the code among its arguments.
_MAKERS = {"Problem": 1, "problem_response": 1, "problem_body": 1, "_problem": 2, "AuthenticationFailed": -1}


def codes_in_source() -> set[str]:
    """Returns the codes that the interface's own source gives to problems."""
    found = set()
    for path in API.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS:
                place = _MAKERS[node.func.id]
                given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                given += [node.args[place]] if 0 <= place < len(node.args) else []
                found |= {value.value for value in given if isinstance(value, ast.Constant)}
    return {str(code) for code in found}


def test_each_code_stands_once_in_the_table() -> None:
    codes = [entry.code for entry in PROBLEM_CODES]
    assert len(codes) == len(set(codes))
    assert set(BY_STATUS.values()) <= set(codes)
    assert len(codes_in_source()) > 8
    assert codes_in_source() - CONFLICTS - TOO_LARGE <= set(codes)


def test_the_page_of_a_code_is_where_its_type_leads(cast: Cast) -> None:
    answer = caller(cast.bob)("GET", "nowhere/").json()
    path, _hash, anchor = answer["type"].partition("#")
    assert f'id="{anchor}"' in at_host("alpha").get(path).content.decode()


def problem_of(answer: object, status: int, code: str) -> None:
    assert answer.status_code == status  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/problem+json"  # type: ignore[index]
    assert answer.json()["code"] == code  # type: ignore[attr-defined]
    assert answer.json()["status"] == status  # type: ignore[attr-defined]


def test_a_closed_portal_answers_503_with_a_problem(cast: Cast) -> None:
    call = caller(cast.bob)
    with public_context():
        Firm.objects.filter(schema_name="firm_alpha").update(status="suspended")
    forget_hosts()
    answer = call("GET", "me/")
    problem_of(answer, 503, "unavailable")
    assert int(answer["Retry-After"]) > 0
    assert b"<html" not in at_host("alpha").get("/api/v1/me/").content


@pytest.mark.parametrize("host", ["nowhere.localhost", "localhost"])
def test_a_host_that_is_no_firms_answers_with_a_problem(db: None, host: str) -> None:
    problem_of(Client(headers={"Host": host}).get("/api/v1/me/"), 404, "not_found")


def test_a_host_that_is_none_answers_with_a_problem(db: None) -> None:
    problem_of(Client(headers={"Host": "no host"}).get("/api/v1/me/"), 400, "bad_request")


@pytest.mark.parametrize("address", ["me/?fields=%00", "me/?%00=x", "nowhere/?q=a%00b"])
def test_a_nul_in_the_query_is_refused(cast: Cast, address: str) -> None:
    problem_of(caller(cast.bob)("GET", address), 422, "invalid")


def test_a_nul_in_the_path_is_nothing(cast: Cast) -> None:
    problem_of(caller(cast.bob)("GET", "%00/"), 404, "not_found")
    assert caller(cast.bob)("GET", "me/?fields=%2500").status_code == 400


def test_a_fault_of_ours_tells_nothing_of_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    call = caller(cast.bob)
    call.http.raise_request_exception = False

    def fail(_user: User) -> str:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(User, "__str__", fail)
    answer = call("GET", "me/")
    problem_of(answer, 500, "error")
    assert "secret" not in answer.content.decode()


def test_other_methods_are_refused_with_what_is_allowed(cast: Cast) -> None:
    answer = caller(cast.bob)("DELETE", "me/")
    problem_of(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_the_language_of_a_problem_is_the_callers(db: None) -> None:
    client = Client(headers={"Host": "nowhere.localhost", "Accept-Language": "en"})
    assert client.get("/api/v1/me/").json()["detail"].startswith("There is nothing at this address.")


def test_the_documentation_stays_a_page(db: None) -> None:
    answer = at_host("alpha").get("/api/v1/docs/")
    assert answer["Content-Type"].startswith("text/html")
    assert at_host("alpha").post("/api/v1/docs/").status_code == 405
