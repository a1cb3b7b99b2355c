"""The firm's calendar in a browser: dragging and taking back, the keyboard, a time that fits, on a phone the list."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at


def _logged_in(demo: Demo, visitor: Visitor, role: str) -> Page:
    visitor.log_in(demo.account(role))
    return visitor.page


def _calendar_of_visits(page: Page, demo: Demo) -> str:
    """Opens the week in which the demo's visits are and returns the day of the first one."""
    page.goto(demo.url("armor", "/agenda/?view=week"))
    if not page.locator(".dd-cal-wide .dd-visit", has_text="M. Tanguy").count():
        page.locator("[data-key=ArrowRight]").click()
    day = page.locator(".dd-cal-wide .dd-visit", has_text="M. Tanguy").locator("xpath=ancestor::td")
    return str(day.get_attribute("data-day"))


def _visit(page: Page) -> Locator:
    return page.locator(".dd-cal-wide .dd-visit", has_text="M. Tanguy")


def _where(page: Page) -> tuple[str, str]:
    """Returns with whom and at what time the visit is shown."""
    place = str(_visit(page).evaluate("visit => visit.closest('[data-column]').dataset.place"))
    return place.partition(",")[0], str(_visit(page).get_attribute("data-time"))


def test_a_visit_is_dragged_taken_back_and_moved_with_the_keyboard(demo: Demo, visit: Callable[..., Visitor]) -> None:
    page = _logged_in(demo, visit(), "admin")
    day = _calendar_of_visits(page, demo)
    page.goto(demo.url("armor", f"/agenda/?day={day}"))
    start = _where(page)
    assert start == ("Loïc Abgrall", "10:00")
    box, target = _visit(page).bounding_box(), page.locator("[data-column]").nth(1).bounding_box()
    assert box
    assert target
    page.mouse.move(box["x"] + 30, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, box["y"] + 10 + 90, steps=10)
    page.mouse.up()
    expect(page.locator(".dd-toast-undo")).to_be_visible()
    assert _where(page) == ("Maëlle Guivarc’h", "11:30"), "90 pixels are an hour and a half"
    page.locator(".dd-toast-undo button").click()
    expect(page.locator(".dd-toast-text", has_text="Remise en place")).to_be_visible()
    assert _where(page) == start
    _visit(page).focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("[data-calendar-live]")).to_contain_text("10:15")
    page.keyboard.press("Escape")
    assert _where(page) == start
    for key in ("Alt+ArrowDown", "Alt+ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".dd-toast-undo")).to_be_visible()
    assert _where(page) == ("Loïc Abgrall", "10:30")
    page.locator(".dd-toast-undo button").click()
    expect(page.locator(".dd-toast-text", has_text="Remise en place")).to_be_visible()
    _visit(page).click()
    expect(page.locator("h1")).to_have_text("M. Tanguy")


def test_a_time_that_fits_fills_the_form(demo: Demo, visit: Callable[..., Visitor]) -> None:
    page = _logged_in(demo, visit(), "staff")
    page.goto(demo.url("armor", "/agenda/visites/nouvelle/"))
    page.locator("[name=person_name]").fill("M. Essai")
    slot = page.locator("[data-slot]").last
    time, who = slot.get_attribute("data-time"), slot.get_attribute("data-who")
    slot.click()
    assert page.input_value("[name=time]") == time
    assert page.input_value("[name=diagnostician]") == who
    page.locator("[data-plan] .dd-form-actions button").click()
    expect(page.locator("h1")).to_have_text("M. Essai")


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_calendar_pages_are_clean(demo: Demo, visit: Callable[..., Visitor], width: int, height: int) -> None:
    page = _logged_in(demo, visit(width=width, height=height), "admin")
    page.goto(demo.url("armor", "/reglages/agenda/"))
    person = str(page.locator("#people a[href*=diagnostiqueurs]").first.get_attribute("href"))
    code = person.strip("/").split("/")[-1]
    paths = [
        "/agenda/",
        "/agenda/?view=week",
        f"/agenda/?view=week&who={code}",
        "/agenda/visites/nouvelle/",
        "/agenda/absences/",
        "/reglages/agenda/",
        person,
        f"/agenda/flux/{code}/",
    ]
    faults = [fault for path in paths for fault in faults_at(page, demo.url("armor", path))]
    assert not faults, "\n".join(faults)
    page.goto(demo.url("armor", "/agenda/?view=week"))
    is_phone = width < 768
    assert page.locator(".dd-cal-list").is_visible() == is_phone
    assert page.locator(".dd-cal-wide").is_visible() != is_phone
