"""Pages of lists: nonsense in the address never breaks one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import pagination
from kernel.pagination import Page, paginate
from kernel.tenancy import public_context
from tenants.models import SignUp
from tests.support import without_set


def sign_ups(count: int) -> None:
    SignUp.objects.bulk_create(
        [
            SignUp(
                firm_name=f"Firm {rank:03d}", subdomain=f"firm-{rank}", siret="0", terms_accepted_at="2026-01-01T00:00Z"
            )
            for rank in range(count)
        ]
    )


def names(page: Page[SignUp]) -> list[str]:
    return [row.firm_name for row in page.rows]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (None, 1),
        ("", 1),
        ("1", 1),
        ("3", 3),
        ("4", 3),
        ("99999999", 3),
        ("9" * 5_000, 1),
        ("0", 1),
        ("-2", 1),
        ("1.5", 1),
        ("two", 1),
        ("\x00", 1),
        ("'; DROP", 1),
        (2, 2),
    ],
)
def test_page_asked_for_or_the_nearest_that_has_rows(asked: str | int | None, number: int) -> None:
    sign_ups(25)
    page = paginate(SignUp.objects.order_by("firm_name"), page=asked, size=10)
    assert page.number == number
    assert names(page)[0] == f"Firm {(number - 1) * 10:03d}"
    assert page.has_next is (number < 3)
    assert page.has_previous is (number > 1)
    assert page.count == 25
    assert page.num_pages == 3
    assert (page.first_row, page.last_row) == ((number - 1) * 10 + 1, min(number * 10, 25))


@pytest.mark.django_db
def test_empty_list_has_one_empty_page() -> None:
    page = paginate(SignUp.objects.order_by("firm_name"), page="7", size=10)
    assert (page.number, page.count, page.num_pages, page.first_row, page.last_row) == (1, 0, 1, 0, 0)
    assert not page.has_next
    assert not page.has_previous
    assert page.page_range_short == [1]


@pytest.mark.django_db
def test_a_full_last_page_has_no_next() -> None:
    sign_ups(20)
    page = paginate(SignUp.objects.order_by("firm_name"), page=2, size=10)
    assert len(page.rows) == 10
    assert not page.has_next


@pytest.mark.django_db
def test_a_long_list_is_counted_up_to_the_cap_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "COUNT_CAP", 30)
    sign_ups(45)
    rows = SignUp.objects.order_by("firm_name")
    with public_context(), CaptureQueriesContext(connection) as queries:
        page = paginate(rows, page=1, size=10)
    assert len(without_set(queries)) == 2
    assert (page.count, page.count_capped, page.has_next) == (30, True, True)
    last = paginate(rows, page="99999999", size=10)
    assert (last.number, names(last), last.has_next) == (5, [f"Firm {rank:03d}" for rank in range(40, 45)], False)
    assert paginate(rows, page=5, size=10).num_pages == 5


@pytest.mark.parametrize(
    ("number", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_page_numbers_offered(number: int, pages: int, shown: list[int | None]) -> None:
    page = Page[int](rows=[0], number=number, size=1, count=pages, count_capped=False, has_next=number < pages)
    assert page.page_range_short == shown
