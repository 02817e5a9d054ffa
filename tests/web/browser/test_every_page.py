"""Every page as people have it: with a screen reader, on any screen, in the dark, by keyboard, without scripts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from monitor.web.routes import PAGES
from tests.web.browser.full_site import FullSite

NO_PAGES = re.compile(
    r"static|\.(atom|json|csv|ics|xml|txt)$|/mail$|^/confirm|^/logout|^/login/|/compare$|^/users/|^/feeds"
)
"""Files and feeds; and what needs a secret that is made anew each time."""


@contextmanager
def page_of(browser: Any, full: FullSite, *, width: int, **options: Any) -> Iterator[Any]:
    with browser.new_context(viewport={"width": width, "height": 900}, **options) as context:
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: page.said.append(f"{page.url}: {error}"))
        yield page


def violations_of(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:150]}" for each in found]


def look_at_all(browser: Any, full: FullSite, width: int, scheme: str, addresses: list[str]) -> list[str]:
    """What is wrong with them."""
    wrong = []
    with page_of(browser, full, width=width, color_scheme=scheme) as page:
        for address in addresses:
            page.goto(full.site.url + address)
            page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
            wrong += violations_of(page)
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wrong += [f"{address}: {over} px too wide"] if over > 0 else []
        wrong += [each for each in page.said if "404" not in each]
    return wrong


def test_every_page_of_the_table_is_looked_at(full: FullSite) -> None:
    patterns = [
        re.compile(re.sub(r"\\{[^}]+\\}", "[^/?]+", re.escape(page.path)) + r"(\?|$)")
        for page in PAGES
        if "GET" in page.methods and not NO_PAGES.search(page.path)
    ]

    assert [each.pattern for each in patterns if not any(map(each.match, full.addresses))] == []


def test_every_page_is_there(full: FullSite) -> None:
    answers = {address: full.site.get(address).status_code for address in full.addresses}

    assert {address: status for address, status in answers.items() if status != 200} == {"/nowhere": 404}


def test_every_page_can_be_used_by_everybody(browser: Any, full: FullSite) -> None:
    """Narrow and in the dark, wide and in the light; the slow test has every page in both and in three widths."""
    narrow, wide = list(full.addresses[::2]), list(full.addresses[1::2])

    assert look_at_all(browser, full, 390, "dark", narrow) == []
    assert look_at_all(browser, full, 1440, "light", wide) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (820, "dark"), (1440, "dark")])
def test_every_page_can_be_used_by_everybody_on_any_screen(
    browser: Any, full: FullSite, width: int, scheme: str
) -> None:
    assert look_at_all(browser, full, width, scheme, list(full.addresses)) == []


def test_without_scripts_the_narrowest_screen_shows_all(browser: Any, full: FullSite) -> None:
    """A row of a table is read there without moving it sideways: what a column is called stands beside the value.

    What only scripts can use is not there.
    """
    wide, cut, dead = {}, {}, []
    with page_of(browser, full, width=320, java_script_enabled=False) as page:
        for address in full.addresses:
            page.goto(full.site.url + address)
            box = page.locator("main").bounding_box()
            assert box, address
            wide[address] = box["x"] + box["width"]
            assert page.locator("h1").count() == 1, address
            cut[address] = page.evaluate(
                "[...document.querySelectorAll('.rows')].map(each => each.parentElement)"
                ".filter(each => each.scrollWidth > each.clientWidth).length"
            )
            dead += page.evaluate(
                "[...document.querySelectorAll('[hidden]')]"
                ".filter(each => each.checkVisibility()).map(each => each.outerHTML)"
            )
        page.goto(full.site.url + "/trials")
        label = page.locator("td[data-label='Enrollment']").first.evaluate(
            "each => getComputedStyle(each, '::before').content"
        )

    assert {address: width for address, width in wide.items() if width > 320} == {}
    assert {address: count for address, count in cut.items() if count} == {}
    assert dead == []
    assert label.startswith('"Enrollment"')


def test_nothing_moves_while_a_page_loads(browser: Any, full: FullSite) -> None:
    moved = {}
    observe = """() => { window.moved = 0; new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.moved += entry.value;
    }).observe({type: "layout-shift", buffered: true}); }"""
    with page_of(browser, full, width=390) as page:
        page.add_init_script(f"({observe})()")
        for address in ("/", full.addresses[10], "/trials", "/health", "/deliveries", "/subscriptions"):
            page.goto(full.site.url + address, wait_until="networkidle" if address == "/trials" else "load")
            moved[address] = page.evaluate("window.moved")

    assert {address: shift for address, shift in moved.items() if shift > 0} == {}


def test_everything_on_the_first_page_is_reached_by_keyboard_in_its_order(browser: Any, full: FullSite) -> None:
    """Each link and button is reached, in the order in which it is read, and is seen to be."""
    reached = []
    with page_of(browser, full, width=1440) as page:
        page.goto(full.site.url + "/")
        wanted = page.evaluate(
            "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary')]"
            ".filter(each => each.checkVisibility()).map(each => each.outerHTML)"
        )
        for _ in range(len(wanted)):
            page.keyboard.press("Tab")
            html, outline = page.evaluate(
                "(() => { const at = document.activeElement; const style = getComputedStyle(at);"
                " return [at.outerHTML, style.outlineStyle]; })()"
            )
            reached.append(html)
            assert outline != "none", html

    assert reached == wanted


def test_keys_walk_through_the_rows_of_every_list(browser: Any, full: FullSite) -> None:
    """From one row to the next and back; what is reached can be opened."""
    trial = next(each for each in full.addresses if re.fullmatch("/trials/[^/]+", each))
    sets = [each for each in full.addresses if re.fullmatch("/(sponsors/[^/]+|watches/[0-9]+)", each)]
    still = []
    with page_of(browser, full, width=1440) as page:
        for address in (
            *("/", "/trials", "/search?q=cancer", "/sponsors", "/conditions", "/watches", "/held", "/quarantine"),
            *("/deliveries", "/subscriptions", trial, *sets),
        ):
            page.goto(full.site.url + address)
            reached = []
            for key in "jjk":
                page.keyboard.press(key)
                reached.append(
                    page.evaluate("document.activeElement.closest('main') ? document.activeElement.innerText : ''")
                )
            if not reached[0] or reached[0] != reached[2]:
                still.append((address, reached))

    assert still == []


def test_a_page_prints_without_its_frame(browser: Any, full: FullSite) -> None:
    with page_of(browser, full, width=820) as page:
        page.goto(full.site.url + "/")
        page.emulate_media(media="print")

        assert page.locator(".nav").is_hidden()
        assert page.locator("h1").is_visible()
