"""What leaves whole: a dossier that can be read again, and all of the firm's data."""

import hashlib
import io
import json
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.conf import settings

from accounts.models import Scope
from extranet.actions.diagnostic import add_diagnostics
from extranet.actions.dossier_file_version import replace_file
from extranet.actions.firm_archive import make_archive
from extranet.exporters.firm_archive import write_archive
from extranet.models import Dossier, FirmArchive
from kernel.models import FirmModel
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from tests.api.calls import caller
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.support import body, logged_in

pytestmark = pytest.mark.django_db

#: Tables of the firm's schema that its archive leaves out: who is logged in and how is no part of a firm's data.
LEFT_OUT = {
    "accounts_apiwrite": "the answers to writes of a day, kept for those that come again",
    "account_emailconfirmation": "links that are on their way to prove an address",
    "django_session": "who is logged in",
    "mfa_authenticator": "secrets of second factors",
    "usersessions_usersession": "where somebody is logged in",
}
#: Columns that the archive leaves out: what opens something, sealed or hashed.
SECRETS = {
    "accounts_apitoken.digest",
    "accounts_user.password",
    "billing_credentials.sealed",
    "billing_credentials.sealed_before",
    "billing_provideraccount.token",
    "extranet_calendarfeed.token_hash",
    "extranet_guestlink.code_hash",
    "extranet_mapfeed.token_hash",
    "extranet_missionorder.code_hash",
    "extranet_webhookendpoint.sealed",
    "mail_mailserver.sealed",
    "mail_smsaccount.sealed",
    "mail_smsaccount.token",
}


def whole(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        files = {"DPE.txt": b"one", "dpe.txt": b"two", "a/b.txt": b"three"}
        details = {"street": "12 rue de Siam", "city": "Brest", "owner_name": "Eve", "reference": "2026/4"}
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files=files, details=details)
        add_diagnostics(dossier, kinds=["dpe"], performed_on=None, user=cast.bob)
        first = files_of(dossier)[0]
        replace_file(first, stored=store_bytes(b"new", name="DPE.txt", user=cast.bob), user=cast.bob)
        return Dossier.objects.get(pk=dossier.pk)


def test_a_dossier_leaves_with_all_that_is_known_of_it(cast: Cast) -> None:
    dossier = whole(cast)
    answer = caller(cast.bob)("GET", f"dossiers/{dossier.code}/export.zip", Accept="application/zip")
    assert answer.status_code == 200
    data = body(answer)
    assert int(answer["Content-Length"]) == len(data)
    archive = ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["format"], manifest["version"]) == ("diagdesk-dossier", 1)
    assert manifest["dossier"]["reference"] == "2026/4"
    assert manifest["property"]["city"] == "Brest"
    assert manifest["people"]["owner"]["name"] == "Eve"
    assert [row["kind"] for row in manifest["diagnostics"]] == ["dpe"]
    assert [row["email"] for row in manifest["accesses"]] == [cast.alice.user.email]
    assert manifest["history"][0]["kind"] == "created"
    # all of the zip is named, once, and is what the manifest says
    named = [file["path"] for file in manifest["files"]]
    assert sorted([*named, "manifest.json"]) == sorted(archive.namelist())
    for file in manifest["files"]:
        content = archive.read(file["path"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
    contents = {(file["version"], file["is_current"]): archive.read(file["path"]) for file in manifest["files"]}
    assert contents[2, True] == b"new"
    assert contents[1, False] == b"one"


def test_a_dossier_leaves_with_whoever_may_take_it_away(cast: Cast) -> None:
    dossier = whole(cast)
    for call in (caller(cast.alice.user), caller(cast.dan, firm="beta")):
        assert call("GET", f"dossiers/{dossier.code}/export.zip").status_code == 404
    assert caller(cast.bob, Scope.ORDERS_READ)("GET", f"dossiers/{dossier.code}/export.zip").status_code == 403
    page = logged_in("alpha", cast.bob)
    assert f"/dossiers/{dossier.code}/export.zip" in page.get(f"/dossiers/{dossier.code}/").content.decode()
    taken = page.get(f"/dossiers/{dossier.code}/export.zip")
    assert taken["Content-Disposition"] == 'attachment; filename="2026-4.zip"'
    assert "manifest.json" in ZipFile(io.BytesIO(body(taken))).namelist()


def test_the_archive_of_the_firm_is_asked_for_read_and_removed(cast: Cast, tmp_path: object) -> None:
    whole(cast)
    call = caller(cast.anna, Scope.EXPORT)
    made = call("POST", "export/")
    assert made.status_code == 202, made.json()
    address = f"export/{made.json()['code']}/"
    assert made["Location"].endswith(f"/api/v1/{address}")
    assert made.json()["ready_at"] is None
    assert call("GET", f"{address}archive.zip").status_code == 404
    assert call("POST", "export/").json()["code"] == "archive_under_way"
    with firm_context("firm_alpha"):
        make_archive(archive_id=FirmArchive.objects.get().pk, link="http://alpha.localhost/")
    ready = call("GET", address).json()
    assert ready["ready_at"] is not None
    data = body(call("GET", f"{address}archive.zip", Accept="*/*"))
    assert (len(data), hashlib.sha256(data).hexdigest()) == (ready["size"], ready["sha256"])
    assert "tables/extranet_dossier.csv" in ZipFile(io.BytesIO(data)).namelist()
    assert [row["code"] for row in call("GET", "export/").json()["results"]] == [ready["code"]]
    assert call("DELETE", address).status_code == 204
    assert call("GET", address).status_code == 404


def test_the_archive_is_for_administrators_with_a_key_for_it(cast: Cast) -> None:
    assert caller(cast.bob, Scope.EXPORT)("POST", "export/").json()["code"] == "right_missing"
    assert caller(cast.anna, Scope.DOSSIERS_READ)("POST", "export/").json()["code"] == "scope_missing"
    assert caller(cast.alice.user)("GET", "export/").status_code in {403, 404}
    with firm_context("firm_alpha"):
        assert FirmArchive.objects.count() == 0


def test_the_archive_holds_every_table_that_a_firm_has(cast: Cast) -> None:
    """Over all models: what is made anew is in it without a line of code, or is named above with the reason."""
    target = io.BytesIO()
    write_archive(target, cast.alpha)
    held = set(json.loads(ZipFile(target).read("manifest.json"))["tables"])
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels]
    tables = {model._meta.db_table for model in models if not model._meta.proxy and model._meta.managed}
    assert tables - held == set(LEFT_OUT)
    firm_models = {model._meta.db_table for model in apps.get_models() if issubclass(model, FirmModel)}
    assert {table for table in firm_models if table not in held} <= {"accounts_apiwrite"}


def test_the_archive_leaves_out_secrets_alone(cast: Cast) -> None:
    target = io.BytesIO()
    write_archive(target, cast.alpha)
    tables = json.loads(ZipFile(target).read("manifest.json"))["tables"]
    left_out = {f"{name}.{column}" for name, table in tables.items() for column in table["left_out"]}
    assert left_out == SECRETS
