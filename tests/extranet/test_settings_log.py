"""The log of changes to settings, and the archive of all data."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from billing.actions.account import AccountValues, add_account
from billing.enums import Provider
from extranet.actions.firm_archive import remove_expired_archives
from extranet.actions.setting_change import KEEP, MASK, forget_setting_changes
from extranet.models import FirmArchive, SettingChange
from storage.backends import firm_storage
from tests.factories.cast import PASSWORD, Cast
from tests.factories.portal import add_dossier
from tests.factories.setting_things import add_archive, add_change
from tests.support import Box, body, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db
LOG, EXPORT = "/reglages/journal/", "/reglages/export/"
QUOTES = {
    "issue_mode": "off",
    "prefix": "D",
    "valid_days": "45",
    "remind_after_days": "7",
    "remind_before_days": "3",
    "most_reminders": "2",
    "sites": "",
    "show_prices": "on",
    "terms": "",
}


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


def prove(client: Client) -> None:
    """Types the password again, as a page that must be sure asks for it."""
    answer = client.post(f"/compte/confirmer-identite/?next={EXPORT}", {"password": PASSWORD})
    assert answer.status_code == 302


def lines() -> list[tuple[str, str, str, str, str]]:
    return list(SettingChange.objects.order_by("pk").values_list("page", "subject", "field", "old", "new"))


def test_a_saved_form_leaves_a_line_for_each_field_that_changed(anna: Client, cast: Cast) -> None:
    assert anna.post("/reglages/devis/", QUOTES | {"issue_mode": "nonsense"}).status_code == 422
    assert lines() == []
    assert anna.post("/reglages/devis/", QUOTES | {"valid_days": "30"}).status_code == 302
    assert [new for *_rest, new in lines()] == [""], "the terms are gone"
    SettingChange.objects.all().delete()
    assert anna.post("/reglages/devis/", QUOTES).status_code == 302
    assert lines() == [("settings-quotes", "", said("valid for (days)").capitalize(), "30", "45")]
    assert anna.post("/reglages/devis/", QUOTES).status_code == 302
    assert len(lines()) == 1, "saved again, nothing has changed"
    (change,) = SettingChange.objects.all()
    assert (change.by, change.by_name) == (cast.anna, str(cast.anna))
    page = anna.get(LOG).content.decode()
    assert ">30<" in "".join(page.split())
    assert ">45<" in "".join(page.split())


def test_a_secret_is_never_written_down(anna: Client) -> None:
    account = add_account(Provider.STRIPE, AccountValues("Carte"), {})
    secret = "sk_test_51DiagdeskStandIn0009"
    address = f"/reglages/paiement/{account.code}/"
    assert anna.post(address, {"label": "Carte", "mode": "test", "test-secret_key": secret}).status_code == 302
    assert [(old, new) for _page, _subject, _field, old, new in lines()] == [(MASK, MASK)]
    assert secret not in anna.get(LOG).content.decode()


def test_a_change_of_the_team_is_written_down(anna: Client, cast: Cast) -> None:
    data = {"full_name": "Bob", "role": "staff", "is_active": "on", "permissions": ["orders"]}
    assert anna.post(f"/equipe/{cast.bob.code}/", data).status_code == 302
    changed = {field: new for page, _subject, field, _old, new in lines() if page == "team-list"}
    assert changed[said("Rights")] == said("Orders and mission orders")


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_costs_the_same_however_long_it_is(anna: Client, cast: Cast, count: int) -> None:
    for _ in range(count):
        add_change(cast.anna, "mark")
    anna.get(LOG)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert anna.get(LOG).content.decode().count("mark") >= count
    assert len(without_set(queries)) == 5


def test_the_log_is_filtered_and_shrugs_at_nonsense(anna: Client, cast: Cast) -> None:
    add_change(cast.anna, "first")
    other = add_change(cast.bob, "second")
    SettingChange.objects.filter(pk=other.pk).update(page="team-list", at=timezone.now() - timedelta(days=40))
    cases = [({"q": "first"}, "first"), ({"page_name": "team-list"}, "second"), ({"person": "second"}, "second")]
    cases.append(({"until": f"{timezone.now() - timedelta(days=9):%Y-%m-%d}"}, "second"))
    for query, word in cases:
        page = anna.get(LOG, query).content.decode().partition("<tbody>")[2]
        assert page.count("<tr>") == 1, query
        assert word in page, query
    for query in ({"since": "yesterday"}, {"page": "-1"}, {"q": "\x00" * 500}, {"page_name": "<b>"}):
        assert anna.get(LOG, query).status_code == 200
    SettingChange.objects.filter(pk=other.pk).update(at=timezone.now() - KEEP - timedelta(days=1))
    forget_setting_changes()
    assert [change.field for change in SettingChange.objects.all()] == ["first"]


def test_the_archive_is_made_told_of_downloaded_and_removed(
    anna: Client, cast: Cast, mailbox: Box, django_capture_on_commit_callbacks: Any
) -> None:
    add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"report.txt": b"the report"})
    assert anna.post(f"{EXPORT}nouveau/")["Location"].startswith("/compte/confirmer-identite/")
    assert not FirmArchive.objects.exists(), "not before the password is typed again"
    prove(anna)
    with django_capture_on_commit_callbacks(execute=True):
        assert anna.post(f"{EXPORT}nouveau/")["Location"] == EXPORT
    waiting = anna.get(EXPORT).content.decode()
    assert said("is being made…") in waiting
    assert 'hx-trigger="every 3s"' in waiting
    anna.post(f"{EXPORT}nouveau/")
    assert FirmArchive.objects.count() == 1, "one at a time"
    run_jobs()
    archive = FirmArchive.objects.get()
    assert EXPORT in text_of(mailbox.last(cast.anna.email))
    answer = anna.get(f"{EXPORT}{archive.code}/")
    data = body(answer)
    assert (answer.status_code, len(data), answer["Content-Type"]) == (200, archive.size, "application/zip")
    with ZipFile(io.BytesIO(data)) as inside:
        assert inside.testzip() is None
        manifest = json.loads(inside.read("manifest.json"))
        assert manifest["schema"] == "firm_alpha"
        assert "README.txt" in inside.namelist()
        rows = list(csv.DictReader(io.StringIO(inside.read("tables/extranet_dossier.csv").decode())))
        assert [row["title"] for row in rows] == ["Maison"]
        columns = inside.read("tables/accounts_user.csv").decode().partition("\n")[0].split(",")
        assert "username" in columns
        assert "password" not in columns
        assert [name for name in inside.namelist() if "archives/" in name] == []
        assert b"the report" in {inside.read(name) for name in inside.namelist() if name.startswith("files/")}
    assert [new for page, *_rest, new in lines()] == [said("asked for"), said("downloaded")]
    with django_capture_on_commit_callbacks(execute=True):
        assert anna.post(f"{EXPORT}{archive.code}/supprimer/").status_code == 302
    assert not firm_storage().exists(archive.key)
    assert anna.get(f"{EXPORT}{archive.code}/").status_code == 404


def test_an_archive_is_for_administrators_and_lasts_a_week(anna: Client, cast: Cast) -> None:
    archive = add_archive(cast.anna)
    assert "/confirmer-identite/" in anna.get(f"{EXPORT}{archive.code}/")["Location"]
    prove(anna)
    assert body(anna.get(f"{EXPORT}{archive.code}/")) == b"PK"
    User.objects.filter(pk=cast.bob.pk).update(permissions=["settings", "exports", "users"])
    assert logged_in("alpha", cast.bob).get(EXPORT).status_code == 404
    FirmArchive.objects.update(expires_at=timezone.now())
    assert anna.get(f"{EXPORT}{archive.code}/").status_code == 404
    remove_expired_archives()
    assert not FirmArchive.objects.exists()
    assert not firm_storage().exists(archive.key)
