"""Connections that cannot use up the process: only so many, and none that takes its time.

Facts: uvicorn ends an idle connection after an answer, but waits for ever for the head of a request; what it limits by
`limit_concurrency` are answers, not connections. asyncio accepts as many connections at once as the backlog says,
before any of them is heard of, so the backlog is a limit too.

The rule: a newcomer is let in, and the one goes that has been silent longest. So who asks after the service's health is
answered, however many others hold half a request, be it half a head or half a body. Those that wait for an answer of
ours stay; there are never so many that a newcomer finds no room, because pages, streams and agents take fewer at a time
than there are connections (`monitor.web.site.answering.WAITING` and its like).
"""

import logging
import resource
from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 128
HEAD_WITHIN = 10.0
"""Seconds for a request's head, and for the rest of its body once it is answered."""
ANSWER_WITHIN = 4
"""So many times as long for an answer of ours, which may wait for the database."""
ACCEPTED_AT_ONCE = 32
SLOWEST = 4096.0
"""Bytes a second at which an answer has to be taken off us."""

_HEARD = logging.getLogger("uvicorn.requests")
_HEARD.setLevel(logging.ERROR)
"""What strangers send amiss is no matter for the log, or they could fill it."""


def most_connections() -> int:
    """At most a quarter of the descriptors that this process may have: the rest is for its work."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(1, min(MOST, soft // 4))


class BoundedProtocol(H11Protocol):
    """HTTP on one of a bounded number of connections, each of which has its time."""

    most = MOST
    head_within = HEAD_WITHIN

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.logger = _HEARD
        self._began_at = self.loop.time()
        self._timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Let it in, and end another one where there are too many."""
        super().connection_made(transport)
        self._give_time()
        if len(self.connections) > self.most:
            self._most_silent().end()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The time for another request begins, and for taking off what is not sent yet."""
        super().on_response_complete()
        self._give_time(self.transport.get_write_buffer_size() / SLOWEST)

    @property
    def is_answering(self) -> bool:
        """Whether a whole head has come, and is not answered yet."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def is_waiting_for_us(self) -> bool:
        """Whether a whole request has come, with its body, and is not answered yet."""
        return self.is_answering and not self.cycle.more_body

    def end(self) -> None:
        """End it now, whatever is still to be sent."""
        self.connections.discard(self)
        self.transport.abort()

    def _most_silent(self) -> "BoundedProtocol":
        """The one that has been without a request for longest; this newcomer where all wait for us."""
        others = [each for each in self.connections if isinstance(each, BoundedProtocol) and each is not self]
        silent = (each for each in others if not each.is_waiting_for_us)
        return min(silent, key=lambda each: each._began_at, default=self)

    def _give_time(self, more: float = 0) -> None:
        self._began_at = self.loop.time()
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_later(self.head_within + more, self._look, ANSWER_WITHIN)

    def _look(self, chances: int) -> None:
        """End it, unless it is we who are late."""
        if self.is_answering and chances:
            self._timer = self.loop.call_later(self.head_within, self._look, chances - 1)
        else:
            self.end()
