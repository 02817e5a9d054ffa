"""The pages for subscribers over real HTTP, beside an outbox whose channels the test answers for."""

import re
from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from requests import Response, Session

from monitor.alerts.due import is_anything_due
from monitor.alerts.links import Links
from monitor.model import Subscription
from monitor.storage import deliveries, subscriptions
from monitor.web.application import application
from monitor.web.server.listening import Listener, listen
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, together, verified_a_year_later
from tests.web.reading_site import answering_of

ANNA = "anna@example.org"
FIELD = re.compile(r'<input type="hidden" name="form" value="([0-9a-f]+)">')


class Reader(Session):
    """A browser, as far as it fills in forms: it keeps cookies, and says which site it is at."""

    def __init__(self, site: "Site") -> None:
        super().__init__()
        self.trust_env = False
        self.site = site

    def open(self, url: str) -> Response:
        return self.get(self.site.whole(url), timeout=20)

    def submit(self, url: str, **fields: str | list[str]) -> Response:
        """Fill in the form of a page and send it there."""
        found = FIELD.search(self.open(url).text)
        return self.send_fields(url, {"form": found[1] if found else "", **fields})

    def send_fields(
        self, url: str, fields: Mapping[str, str | list[str]], headers: Mapping[str, str] | None = None
    ) -> Response:
        return self.post(
            self.site.whole(url),
            data=fields,
            headers={"Origin": self.site.url, **(headers or {})},
            allow_redirects=False,
            timeout=20,
        )


class Site:
    """What a test does: ask, confirm, look at pages, and at what was mailed."""

    def __init__(self, outbox: OutboxHarness, *, path: str = "") -> None:
        self.outbox = outbox
        listening = listen("127.0.0.1:0")
        host, port = listening.getsockname()[:2]
        self.url = f"http://{host}:{port}"
        self.path = path
        self.links = Links(outbox.subscribe_context.vault, self.url + path)
        self.woken = 0
        answering = answering_of(outbox, self.url + path)
        answering.site = replace(answering.site, committed=self._wake)
        served = application(answering, answering.site.service)
        self._listener = Listener(served, listening, trusted_proxies=("127.0.0.0/8",))
        context = replace(outbox.delivering.context, links=self.links)
        outbox.delivering = replace(outbox.delivering, context=context)
        self.reader = Reader(self)

    def _wake(self) -> None:
        self.woken += 1

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reader.close()
        assert self._listener.stop()

    def whole(self, url: str) -> str:
        return url if url.startswith("http") else self.url + url

    def ask(self, address: str = ANNA, **fields: str | list[str]) -> Response:
        self.outbox.clock.advance(seconds=1)  # so that they have an order
        wanted = {"about": "trial", "trial": WITHDRAWN_LATER} | fields
        answer = self.reader.submit(f"{self.path}/subscriptions/new", address=address, **wanted)
        return self.reader.open(answer.headers["Location"]) if answer.status_code == 303 else answer

    def mails(self) -> list[EmailMessage]:
        """What was taken so far."""
        return [parsed(each.body) for each in self.outbox.channel.came]

    def confirmation(self) -> str:
        """The address in the latest mail that asks for a confirmation."""
        self.outbox.deliver()
        return re.findall(r"https?://\S+/confirm/\S+", text_of(self.mails()[-1]))[0]

    def subscribed(self, address: str = ANNA, **fields: str | list[str]) -> str:
        """The own page of a new subscription."""
        assert self.ask(address, **fields).status_code == 200
        confirmed = self.reader.submit(self.confirmation())
        assert confirmed.status_code == 200
        return re.findall(r'href="([^"]+/a/[^"]+)"', confirmed.text)[0]

    def withdraw(self) -> None:
        """Let the trial change, and see it."""
        self.outbox.sandbox.next_state(WITHDRAWN_LATER)
        self.outbox.clock.advance(minutes=1)
        self.outbox.told(WITHDRAWN_LATER)

    def rename(self, name: str) -> None:
        """Let the trial change in another way, and see it."""
        self.outbox.sandbox.edit(WITHDRAWN_LATER, together(named(name), verified_a_year_later))
        self.outbox.clock.advance(minutes=1)
        self.outbox.told(WITHDRAWN_LATER)

    def listed(self) -> list[Subscription]:
        with self.outbox.store.read() as tx:
            return subscriptions.listing(tx)

    def states(self) -> list[str]:
        return [str(each.state) for each in self.listed()]

    def is_due(self) -> bool:
        """Whether delivering would do anything now."""
        return is_anything_due(self.outbox.store, [self.outbox.registry.key], now=self.outbox.clock())

    def owed(self) -> int:
        with self.outbox.store.read() as tx:
            return sum(str(each.standing) == "owed" for each in deliveries.listing(tx))


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content()
