"""The home page: right figures for the firm and for a client, at a number of queries that does not grow."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format

from accounts.models import Role, User
from extranet.actions.downloads import record_visit
from extranet.actions.history import Visit
from extranet.actions.message import write_to_clients, write_to_firm
from extranet.chart import HEIGHT, chart_of
from extranet.enums import DiagnosticKind, DownloadState, EventKind, PaymentState, RequestKind, RequestState
from extranet.models import Contact, Diagnostic, Dossier, DossierAccess, DossierEvent, RequestedDocument
from extranet.queries import home
from kernel.money import euros
from kernel.tenancy import firm_context
from tests.factories.cast import PASSWORD, Cast
from tests.factories.portal import add_dossier, files_of
from tests.support import logged_in, said, without_set

pytestmark = pytest.mark.django_db


def change(dossier: Dossier, **values: object) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(**values)


def owe(dossier: Dossier, amount: str, **values: object) -> None:
    change(dossier, amount=Decimal(amount), payment_state=PaymentState.UNPAID, **values)


def download(dossier: Dossier, contact: Contact) -> None:
    record_visit(dossier, files=files_of(dossier), kind=EventKind.DOWNLOADED, user=contact.user, visit=Visit())


def context(browser: Client) -> Any:
    answer = browser.get("/")
    assert answer.status_code == 200
    return answer.context


def tiles(browser: Client) -> dict[str, tuple[str, tuple[str, ...], str]]:
    return {tile.icon: (tile.value, tile.notes, tile.url) for tile in context(browser)["tiles"]}


def add_firms_work(cast: Cast) -> list[Dossier]:
    """Four dossiers: alice's downloaded, charlie's, one of both that is archived, one in the bin."""
    now = timezone.now()
    first = add_dossier("Un", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
    second = add_dossier("Deux", user=cast.bob, contacts=[cast.charlie], files={"b.txt": b"b"})
    third = add_dossier("Trois", user=cast.bob, contacts=[cast.alice, cast.charlie])
    fourth = add_dossier("Quatre", user=cast.bob, contacts=[cast.alice])
    download(first, cast.alice)
    owe(first, "12345")
    owe(second, "0.5")
    owe(third, "100", archived_at=now)
    owe(fourth, "7000", deleted_at=now)
    return [first, second, third, fourth]


def test_the_firms_band_counts_all_that_is_its_own(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_firms_work(cast)
        write_to_firm(subject="Clés", body="Où ?", user=cast.alice.user)
        write_to_clients([cast.alice], subject="Là", body="Ici", user=cast.bob)
    found = tiles(logged_in("alpha", cast.bob))
    assert list(found) == ["folders", "clipboard-list", "address-book", "mail", "currency-euro"]
    value, notes, url = found["currency-euro"]
    assert (value, url) == ("12\u202f345,50\xa0€", "/dossiers/?paid=unpaid")
    assert [note.split(" ")[0] for note in notes] == ["2", said("and %(count)s archived", count=1).split(" ")[0]]
    assert notes[1].endswith("100,00\xa0€")
    assert found["folders"][0] == "2"
    assert found["folders"][1][0].startswith("1 ")
    assert found["address-book"][::2] == ("2", "/contacts/")
    assert found["mail"][::2] == ("1", "/messages/?show=unread")


def test_each_tile_leads_to_a_list_that_says_the_same(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_firms_work(cast)
        write_to_firm(subject="Clés", body="Où ?", user=cast.alice.user)
    for who, unpaid, unread in ((cast.bob, 2, 1), (cast.alice, 1, 0)):
        browser = logged_in("alpha", who)
        found = tiles(browser)
        assert len(browser.get(found["currency-euro"][2]).context["page"].rows) == unpaid
        assert found["currency-euro"][1][0].startswith(f"{unpaid} ")
        assert str(len(browser.get(found["folders"][2]).context["page"].rows)) == found["folders"][0]
        assert found["mail"][0] == str(unread)


def test_a_clients_band_counts_what_it_may_see(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_firms_work(cast)
        write_to_clients([cast.alice], subject="Là", body="Ici", user=cast.bob)
    alice, charlie = tiles(logged_in("alpha", cast.alice)), tiles(logged_in("alpha", cast.charlie))
    assert list(alice) == ["folders", "clipboard-list", "mail", "currency-euro"]
    assert [alice[icon][0] for icon in alice] == ["1", "0", "1", "12\u202f345,00\xa0€"]
    assert [charlie[icon][0] for icon in charlie] == ["1", "0", "0", "0,50\xa0€"]
    assert alice["folders"][1][0].startswith("0 ")
    assert charlie["folders"][1][0].startswith("1 ")
    assert charlie["mail"][2] == "/messages/"


def test_the_other_firm_sees_nothing_of_it(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_firms_work(cast)
    with firm_context("firm_beta"):
        add_dossier("Beta", user=cast.dan, contacts=[cast.dora])
    for who in (cast.dan, cast.dora):
        page = logged_in("beta", who).get("/").content.decode()
        assert "Beta" in page
        assert "Deux" not in page
        assert "345" not in page


def test_amounts_are_written_as_the_reader_does() -> None:
    assert euros(Decimal(12345)) == "12\u202f345,00\xa0€"
    with translation.override("en"):
        assert euros(Decimal("12345.6")) == "€12,345.60"


def test_dossiers_that_wait_longest_come_first(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        now = timezone.now()
        told = {"Hier": 1, "Mardi": 9, "Vieux": 40}
        for title, days in told.items():
            change(add_dossier(title, user=cast.bob, contacts=[cast.alice]), notified_at=now - timedelta(days=days))
        add_dossier("Jamais", user=cast.bob)
        others: dict[str, dict[str, object]] = {
            "Archivé": {"archived_at": now},
            "Jeté": {"deleted_at": now},
            "Pris": {"download_state": DownloadState.FULL},
        }
        for title, values in others.items():
            change(add_dossier(title, user=cast.bob), notified_at=now - timedelta(days=90), **values)
    found = context(logged_in("alpha", cast.bob))["home"].waiting
    assert [(row.title, row.days) for row in found] == [
        ("Vieux", 40), ("Mardi", 9), ("Hier", 1), ("Jamais", None)
    ]  # fmt: skip
    assert found[0].clients == ["Agence Alice"]
    assert found[3].clients == []


def test_what_matters_today_is_told_to_the_firm(cast: Cast) -> None:
    today = timezone.localdate()
    with firm_context("firm_alpha"):
        first, *_rest = add_firms_work(cast)
        write_to_firm(subject="Où sont les clés", body="?", user=cast.alice.user, dossier=first)
        states = {RequestState.SENT: "Titre reçu", RequestState.ASKED: "Plan attendu"}
        for state, label in states.items():
            RequestedDocument.objects.create(dossier=first, kind=RequestKind.OTHER, label=label, state=state)
        for days in (-1, 3, 400):
            Diagnostic.objects.create(
                dossier=first, kind=DiagnosticKind.TERMITES, expires_on=today + timedelta(days=days)
            )
    shown = context(logged_in("alpha", cast.bob))["home"]
    assert [message.subject for message in shown.unread] == ["Où sont les clés"]
    assert [str(document) for document in shown.documents] == ["Titre reçu"]
    assert [diagnostic.expires_on for diagnostic in shown.expiring] == [today + timedelta(days=3)]
    kinds = [(event.kind, event.actor_name) for event in shown.activity]
    assert kinds == [(EventKind.MESSAGE, str(cast.alice.user)), (EventKind.DOWNLOADED, str(cast.alice.user))]


def test_what_matters_today_is_told_to_the_client_whom_it_concerns(cast: Cast) -> None:
    today = timezone.localdate()
    with firm_context("firm_alpha"):
        first, second, *_rest = add_firms_work(cast)
        write_to_clients([cast.charlie], subject="Pour Charlie", body="?", user=cast.bob)
        for dossier, label in ((first, "Titre"), (second, "Plan")):
            RequestedDocument.objects.create(dossier=dossier, kind=RequestKind.OTHER, label=label)
            Diagnostic.objects.create(dossier=dossier, kind=DiagnosticKind.GAZ, expires_on=today)
    shown = context(logged_in("alpha", cast.charlie))["home"]
    assert [message.subject for message in shown.unread] == ["Pour Charlie"]
    assert [row.title for row in shown.waiting] == ["Deux"]
    assert [str(document) for document in shown.documents] == ["Plan"]
    assert [diagnostic.dossier.title for diagnostic in shown.expiring] == ["Deux"]
    page = logged_in("alpha", cast.charlie).get("/").content.decode()
    assert "Agence Alice" not in page
    assert ">Un<" not in page


def test_a_new_firm_is_shown_its_first_steps(cast: Cast) -> None:
    with firm_context("firm_beta"):
        Contact.objects.all().delete()
    dan = logged_in("beta", cast.dan)
    found = context(dan)["steps"]
    assert [(step.url, step.is_done) for step in found] == [
        ("/apparence/", False), ("/contacts/nouveau/", False), ("/dossiers/nouveau/", False)
    ]  # fmt: skip
    cast.beta.branding.version = 2
    cast.beta.branding.save()
    with firm_context("firm_alpha"):
        pass
    bob = logged_in("alpha", cast.bob)
    steps = context(bob)["steps"]
    assert [(step.url, step.is_done) for step in steps] == [("/contacts/nouveau/", True), ("/dossiers/nouveau/", False)]
    with firm_context("firm_alpha"):
        change(add_dossier("Maison", user=cast.bob), archived_at=timezone.now())
    assert context(bob)["steps"] == []


def test_a_client_without_dossiers_is_told_what_will_come(cast: Cast) -> None:
    page = logged_in("alpha", cast.alice).get("/").content.decode()
    assert said("Your dossiers appear here as soon as they are published: an e-mail tells you.") in page
    assert "<svg\n" not in page


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_the_page_costs_at_most_ten_queries_however_much_there_is(cast: Cast, who: str) -> None:
    today = timezone.localdate()

    def add(rank: int) -> None:
        dossier = add_dossier(
            f"Maison {rank}", user=cast.bob, contacts=[cast.alice], files={f"{rank}.txt": str(rank).encode()}
        )
        owe(dossier, "10")
        Diagnostic.objects.create(dossier=dossier, kind=DiagnosticKind.GAZ, expires_on=today)
        for state in (RequestState.SENT, RequestState.ASKED):
            RequestedDocument.objects.create(dossier=dossier, kind=RequestKind.OTHER, state=state)
        write_to_firm(subject="?", body="?", user=cast.alice.user, dossier=dossier)
        write_to_clients([cast.alice], subject="!", body="!", user=cast.bob, dossier=dossier)
        download(dossier, cast.alice)
        add_dossier(f"Grange {rank}", user=cast.bob, contacts=[cast.alice])

    with firm_context("firm_alpha"):
        add(1)
    browser = logged_in("alpha", getattr(cast, who))
    browser.get("/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/")
    with firm_context("firm_alpha"):
        add(2)
        add(3)
    browser.get("/")  # the firm of a host is remembered for two seconds only
    with CaptureQueriesContext(connection) as three:
        shown = browser.get("/").context["home"]
    assert len(shown.unread) == len(shown.documents) == len(shown.expiring) == len(shown.waiting) == 3
    assert len(without_set(one)) == len(without_set(three)) <= 10


def test_the_figures_of_a_large_firm_are_remembered_for_it_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "CACHED_FROM", 1)
    with firm_context("firm_alpha"):
        owe(add_dossier("Maison", user=cast.bob), "10")
    with firm_context("firm_beta"):
        owe(add_dossier("Grange", user=cast.dan), "20")
    bob, dan = logged_in("alpha", cast.bob), logged_in("beta", cast.dan)
    assert tiles(bob)["currency-euro"][0] == "10,00\xa0€"
    assert tiles(dan)["currency-euro"][0] == "20,00\xa0€"
    with firm_context("firm_alpha"):
        Dossier.objects.update(amount=Decimal(30))
    with CaptureQueriesContext(connection) as remembered:
        assert tiles(bob)["currency-euro"][0] == "10,00\xa0€"
    assert len(without_set(remembered)) <= 8
    with firm_context("firm_alpha"):
        cache.delete_many(["home:figures", "home:chart"])
    assert tiles(bob)["currency-euro"][0] == "30,00\xa0€"
    assert tiles(dan)["currency-euro"][0] == "20,00\xa0€"


def test_what_is_remembered_can_be_forgotten(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(home, "CACHED_FROM", 1)
    with firm_context("firm_alpha"):
        owe(add_dossier("Maison", user=cast.bob), "10")
    bob = logged_in("alpha", cast.bob)
    assert tiles(bob)["currency-euro"][0] == "10,00\xa0€"
    with firm_context("firm_alpha"):
        Dossier.objects.update(amount=Decimal(30))
        with django_capture_on_commit_callbacks(execute=True):
            home.forget_figures()
    assert tiles(bob)["currency-euro"][0] == "30,00\xa0€"


def test_a_small_firm_is_never_shown_old_figures(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
        owe(dossier, "10")
    bob = logged_in("alpha", cast.bob)
    assert tiles(bob)["currency-euro"][0] == "10,00\xa0€"
    with firm_context("firm_alpha"):
        owe(dossier, "30")
    assert tiles(bob)["currency-euro"][0] == "30,00\xa0€"


def test_the_chart_counts_dossiers_by_their_month_in_the_firms_time(cast: Cast) -> None:
    zone = timezone.get_default_timezone()
    this_month = timezone.localdate().replace(day=1)
    with firm_context("firm_alpha"):
        dossiers = [add_dossier(f"Maison {rank}", user=cast.bob, contacts=[cast.alice]) for rank in range(4)]
        # the first minute of this month in Paris is still the one before in UTC
        first_minute = datetime(this_month.year, this_month.month, 1, 0, 1, tzinfo=zone)
        change(dossiers[0], created_at=first_minute)
        change(dossiers[1], created_at=first_minute - timedelta(minutes=2))
        change(dossiers[2], created_at=first_minute - timedelta(days=366 + 31))
        change(dossiers[3], created_at=first_minute, deleted_at=timezone.now())
        for kind, by_client in ((EventKind.DOWNLOADED, True), (EventKind.DOWNLOADED, False), (EventKind.READ, True)):
            for _ in range(2):
                DossierEvent.objects.create(
                    dossier=dossiers[0], kind=kind, by_client=by_client, contact=cast.alice if by_client else None
                )
        months = home.firm_home(cast.bob).months
        own = home.client_home(cast.alice.user).months
        nobody = home.client_home(cast.charlie.user).months
    assert len(months) == 12
    assert months[-1] == (this_month, 1, 1)
    assert months[-2][1:] == (1, 0)
    assert sum(published for _, published, _ in months) == 2
    assert own == months
    assert sum(published + downloaded for _, published, downloaded in nobody) == 0


def test_the_chart_is_drawn_in_whole_numbers_and_told_in_words(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_dossier("Maison", user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    page = bob.get("/").content.decode()
    assert 'role="img"' in page
    assert page.count("<rect") == 36
    month = date_format(timezone.localdate(), "F Y")
    assert f'<th scope="row">{month}</th>' in page
    assert "style=" not in page


@pytest.mark.parametrize(("most", "top"), [(0, 2), (1, 2), (3, 4), (10, 10), (11, 20), (99, 100), (101, 200)])
def test_the_top_of_the_chart_is_a_round_number(most: int, top: int) -> None:
    chart = chart_of([(timezone.localdate(), most, 0)])
    assert chart.top == top
    assert chart.columns[0].published_height == most * HEIGHT // top
    assert chart.half * 2 == top


def test_an_account_of_nobody_sees_nothing(cast: Cast) -> None:
    """A sub-account whose contact was deleted; nobody has access to this dossier either, and both are none of it."""
    with firm_context("firm_alpha"):
        owe(add_dossier("Maison de personne", user=cast.bob), "10")
        person = User.objects.create_user(
            username="zoe", email="zoe@client.example", full_name="Zoé", role=Role.CLIENT, password=PASSWORD
        )
    zoe = logged_in("alpha", person)
    for address in ("/", "/dossiers/"):
        assert "Maison de personne" not in zoe.get(address).content.decode()
    assert tiles(zoe)["currency-euro"][0] == "0,00\xa0€"


def test_access_that_ends_leaves_the_clients_page(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        owe(add_dossier("Maison", user=cast.bob, contacts=[cast.alice]), "10")
    alice = logged_in("alpha", cast.alice)
    assert "Maison" in alice.get("/").content.decode()
    with firm_context("firm_alpha"):
        DossierAccess.objects.all().delete()
    assert "Maison" not in alice.get("/").content.decode()
    assert tiles(alice)["currency-euro"][0] == "0,00\xa0€"


def test_the_table_of_dossiers_is_vacuumed_early(cast: Cast) -> None:
    """The schemas are copies of the template's text: the setting has to be in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.reloptions FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relname = 'extranet_dossier' AND n.nspname IN ('firm_alpha', 'firm_beta') ORDER BY 1"
        )
        found = dict(cursor.fetchall())
    assert found == {schema: ["autovacuum_vacuum_scale_factor=0.02"] for schema in ("firm_alpha", "firm_beta")}
