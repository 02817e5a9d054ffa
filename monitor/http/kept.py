"""Connections that wait for the next request to the same scheme, host and port, whose address was vetted.

They wait KEPT_FOR, shorter than any server does before it hangs up, so that hardly any is closed as it is used. The
rule to keep: what a server says or does while nobody asked it ends its connection.
"""

import socket
import time
from collections.abc import Hashable
from contextlib import suppress
from math import inf
from threading import Lock

from monitor.http.alarms import set_alarm
from monitor.http.reading import is_silent

KEPT_FOR = 1.0
"""Seconds."""
MOST_KEPT = 256


class KeptConnections:
    """Connections by whom they lead to; at most MOST_KEPT."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[tuple[float, socket.socket]]] = {}
        """Of each receiver, since when, the longest waiting first."""
        self._count = 0
        self._lock = Lock()
        self._closed = False

    def take(self, receiver: Hashable) -> socket.socket | None:
        """The connection to that receiver that was used last, if it is as it was left; None where there is none."""
        while True:
            with self._lock:
                if not (waiting := self._waiting.get(receiver)):
                    return None
                since, connection = waiting.pop()
                self._count -= 1
            if time.monotonic() - since < KEPT_FOR and is_silent(connection):
                return connection
            _close(connection)

    def put(self, receiver: Hashable, connection: socket.socket) -> None:
        """Let a connection wait, over which a whole answer came and nothing else."""
        now = time.monotonic()
        with self._lock:
            has_room = not self._closed and self._count < MOST_KEPT
            if has_room:
                self._waiting.setdefault(receiver, []).append((now, connection))
                self._count += 1
            is_first = has_room and self._count == 1
        if not has_room:
            _close(connection)
        elif is_first:
            set_alarm(self, now + KEPT_FOR, self._close_old)

    def close(self) -> None:
        """Close those that wait, and from now on each as soon as it is put back."""
        with self._lock:
            self._closed = True
        self._close_those_before(inf)

    def _close_old(self) -> None:
        now = time.monotonic()
        self._close_those_before(now - KEPT_FOR)
        with self._lock:
            oldest = min((waiting[0][0] for waiting in self._waiting.values()), default=None)
        if oldest is not None:
            set_alarm(self, oldest + KEPT_FOR, self._close_old)

    def _close_those_before(self, moment: float) -> None:
        with self._lock:
            every = [(name, *each) for name, waiting in self._waiting.items() for each in waiting]
            self._waiting = {}
            for name, since, connection in every:
                if since > moment:
                    self._waiting.setdefault(name, []).append((since, connection))
            old = [connection for _, since, connection in every if since <= moment]
            self._count -= len(old)
        for connection in old:
            _close(connection)


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.close()
