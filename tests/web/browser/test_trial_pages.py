"""The pages of one trial as a browser has them: keys, what a pointer reads out, narrow screens, and without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import ReadingSite
from tests.web.trial_world import moving, reading_site

TRIAL = f"/trials/{WITHDRAWN_LATER}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingSite]:
    with reading_site(tmp_path_factory.mktemp("trial")) as running:
        running.outbox.watch(WITHDRAWN_LATER)
        running.outbox.check()
        moving(running.outbox)
        yield running


def test_keys_walk_from_snapshot_to_snapshot_and_a_pointer_reads_the_chart(site: ReadingSite, browser: Any) -> None:
    said: list[str] = []
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.url}{TRIAL}/compare/2..3?in=sides")
    page.keyboard.press("]")
    page.wait_for_url(f"**{TRIAL}/compare/3..4?in=sides")
    page.keyboard.press("[")
    page.wait_for_url(f"**{TRIAL}/compare/2..3?in=sides")
    page.goto(site.url + TRIAL)
    page.locator(".chart.wide .hit").nth(2).hover(force=True)
    assert page.locator(".readout").inner_text().startswith("Snapshot 3, ")
    assert said == [], "nothing of the page breaks its own rules"
    page.close()


def test_two_snapshots_are_chosen_and_compared_without_scripts_on_a_narrow_screen(
    site: ReadingSite, browser: Any
) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        page.goto(site.url + TRIAL)
        page.locator("input[name=a][value='2']").check()
        page.get_by_role("button", name="Compare the two").click()
        assert page.url == f"{site.url}{TRIAL}/compare/2..5"
        page.get_by_text("lines that stayed").first.click()
        assert page.get_by_text("Hypersensitivity to any component").is_visible()
    with browser.new_context(viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        for path in ("", "/snapshots/4", "/compare/1..5?in=sides&view=all", "/changes/5"):
            page.goto(site.url + TRIAL + path)
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
