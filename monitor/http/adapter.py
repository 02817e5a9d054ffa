"""The connections of `requests`, under a deadline from the first header on, and with our own TLS context."""

import ssl
from collections.abc import Callable
from functools import cache
from typing import Any

from requests.adapters import HTTPAdapter

from monitor.http.deadline import current_deadline
from monitor.http.reading import WholeAnswer


class _Bounded:
    """Puts any connection of urllib3 under the current deadline."""

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
        if deadline := current_deadline():
            connection = getattr(self.sock, "socket", self.sock)  # TLS within TLS is no socket, and has one
            deadline.watch(lambda: connection)


@cache
def _bounded(kind: type) -> type:
    """The class of connections *kind*, watched. A proxy's connections are of classes of their own."""
    return kind if issubclass(kind, _Bounded) else type(f"_Bounded{kind.__name__}", (_Bounded, kind), {})


class BoundedAdapter(HTTPAdapter):
    """Makes connections whose headers must arrive within the deadline, too: requests returns responses only after them.

    *trust* makes the TLS context; it is called once, and only for https.
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
        """The pool that requests asks for, making connections that a deadline bounds."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _bounded(pool.ConnectionCls)
        return pool
