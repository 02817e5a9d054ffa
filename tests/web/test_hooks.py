"""What mail servers send over HTTP: a mail that came back, with a token."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from monitor.config import Config, load
from monitor.errors import StoreUnavailable
from monitor.sandbox.bouncing import NOBODY, report_of
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mail
from monitor.storage import subscriptions
from monitor.storage.store import Store
from monitor.web.machines.hooks import MOST, PATH, bounce_route
from monitor.web.server.listening import Listener, listen
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.served import StubHealth, machine_site

ANNA = "anna@example.org"
TOKEN = "a-token-of-twenty-signs"


class Hook:
    """The hook over real HTTP."""

    def __init__(self, outbox: OutboxHarness, config: Config) -> None:
        self.outbox = outbox
        self.woken = 0
        self.outbox.subscribe_context = replace(outbox.subscribe_context, config=config)
        listening = listen("127.0.0.1:0")
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        route = bounce_route(lambda: self.outbox.subscribe_context, committed=self._wake)
        self.listener = Listener(machine_site(StubHealth(), more=[route]), listening)

    def _wake(self) -> None:
        self.woken += 1

    def post(self, body: bytes, *, token: str = TOKEN, kind: str = "message/rfc822") -> requests.Response:
        headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
        return requests.post(self.url, data=body, headers=headers, timeout=20)

    def bounce(self) -> bytes:
        """Of a mail that was sent just now."""
        self.outbox.subscribe(ANNA, WITHDRAWN_LATER, channel="email")
        self.outbox.watch(WITHDRAWN_LATER)
        self.outbox.told()
        self.outbox.sandbox.next_state(WITHDRAWN_LATER)
        self.outbox.clock.advance(minutes=1)
        self.outbox.told()
        self.outbox.deliver()
        (message,) = self.outbox.channel.came
        return report_of(Mail(1, "monitor@example.org", (ANNA,), message.body), NOBODY)

    def states(self) -> list[str]:
        with self.outbox.store.read() as tx:
            return [str(each.state) for each in subscriptions.listing(tx)]


def running(outbox: OutboxHarness, **settings: str) -> Hook:
    return Hook(outbox, load(None, {f"MONITOR_BOUNCES__{name}": value for name, value in settings.items()}))


@pytest.fixture
def quick_outbox(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[OutboxHarness]:
    """On SQLite alone, where the store makes no difference to what is tested."""
    made = OutboxHarness(quick_store, sandbox, tmp_path)
    yield made
    made.registry.close()


@pytest.fixture
def hook(quick_outbox: OutboxHarness) -> Iterator[Hook]:
    made = running(quick_outbox, HOOK="true", TOKEN=TOKEN)
    made.listener.start()
    yield made
    made.listener.stop()


def test_a_mail_that_came_back_ends_its_subscription(hook):
    bounce = hook.bounce()

    first, second = hook.post(bounce), hook.post(bounce)

    assert (first.status_code, first.json()["outcome"], first.json()["to"]) == (200, "ended", ANNA)
    assert (second.status_code, second.json()["outcome"]) == (200, "repeated")
    assert hook.states() == ["ended"]
    assert hook.woken == 2, "the operator may hear of it"


def test_only_who_has_the_token_is_heard(hook):
    bounce = hook.bounce()

    refused = [hook.post(bounce, token=token) for token in ("", "another-token-of-signs", TOKEN + "x", "té")]

    assert [each.status_code for each in refused] == [401] * 4
    assert hook.states() == ["active"]


def test_what_is_no_mail_is_refused(hook):
    assert hook.post(b"{}", kind="application/json").status_code == 415
    assert requests.get(hook.url, timeout=20).status_code == 405


def test_what_reports_nothing_is_taken_all_the_same(hook):
    """Else its sender would send it again for days."""
    answer = hook.post(b"Subject: hello\r\n\r\nhello")

    assert (answer.status_code, answer.json()["outcome"]) == (200, "ignored")


def test_of_a_large_mail_the_beginning_counts(hook):
    bounce = hook.bounce()

    assert hook.post(bounce + b"x" * 2**21).json()["outcome"] == "ended"
    assert hook.post(b"x" * (MOST + 1)).status_code == 413


def test_a_database_that_fails_has_it_sent_again(hook):
    bounce = hook.bounce()

    class Failing:
        def begin(self):
            raise StoreUnavailable("the database is locked: try again")

    context = hook.outbox.subscribe_context
    hook.outbox.subscribe_context = replace(context, store=Failing())
    assert hook.post(bounce).status_code == 503
    hook.outbox.subscribe_context = context
    assert hook.post(bounce).json()["outcome"] == "ended"


def test_without_the_setting_there_is_no_such_page(quick_outbox):
    made = running(quick_outbox, TOKEN=TOKEN)
    made.listener.start()
    try:
        assert made.post(b"Subject: hello\r\n\r\nhello").status_code == 404
    finally:
        made.listener.stop()
