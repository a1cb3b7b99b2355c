"""Exports: what they hold, what they leave out, how they leave and end."""

import csv
import hashlib
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from console.actions.audit import By
from console.actions.export import KEEP_EXPORT, export_firm, remove_expired_exports, start_export
from console.models import AuditAction, AuditEntry, FirmExport
from deploy.local.seaweed import Seaweed
from extranet.exporters.firm_archive import write_archive
from extranet.models import Dossier
from kernel.errors import WrongFirm
from kernel.tenancy import firm_context, public_context
from mail.models import OutgoingMail
from storage.backends import MIB, firm_storage
from storage.models import StoredFile
from tenants.models import Firm
from tests.console.conftest import PDF
from tests.factories.cast import Cast


def _archive(firm: Firm) -> ZipFile:
    target = io.BytesIO()
    write_archive(target, firm)
    return ZipFile(target)


def _rows(archive: ZipFile, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"tables/{table}.csv").decode())))


def _content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_archive_holds_every_table_and_object(gamma: Firm) -> None:
    archive = _archive(gamma)
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    with firm_context(gamma.schema_name), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema::regnamespace"
        )
        tables = {row[0] for row in cursor.fetchall()}
        stored = StoredFile.objects.get()
        dossier = Dossier.objects.get()
    left_out = {
        "accounts_apiwrite",
        "account_emailconfirmation",
        "django_session",
        "mfa_authenticator",
        "usersessions_usersession",
    }
    assert set(manifest["tables"]) == tables - left_out
    for name, table in manifest["tables"].items():
        data = archive.read(f"tables/{name}.csv")
        assert (len(data), hashlib.sha256(data).hexdigest()) == (table["size"], table["sha256"])
        assert table["rows"] == len(_rows(archive, name))
    assert [row["title"] for row in _rows(archive, "extranet_dossier")] == [dossier.title]

    lines = [json.loads(line) for line in archive.read("files.jsonl").splitlines()]
    assert [(line["key"], line["size"], line["sha256"]) for line in lines] == [(stored.key, stored.size, stored.sha256)]
    assert archive.read(lines[0]["path"]) == PDF
    assert manifest["objects"]["count"] == 1
    assert manifest["objects"]["files.jsonl"] == hashlib.sha256(archive.read("files.jsonl")).hexdigest()

    public = {row["model"]: row["fields"] for row in json.loads(archive.read("firm.json"))}
    assert public["tenants.domain"]["domain"] == "gamma.localhost"
    assert public["themes.branding"]["site_name"] == gamma.name


def test_archive_tells_empty_from_missing_and_keeps_odd_text(gamma: Firm) -> None:
    odd = 'Été; "guillemets",\nligne ✅ \\N'
    with firm_context(gamma.schema_name):
        Dossier.objects.update(title=odd, comments="", notified_at=None)
    archive = _archive(gamma)
    (row,) = _rows(archive, "extranet_dossier")
    assert row["title"] == odd
    raw = archive.read("tables/extranet_dossier.csv").decode()
    assert ',"",' in raw  # comments
    assert ",," in raw  # notified_at


def test_archive_holds_nothing_of_another_firm(gamma: Firm, new_firm: Callable[[str], Firm], cast: Cast) -> None:
    new_firm("delta")
    archive = _archive(gamma)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for foreign in (b"delta", b"alpha", b"beta", b"oscar"):
        assert foreign not in everything.lower()


def test_archive_lets_nobody_in(gamma: Firm) -> None:
    with firm_context(gamma.schema_name):
        gaelle = User.objects.get()
        gaelle.set_password("correct-horse-battery")
        gaelle.save()
        for confidential, text in ((True, "your password is kilo-lima-mike"), (False, "your report is there")):
            OutgoingMail.objects.create(
                to="a@a.example",
                subject="S",
                text=text,
                html=text,
                kind="k",
                confidential=confidential,
                message_id="<1>",
            )
        password_hash = gaelle.password
    archive = _archive(gamma)
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert password_hash not in everything
    assert "kilo-lima-mike" not in everything
    assert "your report is there" in everything
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["tables"]["accounts_user"]["left_out"] == ["password"]
    assert "must_change_password" in manifest["tables"]["accounts_user"]["columns"]


def test_archive_goes_on_when_an_object_is_gone(gamma: Firm, tmp_path: Path) -> None:
    with firm_context(gamma.schema_name):
        key = StoredFile.objects.get().key
    (tmp_path / "store" / key).unlink()
    archive = _archive(gamma)
    assert json.loads(archive.read("manifest.json"))["objects"]["count"] == 0


def test_archive_needs_little_memory(gamma: Firm, tmp_path: Path) -> None:
    with firm_context(gamma.schema_name):
        firm_storage().save(f"firms/{gamma.schema_name}/files/big", ContentFile(bytes(40 * MIB)))
        Dossier.objects.bulk_create(
            Dossier(title=f"Dossier {rank}", comments="x" * 500, search="") for rank in range(4_000)
        )
    with (tmp_path / "export.zip").open("w+b") as target:
        tracemalloc.start()
        write_archive(target, gamma)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 12 * MIB
    assert (tmp_path / "export.zip").stat().st_size > 40 * MIB


def test_archive_is_one_snapshot(own_database: str) -> None:
    from tests.console.conftest import make_firm

    firm = make_firm("gamma")
    # outside a test's transaction, the isolation level is really set
    archive = _archive(firm)
    assert len(_rows(archive, "extranet_dossier")) == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone()[0] == "read committed"
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone()[0] == "off"


def test_export_is_made_by_a_job_and_downloaded(
    console: Client, gamma: Firm, cast: Cast, jobs: Callable[[], int]
) -> None:
    assert console.get(f"/tenants/firm/{gamma.pk}/export/").status_code == 404
    console.post(f"/tenants/firm/{gamma.pk}/export/")
    export = FirmExport.objects.get()
    assert (export.is_ready, export.final, export.requested_by) == (False, False, "Oscar")
    assert console.get(f"/console/firmexport/{export.pk}/download/").status_code == 404
    assert jobs() == 1
    export.refresh_from_db()
    assert export.is_ready
    assert export.object_count == 1

    response: Any = console.get(f"/console/firmexport/{export.pk}/download/")
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="Cabinet Gamma ')
    data = _content(response)
    assert (len(data), hashlib.sha256(data).hexdigest()) == (export.size, export.sha256)
    assert ZipFile(io.BytesIO(data)).testzip() is None

    rest: Any = console.get(f"/console/firmexport/{export.pk}/download/", headers={"range": "bytes=100-"})
    assert rest.status_code == 206
    assert _content(rest) == data[100:]
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == [AuditAction.EXPORT_ASKED, AuditAction.EXPORT_READY, AuditAction.EXPORT_DOWNLOADED]
    gamma.refresh_from_db()
    assert gamma.export_key == ""  # not one that a deletion may stand on


def test_export_run_again_begins_anew_or_finds_it_done(gamma: Firm, by: By) -> None:
    export = start_export(gamma, by=by)
    with public_context():
        # a worker was killed after it had sent the object, before it said so
        firm_storage().save(export.key, ContentFile(b"half"))
        export_firm(export_id=export.pk)
        export.refresh_from_db()
        ready_at = export.ready_at
        assert firm_storage().size(export.key) == export.size > 4
        export_firm(export_id=export.pk)
    export.refresh_from_db()
    assert export.ready_at == ready_at
    assert AuditEntry.objects.filter(action=AuditAction.EXPORT_READY).count() == 1


def test_export_of_a_firm_is_no_firms_to_read(gamma: Firm, cast: Cast, by: By, jobs: Callable[[], int]) -> None:
    export = start_export(gamma, by=by)
    jobs()
    for firm in (gamma, cast.alpha):
        with firm_context(firm.schema_name), pytest.raises(WrongFirm):
            firm_storage().stream(export.key)
    with public_context(), pytest.raises(WrongFirm):
        firm_storage().stream(f"firms/{gamma.schema_name}/files/x")


def test_export_is_removed_by_hand(console: Client, gamma: Firm, by: By, jobs: Callable[[], int]) -> None:
    export = start_export(gamma, by=by)
    jobs()
    path = f"/console/firmexport/{export.pk}/remove/"
    assert console.get(path).status_code == 200
    assert firm_storage().exists(export.key)
    assert console.post(path).status_code == 302
    assert not firm_storage().exists(export.key)
    assert not FirmExport.objects.exists()


def test_export_whose_row_is_gone_is_not_made(gamma: Firm, by: By, jobs: Callable[[], int]) -> None:
    export = start_export(gamma, by=by)
    FirmExport.objects.all().delete()
    assert jobs() == 1
    assert not firm_storage().exists(export.key)


def test_expired_exports_end(gamma: Firm, by: By, jobs: Callable[[], int]) -> None:
    old, young = start_export(gamma, by=by), start_export(gamma, by=by)
    jobs()
    assert old.expires_at is not None
    assert timezone.now() + KEEP_EXPORT - old.expires_at < timedelta(minutes=1)
    FirmExport.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    remove_expired_exports()
    assert list(FirmExport.objects.values_list("pk", flat=True)) == [young.pk]
    assert [firm_storage().exists(export.key) for export in (old, young)] == [False, True]


def test_export_that_a_deletion_stands_on_never_ends(gamma: Firm, by: By, jobs: Callable[[], int]) -> None:
    export = start_export(gamma, by=by)
    jobs()
    FirmExport.objects.update(expires_at=timezone.now())
    Firm.objects.filter(pk=gamma.pk).update(export_key=export.key)
    remove_expired_exports()
    assert firm_storage().exists(export.key)


@pytest.fixture
def on_s3(tmp_path: Path, settings: Any, _own_store: None) -> Iterator[None]:
    with Seaweed(tmp_path / "seaweed") as server:
        options = {
            "bucket_name": "exports-test",
            "endpoint_url": server.endpoint,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "region_name": "us-east-1",
        }
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "storage.backends.S3FirmStorage", "OPTIONS": options},
        }
        firm_storage().prepare()
        yield


def test_export_on_s3_is_downloaded_from_the_store(
    on_s3: None, console: Client, new_firm: Callable[[str], Firm], by: By, jobs: Callable[[], int]
) -> None:
    firm = new_firm("gamma")
    export = start_export(firm, by=by)
    jobs()
    export.refresh_from_db()
    response = console.get(f"/console/firmexport/{export.pk}/download/")
    assert response.status_code == 302
    assert f"exports/{firm.schema_name}/" in response.headers["Location"]
    assert "X-Amz-Signature" in response.headers["Location"]
    with public_context():
        data = b"".join(firm_storage().stream(export.key))
    assert hashlib.sha256(data).hexdigest() == export.sha256
    assert PDF in (ZipFile(io.BytesIO(data)).read(name) for name in ZipFile(io.BytesIO(data)).namelist())
