"""A deadline that is kept: a time-out alone starts again with every byte that trickles in.

A `Deadline` shuts sockets down when its time is over, from the thread of `alarms`; anything waiting for them fails
at once. If the body ends with the connection, that looks like a proper end: ask `is_over`. Once it is left, it does
nothing more, so that a connection which it spared may be used again.
"""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar

from monitor.http.alarms import cancel, set_alarm


class Deadline:
    """Shuts down, *seconds* after it is entered, the sockets that it watches."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._seconds = seconds
        self._sockets: list[Callable[[], socket.socket | None]] = []

    def __enter__(self) -> "Deadline":
        self._token = _CURRENT.set(self)
        set_alarm(self, time.monotonic() + self._seconds, self._end)
        return self

    def __exit__(self, *_: object) -> None:
        cancel(self)
        self._sockets = []
        _CURRENT.reset(self._token)

    def watch(self, find: Callable[[], socket.socket | None]) -> None:
        """Also shut down the socket that *find* returns then; at once if the time is already over."""
        self._sockets.append(find)
        if self.is_over:
            self._end()

    def _end(self) -> None:
        self.is_over = True
        for find in self._sockets:
            if found := find():
                with suppress(OSError):
                    # A TLS socket's own shutdown throws its state away under the feet of the thread that reads.
                    socket.socket.shutdown(found, socket.SHUT_RDWR)


_CURRENT: ContextVar[Deadline | None] = ContextVar("_CURRENT", default=None)


def current_deadline() -> Deadline | None:
    """The innermost deadline that this thread has entered; None outside of any."""
    return _CURRENT.get()
