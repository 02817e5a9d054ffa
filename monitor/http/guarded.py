"""POSTs to other people's URLs, which must never lead into our own network.

| what a URL or a receiver does                   | what comes of it                                                |
|-------------------------------------------------|-----------------------------------------------------------------|
| leads to an address that is not public          | no connection; `allow_networks` makes exceptions                |
| has several addresses, one of them not public   | no connection to any of them                                    |
| changes its address after we looked             | nothing: one look-up, and the connection goes to what it gave   |
| names a port that is none of `addresses.PORTS`  | no connection, unless the address is in `allow_networks`        |
| redirects                                       | the redirect is the answer                                      |
| trickles, stays silent, hangs in the handshake  | cut at the deadline, which begins before the look-up            |
| answers without end, or with a gzip bomb        | the beginning, decompressed, and no more is read                |
| sends interim answers, such as 103 Early Hints  | passed over; the final answer counts                            |
| breaks off within the head, or has endless ones | no answer                                                       |
| breaks off within the body                      | the answer: the whole head is what counts                       |
| closes a kept connection as a POST comes        | the POST goes once more, over a new connection                  |

The URL is parsed once; the look-up, the Host header, SNI and the certificate's check all use that one host, so there is
no second parser to disagree with the first. The environment's netrc and proxies are ignored. No log contains the path,
which may be a secret.

Connections are made by `connecting`. Only those of POSTs wait for the next one, in `kept`: to the same scheme, host and
port, so at the address that was vetted, and never through a proxy.

With `[network] proxy` the connection goes to the proxy. The addresses that the receiver's name has here are vetted all
the same; a name that does not resolve here, as in networks where only the proxy has DNS, is left to the proxy.
"""

import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_network
from threading import Lock

from urllib3 import HTTPHeaderDict

from monitor.errors import ConfigurationInvalid, DeliveryDeferred
from monitor.http.addresses import refusal
from monitor.http.answers import CUT, why
from monitor.http.connecting import (
    CONNECT_TIMEOUT,
    Address,
    LookUp,
    LookUps,
    NotConnected,
    NotResolved,
    TimeLimit,
    by_http_proxy,
    by_socks_proxy,
    connected,
    encrypted,
)
from monitor.http.deadline import Deadline
from monitor.http.kept import KeptConnections
from monitor.http.network import Network, Proxy
from monitor.http.proxies import WANTS_LOGIN, login_header, refusal_by
from monitor.http.reading import ANSWER_CAP, WholeAnswer, beginning, is_whole
from monitor.http.response import Response
from monitor.http.target import Target


class NotAnswered(DeliveryDeferred):
    """No answer. *reason* is what the message says, without the receiver's name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Request:
    """One request, and the proxy that it uses."""

    method: str
    target: Target
    body: bytes | None
    headers: Mapping[str, str]
    proxy: Proxy | None
    keeps: bool
    """Whether its connection may have been used before, and may be used again."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer, and the connection over which it came where that can be used again."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    connection: socket.socket | None = None


CLOSED = (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What a connection says that the other side has closed; of `http.client`, where not a byte of an answer came."""


class GuardedSession:
    """HTTP requests to receivers that somebody else chose. Safe to use from several threads at once.

    *deadline* is in seconds, for one request from the look-up to the end of the answer, of which *answer_cap* bytes are
    kept. *look_up* is called once for every new connection.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_networks: Sequence[str] = (),
        deadline: float = 15.0,
        answer_cap: int = ANSWER_CAP,
        network: Network | None = None,
        look_up: LookUp = socket.getaddrinfo,
    ) -> None:
        self._user_agent = user_agent
        self._allowed = tuple(map(ip_network, allow_networks))
        self._deadline = deadline
        self._answer_cap = answer_cap
        self._network = network or Network()
        self._trust: ssl.SSLContext | None = None
        self._look_ups = LookUps(look_up)
        self._kept = KeptConnections()
        self._lock = Lock()

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Response:
        """Send one POST and return the answer; see `request`.

        Its connection is kept for the next one. As the receiver may close it just then, what is sent must be known
        again by an id in it: nobody can tell whether the receiver has read it.
        """
        return self._request("POST", url, body=body, headers=headers, keeps=True)

    def get(self, url: str) -> Response:
        """Send one GET and return the answer; see `request`."""
        return self.request("GET", url, body=None, headers={})

    def request(self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]) -> Response:
        """Send one request and return the answer, whatever its status.

        Raise NotAnswered with the reason if there is none, ConfigurationInvalid if the request cannot be made.
        """
        return self._request(method, url, body=body, headers=headers, keeps=False)

    def close(self) -> None:
        """Close the connections that wait, and let none wait any more."""
        self._kept.close()

    def _request(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str], keeps: bool
    ) -> Response:
        target = Target.of(url)
        proxy = self._network.proxy_to(target.scheme, target.host, target.port, heeds_environment=False)
        all_headers = {"Host": target.host_header, "User-Agent": self._user_agent, **headers}
        asked = _Request(method, target, body, all_headers, proxy, keeps=keeps and proxy is None)
        if "https" in (target.scheme, proxy and proxy.scheme):
            self._context()  # before the deadline begins, of which it would use up a part the first time
        answered = self._answered(asked)
        if answered.connection:
            self._kept.put(target.receiver, answered.connection)
        via = f"by way of {proxy}" if proxy else ""
        return Response(answered.status, answered.headers, answered.body, url, via)

    def _answered(self, asked: _Request) -> _Answered:
        """The answer, within the deadline."""
        until = time.monotonic() + self._deadline
        with Deadline(self._deadline) as deadline:
            try:
                answered = self._exchange(asked, TimeLimit(deadline, until))
            except NotConnected as error:
                reason = CUT if deadline.is_over and not isinstance(error, NotResolved) else str(error)
            except (HTTPException, OSError, ValueError) as error:
                # The library's exception may hold the path.
                reason = CUT if deadline.is_over else why(error, (CONNECT_TIMEOUT, self._deadline))
            else:
                reason = ""
        if reason:
            way = f", by way of {asked.proxy}" if asked.proxy and asked.proxy.shown not in reason else ""
            raise NotAnswered(asked.target.shown, f"gives no answer: {reason}{way}")
        if answered.connection and deadline.is_over:
            answered.connection.close()
            return replace(answered, connection=None)
        return answered

    def _exchange(self, asked: _Request, limit: TimeLimit) -> _Answered:
        """Send the request and take the answer: over a connection that waits, else over a new one."""
        if asked.keeps and (waiting := self._kept.take(asked.target.receiver)):
            try:
                limit.watch(waiting)
                return _answered_over(waiting, asked, self._answer_cap)
            except CLOSED:
                if limit.deadline.is_over:
                    raise
        answered = _answered_over(self._connection(asked, limit), asked, self._answer_cap)
        if asked.proxy and answered.status == WANTS_LOGIN:
            raise NotConnected(refusal_by(asked.proxy, answered.status))
        return answered

    def _connection(self, asked: _Request, limit: TimeLimit) -> socket.socket:
        """A connection to where the host is, or to the proxy; with TLS where the URL asks for it."""
        target, proxy = asked.target, asked.proxy
        vetted = self._vetted(target, limit, must_resolve=proxy is None)
        if proxy is None:
            connection = connected(vetted, limit)
        else:
            try:
                at = self._look_ups.addresses(proxy.host, proxy.port, until=limit.until)
            except NotResolved as error:
                raise NotConnected(f"{proxy}: {error}") from None
            if proxy.scheme.startswith("socks"):
                connection = by_socks_proxy(proxy, target, vetted, at, limit)
            else:
                connection = by_http_proxy(proxy, target, at, context=self._context, limit=limit)
        if target.scheme == "http":
            return connection
        return encrypted(connection, target.host, context=self._context(), limit=limit)

    def _vetted(self, target: Target, limit: TimeLimit, *, must_resolve: bool) -> list[Address]:
        """The addresses of the host, all of which may be reached; none where it does not resolve and need not."""
        try:
            found = self._look_ups.addresses(target.host, target.port, until=limit.until)
        except NotResolved:
            if must_resolve:
                raise
            return []
        for _, address in found:
            if why_not := refusal(address[0], target.port, self._allowed):
                raise NotAnswered(
                    target.shown,
                    f"is not called: {why_not}, and its network is not in [webhooks] allow_networks",
                )
        return found

    def _context(self) -> ssl.SSLContext:
        """Reading all certificates takes longer than a delivery: once, and only where TLS is asked for."""
        with self._lock:
            if self._trust is None:
                self._trust = self._network.trust()
            return self._trust


def _answered_over(connection: socket.socket, asked: _Request, cap: int) -> _Answered:
    """The answer to the request; the connection is closed unless it can be used again."""
    with ExitStack() as unless_kept:
        unless_kept.enter_context(closing(connection))
        with _answer_to(asked, connection) as answer:
            body = beginning(answer, cap=cap)
            keeps = asked.keeps and is_whole(answer)
        if keeps:
            unless_kept.pop_all()
    headers = HTTPHeaderDict(answer.getheaders())
    return _Answered(answer.status, headers, body, connection if keeps else None)


def _answer_to(asked: _Request, connection: socket.socket) -> HTTPResponse:
    """Send the request, and read the head of the answer. ConfigurationInvalid if HTTP cannot express the request."""
    target, headers, path = asked.target, dict(asked.headers), asked.target.path
    if asked.proxy and target.scheme == "http" and not asked.proxy.scheme.startswith("socks"):
        path = f"http://{target.host_header}{path}"
        headers |= login_header(asked.proxy)
    exchange = HTTPConnection(target.host, target.port)
    exchange.response_class = WholeAnswer
    exchange.sock = connection
    if not asked.keeps:
        headers["Connection"] = "close"
    # A receiver may answer and hang up before it has read everything: 413 Content Too Large.
    with suppress(*CLOSED):
        try:
            exchange.request(asked.method, path, asked.body, headers)
        except ValueError:
            raise ConfigurationInvalid("what is to be sent does not fit into an HTTP request") from None
    return exchange.getresponse()
