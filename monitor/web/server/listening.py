"""The socket, and the server in a thread of its own."""

import socket
from collections.abc import Sequence
from threading import Thread

from starlette.applications import Starlette
from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from monitor.errors import ConfigurationInvalid, system_words
from monitor.web.server.connections import ACCEPTED_AT_ONCE, HEAD_WITHIN, BoundedProtocol, most_connections
from monitor.web.server.peers import NotingPeers
from monitor.web.server.safety import Safe

STOPS_WITHIN = 1.0


def listen(bind: str) -> socket.socket:
    """A socket at *bind*, an address and a port (0: a free one). Raise ConfigurationInvalid where it cannot be had."""
    host, _, port = bind.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, int(port)), family=family)
    except OSError as error:
        words = f"{bind} cannot be listened on ({system_words(error)})"
        raise ConfigurationInvalid(f"{words}: end what uses it, or choose another with [web] bind or --bind") from None
    # Connections inherit it. asyncio sets it only where a socket names its protocol, which this one does not; without
    # it, the body of an answer waits 40 ms for the client to acknowledge the head.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    return made


class Listener:
    """Answers on a socket until it is stopped. Signals are left to the main thread."""

    def __init__(
        self,
        application: Starlette,
        listening: socket.socket,
        *,
        head_within: float = HEAD_WITHIN,
        trusted_proxies: Sequence[str] = (),
    ) -> None:
        """*trusted_proxies* are the networks whose X-Forwarded-For says who asks.

        An application that has `state.close` is told by it that the end has come.
        """
        self._close = getattr(application.state, "close", lambda: None)
        self._socket = listening
        limits = {"most": most_connections(), "head_within": head_within}
        self._server = Server(
            Config(
                Safe(NotingPeers(_heeding(application, trusted_proxies))),
                http=type("Protocol", (BoundedProtocol,), limits),
                backlog=ACCEPTED_AT_ONCE,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = Thread(target=self._server.run, args=([listening],), name="web", daemon=True)

    @property
    def address(self) -> str:
        """The address and port where it answers."""
        host, port = self._socket.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it answers."""
        return self._thread.is_alive()

    def stop(self) -> bool:
        """Answer no more; give whether its thread has ended in time."""
        self._server.should_exit = True
        self._close()
        self._thread.join(STOPS_WITHIN)
        self._socket.close()
        return not self._thread.is_alive()


def _heeding(application: Starlette, trusted_proxies: Sequence[str]) -> ASGIApp:
    """The application, told who asks by the proxies in these networks."""
    if not trusted_proxies:
        return application
    return ProxyHeadersMiddleware(application, trusted_hosts=[*trusted_proxies])  # type: ignore[arg-type,return-value]
