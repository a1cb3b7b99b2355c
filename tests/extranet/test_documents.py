"""Documents asked of the client: asked, sent with an account or by a link, accepted or sent again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext

from extranet.actions.document import MAX_SENT, Sender, Wanted, ask_documents, remove_sent_document, send_documents
from extranet.actions.dossier_access import give_access
from extranet.actions.guest_link import create_guest_link, revoke_guest_link
from extranet.actions.history import Visit
from extranet.enums import EventKind, RequestKind, RequestState
from extranet.models import Dossier, DossierEvent, GuestLink, RequestedDocument, SentDocument
from extranet.queries.document import documents_to_check_count, requests_of
from extranet.queries.guest_link import guest_token
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.storage.builders import image, pdf, upload
from tests.support import Box, at_host, body, links_of, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 56
GUEST = "guest@else.example"


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    """A dossier that Alice may read."""
    with firm_context("firm_alpha"):
        return add_dossier("Maison", user=cast.bob, contacts=[cast.alice])


@pytest.fixture
def item(cast: Cast, dossier: Dossier) -> RequestedDocument:
    """Its title deed, asked for."""
    with firm_context("firm_alpha"):
        wanted = [Wanted(RequestKind.TITLE_DEED)]
        return ask_documents(dossier, wanted=wanted, note="", due_on=None, user=cast.bob)[0]


def url(item: RequestedDocument, part: str = "") -> str:
    return f"/dossiers/{item.dossier.code}/documents/{item.code}/{part}"


def now(item: RequestedDocument) -> RequestedDocument:
    with firm_context("firm_alpha"):
        return RequestedDocument.objects.get(pk=item.pk)


def files(item: RequestedDocument) -> list[SentDocument]:
    with firm_context("firm_alpha"):
        return list(SentDocument.objects.filter(request=item).select_related("stored").order_by("pk"))


def kept() -> tuple[int, int]:
    """Returns how many rows of files alpha has, and how many objects."""
    with firm_context("firm_alpha"):
        return StoredFile.objects.count(), len(list(firm_storage().list_keys("firms/firm_alpha/files/")))


def send(browser: Client, item: RequestedDocument, *uploads: Any) -> Any:
    return browser.post(url(item), {"files": list(uploads)})


def history(item: RequestedDocument) -> list[tuple[Any, ...]]:
    with firm_context("firm_alpha"):
        lines = DossierEvent.objects.filter(dossier=item.dossier, kind__startswith="document").order_by("pk")
        return list(lines.values_list("kind", "actor_name", "subject", "by_client"))


# --- asking -----------------------------------------------------------------------------------------------------------


def test_several_documents_are_asked_at_once_with_a_note_and_a_day(cast: Cast, dossier: Dossier) -> None:
    day = timezone.localdate() + timedelta(days=7)
    data = {
        "kinds": ["plans", "energy_bills"],
        "label": "Acte de donation",
        "note": "En PDF",
        "due_on": day.isoformat(),
    }
    bob, address = logged_in("alpha", cast.bob), f"/dossiers/{dossier.code}/documents/"
    assert bob.get(address).status_code == 200
    answer = bob.post(address, data)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/dossiers/{dossier.code}/#documents")
    bob.post(address, {"kinds": ["title_deed"]})
    with firm_context("firm_alpha"):
        asked = [(str(one), one.state, one.note, one.due_on, one.position) for one in requests_of(dossier)]
    assert asked == [
        (gettext("Plans"), "asked", "En PDF", day, 1),
        (gettext("Energy bills"), "asked", "En PDF", day, 2),
        ("Acte de donation", "asked", "En PDF", day, 3),
        (gettext("Title deed"), "asked", "", None, 4),
    ]
    with firm_context("firm_alpha"):
        assert DossierEvent.objects.filter(kind=EventKind.DOCUMENT_ASKED, actor_name="Bob Staff").count() == 4


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"note": "kept"}, "__all__"),
        ({"kinds": ["nonsense"], "note": "kept"}, "kinds"),
        ({"kinds": ["other"], "note": "kept"}, "kinds"),
        ({"kinds": ["plans"], "due_on": "demain", "note": "kept"}, "due_on"),
        ({"label": "n" * 121, "note": "kept"}, "label"),
    ],
)
def test_a_wrong_list_is_refused_and_nothing_typed_is_lost(
    cast: Cast, dossier: Dossier, data: dict[str, Any], field: str
) -> None:
    answer = logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/documents/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'value="kept"' in answer.content.decode()
    with firm_context("firm_alpha"):
        assert not RequestedDocument.objects.exists()


def test_clients_and_guests_are_asked_by_mail_each_with_its_way_in(cast: Cast, dossier: Dossier, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        cast.alice.user.language = "en"
        cast.alice.user.save()
        link = guest_link(dossier, cast)
        revoke_guest_link(guest_link(dossier, cast, email="revoked@else.example"), user=cast.bob)
    run_jobs()
    before = len(mailbox.mails())
    data = {"kinds": ["plans"], "label": "Acte", "note": "En PDF", "tell": "on"}
    logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/documents/", data)
    run_jobs()
    mails = mailbox.mails()[before:]
    assert [str(mail["To"]) for mail in mails] == ["alice@client.example", GUEST]
    english = text_of(mails[0])
    assert mails[0]["Subject"] == "Documents wanted for your dossier: Maison"
    assert "Plans: En PDF" in english
    assert f"http://alpha.localhost/dossiers/{dossier.code}/#documents" in english
    with firm_context("firm_alpha"):
        wanted = f"/acces/{guest_token(link)}/"
    (address,) = [found for found in links_of(mails[1]) if found.startswith("/acces/")]
    assert at_host("alpha").get(address).status_code == at_host("alpha").get(wanted).status_code == 200
    assert "Acte" in text_of(mails[1])


def test_asking_by_mail_needs_somebody_and_something(cast: Cast, dossier: Dossier) -> None:
    bob = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        lonely = add_dossier("Grange", user=cast.bob)
        ask_documents(lonely, wanted=[Wanted(RequestKind.PLANS)], note="", due_on=None, user=cast.bob)
    for code, message in (
        (dossier.code, "No document is missing: there is nothing to ask for."),
        (lonely.code, "Nobody can read this dossier yet: give an access before you ask."),
    ):
        answer = bob.post(f"/dossiers/{code}/documents/demander/", follow=True)
        assert said(message) in answer.content.decode()
    assert run_jobs() == 0


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_client_sends_several_files_and_the_firm_accepts_them(
    cast: Cast, item: RequestedDocument, dossier: Dossier
) -> None:
    alice, bob = logged_in("alpha", cast.alice), logged_in("alpha", cast.bob)
    assert alice.get(url(item)).status_code == 200
    rows, objects = kept()
    answer = send(alice, item, upload(pdf(), "acte.pdf"), upload(image(), "page 2.png"))
    assert kept() == (rows + 2, objects + 2)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/dossiers/{dossier.code}/#documents")
    one, two = files(item)
    assert (one.name, two.name, one.sent_by) == ("acte.pdf", "page 2.png", "alice@client.example")
    assert one.stored.claimed
    assert now(item).state == RequestState.SENT
    assert now(item).answered_at is not None
    with firm_context("firm_alpha"):
        assert documents_to_check_count() == 1
    download = bob.get(url(item, f"envois/{one.code}/"))
    assert "attachment" in download.headers["Content-Disposition"]
    assert body(download)[:5] == b"%PDF-"
    assert bob.post(url(item, "accepter/")).status_code == 302
    assert now(item).state == RequestState.ACCEPTED
    with firm_context("firm_alpha"):
        assert documents_to_check_count() == 0
    title = gettext("Title deed")
    assert history(item)[1:] == [
        (EventKind.DOCUMENT_SENT, "Alice", f"{title} — acte.pdf, page 2.png", True),
        (EventKind.DOCUMENT_ACCEPTED, "Bob Staff", title, False),
    ]


def test_after_acceptance_nothing_is_sent_or_taken_back(cast: Cast, item: RequestedDocument) -> None:
    alice = logged_in("alpha", cast.alice)
    send(alice, item, upload(pdf(), "acte.pdf"))
    (sent,) = files(item)
    logged_in("alpha", cast.bob).post(url(item, "accepter/"))
    before = kept()
    answer = send(alice, item, upload(pdf(), "autre.pdf"))
    assert answer.status_code == 422
    assert said("This document is accepted: nothing more is to be done.") in answer.content.decode()
    assert kept() == before
    alice.post(url(item, f"envois/{sent.code}/retirer/"))
    assert [file.name for file in files(item)] == ["acte.pdf"]


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "vide.pdf"), (PROGRAM, "acte.pdf"), (pdf(), "acte.jpg"), (b"<html><script>", "page.pdf")],
    ids=["empty", "program", "other kind", "page"],
)
def test_a_refused_file_leaves_neither_row_nor_object(
    cast: Cast, item: RequestedDocument, data: bytes, name: str
) -> None:
    before = kept()
    answer = send(logged_in("alpha", cast.alice), item, upload(data, name))
    assert answer.status_code == 422
    assert name in answer.content.decode()
    assert kept() == before
    assert now(item).state == RequestState.ASKED
    assert len(history(item)) == 1


def test_a_refused_file_among_good_ones_loses_none_of_them(cast: Cast, item: RequestedDocument) -> None:
    alice = logged_in("alpha", cast.alice)
    answer = send(alice, item, upload(pdf(), "un.pdf"), upload(PROGRAM, "deux.pdf"), upload(pdf(2), "trois.pdf"))
    assert answer.status_code == 422
    assert "deux.pdf" in answer.context["errors"][0]
    assert [file.name for file in files(item)] == ["un.pdf", "trois.pdf"]
    assert now(item).state == RequestState.SENT


def test_nothing_chosen_too_large_and_a_store_that_is_down_are_told(
    cast: Cast, item: RequestedDocument, settings: Any, tmp_path: Any
) -> None:
    alice, before = logged_in("alpha", cast.alice), kept()
    answer = alice.post(url(item), {})
    assert (answer.status_code, answer.context["errors"]) == (422, [gettext("Choose a file first.")])
    settings.UPLOAD_MAX_BYTES = 1_000_000
    assert send(alice, item, upload(b"x" * 2_200_000, "grand.txt")).status_code == 422
    blocked = tmp_path / "store"
    blocked.write_bytes(b"a file where the folder should be")
    former = settings.STORAGES
    settings.STORAGES = former | {
        "default": {"BACKEND": "storage.backends.DiskFirmStorage", "OPTIONS": {"location": str(blocked)}}
    }
    answer = send(alice, item, upload(b"text", "a.txt"))
    assert answer.status_code == 422
    assert "a.txt" in answer.context["errors"][0]
    settings.STORAGES = former
    run_jobs()
    assert kept() == before
    assert now(item).state == RequestState.ASKED


def test_a_document_holds_so_many_files_and_no_more(cast: Cast, item: RequestedDocument) -> None:
    with firm_context("firm_alpha"):
        stored = [store_bytes(b"text", name=f"{rank}.txt") for rank in range(MAX_SENT)]
        send_documents(item, stored=stored, sender=Sender(user=cast.alice.user), visit=Visit())
    before = kept()
    answer = send(logged_in("alpha", cast.alice), item, upload(b"one more", "more.txt"))
    assert answer.status_code == 422
    run_jobs()
    assert kept() == before
    assert len(files(item)) == MAX_SENT


def test_who_sent_a_file_takes_it_back_and_nobody_else(cast: Cast, item: RequestedDocument, dossier: Dossier) -> None:
    alice = logged_in("alpha", cast.alice)
    with firm_context("firm_alpha"):
        give_access(dossier, contact=cast.charlie, user=cast.bob)
    before = kept()
    send(alice, item, upload(pdf(), "acte.pdf"))
    (sent,) = files(item)
    charlie = logged_in("alpha", cast.charlie)
    assert charlie.post(url(item, f"envois/{sent.code}/retirer/")).status_code == 404
    assert charlie.get(url(item, f"envois/{sent.code}/")).status_code == 404
    assert alice.get(url(item, f"envois/{sent.code}/")).status_code == 404, "staff alone downloads"
    assert len(files(item)) == 1
    assert alice.post(url(item, f"envois/{sent.code}/retirer/")).status_code == 302
    run_jobs()
    assert files(item) == []
    assert kept() == before
    assert now(item).state == RequestState.ASKED


# --- once more --------------------------------------------------------------------------------------------------------


def test_what_cannot_be_used_is_asked_again_with_the_reason_by_mail(
    cast: Cast, item: RequestedDocument, mailbox: Box
) -> None:
    alice, bob = logged_in("alpha", cast.alice), logged_in("alpha", cast.bob)
    address = url(item, "a-refaire/")
    assert bob.post(address, {"reason": "Illisible"}).status_code == 422, "nothing was sent yet"
    send(alice, item, upload(image(), "flou.png"))
    assert bob.get(address).status_code == 200
    refused = bob.post(address, {"reason": ""})
    assert list(refused.context["form"].errors) == ["reason"]
    assert now(item).state == RequestState.SENT
    assert bob.post(address, {"reason": "Illisible"}).status_code == 302
    assert (now(item).state, now(item).reason) == (RequestState.REDO, "Illisible")
    run_jobs()
    (mail,) = mailbox.mails()
    assert mail["To"] == "alice@client.example"
    assert "Illisible" in text_of(mail)
    assert f"http://alpha.localhost/dossiers/{item.dossier.code}/#documents" in text_of(mail)
    send(alice, item, upload(image(), "net.png"))
    assert now(item).state == RequestState.SENT
    bob.post(url(item, "accepter/"))
    assert (now(item).state, now(item).reason) == (RequestState.ACCEPTED, "")
    assert [line[0] for line in history(item)] == [
        EventKind.DOCUMENT_ASKED,
        EventKind.DOCUMENT_SENT,
        EventKind.DOCUMENT_REFUSED,
        EventKind.DOCUMENT_SENT,
        EventKind.DOCUMENT_ACCEPTED,
    ]


def test_nothing_that_was_not_sent_is_accepted(cast: Cast, item: RequestedDocument) -> None:
    answer = logged_in("alpha", cast.bob).post(url(item, "accepter/"), follow=True)
    assert said("Nothing was sent for this document yet.") in answer.content.decode()
    assert now(item).state == RequestState.ASKED


def test_taking_a_document_off_the_list_takes_its_files(cast: Cast, item: RequestedDocument) -> None:
    before = kept()
    send(logged_in("alpha", cast.alice), item, upload(pdf(), "acte.pdf"), upload(pdf(2), "annexe.pdf"))
    logged_in("alpha", cast.bob).post(url(item, "supprimer/"))
    run_jobs()
    with firm_context("firm_alpha"):
        assert not RequestedDocument.objects.exists()
        assert not SentDocument.objects.exists()
    assert kept() == before


# --- guests -----------------------------------------------------------------------------------------------------------


def guest_link(dossier: Dossier, cast: Cast, *, email: str = GUEST) -> GuestLink:
    """Returns a link without a code, in the firm's context."""
    until = timezone.now() + timedelta(days=1)
    return create_guest_link(
        dossier, email=email, name="Eve", expires_at=until, max_uses=9, asks_code=False, user=cast.bob
    )


def come_in(dossier: Dossier, cast: Cast, *, email: str = GUEST, strict: bool = False) -> tuple[Client, str]:
    with firm_context("firm_alpha"):
        address = f"/acces/{guest_token(guest_link(dossier, cast, email=email))}/"
    browser = Client(enforce_csrf_checks=strict, headers={"host": "alpha.localhost"})
    browser.get(address)
    token = browser.cookies["csrftoken"].value
    assert browser.post(f"{address}ouvrir/", {"csrfmiddlewaretoken": token}).status_code == 302
    return browser, address


def test_a_guest_sends_a_large_file_and_takes_it_back(cast: Cast, dossier: Dossier, item: RequestedDocument) -> None:
    before = kept()
    browser, address = come_in(dossier, cast)
    assert gettext("Title deed") in browser.get(address).content.decode()
    assert browser.get(f"{address}documents/{item.code}/").status_code == 200
    large = pdf(padding=3_000_000)
    answer = browser.post(f"{address}documents/{item.code}/", {"files": [upload(large, "acte.pdf")]})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}#documents")
    (sent,) = files(item)
    assert (sent.sent_by, sent.stored.size, sent.stored.uploaded_by_id) == (GUEST, len(large), None)
    assert history(item)[-1] == (EventKind.DOCUMENT_SENT, "Eve", f"{gettext('Title deed')} — acte.pdf", True)
    other, others = come_in(dossier, cast, email="other@else.example")
    remove = f"documents/{item.code}/envois/{sent.code}/retirer/"
    assert other.post(f"{others}{remove}").status_code == 404
    assert len(files(item)) == 1
    assert browser.post(f"{address}{remove}").status_code == 302
    run_jobs()
    assert kept() == before
    assert now(item).state == RequestState.ASKED


def test_a_guest_gets_the_reason_of_a_refusal_and_keeps_to_its_dossier(
    cast: Cast, dossier: Dossier, item: RequestedDocument
) -> None:
    browser, address = come_in(dossier, cast)
    before = kept()
    answer = browser.post(f"{address}documents/{item.code}/", {"files": [upload(PROGRAM, "acte.pdf")]})
    assert answer.status_code == 422
    assert "acte.pdf" in answer.content.decode()
    with firm_context("firm_alpha"):
        other = add_dossier("Grange", user=cast.bob)
        foreign = ask_documents(other, wanted=[Wanted(RequestKind.PLANS)], note="", due_on=None, user=cast.bob)[0]
    answer = browser.post(f"{address}documents/{foreign.code}/", {"files": [upload(pdf(), "plan.pdf")]})
    assert answer.status_code == 404
    assert kept() == before


def test_a_guest_who_did_not_come_in_sends_nothing(cast: Cast, dossier: Dossier, item: RequestedDocument) -> None:
    with firm_context("firm_alpha"):
        address = f"/acces/{guest_token(guest_link(dossier, cast))}/"
    before = kept()
    for part in (f"documents/{item.code}/", f"documents/{item.code}/envois/abc/retirer/"):
        answer = at_host("alpha").post(f"{address}{part}", {"files": [upload(pdf(), "acte.pdf")]})
        assert answer.status_code == 403
        assert "Maison" not in answer.content.decode()
    assert kept() == before


def test_a_guests_form_needs_its_token(cast: Cast, dossier: Dossier, item: RequestedDocument) -> None:
    browser, address = come_in(dossier, cast, strict=True)
    before = kept()
    target = f"{address}documents/{item.code}/"
    assert browser.post(target, {"files": [upload(pdf(), "acte.pdf")]}).status_code == 403
    assert kept() == before
    token = browser.cookies["csrftoken"].value
    good = browser.post(target, {"csrfmiddlewaretoken": token, "files": [upload(pdf(), "acte.pdf")]})
    assert good.status_code == 302
    assert len(files(item)) == 1


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_client_without_access_and_another_firm_get_nothing(cast: Cast, item: RequestedDocument) -> None:
    send(logged_in("alpha", cast.alice), item, upload(pdf(), "acte.pdf"))
    (sent,) = files(item)
    before, state = kept(), now(item).state
    for browser in (logged_in("alpha", cast.charlie), logged_in("beta", cast.dan), logged_in("beta", cast.dora)):
        for part in ("", "accepter/", "a-refaire/", "supprimer/", f"envois/{sent.code}/retirer/"):
            assert browser.post(url(item, part), {"reason": "x"}).status_code == 404
        for part in ("", f"envois/{sent.code}/"):
            assert browser.get(url(item, part)).status_code == 404
    alice = logged_in("alpha", cast.alice)
    for part in ("accepter/", "a-refaire/", "supprimer/"):
        assert alice.post(url(item, part), {"reason": "x"}).status_code == 404
    assert (kept(), now(item).state) == (before, state)


def test_a_document_of_a_dossier_in_the_bin_is_out_of_reach(cast: Cast, item: RequestedDocument) -> None:
    alice = logged_in("alpha", cast.alice)
    send(alice, item, upload(pdf(), "acte.pdf"))
    with firm_context("firm_alpha"):
        Dossier.objects.filter(pk=item.dossier_id).update(deleted_at=timezone.now())
        assert documents_to_check_count() == 0
    before = kept()
    assert send(alice, item, upload(pdf(), "b.pdf")).status_code == 404
    assert logged_in("alpha", cast.bob).post(url(item, "accepter/")).status_code == 404
    assert kept() == before


def test_a_row_of_the_list_costs_no_query(cast: Cast, dossier: Dossier, item: RequestedDocument) -> None:
    def ask_and_send(rank: int) -> None:
        wanted = [Wanted(RequestKind.OTHER, f"Document {rank}")]
        (more,) = ask_documents(dossier, wanted=wanted, note="", due_on=None, user=cast.bob)
        stored = [store_bytes(b"text", name="a.txt"), store_bytes(b"text", name="b.txt")]
        send_documents(more, stored=stored, sender=Sender(user=cast.alice.user), visit=Visit())

    counts = []
    with firm_context("firm_alpha"):
        for rank in range(3):
            ask_and_send(rank)
            with CaptureQueriesContext(connection) as queries:
                shown = [(str(one), [sent.stored.size for sent in one.sent_files]) for one in requests_of(dossier)]
            counts.append(len(without_set(queries)))
    assert len(shown) == 4
    assert counts == [1, 1, 1]


def test_taking_back_from_an_accepted_document_raises(cast: Cast, item: RequestedDocument) -> None:
    with firm_context("firm_alpha"):
        stored = [store_bytes(b"text", name="a.txt")]
        (sent,) = send_documents(item, stored=stored, sender=Sender(user=cast.alice.user), visit=Visit())
        RequestedDocument.objects.filter(pk=item.pk).update(state=RequestState.ACCEPTED)
        with pytest.raises(DomainError) as refused:
            remove_sent_document(sent)
    assert refused.value.code == "document_accepted"
