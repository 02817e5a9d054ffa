"""Connections for a guarded session: to vetted addresses, with or without a proxy, with or without TLS.

They use the standard library, because requests makes its connections where a deadline cannot watch them. Every
connection is under a `Deadline` from before its first byte.

An HTTP proxy, or one for SOCKS 5h or 4a, looks the name up itself: it need not use the address that we vetted.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from threading import Lock, Thread
from typing import Any

import socks
from urllib3.util.ssltransport import SSLTransport

from monitor.http.deadline import Deadline
from monitor.http.network import Proxy
from monitor.http.proxies import login_header, refusal_by, socks_words
from monitor.http.reading import WholeAnswer
from monitor.http.target import Target

CONNECT_TIMEOUT = 5.0
"""Seconds for each address of a host: the next one may work."""

LookUp = Callable[..., Sequence[tuple[Any, ...]]]
"""What `socket.getaddrinfo` is."""
Address = tuple[int, Any]
"""A family, and a socket address of it."""


class NotConnected(Exception):
    """No connection could be made; the message says why, to follow the receiver's name."""


class NotResolved(NotConnected):
    """The name service gives no address."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """The limits of one attempt: its *deadline*, and the monotonic time *until* which it lasts."""

    deadline: Deadline
    until: float

    @property
    def seconds_left(self) -> float:
        """Always more than 0: a time-out of 0 would mean not to wait at all."""
        return max(self.until - time.monotonic(), 0.001)

    def watch(self, connection: socket.socket) -> None:
        """Let the deadline end the connection, and nothing before it: only the deadline knows why."""
        self.deadline.watch(lambda: connection)
        connection.settimeout(self.seconds_left + CONNECT_TIMEOUT)


class LookUps:
    """Look-ups of names, each in a thread of its own, because one can be abandoned but not interrupted.

    There is one at a time for a name, whoever waits for it: what hangs is one thread, and nobody else's. An address is
    read at once, for which nobody is asked.
    """

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._under_way: dict[tuple[str, int], Future[Sequence[tuple[Any, ...]]]] = {}
        self._lock = Lock()

    def addresses(self, host: str, port: int, *, until: float) -> list[Address]:
        """What a name, or the text of an address, leads to. Raise NotResolved where that is nothing, or not in time."""
        try:
            answers = self._read(host, port) if _is_address(host) else self._asked(host, port, until)
        except (OSError, ValueError):
            raise NotResolved("its name does not resolve") from None
        return [(family, address) for family, _, _, _, address in answers]

    def _read(self, host: str, port: int) -> Sequence[tuple[Any, ...]]:
        return self._look_up(host, port, type=socket.SOCK_STREAM)

    def _asked(self, host: str, port: int, until: float) -> Sequence[tuple[Any, ...]]:
        with self._lock:
            found = self._under_way.get((host, port))
            if found is None:
                found = self._under_way[host, port] = Future()
                Thread(target=self._ask, args=(host, port, found), daemon=True).start()
        return found.result(timeout=max(until - time.monotonic(), 0))

    def _ask(self, host: str, port: int, found: "Future[Sequence[tuple[Any, ...]]]") -> None:
        try:
            answers = self._read(host, port)
        except Exception as error:
            self._end(host, port)
            found.set_exception(error)
        else:
            self._end(host, port)
            found.set_result(answers)

    def _end(self, host: str, port: int) -> None:
        with self._lock:
            del self._under_way[host, port]


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host))
    return False


def connected(addresses: Sequence[Address], limit: TimeLimit) -> socket.socket:
    """Connect to the first address that accepts a connection."""
    failure = OSError()
    for family, address in addresses:
        try:
            return _connection_to(family, address, limit)
        except OSError as error:
            failure = error
    raise NotConnected(_why_no_connection(failure))


def encrypted(connection: socket.socket, host: str, *, context: ssl.SSLContext, limit: TimeLimit) -> socket.socket:
    """Encrypt a connection, after the other side has proved to be *host*. Do not use the plain one any more."""
    # Certificates name hosts without the dot that ends a full name.
    name = host.rstrip(".")
    if isinstance(connection, ssl.SSLSocket):
        # Python's own TLS cannot go within another one.
        return SSLTransport(connection, context, server_hostname=name)  # type: ignore[return-value]
    with connection:
        wrapped = context.wrap_socket(connection, server_hostname=name, do_handshake_on_connect=False)
    try:
        limit.deadline.watch(lambda: wrapped)
        wrapped.do_handshake()
    except BaseException:
        wrapped.close()
        raise
    return wrapped


def by_http_proxy(
    proxy: Proxy,
    target: Target,
    addresses: Sequence[Address],
    *,
    context: Callable[[], ssl.SSLContext],
    limit: TimeLimit,
) -> socket.socket:
    """A connection to the proxy at *addresses*; for an https target one through it, by CONNECT."""
    connection = _with_proxy(proxy, lambda: connected(addresses, limit))
    try:
        if proxy.scheme == "https":
            plain = connection
            connection = _with_proxy(proxy, lambda: encrypted(plain, proxy.host, context=context(), limit=limit))
        if target.scheme == "https":
            _with_proxy(proxy, lambda: _tunnel(connection, proxy, target))
    except BaseException:
        connection.close()
        raise
    return connection


def by_socks_proxy(
    proxy: Proxy, target: Target, vetted: Sequence[Address], addresses: Sequence[Address], limit: TimeLimit
) -> socket.socket:
    """A connection through the proxy at *addresses*: to the vetted address, or to a name that the proxy looks up."""
    kinds = {"socks5": socks.SOCKS5, "socks5h": socks.SOCKS5, "socks4": socks.SOCKS4, "socks4a": socks.SOCKS4}
    looks_up = proxy.scheme in ("socks5h", "socks4a")
    if not vetted and not looks_up:
        raise NotResolved("its name does not resolve")
    where = (target.host, target.port) if looks_up else vetted[0][1][:2]
    family, at = addresses[0]
    connection = socks.socksocket(family, socket.SOCK_STREAM)
    limit.deadline.watch(lambda: connection)
    try:
        connection.set_proxy(
            kinds[proxy.scheme], at[0], at[1], looks_up, proxy.username or None, proxy.password or None
        )
        connection.settimeout(limit.seconds_left)
        connection.connect(where)
        connection.settimeout(limit.seconds_left + CONNECT_TIMEOUT)
    except (OSError, ValueError) as error:
        connection.close()
        raise NotConnected(f"{proxy} {socks_words(error)}") from None
    ready: socket.socket = connection
    return ready


def _with_proxy(proxy: Proxy, step: Callable[[], socket.socket]) -> socket.socket:
    """What *step* gives; what goes wrong in it is the proxy's doing."""
    try:
        return step()
    except NotConnected as error:
        words = str(error)
        raise NotConnected(words if proxy.shown in words else f"{proxy}: {words}") from None
    except ssl.SSLError:
        raise NotConnected(f"{proxy} gives no trustworthy TLS connection") from None
    except HTTPException:
        raise NotConnected(f"{proxy} does not answer in proper HTTP") from None


def _tunnel(connection: socket.socket, proxy: Proxy, target: Target) -> socket.socket:
    lines = [f"CONNECT {target.shown} HTTP/1.1", f"Host: {target.shown}"]
    lines += [f"{name}: {value}" for name, value in login_header(proxy).items()]
    connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer: HTTPResponse = WholeAnswer(connection, method="CONNECT")
    try:
        answer.begin()
    finally:
        answer.close()
    if not 200 <= answer.status <= 299:
        raise NotConnected(refusal_by(proxy, answer.status))
    return connection


def _connection_to(family: int, address: Any, limit: TimeLimit) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    limit.deadline.watch(lambda: connection)
    try:
        connection.settimeout(min(CONNECT_TIMEOUT, limit.seconds_left))
        connection.connect(address)
        # Head and body are sent one after the other, and the second would wait for the first one's acknowledgement.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # From now on the deadline ends it, and knows why.
        connection.settimeout(limit.seconds_left + CONNECT_TIMEOUT)
    except OSError:
        with suppress(OSError):
            connection.close()
        raise
    return connection


def _why_no_connection(failure: OSError) -> str:
    if isinstance(failure, ConnectionRefusedError):
        return "connection refused"
    return "no connection in time" if isinstance(failure, TimeoutError) else "no way to its network"
