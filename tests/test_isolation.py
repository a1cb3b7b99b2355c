"""Two firms whose rows have the same keys: nothing of one is ever seen, changed or sent by the other."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tokens import PasswordResetTokens, welcome_tokens
from extranet.actions.contact import edit_contact
from extranet.actions.search import refresh_dossiers
from extranet.enums import EventKind
from extranet.models import (
    CollaboratorEmail,
    Contact,
    ContactImport,
    Diagnostic,
    Dossier,
    DossierAccess,
    DossierEvent,
    DossierFile,
    DossierStep,
    DossierTrace,
    FileVersion,
    GuestLink,
    MapFeed,
    Message,
    PortalSettings,
    RequestedDocument,
    SentDocument,
    StepTemplate,
    SubAccount,
    ValidityRule,
)
from kernel.errors import WrongFirm
from kernel.models import FirmModel
from kernel.tenancy import cache_key, current_schema, firm_context, public_context
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from mail.models import OutgoingMail
from storage.actions.files import claim, store_bytes
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.factories.cast import PASSWORD, Cast
from tests.support import Box, at_host, body, logged_in, run_jobs

pytestmark = pytest.mark.django_db
#: Stands in every text of beta's rows, and nowhere else.
MARK = "betamarkzz"
BYTES = b"betamarkzz in the bytes"


@dataclass
class Twins:
    """For each firm model, alpha's row and beta's row of the same key."""

    alpha: dict[type[FirmModel], FirmModel]
    beta: dict[type[FirmModel], FirmModel]


def _bytes(word: str, staff: User) -> StoredFile:
    return claim(store_bytes(f"other {word}".encode(), name=f"{word}.txt", user=staff))


def make(cast: Cast, word: str, staff: User, reader: Contact, content: bytes) -> dict[type[FirmModel], FirmModel]:
    """Returns one row of every firm model, in the current firm, with `word` in its texts: the table of factories."""
    factories: dict[type[FirmModel], Callable[[], FirmModel]] = {
        User: lambda: staff,
        Contact: lambda: reader,
        CollaboratorEmail: lambda: CollaboratorEmail.objects.create(contact=reader, email=f"{word}@port.example"),
        OutgoingMail: lambda: queue_mail(
            to=f"{word}@client.example", content=MailContent(subject=word, paragraphs=[word]), kind="test"
        ),
        StoredFile: lambda: claim(store_bytes(content, name=f"{word}.txt", user=staff)),
        Dossier: lambda: Dossier.objects.create(
            title=f"Maison {word}",
            comments=word,
            created_by=staff,
            reference=word,
            street=f"1 rue {word}",
            postcode="29200",
            city=word,
            owner_name=word,
            owner_email=f"{word}@owner.example",
            amount=12,
            payment_state="unpaid",
            latitude=48.4,
            longitude=-4.5,
            geo_state="found",
            expires_on=timezone.localdate() + timedelta(days=20),
        ),
        DossierAccess: lambda: DossierAccess.objects.create(dossier=made[Dossier], contact=reader),
        DossierFile: lambda: DossierFile.objects.create(
            dossier=made[Dossier], stored=made[StoredFile], name=f"{word}.txt", title=f"Titre {word}", created_by=staff
        ),
        DossierEvent: lambda: DossierEvent.objects.create(
            dossier=made[Dossier], kind=EventKind.DOWNLOADED, actor_name=word, subject=word, address="192.0.2.66"
        ),
        FileVersion: lambda: FileVersion.objects.create(
            file=made[DossierFile], stored=_bytes(word, staff), number=1, name=f"{word}-1.txt", replaced_by=word
        ),
        Diagnostic: lambda: Diagnostic.objects.create(
            dossier=made[Dossier], kind="dpe", conclusion=word, performed_on=date(2026, 1, 2), energy_letter="D"
        ),
        ValidityRule: lambda: ValidityRule.objects.create(kind="other", months=1, source=word, note=word),
        StepTemplate: lambda: StepTemplate.objects.create(name=word, position=99),
        DossierStep: lambda: DossierStep.objects.create(dossier=made[Dossier], name=word, done_by=word),
        RequestedDocument: lambda: RequestedDocument.objects.create(dossier=made[Dossier], kind="other", label=word),
        SentDocument: lambda: SentDocument.objects.create(
            request=made[RequestedDocument], stored=_bytes(word, staff), name=f"{word}.txt", sent_by=word
        ),
        GuestLink: lambda: GuestLink.objects.create(
            dossier=made[Dossier],
            email=f"{word}@guest.example",
            name=word,
            expires_at=timezone.now() + timedelta(days=3),
            asks_code=False,
        ),
        Message: lambda: Message.objects.create(
            contact=reader, dossier=made[Dossier], direction="to_firm", subject=word, body=word, sender_name=word
        ),
        MapFeed: lambda: MapFeed.objects.create(user=staff, token_hash=word, query=f"q={word}"),
        SubAccount: lambda: SubAccount.objects.create(
            contact=reader,
            user=User.objects.create_user(
                username=f"sub-{word}", email=f"sub-{word}@client.example", full_name=word, role="client"
            ),
        ),
        ContactImport: lambda: ContactImport.objects.create(
            stored=_bytes(word, staff), problem=word, created_by=staff, errors=[{"line": 1, "text": word}]
        ),
        DossierTrace: lambda: DossierTrace.objects.create(
            dossier_code="x", title=word, dossier_created_at=timezone.now(), deleted_at=timezone.now(), deleted_by=word
        ),
        PortalSettings: lambda: PortalSettings.objects.get(pk=1),
    }
    made: dict[type[FirmModel], Any] = {}
    for model, factory in factories.items():
        made[model] = factory()
    refresh_dossiers([made[Dossier].pk])
    return made


@pytest.fixture
def twins(cast: Cast) -> Twins:
    with firm_context("firm_beta"):
        cast.dora = edit_contact(
            cast.dora,
            name=f"Dora {MARK}",
            company=f"Agence {MARK}",
            phone="",
            email=f"{MARK}-dora@client.example",
            username="dora",
            collaborators=[],
            language="fr",
        )
    with firm_context("firm_alpha"):
        alpha = make(cast, "alphamark", cast.bob, cast.alice, b"alpha's bytes")
    with firm_context("firm_beta"):
        # Dora has the key of Bob, Dan that of Anna
        beta = make(cast, MARK, User.objects.get(pk=cast.dora.user_id), cast.dora, BYTES)
    return Twins(alpha, beta)


@pytest.fixture(autouse=True)
def _same_keys(db: None) -> None:
    """Both firms number the test's rows from the same figure (a rollback does not set a sequence back)."""
    with connection.cursor() as cursor:
        for schema in ("firm_alpha", "firm_beta"):
            for model in firm_models():
                cursor.execute(f"SELECT setval('{schema}.{model._meta.db_table}_id_seq', 1000)")


def firm_models() -> list[type[FirmModel]]:
    labels = {name.rsplit(".", 1)[-1] for name in django_settings.TENANT_APPS}
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels and issubclass(model, FirmModel)
    ]


def test_every_firm_model_has_a_row_of_the_same_key_in_both_firms(twins: Twins) -> None:
    assert set(twins.alpha) == set(twins.beta) == set(firm_models()), "a new model needs a factory above"
    for model in twins.alpha:
        assert twins.alpha[model].pk == twins.beta[model].pk, model


def test_a_row_is_refused_in_the_other_firm_and_differs_from_its_twin(twins: Twins) -> None:
    for model, row in twins.alpha.items():
        twin = twins.beta[model]
        assert row != twin, model
        with firm_context("firm_beta"):
            before = list(model._default_manager.order_by("pk").values())
            for use in (row.save, row.delete, row.refresh_from_db, lambda row=row: row.save(force_update=True)):
                with pytest.raises(WrongFirm):
                    use()
            assert list(model._default_manager.order_by("pk").values()) == before, model
            twin.refresh_from_db()
        with firm_context("firm_alpha"):
            row.refresh_from_db()


def table_of_tables() -> dict[type[FirmModel], list[Any]]:
    """Returns all rows of all firm models, in the current firm."""
    return {model: list(model._default_manager.order_by("pk").values()) for model in firm_models()}


def content_of(stored: Any) -> bytes:
    return b"".join(firm_storage().stream(stored.key))


def codes(rows: dict[type[FirmModel], Any]) -> dict[str, str]:
    return {
        "code": rows[Dossier].code,
        "file_code": rows[DossierFile].code,
        "contact_code": rows[Contact].code,
    }


def alphas_pages(twins: Twins, person: str) -> Iterator[str]:
    """Yields the addresses that somebody of alpha may open, and beta's objects asked of alpha."""
    own = codes(twins.alpha)
    staff = person in {"bob", "anna"}
    yield from ("/dossiers/", "/dossiers/?q=maison", f"/dossiers/?q={MARK}", "/dossiers/?state=none")
    yield from ("/compte/sessions/", "/compte/double-facteur/", "/theme.css", "/branding/logo")
    for name, used in {
        "dossier-detail": ["code"],
        "file-read": ["code", "file_code"],
        "file-content": ["code", "file_code"],
        "file-download": ["code", "file_code"],
        "dossier-zip": ["code"],
        **({"dossier-edit": ["code"], "files-add": ["code"], "file-edit": ["code", "file_code"]} if staff else {}),
    }.items():
        yield reverse(name, urlconf="config.urls_firm", kwargs={key: own[key] for key in used})
    if staff:
        yield from ("/contacts/", "/contacts/?q=agence", f"/contacts/?q={MARK}", "/contacts/choisir/")
        yield from (f"/contacts/choisir/?q={MARK}", f"/contacts/{own['contact_code']}/", "/dossiers/nouveau/")
        yield f"/contacts/{own['contact_code']}/modifier/"
    if person == "anna":
        yield from ("/equipe/", f"/equipe/{twins.alpha[User].code}/", "/apparence/")  # type: ignore[attr-defined]


@pytest.mark.parametrize("person", ["alice", "bob", "anna"])
def test_no_page_file_or_zip_of_alpha_shows_anything_of_beta(twins: Twins, cast: Cast, person: str) -> None:
    client = logged_in("alpha", getattr(cast, person))
    seen_own = 0
    for path in alphas_pages(twins, person):
        answer = client.get(path)
        assert answer.status_code == (404 if path == "/branding/logo" else 200), path
        content = body(answer)
        # the word that was searched for comes back in its box
        shown = content.replace(f'value="{MARK}"'.encode(), b"").replace(f"q={MARK}".encode(), b"")
        assert MARK.encode() not in shown, path
        assert b"192.0.2.66" not in shown or person != "alice"
        seen_own += b"alphamark" in content
        if path.endswith("/zip/"):
            archive = zipfile.ZipFile(io.BytesIO(content))
            assert {name: archive.read(name) for name in archive.namelist()} == {"alphamark.txt": b"alpha's bytes"}
    assert seen_own >= 5, "the pages show what they should"


def test_betas_objects_asked_of_alpha_are_not_there(twins: Twins, cast: Cast) -> None:
    foreign = codes(twins.beta)
    for person in (cast.alice, cast.bob, cast.anna):
        client = logged_in("alpha", person)
        for path in (
            f"/dossiers/{foreign['code']}/",
            f"/dossiers/{foreign['code']}/zip/",
            f"/dossiers/{foreign['code']}/fichiers/{foreign['file_code']}/",
            f"/dossiers/{foreign['code']}/fichiers/{foreign['file_code']}/contenu/",
            f"/dossiers/{codes(twins.alpha)['code']}/fichiers/{foreign['file_code']}/",
            f"/contacts/{foreign['contact_code']}/",
            f"/equipe/{cast.dan.code}/",
        ):
            assert client.get(path).status_code == 404, path


def test_searching_alpha_finds_nothing_of_beta(twins: Twins, cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert bob.get("/dossiers/", {"q": MARK}).context["page"].rows == []
    assert bob.get("/contacts/", {"q": MARK}).context["page"].rows == []
    assert bob.get("/contacts/choisir/", {"q": MARK}).json() == {"results": []}
    assert len(bob.get("/dossiers/", {"q": "alphamark"}).context["page"].rows) == 1


def test_what_alpha_does_leaves_beta_as_it_was(twins: Twins, cast: Cast, mailbox: Box) -> None:
    """Every write of the portal, on rows that have a twin of the same key in beta."""
    own = codes(twins.alpha)
    url = f"/dossiers/{own['code']}/"
    with firm_context("firm_beta"):
        before = table_of_tables()
        objects = sorted(firm_storage().list_keys("firms/firm_beta/"))
    anna, alice = logged_in("alpha", cast.anna), logged_in("alpha", cast.alice)
    posts: list[tuple[str, dict[str, Any]]] = [
        (f"{url}modifier/", {"title": "Grange", "comments": "", "version": "1"}),
        (f"{url}acces/", {"contact": cast.charlie.code}),
        (f"{url}avertir/", {}),
        (
            f"{url}fichiers/{own['file_code']}/modifier/",
            {"name": "c.txt", "title": "", "comment": "", "kind": "other", "visibility": "client"},
        ),
        (f"{url}acces/{own['contact_code']}/retirer/", {}),
        (f"{url}acces/", {"contact": own["contact_code"]}),
        (f"/contacts/{own['contact_code']}/codes/", {}),
        (f"/equipe/{cast.bob.code}/", {"full_name": "Robert", "role": "staff", "is_active": "on"}),
        ("/compte/sessions/", {}),
    ]
    body(alice.get(f"{url}zip/"))
    for path, data in posts:
        assert anna.post(path, data).status_code == 302, path
    assert anna.post(f"{url}fichiers/{own['file_code']}/retirer/").status_code == 302
    assert anna.post(f"/contacts/{own['contact_code']}/supprimer/").status_code == 302
    run_jobs()
    with firm_context("firm_beta"):
        after = table_of_tables()
        assert content_of(twins.beta[StoredFile]) == BYTES
        assert sorted(firm_storage().list_keys("firms/firm_beta/")) == objects
    mails = after.pop(OutgoingMail)
    assert [mail["state"] for mail in mails] == ["sent"], "beta's own mail waited, and left with the others"
    before.pop(OutgoingMail)
    assert after == before
    assert [str(mail["To"]) for mail in mailbox.mails() if MARK in str(mail["To"])] == [f"{MARK}@client.example"]


# --- sessions, tokens, caches, jobs, objects --------------------------------------------------------------------------


def test_a_reset_token_means_nothing_in_the_other_firm(twins: Twins, cast: Cast) -> None:
    for tokens in (PasswordResetTokens(), welcome_tokens):
        with firm_context("firm_alpha"):
            bob = User.objects.get(pk=cast.bob.pk)
            token = tokens.make_token(bob)
            assert tokens.check_token(bob, token)
        with firm_context("firm_beta"):
            # as like Bob as one row can be like another
            twin = User.objects.get(pk=cast.bob.pk)
            twin.password, twin.email, twin.last_login = bob.password, bob.email, bob.last_login
            assert not tokens.check_token(twin, token)
            assert not tokens.check_token(bob, token)


def test_cache_entries_do_not_cross() -> None:
    cache.set("figure", "public")
    with firm_context("firm_alpha"):
        assert cache.get("figure") is None
        cache.set("figure", "alpha")
    with firm_context("firm_beta"):
        assert cache.get("figure") is None
        assert cache.add("figure", "beta")
        cache.delete("figure")
    with firm_context("firm_alpha"):
        assert cache.get("figure") == "alpha"
        assert cache.incr("count") if cache.add("count", 1) else None
    with firm_context("firm_beta"):
        assert cache.get("count") is None
    assert cache.get("figure") == "public"
    assert cache.get_many(["figure", "count"]) == {"figure": "public"}


def test_every_cache_has_the_firm_in_its_keys(settings: Any) -> None:
    with firm_context("firm_alpha"):
        assert cache_key("a", "p", 1) == "firm_alpha:p:1:a"
    for entry in settings.CACHES.values():
        assert entry["KEY_FUNCTION"] == "kernel.tenancy.cache_key"


def test_a_lock_out_counts_by_firm(cast: Cast) -> None:
    """The log-in's failures are counted in the cache: beta's are not alpha's."""
    for _ in range(6):
        at_host("beta").post("/compte/connexion/", {"login": "bob", "password": "wrong"})
    assert logged_in("alpha", cast.bob).get("/dossiers/").status_code == 200


@pytest.mark.parametrize("reader", ["firm_alpha", "public"])
def test_an_objects_key_is_refused_outside_its_firm(twins: Twins, reader: str) -> None:
    stored: Any = twins.beta[StoredFile]
    store = firm_storage()
    uses: list[Callable[[], object]] = [
        lambda: store.open(stored.key),
        lambda: store.exists(stored.key),
        lambda: store.size(stored.key),
        lambda: store.delete(stored.key),
        lambda: store.save(stored.key, ContentFile(b"x")),
        lambda: next(iter(store.stream(stored.key))),
        lambda: store.download_url(stored.key, name="a", content_type="text/plain"),
        lambda: default_storage.open(f"firms/firm_alpha/../firm_beta/{stored.key.split('/', 2)[2]}"),
    ]
    with firm_context(reader) if reader != "public" else public_context():
        for use in uses:
            with pytest.raises(WrongFirm):
                use()
    with firm_context("firm_beta"):
        assert content_of(stored) == BYTES


def test_a_row_that_names_a_foreign_object_gives_nothing(twins: Twins, cast: Cast) -> None:
    """Should a row of alpha ever hold beta's key: the store refuses."""
    with firm_context("firm_alpha"):
        key = twins.beta[StoredFile].key  # type: ignore[attr-defined]
        StoredFile.objects.filter(pk=twins.alpha[StoredFile].pk).update(key=key)
    own = codes(twins.alpha)
    client = logged_in("alpha", cast.alice)
    client.raise_request_exception = False
    for path in (f"/dossiers/{own['code']}/fichiers/{own['file_code']}/", f"/dossiers/{own['code']}/zip/"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert BYTES not in answer.content


def test_the_thread_is_back_in_public_after_each_request(twins: Twins, cast: Cast) -> None:
    client = logged_in("alpha", cast.bob)
    for path in ("/dossiers/", "/nowhere/", f"/dossiers/{codes(twins.beta)['code']}/"):
        client.get(path)
        at_host("beta").get("/compte/connexion/")
        at_host("").get("/")
        assert current_schema() == "public"


def test_the_same_login_and_password_in_both_firms_are_two_accounts(cast: Cast) -> None:
    with firm_context("firm_beta"):
        User.objects.create_user(
            username="bob", email="bob@beta.example", full_name=f"Bob {MARK}", role="staff", password=PASSWORD
        )
    alpha, beta = logged_in("alpha", cast.bob), logged_in("beta", cast.bob)
    assert MARK not in alpha.get("/dossiers/").content.decode()
    assert MARK in beta.get("/dossiers/").content.decode()
    with firm_context("firm_beta"):
        User.objects.filter(username="bob").update(is_active=False)
    assert beta.get("/dossiers/").status_code == 302
    assert alpha.get("/dossiers/").status_code == 200


def test_an_upload_of_beta_is_not_claimed_in_alpha(twins: Twins, cast: Cast) -> None:
    with firm_context("firm_beta"):
        waiting = store_bytes(BYTES, name="b.txt", user=User.objects.get(pk=cast.bob.pk))
    assert waiting.uploaded_by_id == cast.bob.pk, "the same key of the same person, in another firm"
    answer = logged_in("alpha", cast.bob).post(
        "/dossiers/nouveau/", {"title": "Vol", "comments": "", "upload": [waiting.code]}
    )
    assert answer.status_code == 422
    with firm_context("firm_beta"):
        assert not StoredFile.objects.get(pk=waiting.pk).claimed


def test_a_client_is_matched_in_its_own_firm(cast: Cast) -> None:
    """An anonymous browser with beta's contact code in its address is nobody in alpha."""
    client = Client(headers={"host": "alpha.localhost"})
    assert client.get(f"/contacts/{cast.dora.code}/").status_code == 302
