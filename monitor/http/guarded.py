"""POSTs to other people's URLs: who asks us to send something somewhere must not reach our own network through us.

| what a URL or a receiver does                   | what comes of it                                                |
|-------------------------------------------------|-----------------------------------------------------------------|
| leads to an address that is not public          | no connection; `allow_networks` makes exceptions                |
| has several addresses, one of them not public   | no connection to any of them                                    |
| changes its address after we looked             | nothing: one look-up, and the connection goes to what it gave   |
| names a port that is none of `addresses.PORTS`  | no connection, unless the address is in `allow_networks`        |
| redirects                                       | the redirect is the answer                                      |
| trickles, stays silent, hangs in the handshake  | cut at the deadline, which begins before the look-up            |
| answers without end, or with a gzip bomb        | the first 64 kB, decompressed, and no more is read              |
| sends interim answers, such as 103 Early Hints  | passed over; the final answer counts                            |
| breaks off within the head, or has endless ones | no answer                                                       |
| breaks off within the body                      | the answer: the whole head is what counts                       |

The URL is parsed once; the look-up, the Host header, SNI and the certificate's check all use that one host, so there is
no second parser to disagree with the first. No proxy, no netrc, no variable of the environment is heeded, save those
that name OpenSSL's certificates. Every POST has a connection of its own. It is made of the standard library, because
requests and its guards make the connection where it cannot be watched, and log the path, which may be a secret.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_network
from threading import Lock, Thread
from typing import Any, Self

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPHeaderDict
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from monitor.errors import ConfigurationInvalid, DeliveryDeferred
from monitor.http.addresses import refusal
from monitor.http.answers import CUT, Response, why
from monitor.http.cutting import Cutter
from monitor.http.reading import WholeAnswer, beginning

CONNECT_TIMEOUT = 5.0
"""Seconds for each address of a host: the next one may work."""
LONGEST_URL = 2_000

LookUp = Callable[..., Sequence[tuple[Any, ...]]]
"""What `socket.getaddrinfo` is."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, taken apart. *host* is in lower case and ASCII, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    path: str
    """With the query, as the request line has it."""

    @classmethod
    def of(cls, url: str) -> Self:
        """Raise ConfigurationInvalid where *url* is no http(s) address, or holds a user name, password or fragment.

        The message shows nothing of the URL: any part of it may be a secret.
        """
        try:
            parts = parse_url(url)
        except (LocationParseError, ValueError):
            raise ConfigurationInvalid(_EXPECTED) from None
        if parts.scheme not in ("http", "https") or not parts.host or parts.port == 0:
            raise ConfigurationInvalid(_EXPECTED)
        if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
            raise ConfigurationInvalid(f"{_EXPECTED}, on one line of up to {LONGEST_URL:,} characters without spaces")
        if parts.auth is not None or parts.fragment is not None:
            raise ConfigurationInvalid(f"{_EXPECTED}, without user name, password and “#”")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.host.strip("[]"), port, parts.request_uri)

    @property
    def shown(self) -> str:
        """Host and port, as a message names it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        """As a browser would send it: without the port that the scheme implies."""
        return self.shown.removesuffix(":443" if self.scheme == "https" else ":80")


_EXPECTED = "an address such as https://example.org/hooks/trials is expected"


class GuardedSession:
    """HTTP POSTs to receivers that somebody else chose. Safe to use from several threads at once; holds nothing open.

    *deadline* is in seconds, for one `post` from the look-up to the end of the answer. *trust* replaces the system's
    and requests' certificate authorities. *look_up* is asked once for every POST.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_networks: Sequence[str] = (),
        deadline: float = 15.0,
        trust: ssl.SSLContext | None = None,
        look_up: LookUp = socket.getaddrinfo,
    ) -> None:
        self._user_agent = user_agent
        self._allowed = tuple(map(ip_network, allow_networks))
        self._deadline = deadline
        self._trust = trust
        self._look_up = look_up
        self._lock = Lock()

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Response:
        """The answer to one POST, whatever its status; of a longer body the first ANSWER_CAP bytes.

        Raise DeliveryDeferred with the reason where there is none, ConfigurationInvalid where *url* cannot be asked.
        """
        return self._exchange("POST", url, body=body, headers=headers)

    def get(self, url: str) -> Response:
        """The answer to one GET; as `post` otherwise."""
        return self._exchange("GET", url, body=None, headers={})

    def _exchange(self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]) -> Response:
        target = Target.of(url)
        until = time.monotonic() + self._deadline
        addresses = self._vetted(target, until)
        with Cutter(max(until - time.monotonic(), 0.001)) as cutter:
            try:
                with self._connected(target, addresses, cutter=cutter, until=until) as connection:
                    all_headers = {"Host": target.host_header, "User-Agent": self._user_agent, **headers}
                    with _ask(connection, target, method=method, body=body, headers=all_headers) as answer:
                        kept = beginning(answer)
            except (HTTPException, OSError, ValueError) as error:
                reason = CUT if cutter.has_cut else why(error, (CONNECT_TIMEOUT, self._deadline))
                # The library's exception may hold the path.
                raise DeliveryDeferred(f"{target.shown} gives no answer: {reason}") from None
        return Response(answer.status, HTTPHeaderDict(answer.getheaders()), kept, url)

    def _vetted(self, target: Target, until: float) -> list[tuple[int, Any]]:
        """Families and socket addresses of the host, all of which may be reached."""
        vetted = []
        for family, _, _, _, address in self._looked_up(target, until):
            if why_not := refusal(address[0], target.port, self._allowed):
                raise DeliveryDeferred(
                    f"{target.shown} is not called: {why_not}, and its network is not in [webhooks] allow_networks"
                )
            vetted.append((family, address))
        return vetted

    def _looked_up(self, target: Target, until: float) -> Sequence[tuple[Any, ...]]:
        """What the name service says. It is asked in a thread of its own, as it can be left alone, not interrupted."""
        found: Future[Sequence[tuple[Any, ...]]] = Future()

        def look_up() -> None:
            try:
                found.set_result(self._look_up(target.host, target.port, type=socket.SOCK_STREAM))
            except Exception as error:
                found.set_exception(error)

        Thread(target=look_up, daemon=True).start()
        try:
            return found.result(timeout=max(until - time.monotonic(), 0))
        except (OSError, ValueError):
            raise DeliveryDeferred(f"{target.shown} gives no answer: its name does not resolve") from None

    def _connected(
        self, target: Target, addresses: Sequence[tuple[int, Any]], *, cutter: Cutter, until: float
    ) -> socket.socket:
        """A connection to the first address that accepts one, with TLS where the URL asks for it."""
        failure = OSError()
        for family, address in addresses:
            try:
                left = max(until - time.monotonic(), 0.001)
                connection = _connection_to(family, address, timeout=min(CONNECT_TIMEOUT, left), cutter=cutter)
            except OSError as error:
                failure = error
                continue
            connection.settimeout(self._deadline)
            return self._encrypted(connection, target, cutter) if target.scheme == "https" else connection
        raise DeliveryDeferred(f"{target.shown} gives no answer: {_why_no_connection(failure)}")

    def _encrypted(self, connection: socket.socket, target: Target, cutter: Cutter) -> ssl.SSLSocket:
        with connection:
            # Certificates name hosts without the dot that ends a full name.
            host = target.host.rstrip(".")
            encrypted = self._authorities().wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
        try:
            cutter.watch(encrypted)
            encrypted.do_handshake()
        except BaseException:
            encrypted.close()
            raise
        return encrypted

    def _authorities(self) -> ssl.SSLContext:
        """Reading all certificates takes longer than a delivery: once, and only where TLS is asked for."""
        with self._lock:
            if self._trust is None:
                self._trust = ssl.create_default_context()
                self._trust.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
            return self._trust


def _connection_to(family: int, address: Any, *, timeout: float, cutter: Cutter) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    cutter.watch(connection)
    try:
        connection.settimeout(timeout)
        connection.connect(address)
        # Head and body are sent one after the other, and the second would wait for the first one's acknowledgement.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        connection.close()
        raise
    return connection


def _why_no_connection(failure: OSError) -> str:
    if isinstance(failure, ConnectionRefusedError):
        return "connection refused"
    return "no connection in time" if isinstance(failure, TimeoutError) else "no way to its network"


def _ask(
    connection: socket.socket, target: Target, *, method: str, body: bytes | None, headers: Mapping[str, str]
) -> HTTPResponse:
    """Send the request, and read the head of the answer."""
    exchange = HTTPConnection(target.host, target.port)
    exchange.response_class = WholeAnswer
    exchange.sock = connection
    # A receiver may answer and hang up before it has read everything: 413 Content Too Large.
    with suppress(BrokenPipeError, ConnectionResetError):
        exchange.request(method, target.path, body, {**headers, "Connection": "close"})
    return exchange.getresponse()
