"""Deleting a firm: a delay, an export first, and nothing left or lost wherever it is interrupted."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from console.actions.audit import By
from console.actions.export import start_export
from console.actions.firm import resume_firm, schedule_deletion
from console.actions.purge import purge_due_firms, purge_firm
from console.models import AuditAction, AuditEntry, FirmExport
from kernel.errors import DomainError
from kernel.tenancy import public_context
from storage.backends import firm_storage
from tenants.actions.suspension import DELETION_DELAY
from tenants.models import Domain, Firm, FirmStatus, SignUp
from tests.console.support import fail
from tests.factories.cast import Cast
from tests.support import at_host


def _schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'firm\\_%%'")
        return {row[0] for row in cursor.fetchall()}


def _objects(firm: Firm) -> list[str]:
    with public_context():
        return list(firm_storage().list_keys(f"firms/{firm.schema_name}/"))


def _come(firm: Firm) -> None:
    """The day of the deletion has come."""
    Firm.objects.filter(pk=firm.pk).update(deletion_at=timezone.now() - timedelta(seconds=1))


def _kept(firm: Firm) -> bool:
    return Firm.objects.filter(pk=firm.pk).exists() and firm.schema_name in _schemas() and len(_objects(firm)) == 1


@pytest.fixture
def doomed(gamma: Firm, by: By, jobs: Callable[[], int]) -> Firm:
    """A firm whose day has come and whose export is ready."""
    schedule_deletion(gamma, reason="Contrat résilié", by=by)
    jobs()
    _come(gamma)
    gamma.refresh_from_db()
    assert gamma.export_key
    return gamma


def test_deletion_asks_for_the_subdomain(console: Client, gamma: Firm, jobs: Callable[[], int]) -> None:
    path = f"/tenants/firm/{gamma.pk}/delete-firm/"
    for typed in ("", "Gamma", "gamma.localhost", "alpha"):
        response = console.post(path, {"reason": "Contrat résilié", "confirmation": typed})
        assert response.status_code == 200
        assert response.context["form"].errors.keys() == {"confirmation"}
    gamma.refresh_from_db()
    assert gamma.status == FirmStatus.ACTIVE
    assert console.post(path, {"reason": "Contrat résilié", "confirmation": "gamma"}).status_code == 302

    gamma.refresh_from_db()
    assert gamma.status == FirmStatus.DELETING
    assert gamma.deletion_at is not None
    assert abs(gamma.deletion_at - timezone.now() - DELETION_DELAY) < timedelta(minutes=1)
    assert gamma.export_key == ""
    assert at_host("gamma").get("/compte/connexion/").status_code == 503
    assert jobs() == 1
    gamma.refresh_from_db()
    export = FirmExport.objects.get()
    assert (gamma.export_key, export.final, export.expires_at) == (export.key, True, None)
    page = console.get(f"/tenants/firm/{gamma.pk}/change/").content.decode()
    assert f"/console/firmexport/{export.pk}/download/" in page
    assert f"/tenants/firm/{gamma.pk}/resume/" in page
    assert f"/tenants/firm/{gamma.pk}/suspend/" not in page
    again = console.post(path, {"reason": "Encore", "confirmation": "gamma"})
    assert again.context["form"].non_field_errors()


def test_firm_is_kept_until_its_day(doomed: Firm, jobs: Callable[[], int]) -> None:
    Firm.objects.update(deletion_at=None, status=FirmStatus.ACTIVE)
    Firm.objects.filter(pk=doomed.pk).update(
        status=FirmStatus.DELETING, deletion_at=timezone.now() + timedelta(minutes=1)
    )
    purge_due_firms()
    assert jobs() == 0
    purge_firm(firm_id=doomed.pk)
    assert _kept(doomed)


def test_firm_is_kept_without_an_export(gamma: Firm, by: By, jobs: Callable[[], int]) -> None:
    schedule_deletion(gamma, reason="R", by=by)
    _come(gamma)
    ProcrastinateJob.objects.all().update(status="failed")
    purge_due_firms()
    assert jobs() == 0
    purge_firm(firm_id=gamma.pk)
    assert _kept(gamma)
    # it can still be called back: nothing of it is gone
    assert resume_firm(gamma, by=by).status == FirmStatus.ACTIVE


def test_earlier_export_does_not_count(gamma: Firm, by: By, jobs: Callable[[], int]) -> None:
    start_export(gamma, by=by)
    jobs()
    schedule_deletion(gamma, reason="R", by=by)
    gamma.refresh_from_db()
    assert gamma.export_key == ""


def test_export_of_a_deletion_that_was_called_off_does_not_count(gamma: Firm, by: By, jobs: Callable[[], int]) -> None:
    schedule_deletion(gamma, reason="R", by=by)
    first = FirmExport.objects.get()
    resume_firm(gamma, by=by)
    schedule_deletion(gamma, reason="R", by=by)
    second = FirmExport.objects.exclude(pk=first.pk).get()
    jobs()
    gamma.refresh_from_db()
    assert gamma.export_key == second.key


def test_purge_removes_everything_but_the_export(doomed: Firm, cast: Cast, jobs: Callable[[], int]) -> None:
    SignUp.objects.create(
        firm=doomed, firm_name="G", subdomain="gamma", email="g@g.example", terms_accepted_at=timezone.now()
    )
    export = FirmExport.objects.get()
    purge_due_firms()
    purge_due_firms()
    assert jobs() == 1
    assert not Firm.objects.filter(pk=doomed.pk).exists()
    assert doomed.schema_name not in _schemas()
    assert {"firm_alpha", "firm_beta"} <= _schemas()
    assert _objects(doomed) == []
    assert not Domain.objects.filter(domain="gamma.localhost").exists()
    assert not SignUp.objects.exists()
    assert at_host("gamma").get("/").status_code == 404
    assert at_host("alpha").get("/compte/connexion/").status_code == 200

    export.refresh_from_db()
    assert export.firm is None
    assert export.expires_at is not None
    assert export.expires_at > timezone.now() + timedelta(days=29)
    with public_context():
        assert firm_storage().size(export.key) == export.size
    entry = AuditEntry.objects.filter(action=AuditAction.FIRM_DELETED).get()
    assert (entry.firm, entry.firm_name, entry.firm_schema, entry.actor_name) == (
        None,
        "Cabinet Gamma",
        "firm_gamma",
        "",
    )


def test_export_of_a_deleted_firm_is_downloaded(console: Client, doomed: Firm, jobs: Callable[[], int]) -> None:
    purge_firm(firm_id=doomed.pk)
    export = FirmExport.objects.get()
    assert "Cabinet Gamma" in console.get("/console/firmexport/").content.decode()
    response = console.get(f"/console/firmexport/{export.pk}/download/")
    assert response.status_code == 200
    assert b"".join(response).startswith(b"PK")


def test_purge_goes_on_where_a_killed_worker_left_it(doomed: Firm) -> None:
    # killed between the objects and the schema
    with public_context():
        firm_storage().delete_prefix(f"firms/{doomed.schema_name}/")
    purge_firm(firm_id=doomed.pk)
    assert doomed.schema_name not in _schemas()
    # killed after all was done, before the job was marked as done
    purge_firm(firm_id=doomed.pk)
    assert AuditEntry.objects.filter(action=AuditAction.FIRM_DELETED).count() == 1


def test_purge_removes_nothing_when_the_export_is_missing(doomed: Firm, tmp_path: Path) -> None:
    (tmp_path / "store" / doomed.export_key).unlink()
    with pytest.raises(DomainError) as caught:
        purge_firm(firm_id=doomed.pk)
    assert caught.value.code == "export_missing"
    assert _kept(doomed)


def test_purge_removes_nothing_when_the_export_was_cut(doomed: Firm, tmp_path: Path) -> None:
    path = tmp_path / "store" / doomed.export_key
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DomainError):
        purge_firm(firm_id=doomed.pk)
    assert _kept(doomed)


def test_failed_purge_waits_for_an_operator(doomed: Firm) -> None:
    purge_due_firms()
    fail(ProcrastinateJob.objects.get(task_name="console.actions.purge.purge_firm").pk)
    purge_due_firms()
    assert ProcrastinateJob.objects.filter(task_name="console.actions.purge.purge_firm").count() == 1


def test_firm_is_called_back_before_its_day(console: Client, gamma: Firm, by: By, jobs: Callable[[], int]) -> None:
    schedule_deletion(gamma, reason="R", by=by)
    jobs()
    assert console.post(f"/tenants/firm/{gamma.pk}/resume/").status_code == 302
    gamma.refresh_from_db()
    assert (gamma.status, gamma.deletion_at, gamma.export_key) == (FirmStatus.ACTIVE, None, "")
    assert at_host("gamma").get("/compte/connexion/").status_code == 200
    export = FirmExport.objects.get()
    assert export.expires_at is not None
    assert AuditEntry.objects.filter(action=AuditAction.DELETION_CALLED_OFF).count() == 1
    purge_firm(firm_id=gamma.pk)
    assert _kept(gamma)


def test_firm_is_not_called_back_once_its_data_may_be_gone(console: Client, doomed: Firm, by: By) -> None:
    with pytest.raises(DomainError) as caught:
        resume_firm(doomed, by=by)
    assert caught.value.code == "deletion_begun"
    console.post(f"/tenants/firm/{doomed.pk}/resume/")
    doomed.refresh_from_db()
    assert doomed.status == FirmStatus.DELETING
    assert "/resume/" not in console.get(f"/tenants/firm/{doomed.pk}/change/").content.decode()


def test_pages_of_a_firm_that_was_deleted_meanwhile(console: Client, doomed: Firm) -> None:
    purge_firm(firm_id=doomed.pk)
    for path in ("change/", "suspend/", "delete-firm/", "edit/"):
        assert console.get(f"/tenants/firm/{doomed.pk}/{path}").status_code == 404
    for path in ("resume/", "export/", "domains/"):
        assert console.post(f"/tenants/firm/{doomed.pk}/{path}").status_code == 404
