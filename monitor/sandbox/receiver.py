"""A webhook's receiver on loopback, to try deliveries against.

It verifies signatures as anybody's would: with the public library, which also refuses a timestamp that is more than
five minutes off the machine's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Self

from standardwebhooks import Webhook, WebhookVerificationError

from monitor.sandbox.exchange import TEXT, Answer, Request
from monitor.sandbox.misbehaviour import Misbehaviour
from monitor.sandbox.server import Server


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery as it came. *verified* says that its signature is right for the receiver's secret."""

    id: str
    timestamp: str
    body: bytes
    verified: bool
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""


class WebhookReceiver:
    """Takes what is sent to `url`, until the `with` ends.

    *secret*, *answer* and *misbehaviour* may be set at any time. A misbehaviour happens on the wire: RESET, SLOW, DRIP
    or TRUNCATED. `deliveries` has everything that came, in its order, whatever was answered.
    """

    def __init__(self, secret: str | None = None, *, port: int = 0) -> None:
        self.secret = secret
        self.answer = Answer(204)
        self.misbehaviour: Misbehaviour | None = None
        self.deliveries: list[Received] = []
        self._lock = Lock()
        self._server = Server(port, self._respond)

    @property
    def url(self) -> str:
        """Where to send deliveries."""
        return f"http://127.0.0.1:{self._server.server_port}/hooks/trials"

    def will_answer(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """Answer so from now on."""
        self.answer = Answer(status, TEXT, body, headers or {})

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _respond(self, request: Request) -> tuple[Answer, Misbehaviour | None]:
        received = Received(
            id=request.headers.get("webhook-id", ""),
            timestamp=request.headers.get("webhook-timestamp", ""),
            body=request.body,
            verified=self._verifies(request),
            headers=request.headers,
        )
        with self._lock:
            self.deliveries.append(received)
        return self.answer, self.misbehaviour

    def _verifies(self, request: Request) -> bool:
        if self.secret is None:
            return False
        try:
            Webhook(self.secret).verify(request.body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            # The library lets ValueError out where the header or the body is garbage.
            return False
        return True
