"""A whole way through the pages, in a browser, with a real service, a real database and a mail server."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mailbox
from tests.program import WITHDRAWN_LATER, of_today
from tests.service.processes import Served, Serving, eventually

PASSWORD = "quilted heron 72 lantern"
READER = "anna@example.org"
CONFIG = """
[smtp]
port = {port}

[web]
public_url = "{url}"
public = true
self_service = true
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk takes place."""

    serving: Serving
    served: Served
    mailbox: Mailbox
    url: str

    def link_in_mail(self, number: int, pattern: str) -> str:
        """The first link of that kind in the mail of that number, once it has come."""
        eventually(lambda: len(self.mailbox.messages) > number)
        text = self.mailbox.messages[number].email.get_body(("plain",)).get_content()
        return re.findall(rf"{re.escape(self.url)}{pattern}", text)[0]


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path) -> Iterator[Place]:
    """Nothing is watched; olga may operate."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (
        of_today(trials=3) as sandbox,
        Mailbox() as mailbox,
        Serving(tmp_path, sqlite_url, sandbox) as serving,
    ):
        serving.configure(CONFIG.format(port=mailbox.port, url=f"http://{address}"))
        command(serving, sandbox, "user", "add", "olga", "--role", "operate", said=f"{PASSWORD}\n")
        served = serving.start(bind=address)
        served.says("serving")
        yield Place(serving, served, mailbox, f"http://{address}")


def command(serving: Serving, sandbox: Sandbox, *words: str, said: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "monitor", *words],
        cwd=serving.folder,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "MONITOR_STORE__URL": serving.store_url},
        input=said,
        encoding="utf-8",
        check=True,
        timeout=60,
    )


@pytest.mark.slow
@pytest.mark.parametrize("with_scripts", [True, False])
def test_from_the_first_start_to_a_mail_and_out_again(browser: Any, place: Place, with_scripts: bool) -> None:
    with browser.new_context(java_script_enabled=with_scripts) as context:
        page = context.new_page()

        # The operator signs in, and has a first trial watched.
        page.goto(place.url)
        page.get_by_role("link", name="Sign in").first.click()
        page.get_by_label("Name").fill("olga")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(place.url)
        assert page.get_by_role("heading", level=1).inner_text() == "Know when a trial changes"
        page.get_by_role("button", name="Watch it").click()
        trial = f"{place.url}/trials/{WITHDRAWN_LATER}"
        eventually(lambda: "Not yet recruiting" in requests.get(trial, timeout=20).text)

    with browser.new_context(java_script_enabled=with_scripts) as context:
        page = context.new_page()

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
        page.goto(f"{place.url}/trials/{WITHDRAWN_LATER}")
        assert "Because economic problems" in page.locator(".state").inner_text()
        page.get_by_role("button", name="Compare the two").click()
        sides = page.locator("table.sides").inner_text()
        assert "Not yet recruiting" in sides
        assert "Withdrawn" in sides

        # The reader wants less, and then nothing: with one click in the mail program.
        page.goto(manage)
        page.get_by_text("On Mondays", exact=True).click()
        page.get_by_role("button", name="Save").click()
        assert page.get_by_role("status").first.is_visible()
        leave = place.mailbox.messages[1].email["List-Unsubscribe"].strip("<>")
        answer = requests.post(leave, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False, timeout=20)
        assert answer.status_code == 200
        page.goto(manage)
        assert page.get_by_role("heading", level=1).inner_text() == "These mails have stopped"
    assert {mail.recipients for mail in place.mailbox.messages} == {(READER,)}


@pytest.mark.slow
def test_an_operator_makes_a_user_and_a_token_and_revokes_them(browser: Any, place: Place) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{place.url}/login?next=/users")
        page.get_by_label("Name").fill("olga")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/users")
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
        page.goto(f"{place.url}/users")
        page.get_by_role("link", name="rita").click()
        page.get_by_role("button", name="Remove this user").click()

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
