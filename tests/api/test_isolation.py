"""Two firms whose rows have the same keys: a key of alpha sees, changes and sends nothing of beta's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, ApiWrite
from billing.models import Payment
from extranet.models import (
    Appointment,
    Contact,
    Dossier,
    DossierFile,
    FirmArchive,
    FirmDocument,
    Message,
    MessageFile,
    Order,
    OrderFile,
    Quote,
    WebhookEndpoint,
)
from kernel.models import FirmModel
from kernel.tenancy import firm_context
from storage.models import ResumableUpload
from tests.api.calls import PIECE, TUS, key_of
from tests.api.routes import endpoints, methods_of, names_in, pattern_of
from tests.factories.cast import Cast
from tests.factories.twins import MARK, Twins, table_of_tables
from tests.support import body, run_jobs
from tests.test_isolation import _same_keys, twins

__all__ = ["_same_keys", "twins"]

pytestmark = pytest.mark.django_db

#: Which rows an argument names: by what comes first in the address, or by the argument alone.
_BY_SUBJECT: dict[str, type[FirmModel]] = {
    "dossiers": Dossier,
    "contacts": Contact,
    "orders": Order,
    "quotes": Quote,
    "appointments": Appointment,
    "messages": Message,
    "payments": Payment,
    "documents": FirmDocument,
    "export": FirmArchive,
    "uploads": ResumableUpload,
    "webhooks": WebhookEndpoint,
}
_BY_ARGUMENT: dict[str, type[FirmModel]] = {
    "file_code": DossierFile,
    "contact": Contact,
    "attachment_code": OrderFile,
    "piece_code": MessageFile,
}


def arguments_of(pattern: str, rows: dict[type[FirmModel], Any], word: str) -> dict[str, str]:
    """Returns an address's arguments that name these rows; a new kind of thing has to be named above."""
    subject = pattern.removeprefix("/api/v1/").partition("/")[0]
    found = {}
    for name in names_in(pattern):
        if name == "external_id":
            found[name] = f"{word}-id"
        elif name == "extension":
            found[name] = "json"
        else:
            found[name] = rows[_BY_ARGUMENT.get(name) or _BY_SUBJECT[subject]].code
    return found


@pytest.fixture
def named(twins: Twins) -> Twins:
    """The twins, known to other software by the same kind of name."""
    for firm, rows, word in (("alpha", twins.alpha, "alphamark"), ("beta", twins.beta, MARK)):
        with firm_context(f"firm_{firm}"):
            for model in (Dossier, Contact, DossierFile, Order):
                model.objects.filter(pk=rows[model].pk).update(external_id=f"{word}-id")
    return twins


def program(key: str, firm: str = "alpha") -> Client:
    return Client(headers={"Host": f"{firm}.localhost", "Authorization": f"Bearer {key}", "Accept-Language": "en"})


@pytest.mark.parametrize("person", ["anna", "alice"])
def test_what_alphas_key_reads_shows_nothing_of_beta(named: Twins, cast: Cast, person: str) -> None:
    client = program(key_of(getattr(cast, person) if person == "anna" else cast.alice.user))
    seen, codes = 0, [str(row.code) for row in named.beta.values() if hasattr(row, "code")]
    for route, view in endpoints().items():
        if "GET" not in methods_of(view):
            continue
        pattern = pattern_of(route)
        address = reverse(route, urlconf="config.urls_firm", kwargs=arguments_of(pattern, named.alpha, "alphamark"))
        for query in ("", f"?q={MARK}", f"?external_id={MARK}-id", "?limit=200"):
            content = body(client.get(address + query))
            assert MARK.encode() not in content.replace(f"={MARK}".encode(), b""), address + query
            assert not [code for code in codes if code.encode() in content and code not in address], address + query
            seen += b"alphamark" in content
    assert seen > {"anna": 10, "alice": 4}[person]


def test_betas_things_are_not_there_for_alphas_key_and_stay_as_they_are(named: Twins, cast: Cast) -> None:
    client, asked = program(key_of(cast.anna)), 0
    run_jobs()
    with firm_context("firm_beta"):
        before = table_of_tables()
    for route, view in endpoints().items():
        pattern = pattern_of(route)
        own = arguments_of(pattern, named.alpha, "alphamark")
        for name, value in arguments_of(pattern, named.beta, MARK).items():
            if value == own[name]:
                continue
            address = reverse(route, urlconf="config.urls_firm", kwargs=own | {name: value})
            # a PUT makes what is not there, in alpha
            for method in methods_of(view) - {"PUT"}:
                kind = PIECE if route.startswith("api-resumable-") else "application/json"
                answer = client.generic(method, address, data="{}", content_type=kind, headers=TUS)
                assert answer.status_code in {404, 422}, (method, address, answer.status_code)
                assert MARK.encode() not in body(answer).replace(value.encode(), b""), (method, address)
                asked += 1
    assert asked > 75
    run_jobs()
    with firm_context("firm_beta"):
        assert table_of_tables() == before


def test_a_put_to_betas_name_makes_a_thing_of_alphas(named: Twins, cast: Cast) -> None:
    client = program(key_of(cast.anna))
    with firm_context("firm_beta"):
        before = table_of_tables()
    address = f"/api/v1/dossiers/by-external-id/{MARK}-id/"
    answer = client.put(address, data='{"title": "Villa"}', content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["code"] != named.beta[Dossier].code  # type: ignore[attr-defined]
    with firm_context("firm_beta"):
        assert table_of_tables() == before


def test_a_key_and_the_answers_to_its_writes_are_of_one_firm(named: Twins, cast: Cast) -> None:
    key = key_of(cast.anna)
    assert program(key).get("/api/v1/me/").status_code == 200
    assert program(key, "beta").get("/api/v1/me/").status_code == 401
    with firm_context("firm_beta"):
        # as like alpha's as one row can be like another: the same key, digest and person
        twin = ApiWrite.objects.get()
        assert twin.pk == named.alpha[ApiWrite].pk
        assert twin.token_id == named.alpha[ApiToken].pk
    sent = program(key).put(
        "/api/v1/dossiers/by-external-id/new/",
        data='{"title": "Villa"}',
        content_type="application/json",
        headers={"Idempotency-Key": MARK},
    )
    assert sent.status_code == 201
    assert MARK.encode() not in sent.content
