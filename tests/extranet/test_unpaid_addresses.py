"""Addresses of the store that were handed out before a dossier was unpaid lead nowhere afterwards."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from deploy.local.seaweed import Seaweed
from extranet.actions.contact import edit_contact
from extranet.actions.payment_state import set_paid
from extranet.actions.unpaid import end_address, save_unpaid_rules
from extranet.enums import DownloadState, EventKind, PaymentState
from extranet.models import Contact, Dossier, DossierEvent, DossierFile, PortalSettings
from extranet.queries.settings import portal_settings
from kernel.tenancy import firm_context
from storage.backends import S3FirmStorage, firm_storage
from storage.models import StoredFile
from tests.extranet.guests import come_in, make
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.conftest import s3_options, use_storage
from tests.storage.pdf_cases import plain
from tests.support import logged_in, run_jobs

pytestmark = pytest.mark.django_db

MENTION = "POUR CONSULTATION UNIQUEMENT"


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with Seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture
def on_s3(settings: Any, seaweed: Seaweed) -> Iterator[None]:
    store: Any = use_storage(settings, "S3FirmStorage", s3_options(seaweed))
    assert isinstance(store, S3FirmStorage)
    store.prepare()
    yield
    store.client.close()


def shared(cast: Cast, state: str) -> tuple[Dossier, DossierFile]:
    with firm_context("firm_alpha"):
        made = add_dossier("Vente Kerguelen", user=cast.bob, contacts=[cast.alice], files={"rapport.pdf": plain(2)})
        Dossier.objects.filter(pk=made.pk).update(payment_state=state, amount=300)
        made.refresh_from_db()
        (file,) = files_of(made)
        return made, file


def switch(**values: Any) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(**values)


def address_of(browser: Client, path: str, **headers: str) -> str:
    answer = browser.get(path, headers=headers)
    assert answer.status_code == 302, answer.content[:300]
    assert answer["Cache-Control"] == "no-store"
    return str(answer["Location"])


def fetched(address: str, **headers: str) -> requests.Response:
    return requests.get(address, headers=headers, timeout=20)


def is_original(answer: requests.Response) -> bool:
    return answer.ok and answer.content == plain(2)


def is_stamped(answer: requests.Response) -> bool:
    return answer.ok and all(MENTION in page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


@pytest.mark.parametrize("who", ["client", "guest"])
@pytest.mark.parametrize("part", ["", "contenu/"])
def test_an_address_of_the_original_dies_when_the_dossier_becomes_unpaid(
    on_s3: None, cast: Cast, who: str, part: str
) -> None:
    dossier, file = shared(cast, PaymentState.PAID)
    switch(stamp_unpaid=True)
    if who == "guest":
        browser, page = come_in(make(dossier, cast))
    else:
        browser, page = logged_in("alpha", cast.alice), f"/dossiers/{dossier.code}/"
    path = f"{page}fichiers/{file.code}/{part}"
    old = address_of(browser, path)
    assert is_original(fetched(old))
    assert fetched(old, Range="bytes=0-9").content == plain(2)[:10]
    with firm_context("firm_alpha"):
        set_paid([dossier], paid=False, user=None, by="Stripe")
    run_jobs()
    assert fetched(old).status_code in {403, 404}
    assert fetched(old, Range="bytes=0-9").status_code in {403, 404}
    new = address_of(browser, path)
    assert is_stamped(fetched(new))
    part_of = address_of(browser, path, range="bytes=0-9")
    assert not is_original(fetched(part_of))
    tag = fetched(new).headers.get("ETag", "")
    with firm_context("firm_alpha"):
        set_paid([dossier], paid=True, user=None, by="Stripe")
    # with the validators of what the browser kept, the original comes at once
    after = browser.get(path, headers={"if-none-match": tag})
    assert after.status_code == 302
    assert is_original(fetched(after["Location"]))


def test_staff_reads_on_after_the_move(on_s3: None, cast: Cast) -> None:
    dossier, file = shared(cast, PaymentState.PAID)
    switch(block_unpaid=True)
    with firm_context("firm_alpha"):
        set_paid([dossier], paid=False, user=cast.bob)
    run_jobs()
    bob, path = logged_in("alpha", cast.bob), f"/dossiers/{dossier.code}/fichiers/{file.code}/"
    assert is_original(fetched(address_of(bob, path)))
    assert bob.get(f"{path}client/contenu/").status_code == 403
    assert logged_in("alpha", cast.alice).get(path).status_code == 403


@pytest.mark.parametrize("rule", ["stamp_unpaid", "block_unpaid"])
def test_switching_a_rule_on_ends_the_addresses_of_unpaid_dossiers(on_s3: None, cast: Cast, rule: str) -> None:
    dossier, file = shared(cast, PaymentState.UNPAID)
    other, other_file = shared(cast, PaymentState.PAID)
    alice = logged_in("alpha", cast.alice)
    old = address_of(alice, f"/dossiers/{dossier.code}/fichiers/{file.code}/")
    paid = address_of(alice, f"/dossiers/{other.code}/fichiers/{other_file.code}/")
    assert is_original(fetched(old))
    with firm_context("firm_alpha"):
        rules = portal_settings()
        fields = ("stamp_unpaid", "block_unpaid", "stamp_text", "stamp_colour", "stamp_position")
        values = {name: getattr(rules, name) for name in fields}
        save_unpaid_rules(values | {rule: True}, user=cast.anna)
    run_jobs()
    assert not fetched(old).ok
    assert is_original(fetched(paid)), "what is paid is not moved"


def test_an_exemption_that_is_taken_away_ends_the_addresses(on_s3: None, cast: Cast) -> None:
    dossier, file = shared(cast, PaymentState.UNPAID)
    switch(stamp_unpaid=True)
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.alice.pk).update(reads_unpaid=True)
        alice = Contact.objects.select_related("user").get(pk=cast.alice.pk)
    browser = logged_in("alpha", cast.alice)
    path = f"/dossiers/{dossier.code}/fichiers/{file.code}/"
    old = address_of(browser, path)
    assert is_original(fetched(old))
    with firm_context("firm_alpha"):
        edit_contact(
            alice,
            name=alice.name,
            company="",
            phone="",
            email=alice.user.email,
            username=alice.user.username,
            collaborators=[],
            language="fr",
            reads_unpaid=False,
            user=cast.bob,
        )
    run_jobs()
    assert not fetched(old).ok
    assert is_stamped(fetched(address_of(browser, path)))
    with firm_context("firm_alpha"):
        line = DossierEvent.objects.get(dossier=dossier, kind=EventKind.EXEMPTION_ENDED)
        assert (line.actor_name, line.subject) == (str(cast.bob), str(alice))


def test_the_complete_dossier_that_was_made_goes_too(on_s3: None, cast: Cast) -> None:
    dossier, _file = shared(cast, PaymentState.PAID)
    switch(stamp_unpaid=True)
    alice, path = logged_in("alpha", cast.alice), f"/dossiers/{dossier.code}/complet/"
    alice.post(path)
    run_jobs()
    old = address_of(alice, f"{path}pdf/")
    assert fetched(old).ok
    with firm_context("firm_alpha"):
        set_paid([dossier], paid=False, user=cast.bob)
    run_jobs()
    assert not fetched(old).ok
    alice.post(path)
    run_jobs()
    pages = PdfReader(io.BytesIO(fetched(address_of(alice, f"{path}pdf/")).content)).pages
    assert all(MENTION in page.extract_text() for page in list(pages)[1:])
    with firm_context("firm_alpha"):
        kinds = (
            DossierEvent.objects.filter(dossier=dossier, by_client=True).order_by("pk").values_list("kind", flat=True)
        )
        assert list(kinds) == [EventKind.DOWNLOADED, EventKind.READ_STAMPED]
        assert Dossier.objects.get(pk=dossier.pk).download_state == DownloadState.FULL


def test_a_job_that_comes_too_late_moves_nothing(on_s3: None, cast: Cast) -> None:
    _dossier, file = shared(cast, PaymentState.UNPAID)
    with firm_context("firm_alpha"):
        old = timezone.now() - timedelta(seconds=firm_storage().address_seconds + 60)
        end_address(stored_id=file.stored_id, asked_at=old.isoformat())
        assert StoredFile.objects.get(pk=file.stored_id).key == file.stored.key
        end_address(stored_id=file.stored_id, asked_at=timezone.now().isoformat())
        assert StoredFile.objects.get(pk=file.stored_id).key != file.stored.key


def test_a_disk_has_no_addresses_and_nothing_is_moved(settings: Any, tmp_path: Path, cast: Cast) -> None:
    use_storage(settings, "DiskFirmStorage", {"location": str(tmp_path / "files")})
    dossier, file = shared(cast, PaymentState.PAID)
    switch(block_unpaid=True)
    with firm_context("firm_alpha"):
        set_paid([dossier], paid=False, user=cast.bob)
        assert not ProcrastinateJob.objects.filter(task_name__contains="end_address").exists()
        assert StoredFile.objects.get(pk=file.stored_id).key == file.stored.key


def test_no_job_moves_anything_where_there_is_no_rule(on_s3: None, cast: Cast) -> None:
    dossier, _file = shared(cast, PaymentState.PAID)
    with firm_context("firm_alpha"):
        set_paid([dossier], paid=False, user=cast.bob)
        assert not ProcrastinateJob.objects.filter(task_name__startswith="extranet.actions.unpaid").exists()
