"""What is wrong with a page as a browser shows it."""

import json
from importlib.resources import files

from playwright.sync_api import Page

_AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
#: The widths at which each page must be clean.
WIDTHS = [(1440, 900), (390, 844)]
#: What sticks out of its card to the right, unless a box between them scrolls or clips it.
_STICKING_OUT = """() => [...document.querySelectorAll('.card *')].filter(element => {
    const box = element.getBoundingClientRect();
    if (!box.width || !element.checkVisibility()) return false;
    if (element.closest('.dropdown-menu, dialog, .visually-hidden')) return false;
    for (let parent = element.parentElement; ; parent = parent.parentElement) {
        if (getComputedStyle(parent).overflowX !== 'visible') return false;
        if (parent.classList.contains('card')) return box.right > parent.getBoundingClientRect().right + 1;
    }
}).map(element => `${element.tagName} ${element.getAttribute('class')}`).slice(0, 3)"""


def faults_of(page: Page, part: str = "html") -> list[str]:
    """Returns what axe finds wrong with a part of the open page, and what is wider than the window or its card."""
    # in the debugger's world: the page's own policy stays in force for the page
    page.evaluate(_AXE)
    found = page.evaluate("part => axe.run(part, {resultTypes: ['violations']})", part)
    faults = [
        f"{fault['id']}: {json.dumps([node['target'] for node in fault['nodes']][:3])}" for fault in found["violations"]
    ]
    if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
        faults.append("wider than the window")
    if sticking_out := page.evaluate(_STICKING_OUT):
        faults.append(f"wider than its card: {sticking_out}")
    return faults


def faults_at(page: Page, address: str) -> list[str]:
    """Opens an address and returns the faults of its page, each after the address."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return [f"{address}: {fault}" for fault in faults_of(page)]
