"""The firm's list of payments: who sees it, filters, totals, months, chart, sheet, alerts; a client's own list."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from billing.actions.issues import note_issue
from billing.actions.manual_account import manual_account
from billing.chart import HEIGHT, WIDTH, money_chart
from billing.enums import Dispute, IssueKind, Method, Mode, PaymentStatus, Provider
from billing.models import Payment, PaymentLine
from billing.queries.payment import MonthTotals, months_of, totals_of
from billing.queries.payment_filter import PaymentFilter, filtered_payments
from kernel.tenancy import firm_context
from tests.billing.books import add_payment
from tests.billing.scripted import add_account, add_unpaid
from tests.factories.cast import Cast
from tests.support import body, logged_in, said, without_set

pytestmark = pytest.mark.django_db
LIST, EXPORT, ALERTS = "/paiements/", "/paiements/export.xlsx", "/paiements/alertes/"


def day(month: int, number: int, *, year: int = 2026) -> datetime:
    return datetime(year, month, number, 10, tzinfo=UTC)


@pytest.fixture
def book(cast: Cast) -> dict[str, Payment]:
    """Payments of every kind, by a word for each."""
    with firm_context("firm_alpha"):
        card, test = add_account(mode=Mode.LIVE), add_account()
        house = add_unpaid("Maison Kervella", "150.00", user=cast.bob, contacts=[cast.alice])
        made = {
            "card": add_payment(
                15_000,
                account=card,
                paid_at=day(3, 2),
                dossiers=[(house, 15_000)],
                contact=cast.alice,
                payer_name="Zoé Le Goff",
                provider_ref="cs_live_1",
                receipt_number=41_417,
            ),
            "refunded": add_payment(9_999, account=card, paid_at=day(3, 31), refunded=3_333, payer_name="Yves"),
            "cheque": add_payment(5_001, method=Method.CHEQUE, paid_at=day(5, 4), payer_name="Xavier"),
            "announced": add_payment(7_000, status=PaymentStatus.PENDING, payer_name="Wanda"),
            "failed": add_payment(1_000, account=card, status=PaymentStatus.FAILED, payer_name="Victor"),
            "contested": add_payment(2_000, account=card, paid_at=day(5, 5), dispute=Dispute.OPEN, payer_name="Ursule"),
            "test": add_payment(800_000, account=test, mode=Mode.TEST, paid_at=day(5, 6), payer_name="Théo"),
        }
        note_issue(made["contested"], IssueKind.CHARGEBACK)
        note_issue(made["test"], IssueKind.LATE)
    return made


def shown(client: Client, **query: str) -> set[str]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return {payment.payer_name for payment in answer.context["page"].rows}


def names(book: dict[str, Payment], *keys: str) -> set[str]:
    return {book[key].payer_name for key in keys}


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, ["card", "refunded", "cheque", "announced", "failed", "contested"]),
        ({"mode": "all"}, ["card", "refunded", "cheque", "announced", "failed", "contested", "test"]),
        ({"mode": "test"}, ["test"]),
        ({"state": "succeeded"}, ["card", "refunded", "cheque", "contested"]),
        ({"state": "open", "provider": "manual"}, ["announced"]),
        ({"state": "refunded"}, ["refunded"]),
        ({"state": "disputed"}, ["contested"]),
        ({"state": "failed"}, ["failed"]),
        ({"look": "1"}, ["contested", "test"]),
        ({"provider": "manual"}, ["cheque", "announced"]),
        ({"since": "2026-03-31", "until": "2026-05-04"}, ["refunded", "cheque"]),
        ({"q": "le goff"}, ["card"]),
        ({"q": "kervella"}, ["card"]),
        ({"q": "99,99"}, ["refunded"]),
        ({"q": "cs_live"}, ["card"]),
        ({"q": "41417"}, ["card"]),
        ({"q": "agence alice"}, ["card"]),
        ({"q": "nobody"}, []),
    ],
)
def test_filters_of_the_address(cast: Cast, book: dict[str, Payment], query: dict[str, str], keys: list[str]) -> None:
    assert shown(logged_in("alpha", cast.bob), **query) == names(book, *keys)


@pytest.mark.parametrize(
    "query",
    [
        {"state": "x' OR 1=1"},
        {"mode": "\x00"},
        {"since": "2026-02-31"},
        {"until": "9999-99-99"},
        {"sort": "password"},
        {"provider": "alma"},
        {"look": "2"},
        {"view": "years"},
    ],
)
def test_nonsense_in_the_address_is_left_out_and_told(
    cast: Cast, book: dict[str, Payment], query: dict[str, str]
) -> None:
    client = logged_in("alpha", cast.bob)
    assert len(shown(client, **query)) == 6
    told = said("Part of the address was not understood and was left out of the filters.")
    assert (told in client.get(LIST, query).content.decode()) == (query != {"mode": "\x00"})


def test_sorting_and_paging(cast: Cast, book: dict[str, Payment]) -> None:
    client = logged_in("alpha", cast.bob)

    def order(**query: str) -> list[int]:
        return [payment.amount for payment in client.get(LIST, query).context["page"].rows]

    assert order(sort="amount") == [1_000, 2_000, 5_001, 7_000, 9_999, 15_000]
    assert order(sort="-amount") == order(sort="amount")[::-1]
    assert order(sort="date", state="succeeded") == [15_000, 9_999, 5_001, 2_000]
    assert order(state="succeeded") == [2_000, 5_001, 9_999, 15_000], "the last one first"
    assert order(page="99999999") == order(page="-3") == order()


def test_the_totals_are_right_to_the_cent_and_leave_tests_out(cast: Cast, book: dict[str, Payment]) -> None:
    client = logged_in("alpha", cast.bob)
    totals = client.get(LIST).context["totals"]
    assert (totals.paid, totals.refunded, totals.kept) == (32_000, 3_333, 28_667)
    assert (totals.paid_count, totals.waiting_count, totals.waiting) == (4, 1, 7_000)
    assert client.get(LIST, {"mode": "all"}).context["totals"].paid == 32_000, "shown, and no money"
    assert client.get(LIST, {"look": "1"}).context["totals"].paid == 2_000
    alone = client.get(LIST, {"mode": "test"})
    assert alone.context["totals"].paid == 800_000
    assert said("tests: no money was moved") in alone.content.decode()
    page = client.get(LIST).content.decode()
    assert "320,00\xa0€" in page
    assert "286,67\xa0€" in page


def test_a_firm_that_only_tests_sees_its_tests_marked(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_payment(100, account=add_account(), mode=Mode.TEST)
    answer = logged_in("alpha", cast.bob).get(LIST)
    assert [payment.amount for payment in answer.context["page"].rows] == [100]
    assert "dd-badge-test" in answer.content.decode()
    assert said("tests: no money was moved") in answer.content.decode()


def test_months_and_providers(cast: Cast, book: dict[str, Payment]) -> None:
    answer = logged_in("alpha", cast.bob).get(LIST, {"view": "months"})
    may, march = answer.context["months"]
    assert (may.month, may.paid, may.total, may.kept) == (
        date(2026, 5, 1),
        {"manual": 5_001, "stripe": 2_000},
        7_001,
        7_001,
    )
    assert (march.month, march.paid, march.refunded, march.kept) == (
        date(2026, 3, 1),
        {"stripe": 24_999},
        3_333,
        21_666,
    )
    page = answer.content.decode()
    assert "249,99\xa0€" in page, "the table says what the chart shows"
    assert 'role="img"' in page
    assert "style=" not in page.split("<main")[1].split("</main>")[0]


def test_the_end_of_a_month_is_that_of_the_firms_clock(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        # 23:30 in London is the next day in Paris
        add_payment(100, paid_at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
        (month,) = months_of(filtered_payments(PaymentFilter()))
        assert month.month == date(2026, 7, 1)
        assert totals_of(filtered_payments(PaymentFilter(until="2026-06-30"))).count == 0


def test_the_chart_fits_its_frame() -> None:
    months = [
        MonthTotals(date(2026, 1, 1), {"stripe": 100, "manual": 1}, 2),
        MonthTotals(date(2025, 3, 1), {"paypal": 123_456_789}, 1),
    ]
    chart = money_chart(months, [Provider.STRIPE, Provider.PAYPAL, Provider.MANUAL])
    assert chart is not None
    assert [column.month for column in chart.columns][::11] == [date(2025, 2, 1), date(2026, 1, 1)]
    assert chart.top == 200_000_000
    for rank, column in enumerate(chart.columns):
        assert column.x == rank * column.width
        assert column.x <= column.bar_x < column.bar_x + column.bar_width <= column.x + column.width <= WIDTH
        bottom = HEIGHT
        for segment in column.segments:
            assert segment.y + segment.height == bottom, "one stands on the other"
            bottom = segment.y
        assert bottom == HEIGHT - column.total * HEIGHT // chart.top
    assert money_chart([], []) is None


def test_the_sheet_holds_what_is_filtered(cast: Cast, book: dict[str, Payment]) -> None:
    client = logged_in("alpha", cast.bob)
    data = body(client.get(EXPORT, {"state": "succeeded", "sort": "amount"}))
    titles, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    told: list[dict[str, Any]] = [dict(zip(map(str, titles), row, strict=True)) for row in rows]
    assert [row[said("Amount")] for row in told] == [20.0, 50.01, 99.99, 150.0]
    assert told[0][said("To look at")] == str(IssueKind.CHARGEBACK.label)
    assert told[2][said("Refunded")] == 33.33
    assert told[3][said("Dossiers")] == "Maison Kervella"
    assert told[3][said("Receipt")] == 41_417
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert sheet.max_row == 5
    with firm_context("firm_alpha"):
        Payment.objects.filter(pk=book["card"].pk).update(payer_name="=HYPERLINK(1)", payer_email="+1@x.example")
    found = openpyxl.load_workbook(io.BytesIO(body(client.get(EXPORT, {"q": "150,00"})))).active
    assert found is not None
    assert [(cell.value, cell.data_type) for cell in found[2]][1] == ("=HYPERLINK(1)", "s"), "no formula"


def test_a_name_is_text_wherever_it_is_shown(cast: Cast) -> None:
    evil = "<script>alert(1)</script>"
    with firm_context("firm_alpha"):
        payment = add_payment(100, payer_name=evil, title=f'"><img src=x onerror={evil}>', provider_ref=evil)
        note_issue(payment, IssueKind.DIFFERS, evil)
    client = logged_in("alpha", cast.anna)
    for path in (LIST, f"{LIST}?q={evil}", f"{LIST}{payment.code}/", f"{LIST}{payment.code}/rembourser/?motif={evil}"):
        page = client.get(path).content.decode()
        assert evil not in page, path
        assert "<img src=x" not in page, path
        assert "&lt;script&gt;" in page, path


def test_the_alerts_are_there_only_when_something_waits(cast: Cast) -> None:
    client = logged_in("alpha", cast.bob)
    assert client.get(ALERTS).content.strip() == b""
    with firm_context("firm_alpha"):
        note_issue(add_payment(100), IssueKind.LATE)
        add_payment(100, status=PaymentStatus.PENDING)
    page = client.get(ALERTS).content.decode()
    assert f"{LIST}?look=1" in page
    assert f"{LIST}?state=open&amp;provider=manual" in page
    counted = client.get(LIST).context["alerts"]
    assert (counted.issues, counted.to_confirm) == (1, 1)


def test_an_empty_list_says_what_to_do(cast: Cast) -> None:
    assert said("No payment yet") in logged_in("alpha", cast.anna).get(LIST).content.decode()
    bob = logged_in("alpha", cast.bob)
    assert said("Nothing to look at") in bob.get(LIST, {"look": "1"}).content.decode()
    assert said("Nothing to confirm") in bob.get(LIST, {"state": "open", "provider": "manual"}).content.decode()
    assert said("No payment matches") in bob.get(LIST, {"q": "x"}).content.decode()
    assert said("No payment yet") in logged_in("alpha", cast.alice).get(LIST).content.decode()


def test_a_client_sees_its_own_and_what_came_to_something(cast: Cast, book: dict[str, Payment]) -> None:
    with firm_context("firm_alpha"):
        add_payment(300, contact=cast.alice, status=PaymentStatus.EXPIRED)
        waits = add_payment(400, contact=cast.alice, status=PaymentStatus.PENDING)
        add_payment(500, contact=cast.charlie)
    alice = logged_in("alpha", cast.alice).get(LIST)
    assert {payment.code for payment in alice.context["page"].rows} == {book["card"].code, waits.code}
    assert "Yves" not in alice.content.decode()
    assert "/recu/" in alice.content.decode()
    charlie = logged_in("alpha", cast.charlie).get(LIST)
    assert [payment.amount for payment in charlie.context["page"].rows] == [500]


def test_each_list_takes_the_same_number_of_queries_whatever_its_rows(cast: Cast) -> None:
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)

    def add() -> None:
        with firm_context("firm_alpha"):
            house = add_unpaid("Maison", "1.00", user=cast.bob, contacts=[cast.alice])
            payment = add_payment(100, contact=cast.alice, dossiers=[(house, 100)], payer_name="")
            PaymentLine.objects.create(payment=payment, title="Cave", amount=1)
            note_issue(payment, IssueKind.LATE)

    def queries(client: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        # a host is looked up every two seconds, which a busy machine may take
        return len([sql for sql in without_set(captured) if '"tenants_' not in sql])

    paths = {
        "list": (bob, LIST),
        "months": (bob, f"{LIST}?view=months"),
        "looked at": (bob, f"{LIST}?look=1&q=maison"),
        "client": (alice, LIST),
    }
    add()
    for client, path in paths.values():
        client.get(path)
    before = {name: queries(*where) for name, where in paths.items()}
    add()
    add()
    assert {name: queries(*where) for name, where in paths.items()} == before
    assert max(before.values()) <= 10, before


def test_a_list_beyond_what_is_counted_has_all_its_money_and_its_last_page(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        account = manual_account(Method.CASH)
        paid = {"provider": Provider.MANUAL, "mode": Mode.LIVE, "status": PaymentStatus.SUCCEEDED}
        Payment.objects.bulk_create(
            [
                Payment(account=account, amount=n, paid_at=day(1, 1) + timedelta(minutes=n), **paid)
                for n in range(1, 1203)
            ]
        )
    client = logged_in("alpha", cast.bob)
    answer = client.get(LIST)
    assert answer.context["totals"].paid == 1_202 * 1_203 // 2
    assert answer.context["page"].count_capped
    assert client.get(LIST, {"page": "9999"}).context["page"].rows[-1].amount == 1
