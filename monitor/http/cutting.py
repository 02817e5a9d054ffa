"""Cutting a wait short: a time-out alone begins anew with every byte that trickles in.

A `Cutter` shuts sockets down when the time of one attempt is over, from a thread of its own; whatever waits for them
fails at once. Where the end of the connection is the end of the body, a cut looks like a proper end: ask `has_cut`.
"""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from threading import Timer
from typing import Any

from requests.adapters import HTTPAdapter

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


class _Cuttable:
    """What makes a connection of urllib3's, whichever it is, one that a cutter watches."""

    response_class = WholeAnswer
    sock: Any

    def getresponse(self) -> Any:
        self._be_watched()
        return super().getresponse()  # type: ignore[misc]

    def _tunnel(self) -> Any:
        """What `http.client` does to be led through by a proxy, whose answer may trickle, too."""
        self._be_watched()
        return super()._tunnel()  # type: ignore[misc]

    def _be_watched(self) -> None:
        if cutter := _CUTTER.get():
            cutter.watch(getattr(self.sock, "socket", self.sock))  # TLS within TLS is no socket, and has one


@cache
def _cuttable(kind: type) -> type:
    """The class of connections *kind*, watched. A proxy's connections are of classes of their own."""
    return kind if issubclass(kind, _Cuttable) else type(f"_Cuttable{kind.__name__}", (_Cuttable, kind), {})


class CuttableAdapter(HTTPAdapter):
    """Makes connections whose header, too, can be cut: requests hands a response out only after its header.

    *trust* makes a context that says whose certificates count; it is asked once, and only for https.
    """

    def __init__(self, trust: Callable[[], ssl.SSLContext]) -> None:
        self._trust = cache(trust)
        super().__init__()

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        """Which pool requests asks for, with our context in place of one that it makes for every connection."""
        attributes: Any = super().build_connection_pool_key_attributes(*args, **kwargs)
        host, _ = attributes
        if host["scheme"] == "https":
            return host, {"ssl_context": self._trust(), "cert_reqs": "CERT_REQUIRED"}
        return attributes

    def cert_verify(self, *_: object) -> None:
        """Add nothing: the context knows all authorities."""

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """What connects by a proxy, which may want to be spoken to under TLS itself."""
        if proxy.startswith("https:"):
            options["proxy_ssl_context"] = self._trust()
        return super().proxy_manager_for(proxy, **options)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool that requests asks for, making connections that can be cut."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _cuttable(pool.ConnectionCls)
        return pool
