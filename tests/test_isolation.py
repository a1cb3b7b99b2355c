"""Two firms whose rows have the same keys: nothing of one is ever seen, changed or sent by the other."""

import copy
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from accounts.tokens import PasswordResetTokens, welcome_tokens
from extranet.actions.contact import edit_contact
from extranet.models import Contact, Dossier, DossierFile, GuestLink
from kernel.errors import WrongFirm
from kernel.models import FirmModel
from kernel.tenancy import cache_key, current_schema, firm_context, public_context
from mail.models import OutgoingMail
from storage.actions.files import store_bytes
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.factories.cast import PASSWORD, Cast
from tests.factories.route_world import make_world
from tests.factories.twin_codes import Tokens, code_of, tokens_of
from tests.factories.twins import BYTES, MARK, Twins, firm_models, make_rows, table_of_tables
from tests.route_matrix import FIRM, PEOPLE
from tests.support import Box, at_host, body, logged_in, run_jobs

pytestmark = pytest.mark.django_db


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
        alpha = make_rows(cast, "alphamark", cast.bob, cast.alice, b"alpha's bytes")
    with firm_context("firm_beta"):
        # Dora has the key of Bob, Dan that of Anna
        beta = make_rows(cast, MARK, User.objects.get(pk=cast.dora.user_id), cast.dora, BYTES)
    return Twins(alpha, beta)


@pytest.fixture(autouse=True)
def _same_keys(db: None) -> None:
    """Both firms number the test's rows from the same figure (a rollback does not set a sequence back)."""
    with connection.cursor() as cursor:
        for schema in ("firm_alpha", "firm_beta"):
            for model in firm_models():
                cursor.execute(f"SELECT setval('{schema}.{model._meta.db_table}_id_seq', 1000)")


def test_every_firm_model_has_a_row_of_the_same_key_in_both_firms(twins: Twins) -> None:
    assert set(twins.alpha) == set(twins.beta) == set(firm_models()), "a new model needs a row in factories/twins.py"
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


def content_of(stored: Any) -> bytes:
    return b"".join(firm_storage().stream(stored.key))


def codes(rows: dict[type[FirmModel], Any]) -> dict[str, str]:
    return {
        "code": rows[Dossier].code,
        "file_code": rows[DossierFile].code,
        "contact_code": rows[Contact].code,
    }


#: What of a firm's host is the portal's; the rest is the log-in's, which has tests of its own below.
_NOT_PORTAL = ("account_", "mfa_", "set_language", "welcome", "branding-logo")
#: Pages of the list, with everything that it can be asked.
_LISTS: tuple[str, ...] = ("dossier-list", "dossier-export", "dossier-map", "map-places", "dossier-kml", "dossier-kmz")
_LISTS += ("order-list", "order-export", "quote-list", "quote-export", "message-list", "message-export")
#: They need an object in a state that the twins' is not in; the matrix's own is asked.
_OTHER_STATES = """
account-edit payment-confirm payment-cancel payment-reread payment-refund issue-reopen contact-import-run file-restore
bulk-undelete sent-remove message-cancel complete-dossier deposit-pay deposit-release pay order-delete mission
mission-remind mission-withdraw mission-paper guest-mission-code
"""
_MATRIX_OBJECT = set(_OTHER_STATES.split())
_MATRIX_OBJECT |= {f"order-{who}visit{what}" for who in ("", "visitor-") for what in ("", "-move", "-cancel")}
_MATRIX_OBJECT |= {"quote-edit", "quote-issue", "quote-delete"}
#: A site is one row: the matrix's stands in the place of the twins' by then.
_MATRIX_OBJECT |= {f"site-{name}" for name in ("preview", "page-edit", "page-do", "block", "block-do")}
#: Arguments that name no row.
_OF_NO_ROW = {
    "account-add": {"provider": "stripe"},
    "sms-carrier": {"carrier": "smsmode"},
    "sms-model": {"kind": "dossier"},
}
#: Pages of files that the twins do not have.
_NO_FILE = {"genapi-download", "guest-genapi", "settings-mission-fields"}


def matrix() -> list[tuple[str, str, dict[str, str]]]:
    """Returns the portal's rows of the route matrix: route, method, what each person gets."""
    rows = [line.split() for line in FIRM.strip().splitlines() if line.strip()]
    return [
        (name, method, dict(zip(PEOPLE, answers, strict=True)))
        for name, method, *answers in rows
        if not name.startswith(_NOT_PORTAL)
    ]


def arguments_of(route: str, names: list[str], rows: dict[type[FirmModel], Any], tokens: Tokens) -> dict[str, Any]:
    """Returns a route's arguments that speak of these rows."""
    found = {name: code_of(rows, tokens, route, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def arguments_by_route() -> dict[str, list[str]]:
    """Returns the names of the arguments of every route of a firm's host."""
    resolver = get_resolver("config.urls_firm")
    return {
        str(name): resolver.reverse_dict.getlist(name)[0][0][0][1]
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }


def opened_guest(token: str) -> Client:
    """Returns a browser that alpha's link has let in."""
    client = at_host("alpha")
    assert client.post(f"/acces/{token}/ouvrir/").status_code == 302
    return client


def readable(content: bytes) -> bytes:
    """Returns what an answer says: of a zip (a workbook, a KMZ, a client's data) the names and contents."""
    if not content.startswith(b"PK"):
        return content
    archive = zipfile.ZipFile(io.BytesIO(content))
    return b"\n".join(part for name in archive.namelist() for part in (name.encode(), readable(archive.read(name))))


def alphas_addresses(twins: Twins, tokens: Tokens, person: str) -> Iterator[tuple[str, str]]:
    """Yields the routes and addresses that somebody of alpha may open: all of the matrix, lists with each filter."""
    names = arguments_by_route()
    for route, method, answers in matrix():
        if method != "GET" or answers[person] not in {"200", "R"} or (route.startswith("guest") and person != "anon"):
            continue
        arguments = arguments_of(route, names[route], twins.alpha, tokens) or _OF_NO_ROW.get(route)
        yield route, reverse(route, urlconf="config.urls_firm", kwargs=arguments)
    if person != "anon":
        yield "mfa_index", "/compte/double-facteur/"
    yield "map-feed-read", f"/google-earth/{tokens.feed}.kml"
    yield "calendar-feed", f"/agenda/{tokens.calendar}.ics"
    beta: Any = twins.beta
    wanted = [f"q={MARK}", f"city={MARK}", f"client={beta[Contact].code}", "state=none", "paid=unpaid"]
    wanted += ["diagnostic=dpe", "box=archive", "box=bin", "q=maison", "sort=-amount", "since=2020-01-01"]
    for route in _LISTS if person != "anon" else ():
        for query in wanted:
            yield route, f"{reverse(route, urlconf='config.urls_firm')}?{query}"
    if person in {"bob", "anna"}:
        for path in (
            "/contacts/",
            "/contacts/choisir/",
            "/contacts/export.xlsx",
            "/messages/",
            "/dossiers/a-renouveler/",
        ):
            yield "contact-list", f"{path}?q={MARK}"
            yield "contact-list", f"{path}?q=agence"


@pytest.mark.parametrize("person", ["alice", "bob", "anna", "anon"])
def test_no_page_file_export_or_feed_of_alpha_shows_anything_of_beta(twins: Twins, cast: Cast, person: str) -> None:
    with firm_context("firm_alpha"):
        tokens = tokens_of(twins.alpha)
    client = opened_guest(tokens.guest) if person == "anon" else logged_in("alpha", getattr(cast, person))
    seen: set[str] = set()
    opened: set[str] = set()
    for route, path in alphas_addresses(twins, tokens, person):
        answer = client.get(path)
        content = readable(body(answer))
        assert answer.status_code == 404 if route in _NO_FILE else answer.status_code < 400, (path, answer.status_code)
        # the word that was searched for comes back in its box and in the addresses of the next pages
        shown = content.replace(f'value="{MARK}"'.encode(), b"")
        for name in ("q", "city"):
            shown = shown.replace(f"{name}={MARK}".encode(), b"")
        assert MARK.encode() not in shown, path
        assert b"192.0.2.66" not in shown or person in {"bob", "anna"}, path
        assert route != "dossier-zip" or content == b"alphamark.txt\nalpha's bytes"
        if answer.status_code == 200:
            opened.add(route)
        if b"alphamark" in content:
            seen.add(route)
    least = {"alice": 20, "bob": 48, "anna": 52, "anon": 6}[person]
    assert len(seen) >= least, f"the pages show what they should: not {sorted(opened - seen)}"


def foreign_addresses(twins: Twins, own: Tokens, foreign: Tokens) -> Iterator[tuple[str, str, str]]:
    """Yields route, method and address of every route of alpha with one argument that is beta's."""
    names = arguments_by_route()
    for route, method, answers in matrix():
        arguments = arguments_of(route, names[route], twins.alpha, own)
        if {answers["bob"], answers["alice"], answers["anna"]} == {"405"}:
            continue
        for name, value in arguments_of(route, names[route], twins.beta, foreign).items():
            if value != arguments[name]:
                yield route, method, reverse(route, urlconf="config.urls_firm", kwargs=arguments | {name: value})


def test_betas_objects_and_signed_values_asked_of_alpha_are_not_there(twins: Twins, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        own = tokens_of(twins.alpha)
    with firm_context("firm_beta"):
        foreign = tokens_of(twins.beta)
    data = make_world(cast).data
    people, guest = [logged_in("alpha", person) for person in (cast.alice, cast.anna)], opened_guest(own.guest)
    asked = 0
    with firm_context("firm_beta"):
        before = table_of_tables()
    for route, method, path in foreign_addresses(twins, own, foreign):
        for client in [guest] if path.startswith("/acces/") else [guest, *people]:
            sent = data[route]() if route in data else {}
            answer = client.get(path) if method == "GET" else client.post(path, sent)
            to_login = answer.headers.get("Location", "").startswith("/compte/connexion/")
            assert answer.status_code == 404 or to_login, (route, method, path, answer.status_code)
            asked += 1
    assert asked > 400
    with firm_context("firm_beta"):
        assert table_of_tables() == before


def test_what_beta_may_take_back_is_nothing_in_alpha(twins: Twins, cast: Cast) -> None:
    beta: Any = twins.beta
    dan, anna = logged_in("beta", cast.dan), logged_in("alpha", cast.anna)
    dan.post("/dossiers/selection/archiver/", {"code": [beta[Dossier].code]})
    (entry,) = dan.session["undo"]
    with firm_context("firm_beta"):
        before = table_of_tables()
        assert Dossier.objects.get(pk=beta[Dossier].pk).archived_at is not None
    with firm_context("firm_alpha"):
        alphas = table_of_tables()
    anna.post(f"/dossiers/annuler/{entry['id']}/")
    for schema, rows in (("firm_beta", before), ("firm_alpha", alphas)):
        with firm_context(schema):
            assert table_of_tables() == rows
    dan.post(f"/dossiers/annuler/{entry['id']}/")
    with firm_context("firm_beta"):
        assert Dossier.objects.get(pk=beta[Dossier].pk).archived_at is None, "at home it is taken back"


def test_betas_guest_is_not_inside_alpha(twins: Twins) -> None:
    """The cookie of a browser that beta's link has let in opens nothing of alpha's link of the same key."""
    with firm_context("firm_alpha"):
        own = tokens_of(twins.alpha)
    with firm_context("firm_beta"):
        foreign = tokens_of(twins.beta)
    beta = at_host("beta")
    assert beta.post(f"/acces/{foreign.guest}/ouvrir/").status_code == 302
    thief = at_host("alpha")
    thief.cookies = copy.deepcopy(beta.cookies)
    assert b"alphamark" not in body(thief.get(f"/acces/{own.guest}/"))
    assert thief.get(f"/acces/{own.guest}/zip/").status_code == 302
    assert thief.get(f"/acces/{foreign.guest}/zip/").status_code == 404
    assert MARK.encode() in body(beta.get(f"/acces/{foreign.guest}/"))
    with firm_context("firm_alpha"):
        assert GuestLink.objects.get().uses == 0


def test_searching_alpha_finds_nothing_of_beta(twins: Twins, cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert bob.get("/dossiers/", {"q": MARK}).context["page"].rows == []
    assert bob.get("/contacts/", {"q": MARK}).context["page"].rows == []
    assert bob.get("/contacts/choisir/", {"q": MARK}).json() == {"results": []}
    assert len(bob.get("/dossiers/", {"q": "alphamark"}).context["page"].rows) == 1


def test_what_alpha_does_leaves_beta_as_it_was(twins: Twins, cast: Cast, mailbox: Box, settings: Any) -> None:
    """Every write of the portal, on rows that have a twin of the same key in beta, each taken back afterwards."""
    # nothing listens there: addresses are looked up in vain
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0
    world, names = make_world(cast), arguments_by_route()
    with firm_context("firm_alpha"):
        tokens = tokens_of(twins.alpha)
    rows: Any = twins.alpha
    chosen = {"code": [rows[Dossier].code]}
    chosen_contact = {"code": [rows[Contact].code], "confirmed": "1"}
    data: dict[str, dict[str, Any]] = {
        **dict.fromkeys(["bulk-notify", "bulk-archive", "bulk-zip", "renewal-remind"], chosen),
        "payment-record": world.data["payment-record"]()
        | {"chosen": chosen["code"], f"amount-{rows[Dossier].code}": "3"},
        "bulk-paid": chosen | {"paid": "1"},
        "bulk-delete": chosen | {"sure": "1"},
        "files-order": {"code": [rows[DossierFile].code]},
        **dict.fromkeys(["contact-bulk-codes", "contact-bulk-delete"], chosen_contact),
    }
    clients = world.people | {"anon": opened_guest(tokens.guest)}
    run_jobs()
    with firm_context("firm_beta"):
        before = table_of_tables()
        objects = sorted(firm_storage().list_keys("firms/firm_beta/"))
    done: set[str] = set()
    for route, method, answers in matrix():
        person = next((name for name in ("anna", "alice", "anon") if answers[name] in {"R", "200", "201"}), None)
        person = "anon" if answers["anon"] == "403" else person
        if method != "POST" or person is None or answers[person] == "405":
            continue
        client = clients[person]
        arguments = arguments_of(route, names[route], rows, tokens) or world.arguments.get(route)
        if route in _MATRIX_OBJECT:
            arguments = world.arguments.get(route)
        sent = data.get(route) or (world.data[route]() if route in world.data else {})
        cookies = copy.deepcopy(client.cookies)
        with transaction.atomic():
            answer = client.post(reverse(route, urlconf="config.urls_firm", kwargs=arguments), sent)
            body(answer)
            assert answer.status_code in {200, 201, 302}, (route, answer.status_code)
            run_jobs()
            with firm_context("firm_beta"):
                assert table_of_tables() == before, route
            transaction.set_rollback(True)
        client.cookies = cookies
        done.add(route)
    with firm_context("firm_beta"):
        assert content_of(twins.beta[StoredFile]) == BYTES
        assert sorted(firm_storage().list_keys("firms/firm_beta/")) == objects
    assert len(done) > 50
    mails = before[OutgoingMail]
    states = [mail["state"] for mail in mails]
    assert states == ["sent", "failed"], "beta's own mail waited, and left with the others; the matrix's never leaves"
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
