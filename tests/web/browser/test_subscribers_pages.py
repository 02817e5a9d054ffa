"""The pages for subscribers as a browser has them: without scripts, on a narrow screen, in the dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.model import Filters, Significance
from monitor.model.rhythm import Every, Rhythm
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.reading_site import OPERATOR, ReadingSite
from tests.web.site import ANNA, Site


@pytest.fixture
def site(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Site]:
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.check(WITHDRAWN_LATER)
    with Site(outbox) as running:
        yield running
    outbox.registry.close()


def test_the_whole_way_needs_no_script(site: Site, browser: Any) -> None:
    said: list[str] = []
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{site.url}/subscriptions/new")
        page.get_by_label("Their numbers in the registry").fill(WITHDRAWN_LATER)
        page.get_by_label("Your mail address").fill(ANNA)
        page.get_by_text("Major", exact=True).click()
        assert page.get_by_label("Also tell me when nothing has changed").is_hidden(), "it is about digests"
        page.get_by_text("On Mondays", exact=True).click()
        assert page.get_by_label("Quiet from").is_hidden()
        page.get_by_label("Time zone").select_option("Asia/Tokyo")
        page.get_by_label("Also tell me when nothing has changed").check()
        page.get_by_role("button", name="Send me that mail").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Look into your mailbox"
        page.goto(site.confirmation())
        assert "on Mondays at 08:00, Asia/Tokyo; also when all is quiet" in page.inner_text("main")
        page.get_by_role("button", name="Yes, tell me").click()
        page.get_by_role("link", name="Change it, pause it, or leave").click()
        page.get_by_text("More precisely").click()
        page.get_by_text("Sites", exact=True).click()
        page.get_by_label("Dates that move by at least").fill("30")
        page.get_by_label("A note to yourself").fill("our rival")
        page.get_by_role("button", name="Save").click()
        assert page.get_by_role("status").inner_text().startswith("Saved.")
        page.get_by_role("button", name="Pause until I go on").click()
        assert site.states() == ["paused"]
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Stop them").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Stopped"
        assert site.states() == ["ended"]
        page.get_by_role("button", name="Undo").click()

    (subscription,) = site.listed()
    assert (str(subscription.state), subscription.note) == ("active", "our rival")
    assert subscription.filters == Filters(
        topics=frozenset({"sites"}), min_significance=Significance.MAJOR, min_days=30
    )
    assert subscription.rhythm == Rhythm(every=Every.WEEKLY, zone="Asia/Tokyo", all_quiet=True)
    assert said == []


def test_the_keyboard_alone_is_enough(site: Site, browser: Any) -> None:
    """Every control is reached in the order in which it stands, is seen to have the focus, and works."""
    own = site.subscribed()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(own)
        reached = []
        for _ in range(80):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "(() => { const at = document.activeElement, style = getComputedStyle(at);"
                " const name = at.name && at.name !== 'do' ? at.name : at.innerText;"
                " return [at.tagName, name, style.outlineStyle] })()"
            )
            if focused[0] == "BODY":
                break
            reached.append(focused[:2])
            assert focused[2] != "none", focused
        names = [name for _, name in reached]
        assert names[0] == "Skip to content"
        order = [
            names.index(each) for each in ("Stop them", "every", "zone", "min", "note", "Save", "Pause for 30 days")
        ]
        assert order == sorted(order)
        page.get_by_role("radio", name="Daily").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Save").focus()
        page.keyboard.press("Enter")
        assert page.get_by_role("status").inner_text().startswith("Saved.")
    assert site.listed()[0].rhythm.every is Every.DAILY


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1440, "light")])
def test_no_page_is_wider_than_the_screen(site: Site, browser: Any, width: int, scheme: str) -> None:
    own = site.subscribed()
    site.withdraw()
    site.outbox.deliver()
    site.ask("somebody.with.a.long.name@a-domain-with-a-long-name.example.org")
    confirm = site.confirmation()
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        for link in (
            f"{site.url}/subscriptions/new",
            confirm,
            own,
            f"{own}/leave",
            f"{own}/keep",
            f"{site.url}/a/none",
        ):
            page.goto(link)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, link
            background = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (sum(map(int, background[4:-1].split(","))) < 200) == (scheme == "dark")


def test_what_a_rule_would_send_follows_the_form_and_its_address_names_nobody(
    quick_store: Store, sandbox: Sandbox, tmp_path: Path, browser: Any
) -> None:
    """Without a new page: what stands in the form stays, and the way back leads to the rule before."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    said: list[str] = []
    with ReadingSite(outbox, visitor=OPERATOR) as running, browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{running.url}/subscriptions/new")
        page.get_by_label("Address").fill("zoe@example.org")
        page.get_by_label("Their numbers in the registry").fill(WITHDRAWN_LATER)
        page.locator(".preview-n", has_text="1 mail").wait_for()
        assert page.get_by_role("status").filter(has_text="1 mail in").count() == 1, "it is spoken"
        page.get_by_text("More topics").click()
        page.get_by_text("Sites", exact=True).click()
        page.locator(".preview-n", has_text="0 mails").wait_for()

        assert "topic=sites" in page.url
        assert WITHDRAWN_LATER in page.url
        assert not {"zoe", "form="} & {part for part in ("zoe", "form=") if part in page.url}
        assert page.get_by_label("Address").input_value() == "zoe@example.org"
        page.go_back()
        page.locator(".preview-n", has_text="1 mail").wait_for()
        assert not page.get_by_label("Sites", exact=True).is_checked()
    outbox.registry.close()
    assert said == []
