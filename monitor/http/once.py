"""GETs by the standard library alone, for questions to which the answer is mostly “nothing newer”.

They say the same as `polite` does, at the same pace and within the same limits, and nothing of it is repeated or
followed. What comes as anything but one plain answer is None: whoever asks then asks again by `polite`, which has the
patience and the words, and takes the answers that came before.
"""

import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Self, cast
from urllib.parse import urlsplit

from monitor.http.asking import CONNECT_TIMEOUT, DEADLINE, READ_TIMEOUT
from monitor.http.deadline import Deadline
from monitor.http.pacing import Turns, host_of
from monitor.http.reading import WholeAnswer, is_silent, is_whole
from monitor.http.response import Asked, AskedBefore, Response

_PLAIN = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*(:[1-9][0-9]{0,4})?(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*(\?[A-Za-z0-9._~=&,-]+)?"
)
"""An address that no two libraries understand differently."""
_MAY_REPEAT = ("set-cookie",)


class PlainSession:
    """GETs to the server of *base_url*, each with the headers *always*. Use as a context manager.

    *trust* makes the TLS context; it is called for https alone.
    """

    turns: Turns | None = None
    """A pace to keep beside the session's own."""

    def __init__(
        self,
        base_url: str,
        *,
        always: Mapping[str, str],
        trust: Callable[[], ssl.SSLContext],
        requests_per_second: float,
    ) -> None:
        self.asked = AskedBefore()
        """The requests to which an answer came, in their order."""
        self._base = base_url
        self._always = always
        self._trust = trust
        self._interval = 1 / requests_per_second
        self._connection: HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def get(self, url: str, headers: Mapping[str, str], *, cap: int) -> Response | None:
        """The answer, whose body may have *cap* bytes; None where no plain one came."""
        if not (url.startswith(f"{self._base}/") and _PLAIN.fullmatch(url)):
            return None
        if not self._keep_pace():
            return None
        answer = None
        try:
            with Deadline(DEADLINE) as deadline:
                answer = self._answer(url, {**self._always, **headers}, cap, deadline)
        except (OSError, HTTPException, ValueError, zlib.error):
            self._close()
        if answer is None or deadline.is_over:
            return None
        self.asked.requests.append(Asked(url, headers, answer))
        return answer

    def _keep_pace(self) -> bool:
        """Wait until the next request may start; false where the server wants none for a while."""
        wait = self.asked.next_start - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        if self.turns:
            turn = self.turns.turn(host_of(self._base), interval=self._interval, patience=0)
            if turn.left_alone_for:
                return False
            time.sleep(turn.wait)
        self.asked.next_start = max(self.asked.next_start, time.monotonic()) + self._interval
        return True

    def _answer(self, url: str, headers: Mapping[str, str], cap: int, deadline: Deadline) -> Response | None:
        connection, connected = self._connected()
        connected.settimeout(READ_TIMEOUT)
        deadline.watch(lambda: connected)
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.putrequest("GET", target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = _body(answer, cap)
        if body is None or not is_whole(answer):
            self._close()
        names = [name.lower() for name in answer.headers if name.lower() not in _MAY_REPEAT]
        if body is None or len(set(names)) < len(names):
            return None
        return Response(answer.status, cast("Mapping[str, str]", answer.headers), body, url)  # its `get` ignores case

    def _connected(self) -> tuple[HTTPConnection, socket.socket]:
        """The connection as the last answer left it, or a new one."""
        connection = self._connection
        if connection and connection.sock and is_silent(connection.sock):
            return connection, connection.sock
        self._close()
        connection = self._connection = _connection(self._base, self._trust)
        connection.connect()
        return connection, connection.sock

    def _close(self) -> None:
        if self._connection:
            self._connection.close()


def _connection(url: str, trust: Callable[[], ssl.SSLContext]) -> HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = trust()
        context.set_alpn_protocols(["http/1.1"])
        connection: HTTPConnection = HTTPSConnection(parts.netloc, timeout=CONNECT_TIMEOUT, context=context)
    else:
        connection = HTTPConnection(parts.netloc, timeout=CONNECT_TIMEOUT)
    connection.response_class = WholeAnswer
    return connection


def _body(answer: HTTPResponse, cap: int) -> bytes | None:
    """The whole body, decompressed; None where it is too large, broken off or squeezed in another way than we asked."""
    body = answer.read(cap + 1)
    encoding = answer.headers.get("Content-Encoding", "identity").lower()
    if len(body) > cap or answer.length or encoding not in ("identity", "gzip"):
        return None
    if encoding == "identity" or not body:
        return body
    inflated = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    body = inflated.decompress(body, cap + 1)
    return body if len(body) <= cap and inflated.eof and not inflated.unused_data else None
