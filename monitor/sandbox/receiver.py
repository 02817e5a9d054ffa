"""A webhook receiver on loopback, to try deliveries with.

It verifies signatures as any receiver would, with the public library, which also refuses a timestamp that is more than
five minutes off the machine's clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from standardwebhooks import Webhook, WebhookVerificationError

from monitor.sandbox.exchange import TEXT, Answer, Request
from monitor.sandbox.misbehaviour import Fault, Misbehaviour
from monitor.sandbox.server import HttpListening


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery as it came, counted from 1."""

    number: int
    id: str
    timestamp: str
    body: bytes
    verified: bool | None
    """Whether its signature is right for the receiver's secret; None where it had none."""
    status: int
    """What it was answered; 0 where the connection was reset instead."""
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""


class WebhookReceiver(HttpListening):
    """Takes what is sent to `url`.

    *secret*, *answer* and *misbehaviour* may be set at any time. A misbehaviour happens on the wire: RESET, SLOW, DRIP
    or TRUNCATED. `deliveries` has what came, in its order, whatever was answered: the *latest* of it, or all where that
    is None. *on_arrival* is called with each, in the thread that answers.
    """

    name = "webhook receiver"

    def __init__(
        self,
        secret: str | None = None,
        *,
        port: int = 0,
        latest: int | None = None,
        on_arrival: Callable[[Received], None] = lambda _: None,
    ) -> None:
        super().__init__(port)
        self.secret = secret
        self.answer = Answer(204)
        self.misbehaviour: Misbehaviour | None = None
        self.deliveries: list[Received] = []
        self._latest = latest
        self._on_arrival = on_arrival
        self._came = 0
        self._lock = Lock()

    @property
    def url(self) -> str:
        """Where to send deliveries."""
        return f"http://127.0.0.1:{self.port}/hooks/trials"

    def will_answer(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """Set the answer from now on."""
        self.answer = Answer(status, TEXT, body, headers or {})

    def _respond(self, request: Request) -> tuple[Answer, Misbehaviour | None]:
        answer, misbehaviour = self.answer, self.misbehaviour
        verified = self._verifies(request)
        with self._lock:
            self._came += 1
            received = Received(
                number=self._came,
                id=request.headers.get("webhook-id", ""),
                timestamp=request.headers.get("webhook-timestamp", ""),
                body=request.body,
                verified=verified,
                status=0 if misbehaviour and misbehaviour.kind is Fault.RESET else answer.status,
                headers=request.headers,
            )
            self.deliveries.append(received)
            del self.deliveries[: -self._latest if self._latest else 0]
        self._on_arrival(received)
        return answer, misbehaviour

    def _verifies(self, request: Request) -> bool | None:
        if self.secret is None:
            return None
        try:
            Webhook(self.secret).verify(request.body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            # The library lets ValueError out where the header or the body is garbage.
            return False
        return True
