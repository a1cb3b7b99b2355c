"""The firm's documents and settings over the API, to read alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Permission, Scope
from extranet.enums import DiagnosticKind
from kernel.tenancy import firm_context
from tests.api.calls import caller
from tests.extranet.booking import add_person
from tests.factories.cast import Cast
from tests.factories.firm_things import add_file_document, add_notice
from tests.support import body, without_set

pytestmark = pytest.mark.django_db


def test_a_client_has_the_documents_that_are_for_it(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        notice = add_notice("Notice", user=cast.bob)
        secret = add_notice("Interne", user=cast.bob, audience="staff")
        file = add_file_document("Attestation", user=cast.bob)
    office, client = caller(cast.bob), caller(cast.alice.user)
    assert {row["title"] for row in office("GET", "documents/").json()["results"]} == {
        "Notice",
        "Interne",
        "Attestation",
    }
    rows = client("GET", "documents/").json()["results"]
    assert {row["title"] for row in rows} == {"Notice", "Attestation"}
    assert {"audience", "kinds", "version"} & rows[0].keys() == set()
    assert client("GET", f"documents/{notice.code}/").json()["text"] != ""
    assert client("GET", f"documents/{secret.code}/").status_code == 404
    assert client("GET", f"documents/{notice.code}/content/").status_code == 404
    assert body(client("GET", f"documents/{file.code}/content/", Accept="application/pdf"))
    assert caller(cast.dora.user, firm="beta")("GET", f"documents/{file.code}/content/").status_code == 404
    assert len(client("GET", "documents/?q=attest").json()["results"]) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_whatever_its_rows(cast: Cast, rows: int) -> None:
    with firm_context("firm_alpha"):
        for rank in range(rows):
            add_notice(f"Notice {rank}", user=cast.bob)
    call = caller(cast.bob)
    call("GET", "me/")
    with CaptureQueriesContext(connection) as queries:
        assert len(call("GET", "documents/").json()["results"]) == rows
    assert len(without_set(queries)) == 3


def test_the_settings_say_what_a_program_needs(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        diane = add_person()
    call = caller(cast.anna)
    found = call("GET", "settings/").json()
    assert [row["code"] for row in found["diagnosticians"]] == [diane.code]
    assert {row["name"] for row in found["people"]} == {"Anna Amiante", "Bob Staff"}
    assert [row["value"] for row in found["lists"]["diagnostics"]] == DiagnosticKind.values
    english = call("GET", "settings/", **{"Accept-Language": "en"}).json()
    assert english["lists"]["order_states"][1] == {"value": "todo", "label": "To be handled"}
    assert call("GET", "settings/company/").json().keys() >= {"siret", "legal_name", "insurer"}
    assert {row["weekday"] for row in call("GET", "settings/booking/").json()["hours"]} == {0, 1, 2, 3, 4}
    assert call("GET", "settings/validity/").json()["results"]
    (prices,) = call("GET", "settings/price-lists/").json()["results"]
    assert prices["rows"]
    with CaptureQueriesContext(connection) as queries:
        call("GET", "settings/")
    assert len(without_set(queries)) == 7


def test_the_settings_are_for_the_firm_and_their_rights(cast: Cast) -> None:
    paths = ["settings/", "settings/company/", "settings/booking/", "settings/validity/", "settings/price-lists/"]
    bob = caller(cast.bob)
    assert not cast.bob.may(Permission.SETTINGS)
    assert [bob("GET", path).status_code for path in paths] == [200, 403, 403, 403, 403]
    narrow = caller(cast.anna, Scope.ORDERS_READ)
    assert [narrow("GET", path).status_code for path in paths] == [403] * 5
    client = caller(cast.alice.user)
    assert {client("GET", path).status_code for path in paths} <= {403, 404}
