"""Where walks through the pages take place: a real service, a real database and a mail server."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.sandbox.mailbox import Mailbox
from tests.program import of_today
from tests.service.processes import Served, Serving, eventually

PASSWORD = "quilted heron 72 lantern"
CONFIG = """
[smtp]
port = {port}

[web]
public_url = "{url}"
public = true
self_service = true
"""
WAYS = [(True, 1280), (False, 320)]
"""With scripts on a wide screen, and without them on the narrowest."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk takes place."""

    serving: Serving
    served: Served
    mailbox: Mailbox
    url: str

    def link_in_mail(self, number: int, pattern: str) -> str:
        """The first link of that kind in the mail of that number, once it has come."""
        eventually(lambda: len(self.mailbox.messages) > number)
        text = self.mailbox.messages[number].email.get_body(("plain",)).get_content()
        return re.findall(rf"{re.escape(self.url)}{pattern}", text)[0]


@contextmanager
def served_place(folder: Path, store_url: str, *, trials: int, more: str = "") -> Iterator[Place]:
    """The service, with *more* in its configuration; olga may operate."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (
        of_today(trials=trials) as sandbox,
        Mailbox() as mailbox,
        Serving(folder, store_url, sandbox) as serving,
    ):
        serving.configure(CONFIG.format(port=mailbox.port, url=f"http://{address}") + more)
        _command(serving, "user", "add", "olga", "--role", "operate", said=f"{PASSWORD}\n")
        served = serving.start(bind=address)
        served.says("serving")
        yield Place(serving, served, mailbox, f"http://{address}")


def _command(serving: Serving, *words: str, said: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "monitor", *words],
        cwd=serving.folder,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "MONITOR_STORE__URL": serving.store_url},
        input=said,
        encoding="utf-8",
        check=True,
        timeout=60,
    )


@contextmanager
def screen(browser: Any, *, with_scripts: bool, width: int) -> Iterator[Any]:
    """A page in a browser of its own."""
    viewport = {"width": width, "height": 900}
    with browser.new_context(java_script_enabled=with_scripts, viewport=viewport) as context:
        yield context.new_page()


def sign_in(page: Any, place: Place) -> None:
    """As olga, by the link that every page has."""
    page.goto(place.url)
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Name").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def fits(page: Any) -> bool:
    """Whether nothing of a page lies beside the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
