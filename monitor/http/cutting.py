"""Cutting a wait short: a time-out alone begins anew with every byte that trickles in.

A `Cutter` shuts sockets down when the time of one attempt is over, from a thread of its own; whatever waits for them
fails at once. Where the end of the connection is the end of the body, a cut looks like a proper end: ask `has_cut`.
"""

import socket
from contextlib import suppress
from contextvars import ContextVar
from threading import Timer
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from monitor.http.reading import WholeAnswer


class Cutter:
    """Shuts the connection of one attempt down when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.has_cut = False
        self._connections: list[socket.socket] = []
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Cutter":
        self._token = _CUTTER.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _CUTTER.reset(self._token)

    def watch(self, connection: socket.socket) -> None:
        """Shut this one down, too: at once where the time is over already."""
        self._connections.append(connection)
        if self.has_cut:
            self._cut()

    def _cut(self) -> None:
        self.has_cut = True
        for connection in self._connections:
            with suppress(OSError):
                # A TLS socket's own shutdown throws its state away under the feet of the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


_CUTTER: ContextVar[Cutter | None] = ContextVar("_CUTTER", default=None)


class _CuttableConnection(HTTPConnection):
    response_class = WholeAnswer

    def getresponse(self) -> Any:
        if cutter := _CUTTER.get():
            cutter.watch(self.sock)
        return super().getresponse()


class _CuttableTlsConnection(HTTPSConnection):
    response_class = WholeAnswer

    def getresponse(self) -> Any:
        if cutter := _CUTTER.get():
            cutter.watch(self.sock)
        return super().getresponse()


class CuttableAdapter(HTTPAdapter):
    """Makes connections whose header, too, can be cut: requests hands a response out only after its header."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool that requests asks for, making such connections."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _CuttableTlsConnection if pool.scheme == "https" else _CuttableConnection
        return pool
