"""What clients, guests and the firm see of a dossier that is not paid, under each rule."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from extranet.actions.unpaid import prepare_copies
from extranet.enums import EventKind, PaymentState, Visibility
from extranet.models import Contact, Dossier, DossierEvent, DossierFile, PortalSettings
from kernel.tenancy import firm_context
from storage.models import StampedCopy
from tests.extranet.guests import come_in, make
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import upload
from tests.storage.pdf_cases import encrypted, plain, without_catalogue
from tests.support import body, logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db

FILES = {
    "rapport.pdf": plain(3),
    "facture.pdf": plain(2),
    "secret.pdf": encrypted("AES-256", user="secret"),
    "genapi.zip": b"PK\x05\x06" + bytes(18),
}
NOTICE = 'id="unpaid-notice"'


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        made = add_dossier("Vente Kerjean", user=cast.bob, contacts=[cast.alice], files=FILES)
        Dossier.objects.filter(pk=made.pk).update(payment_state=PaymentState.UNPAID, amount=240)
        made.refresh_from_db()
        return made


def switch(**values: Any) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(**{"stamp_unpaid": False, "block_unpaid": False} | values)


def browsers(dossier: Dossier, cast: Cast) -> dict[str, tuple[Client, str]]:
    return {
        "client": (logged_in("alpha", cast.alice), f"/dossiers/{dossier.code}/"),
        "guest": come_in(make(dossier, cast)),
    }


def file_of(dossier: Dossier, name: str) -> DossierFile:
    with firm_context("firm_alpha"):
        return next(file for file in files_of(dossier) if file.name == name)


@pytest.mark.parametrize("who", ["client", "guest"])
def test_a_reader_is_told_what_it_gets_and_has_no_dead_button(dossier: Dossier, cast: Cast, who: str) -> None:
    browser, page = browsers(dossier, cast)[who]

    def shown() -> str:
        return browser.get(page).content.decode()

    def address(name: str) -> str:
        return f'href="{page}fichiers/{file_of(dossier, name).code}/"'

    for state in (PaymentState.UNPAID, PaymentState.PAID):
        with firm_context("firm_alpha"):
            Dossier.objects.filter(pk=dossier.pk).update(payment_state=state)
        switch(stamp_unpaid=state == PaymentState.PAID)
        assert NOTICE not in shown(), "no rule, or paid"
        assert "data-until-paid" not in shown()
        assert address("secret.pdf") in shown()
    with firm_context("firm_alpha"):
        Dossier.objects.filter(pk=dossier.pk).update(payment_state=PaymentState.UNPAID)

    text = shown()
    assert NOTICE in text
    assert "POUR CONSULTATION UNIQUEMENT" in text
    assert "data-until-paid" in text
    assert address("rapport.pdf") in text
    assert said("with the mention") in text
    assert address("secret.pdf") not in text
    assert said("it needs a password, and so cannot bear the mention")[1:] in text, "with a capital"
    assert f'href="{page}zip/"' in text
    assert f'href="{page}genapi/"' not in text, "an archive may hold the reports"

    switch(stamp_unpaid=True, block_unpaid=True)
    text = shown()
    assert NOTICE in text
    assert address("rapport.pdf") not in text
    assert address("facture.pdf") in text
    with firm_context("firm_alpha"):
        DossierFile.objects.filter(dossier=dossier, name="facture.pdf").update(kind="report")
    text = shown()
    assert f'href="{page}zip/"' not in text
    assert f'action="{page}complet/"' not in text
    assert 'aria-disabled="true"' in text


def test_an_exempt_client_and_a_collaborator_of_it_see_no_notice(dossier: Dossier, cast: Cast) -> None:
    switch(block_unpaid=True)
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.alice.pk).update(reads_unpaid=True)
    text = logged_in("alpha", cast.alice).get(f"/dossiers/{dossier.code}/").content.decode()
    assert NOTICE not in text
    assert f'href="/dossiers/{dossier.code}/zip/"' in text


def test_what_could_not_be_stamped_is_marked_once_it_is_known(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        made = add_dossier(
            "Vente Cassée", user=cast.bob, contacts=[cast.alice], files={"casse.pdf": without_catalogue()}
        )
        Dossier.objects.filter(pk=made.pk).update(payment_state=PaymentState.UNPAID, amount=10)
    switch(stamp_unpaid=True)
    alice, bob = logged_in("alpha", cast.alice), logged_in("alpha", cast.bob)
    page, file = f"/dossiers/{made.code}/", file_of(made, "casse.pdf")
    assert f"{page}fichiers/{file.code}/" in alice.get(page).content.decode()
    assert alice.get(f"{page}fichiers/{file.code}/").status_code == 403
    assert f'href="{page}fichiers/{file.code}/"' not in alice.get(page).content.decode()
    office = bob.get(page).content.decode()
    assert f'href="{page}fichiers/{file.code}/"' in office, "the firm has its own files"
    assert said("it is damaged, and so cannot bear the mention") in office


def test_the_firm_sees_what_its_clients_get_and_looks_at_it(dossier: Dossier, cast: Cast) -> None:
    switch(stamp_unpaid=True)
    bob, page = logged_in("alpha", cast.bob), f"/dossiers/{dossier.code}/"
    with firm_context("firm_alpha"):
        DossierFile.objects.filter(dossier=dossier, name="facture.pdf").update(visibility=Visibility.STAFF)
    text = bob.get(page).content.decode()
    good, secret, inside = (file_of(dossier, name) for name in ("rapport.pdf", "secret.pdf", "facture.pdf"))
    assert f"{page}fichiers/{good.code}/client/" in text
    assert f"{page}fichiers/{inside.code}/client/" not in text, "clients do not see it at all"
    assert said("it needs a password, and so cannot bear the mention") in text
    part = bob.get(f"{page}fichiers/liste/").content.decode()
    assert f"{page}fichiers/{good.code}/client/" in part
    viewer = bob.get(f"{page}fichiers/{good.code}/client/").content.decode()
    assert f'data-src="{page}fichiers/{good.code}/client/contenu/"' in viewer
    stamped = body(bob.get(f"{page}fichiers/{good.code}/client/contenu/"))
    assert stamped.startswith(b"%PDF")
    assert stamped != FILES["rapport.pdf"]
    told = bob.get(f"{page}fichiers/{secret.code}/client/").content.decode()
    assert "data-pdf-viewer" not in told
    assert said("Your clients do not get this file yet") in told
    assert bob.get(f"{page}fichiers/{secret.code}/client/contenu/").status_code == 403
    with firm_context("firm_alpha"):
        visits = [EventKind.READ, EventKind.READ_STAMPED, EventKind.DOWNLOADED]
        assert not DossierEvent.objects.filter(dossier=dossier, kind__in=visits).exists()
    with firm_context("firm_alpha"):
        Dossier.objects.filter(pk=dossier.pk).update(payment_state=PaymentState.PAID)
    assert "/client/" not in bob.get(page).content.decode()
    assert body(bob.get(f"{page}fichiers/{good.code}/client/contenu/")) == FILES["rapport.pdf"]


def test_the_history_tells_a_reading_with_the_mention(dossier: Dossier, cast: Cast) -> None:
    switch(stamp_unpaid=True)
    alice, bob, page = logged_in("alpha", cast.alice), logged_in("alpha", cast.bob), f"/dossiers/{dossier.code}/"
    file = file_of(dossier, "rapport.pdf")
    body(alice.get(f"{page}fichiers/{file.code}/"))
    body(alice.get(f"{page}fichiers/{file.code}/contenu/"))
    for part in ("historique/", f"fichiers/{file.code}/historique/"):
        text = bob.get(f"{page}{part}", headers={"hx-request": "true"}).content.decode()
        assert text.count(said("Read with the mention")) == 2, part
    contact = bob.get(f"/contacts/{cast.alice.code}/").content.decode()
    assert contact.count(said("Read with the mention")) == 2
    assert said("Not downloaded") in bob.get(page).content.decode()


def test_an_exemption_is_written_down(dossier: Dossier, cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        alice = Contact.objects.select_related("user").get(pk=cast.alice.pk)
    form = {"name": alice.name, "email": alice.user.email, "username": alice.user.username, "language": "fr"}

    def kinds() -> list[str]:
        with firm_context("firm_alpha"):
            found = DossierEvent.objects.filter(
                dossier=dossier, kind__in=[EventKind.EXEMPTED, EventKind.EXEMPTION_ENDED]
            )
            return list(found.order_by("pk").values_list("kind", flat=True))

    path = f"/contacts/{cast.alice.code}/modifier/"
    assert bob.post(path, form | {"reads_unpaid": "on"}).status_code == 302
    assert kinds() == [EventKind.EXEMPTED]
    bob.post(path, form | {"reads_unpaid": "on"})
    assert kinds() == [EventKind.EXEMPTED]
    bob.post(path, form)
    assert kinds() == [EventKind.EXEMPTED, EventKind.EXEMPTION_ENDED]


@pytest.mark.parametrize(
    ("rules", "data", "note"),
    [
        ({"stamp_unpaid": True}, "password", "this file is not handed over"),
        ({"stamp_unpaid": True}, "damaged", "only if the mention can be put on it"),
        ({"stamp_unpaid": True}, "good", ""),
        ({}, "password", ""),
        ({"stamp_unpaid": True, "block_unpaid": True}, "password", ""),
    ],
)
def test_an_upload_that_cannot_bear_the_mention_says_so(
    cast: Cast, rules: dict[str, bool], data: str, note: str
) -> None:
    switch(**rules)
    made = {"password": encrypted("AES-256", user="x"), "damaged": without_catalogue(), "good": plain(1)}[data]
    bob = logged_in("alpha", cast.bob)
    text = bob.post(
        "/fichiers/televerser/", {"file": upload(made, "rapport.pdf")}, headers={"accept-language": "en"}
    ).content.decode()
    notes = {
        "this file is not handed over": said(
            "As long as its dossier is unpaid, this file is not handed over: it cannot bear the mention."
        ),
        "only if the mention can be put on it": said(
            "As long as its dossier is unpaid, this file is handed over only if the mention can be put on it."
        ),
    }
    assert [name for name, sentence in notes.items() if sentence in text] == ([note] if note else [])


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_the_page_asks_as_much_with_one_file_as_with_many(dossier: Dossier, cast: Cast, who: str) -> None:
    switch(stamp_unpaid=True)
    browser, path = logged_in("alpha", getattr(cast, who)), f"/dossiers/{dossier.code}/"
    browser.get(path)
    with CaptureQueriesContext(connection) as many:
        browser.get(path)
    with firm_context("firm_alpha"):
        DossierFile.objects.filter(dossier=dossier).exclude(name="rapport.pdf").delete()
    with CaptureQueriesContext(connection) as one:
        browser.get(path)
    assert len(without_set(many)) == len(without_set(one))


def test_the_copy_is_there_before_anybody_asks(dossier: Dossier, cast: Cast) -> None:
    switch(stamp_unpaid=True)
    with firm_context("firm_alpha"):
        prepare_copies()
    run_jobs()
    file = file_of(dossier, "rapport.pdf")
    with firm_context("firm_alpha"):
        ready = StampedCopy.objects.select_related("copy").get(original=file.stored)
    answer = logged_in("alpha", cast.alice).get(f"/dossiers/{dossier.code}/fichiers/{file.code}/")
    body(answer)
    assert ready.copy is not None
    assert answer["ETag"] == f'"{ready.copy.sha256}"'
