"""The firm's own documents: published to whom they are for, put in order, replaced, warned of before they expire."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext

from extranet.actions.expiry import warn_of_firm_deadlines
from extranet.actions.library import DocumentValues, edit_document, move_document, place_documents
from extranet.models import Certification, Company, Contact, Diagnostician, DocumentCategory, FirmDocument
from extranet.queries.library import public_documents
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.firm_things import add_file_document, add_notice, document_data
from tests.storage.builders import pdf, upload
from tests.support import Box, at_host, body, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db


def category(rank: int = 0) -> DocumentCategory:
    return list(DocumentCategory.objects.all())[rank]


def test_a_firm_starts_with_five_categories(cast: Cast) -> None:
    with firm_context("firm_beta"):
        names = list(DocumentCategory.objects.values_list("name", flat=True))
    assert names == ["Attestations d’assurance", "Certifications", "Notices", "Logiciels", "Liens"]
    page = logged_in("beta", cast.dan).get("/documents/").content.decode()
    assert all(name in page for name in names)
    assert said("No document yet") in logged_in("beta", cast.dora).get("/documents/").content.decode()


def test_each_sees_what_is_for_it(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.alice.pk).update(kind="agency")
        Contact.objects.filter(pk=cast.charlie.pk).update(kind="owner")
        made = {
            "members": add_file_document("Attestation RC", user=cast.bob),
            "kinds": add_file_document(
                "Tarif agences", user=cast.bob, content=pdf(2), audience="kinds", kinds=("agency",)
            ),
            "public": add_file_document("Plaquette", user=cast.bob, content=pdf(3), audience="public"),
            "staff": add_notice("Consignes", user=cast.bob, audience="staff"),
        }
        assert [document.title for document in public_documents()] == ["Plaquette"]
    sees = {
        "alice": {"members", "kinds", "public"},
        "charlie": {"members", "public"},
        "bob": set(made),
        "anon": {"public"},
    }
    for who, seen in sees.items():
        client = at_host("alpha") if who == "anon" else logged_in("alpha", getattr(cast, who))
        shown = "" if who == "anon" else client.get("/documents/").content.decode()
        for name, document in made.items():
            assert who == "anon" or (document.title in shown) == (name in seen), (who, name)
            for part in ("", "contenu/", "telecharger/"):
                if document.stored is None and part:
                    continue
                answer = client.get(f"/documents/{document.code}/{part}")
                wanted = 200 if name in seen else 302 if who == "anon" else 404
                assert answer.status_code == wanted, (who, name, part)
                assert wanted != 302 or answer["Location"].startswith("/compte/connexion/")
                if wanted == 200 and part == "telecharger/":
                    assert answer["Content-Disposition"].startswith("attachment")
                    assert body(answer).startswith(b"%PDF")
                body(answer)
    # of a certain code or of none, a visitor learns the same
    assert at_host("alpha").get("/documents/nothinghere1/")["Location"].startswith("/compte/connexion/")


def test_a_document_is_added_edited_with_a_new_version_and_deleted(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    bob = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        first, second = category().code, category(1).code
        person = Diagnostician.objects.create(name="Denis Le Gall")
    soon = (timezone.localdate() + timedelta(days=40)).isoformat()
    sent = document_data(category(0), holding="file", link="", title="RC 2026", expires_on=soon) | {"category": first}
    answer = bob.post("/documents/nouveau/", sent | {"file": upload(pdf(), "rc.pdf")})
    with firm_context("firm_alpha"):
        document = FirmDocument.objects.get()
        assert answer["Location"] == f"/documents/#document-{document.code}"
        assert (document.name, document.version, document.category.code) == ("rc.pdf", 1, first)
        first_key = document.stored.key if document.stored else ""
    page = f"/documents/{document.code}/"
    assert 'data-src="/documents/' in bob.get(page).content.decode()
    assert 'data-src="/documents/' in bob.get(page, headers={"HX-Request": "true"}).content.decode()
    answer = bob.post(
        f"{page}modifier/",
        sent | {"category": second, "diagnostician": person.code, "file": upload(pdf(2), "rc-2027.pdf")},
    )
    assert answer.status_code == 302
    shown = bob.get(f"{page}modifier/").content.decode()
    assert "rc.pdf" in shown
    assert "rc-2027.pdf" in shown
    with firm_context("firm_alpha"):
        document.refresh_from_db()
        (version,) = document.versions.all()
        assert (document.version, document.category.code, version.number) == (2, second, 1)
        assert document.diagnostician == person
    assert body(bob.get(f"{page}versions/{version.code}/")).startswith(b"%PDF")
    assert bob.post(f"{page}modifier/", sent | {"file": upload(pdf(2), "again.pdf")}).status_code == 422, "same bytes"
    for words in ("rc", "LE GALL"):
        assert "RC 2026" in bob.get("/documents/", {"q": words}).content.decode()
    assert said("No document matches") in bob.get("/documents/", {"q": "nothing"}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert bob.post(f"{page}supprimer/").status_code == 302
    run_jobs()
    with firm_context("firm_alpha"):
        assert not FirmDocument.objects.exists()
        assert not StoredFile.objects.filter(key=first_key).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"link": "http://www.example.fr/"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://user:secret@example.fr/"}, "link"),
        ({"link": "https://exa mple.fr/"}, "link"),
        ({"link": ""}, "link"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"category": "nope"}, "category"),
        ({"category": "a\x00b"}, "category"),
        ({"audience": "kinds"}, "kinds"),
        ({"audience": "all"}, "audience"),
        ({"expires_on": "soon"}, "expires_on"),
        ({"holding": "notice"}, "text"),
        ({"holding": "file"}, "file"),
        ({"holding": "file", "file": upload(b"<svg onload='alert(1)'/>", "a.svg")}, "file"),
        ({"holding": "file", "file": upload(b"<script>alert(1)</script>", "a.html")}, "file"),
        ({"holding": "file", "file": upload(b"<script>alert(1)</script>", "notice.txt")}, "file"),
        ({"holding": "file", "file": upload(b"MZ" + bytes(100), "setup.exe")}, "file"),
    ],
)
def test_a_wrong_document_is_refused_and_leaves_nothing(cast: Cast, changes: dict[str, Any], field: str) -> None:
    bob = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        sent = document_data(category()) | changes
        files = StoredFile.objects.count()
    answer = bob.post("/documents/nouveau/", sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    with firm_context("firm_alpha"):
        assert (FirmDocument.objects.count(), StoredFile.objects.count()) == (0, files)


def test_texts_never_run(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        document = add_file_document("Notice", user=cast.bob, content=b"javascript:alert(1)", name="notice.txt")
        notice = add_notice("Texte", user=cast.bob, text="<script>alert(1)</script>\n\nSuite")
    alice = logged_in("alpha", cast.alice)
    shown = alice.get(f"/documents/{document.code}/contenu/")
    assert shown["Content-Type"].startswith("text/plain")
    assert (shown["X-Content-Type-Options"], shown["Content-Security-Policy"][:7]) == ("nosniff", "sandbox")
    body(shown)
    assert alice.get(f"/documents/{document.code}/")["Location"].endswith("/telecharger/"), "no reader for it"
    page = alice.get(f"/documents/{notice.code}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_documents_are_put_in_order_within_and_between_categories(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        one, two, three = (add_notice(title, user=cast.bob) for title in ("Un", "Deux", "Trois"))
        first, second = category(), category(1)

        def order() -> list[tuple[str, str]]:
            rows = FirmDocument.objects.order_by("category__position", "position")
            return [(row.title, row.category.name[:4]) for row in rows]

        move_document(three, up=True)
        assert [title for title, _category in order()] == ["Un", "Trois", "Deux"]
        move_document(two, up=False)
        assert order() == [("Un", "Atte"), ("Trois", "Atte"), ("Deux", "Cert")], "beyond the edge: the next category"
        move_document(two, up=True)
        assert order()[-1] == ("Deux", "Atte")
        place_documents(second, codes=[three.code, one.code])
        assert order() == [("Deux", "Atte"), ("Trois", "Cert"), ("Un", "Cert")]
        move_document(FirmDocument.objects.get(pk=two.pk), up=True)
        assert order()[0] == ("Deux", "Atte"), "the very first stays"
        for codes in ([one.code, one.code], ["nope"]):
            with pytest.raises(DomainError):
                place_documents(first, codes=codes)
    bob = logged_in("alpha", cast.bob)
    sent = {"category": first.code, "code": [one.code, two.code]}
    assert bob.post("/documents/ordre/", sent, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 204
    refused = bob.post("/documents/ordre/", sent | {"code": ["a\x00"]}, headers={"X-Requested-With": "XMLHttpRequest"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_document")
    answer = bob.post(f"/documents/rubriques/{first.code}/supprimer/", follow=True)
    assert said("There are documents in this category: move or delete them first.") in answer.content.decode()


def test_the_list_costs_as_many_queries_for_three_as_for_one(cast: Cast) -> None:
    counts: dict[str, list[int]] = {"bob": [], "alice": []}
    browsers = {who: logged_in("alpha", getattr(cast, who)) for who in counts}
    for rank in range(3):
        with firm_context("firm_alpha"):
            person = Diagnostician.objects.create(name=f"D{rank}")
            add_file_document(f"A{rank}", user=cast.bob, content=f"{rank}".encode(), name="a.txt", diagnostician=person)
            add_notice(f"N{rank}", user=cast.bob, category=category(rank))
        for who, browser in browsers.items():
            browser.get("/documents/")
            with CaptureQueriesContext(connection) as queries:
                browser.get("/documents/")
            counts[who].append(len(without_set(queries)))
    assert counts["bob"][0] == counts["bob"][2] <= 10
    assert counts["alice"][0] == counts["alice"][2] <= 10


def test_the_firm_is_warned_at_each_step_once_and_again_for_a_new_date(cast: Cast, mailbox: Box) -> None:
    today = timezone.localdate()
    with firm_context("firm_alpha"):
        rc = add_notice("Attestation RC", user=cast.bob, expires_on=today + timedelta(days=59))
        add_notice("Sans fin", user=cast.bob)
        person = Diagnostician.objects.create(name="Denis")
        gone = Diagnostician.objects.create(name="Parti", is_active=False)
        for who, days in ((person, 3), (gone, 3)):
            Certification.objects.create(
                diagnostician=who, domain="lead", number="1", body="X", expires_on=today + timedelta(days=days)
            )
        Company.objects.update(insurer="MMA", expires_on=today - timedelta(days=1))
        assert warn_of_firm_deadlines() == 3
        assert warn_of_firm_deadlines() == 0, "once each"
    run_jobs()
    (mail,) = mailbox.mails()
    text = text_of(mail)
    assert "anna@alpha.example" in str(mail["To"])
    assert text.index(gettext("Professional liability insurance")) < text.index("Denis") < text.index("Attestation RC")
    assert "Parti" not in text
    assert "Sans fin" not in text
    with firm_context("firm_alpha"):
        for days, told in ((30, 1), (29, 0), (7, 1), (0, 0), (-1, 1), (-2, 0)):
            FirmDocument.objects.filter(pk=rc.pk).update(expires_on=today + timedelta(days=days))
            assert warn_of_firm_deadlines() == told, days
        rc.refresh_from_db()
        values = DocumentValues(category=rc.category, title=rc.title, text=rc.text, expires_on=today)
        edit_document(rc, values, user=cast.bob)
        assert warn_of_firm_deadlines() == 1, "a new date begins anew"
    bob = logged_in("alpha", cast.bob)
    assert 'hx-get="/documents/echeances/"' in bob.get("/").content.decode()
    band = bob.get("/documents/echeances/").content.decode()
    assert f"/documents/{rc.code}/modifier/" in band
    assert "/reglages/societe/#insurance" in band
    assert not logged_in("beta", cast.dan).get("/documents/echeances/").content.strip()
