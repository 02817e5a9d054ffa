"""A deadline that holds: a time-out alone begins anew with every byte that trickles in.

A `Deadline` shuts sockets down once its time is over, from a thread of its own; whatever waits for them fails at once.
Where the end of the connection is the end of the body, that looks like a proper end: ask `is_over`.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from threading import Timer


class Deadline:
    """Shuts down, *seconds* after it is entered, the sockets that it watches."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._sockets: list[Callable[[], socket.socket | None]] = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._token = _CURRENT.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._sockets = []
        _CURRENT.reset(self._token)

    def watch(self, find: Callable[[], socket.socket | None]) -> None:
        """Shut down, too, the socket that *find* gives then: at once where the time is over already."""
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
    """The innermost one that this thread has entered; None outside of all."""
    return _CURRENT.get()
