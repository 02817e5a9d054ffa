"""A whole way through the pages, in a browser, with a real service, a real database and a mail server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.program import WITHDRAWN_LATER
from tests.service.processes import eventually
from tests.web.browser.place import WAYS, Place, fits, screen, served_place, sign_in

READER = "anna@example.org"


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path) -> Iterator[Place]:
    """Nothing is watched."""
    with served_place(tmp_path, sqlite_url, trials=3) as place:
        yield place


@pytest.mark.slow
@pytest.mark.parametrize(("with_scripts", "width"), WAYS)
def test_from_the_first_start_to_a_mail_and_out_again(
    browser: Any, place: Place, with_scripts: bool, width: int
) -> None:
    with screen(browser, with_scripts=with_scripts, width=width) as page:
        # The operator signs in, and has a first trial watched.
        sign_in(page, place)
        page.goto(place.url)
        assert page.get_by_role("heading", level=1).inner_text() == "Know when a trial changes"
        assert fits(page)
        page.get_by_role("button", name="Watch it").click()
        trial = f"{place.url}/trials/{WITHDRAWN_LATER}"
        eventually(lambda: "Not yet recruiting" in requests.get(trial, timeout=20).text)

    with screen(browser, with_scripts=with_scripts, width=width) as page:
        # A reader finds the trial, and asks for alerts.
        page.goto(place.url)
        page.get_by_role("searchbox").first.fill(WITHDRAWN_LATER.lower())
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/trials/{WITHDRAWN_LATER}")
        page.get_by_role("link", name="Tell me of changes").click()
        assert page.get_by_label("Their numbers in the registry").input_value() == WITHDRAWN_LATER
        page.get_by_label("Your mail address").fill(READER)
        page.get_by_role("button", name="Send me that mail").click()
        page.goto(place.link_in_mail(0, r"/confirm/\S+"))
        page.get_by_role("main").get_by_role("button").first.click()

        # The sponsor publishes a change: a mail comes, and its link leads to the trial.
        place.serving.sandbox.next_state(WITHDRAWN_LATER)
        place.serving.look_now(place.served)
        manage = place.link_in_mail(1, r"/a/\S+")
        assert "Withdrawn" in place.mailbox.messages[1].email["Subject"]
        page.goto(place.link_in_mail(1, r"/trials/\S+"))
        assert page.url == f"{place.url}/trials/{WITHDRAWN_LATER}/changes/2"
        told = page.locator("main").inner_text()
        assert "Not yet recruiting" in told
        assert "Because economic problems" in told
        assert fits(page)
        page.get_by_role("main").get_by_role("link", name=WITHDRAWN_LATER).first.click()
        assert "Because economic problems" in page.locator(".state").inner_text()
        assert fits(page)
        page.get_by_role("button", name="Compare the two").click()
        sides = page.locator("table.sides").inner_text()
        assert "Not yet recruiting" in sides
        assert "Withdrawn" in sides

        # The reader wants less, and then nothing: with one click in the mail program.
        page.goto(manage)
        assert fits(page)
        page.get_by_text("On Mondays", exact=True).click()
        page.get_by_role("button", name="Save").click()
        assert page.get_by_role("status").first.is_visible()
        leave = place.mailbox.messages[1].email["List-Unsubscribe"].strip("<>")
        answer = requests.post(leave, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False, timeout=20)
        assert answer.status_code == 200
        page.goto(manage)
        assert page.get_by_role("heading", level=1).inner_text() == "These mails have stopped"
    assert {mail.recipients for mail in place.mailbox.messages} == {(READER,)}
