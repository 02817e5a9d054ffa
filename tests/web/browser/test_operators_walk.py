"""The day of who looks after the service, in a browser: with a real service, a real database and a mail server."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from monitor.sandbox.mailbox import Stage
from tests.program import WITHDRAWN_LATER
from tests.service.processes import eventually
from tests.studies import edited, named, together, verified_a_year_later
from tests.web.browser.place import WAYS, Place, fits, screen, served_place, sign_in

TAKES, REFUSES = "anna@example.org", "former@example.org"
RENAMED = 22
WATCHED = """
[[watch]]
trials = [{trials}]

[[subscription]]
email = "anna@example.org"
all = true

[[subscription]]
email = "former@example.org"
trials = ["NCT02116634"]
"""


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path) -> Iterator[Place]:
    """A field changed in 22 of 25 trials, one was withdrawn, and of one came an answer that cannot be true."""
    ids = [f"NCT9{number:07}" for number in range(1, 25)]
    trials = ", ".join(f'"{each}"' for each in (WITHDRAWN_LATER, *ids))
    with served_place(tmp_path, sqlite_url, trials=24, more=WATCHED.format(trials=trials)) as place:
        eventually(lambda: "25 of 25" in requests.get(place.url, timeout=20).text)
        sandbox = place.serving.sandbox
        for each in ids[:RENAMED]:
            sandbox.edit(each, together(named("RENAMED"), verified_a_year_later), refresh=False)
        sandbox.edit(ids[RENAMED], edited(statusModule__lastUpdateSubmitDate="2999-01-01"), refresh=False)
        place.mailbox.answer(Stage.RECIPIENT, "550 5.7.1 Mail from you is not wanted here", recipient=REFUSES)
        sandbox.next_state(WITHDRAWN_LATER)
        place.serving.look_now(place.served)
        eventually(lambda: place.mailbox.messages)
        yield place


@pytest.mark.slow
@pytest.mark.parametrize(("with_scripts", "width"), WAYS)
def test_the_day_of_an_operator(browser: Any, place: Place, with_scripts: bool, width: int) -> None:
    with screen(browser, with_scripts=with_scripts, width=width) as page:
        sign_in(page, place)
        releases_what_is_held(page, place)
        sends_again_what_was_refused(page, place)
        reads_and_accepts_an_answer(page, place)
        makes_a_user_and_a_token_and_revokes_them(page, browser, place)


def releases_what_is_held(page: Any, place: Place) -> None:
    """From the page of health, where it is among what is worth a look."""
    page.goto(f"{place.url}/health")
    assert fits(page)
    page.locator("li", has_text="events held back").get_by_role("link", name="See it").click()
    assert fits(page)
    page.get_by_role("main").get_by_role("link", name="1", exact=True).click()
    assert "Acronym changed in 22 of 25 trials at once" in page.get_by_role("heading", level=1).inner_text()
    assert fits(page)
    came = len(place.mailbox.messages)
    page.get_by_role("link", name="Release to all…").click()
    assert fits(page)
    page.get_by_role("button", name="Release to all").click()
    assert "by olga" in page.locator(".lead").inner_text()
    assert "22 told to everyone who asks for it" in page.get_by_role("main").inner_text()
    eventually(lambda: len(place.mailbox.messages) == came + RENAMED)


def sends_again_what_was_refused(page: Any, place: Place) -> None:
    """Once the receiver is mended."""
    page.goto(f"{place.url}/deliveries?state=rejected")
    assert fits(page)
    page.locator("main details").first.locator("summary").click()
    assert fits(page)
    page.get_by_role("link", name="What is sent, and why").click()
    assert "550 5.7.1 Mail from you is not wanted here" in page.get_by_role("main").inner_text()
    assert fits(page)
    place.mailbox.behave()
    page.locator("summary", has_text="Send it again").click()
    page.get_by_role("button", name="Send it again").click()
    eventually(lambda: (REFUSES,) in {mail.recipients for mail in place.mailbox.messages})


def reads_and_accepts_an_answer(page: Any, place: Place) -> None:
    page.goto(f"{place.url}/quarantine")
    assert fits(page)
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    assert "2999-01-01" in page.get_by_role("main").inner_text()
    assert fits(page)
    page.get_by_role("button", name="Accept").click()
    assert "1 answer was taken" in page.get_by_role("main").inner_text()


def makes_a_user_and_a_token_and_revokes_them(page: Any, browser: Any, place: Place) -> None:
    page.goto(f"{place.url}/users")
    assert fits(page)
    page.get_by_label("Name", exact=True).fill("rita")
    page.get_by_role("button", name="Add a user").click()
    made = page.locator("main code").first.inner_text()
    page.goto(f"{place.url}/users")
    page.get_by_label("What it is for").fill("dashboard")
    page.get_by_role("button", name="Make a token").click()
    token = re.findall(r"rmt_\S+", page.inner_text("main"))[0]

    assert lists_trials(place, token) == 200
    assert signs_in(browser, place, "rita", made)

    page.goto(f"{place.url}/users")
    assert token not in page.content()
    page.get_by_role("button", name="Revoke").click()
    assert "The token is revoked." in page.get_by_role("main").inner_text()
    page.goto(f"{place.url}/users")
    page.get_by_role("link", name="rita").click()
    page.get_by_role("button", name="Remove this user").click()
    assert "The user is removed" in page.get_by_role("main").inner_text()

    assert lists_trials(place, token) == 401
    assert not signs_in(browser, place, "rita", made)


def lists_trials(place: Place, token: str) -> int:
    """The status that a program gets with that token."""
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{place.url}/api/v1/trials", headers=headers, timeout=20).status_code


def signs_in(browser: Any, place: Place, name: str, password: str) -> bool:
    """Whether they are let in; with a password that was made for them, to replace it."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{place.url}/login")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        return page.url != f"{place.url}/login"
