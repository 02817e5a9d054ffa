"""One GET by the standard library alone, for a question to which the answer is mostly “nothing newer”.

It says the same as `polite` does, within the same limits, and nothing of it is repeated or followed. What comes as
anything but one plain answer is None: whoever asks then asks again by `polite`, which has the patience and the words.
"""

import re
import ssl
import zlib
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import cast
from urllib.parse import urlsplit

from monitor.http.asking import CONNECT_TIMEOUT, DEADLINE, READ_TIMEOUT
from monitor.http.deadline import Deadline
from monitor.http.reading import WholeAnswer
from monitor.http.response import Asked, Response

_PLAIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(:[1-9][0-9]{0,4})?(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
"""An address that no two libraries understand differently."""
_MAY_REPEAT = ("set-cookie",)


def ask_once(
    url: str, *, always: Mapping[str, str], headers: Mapping[str, str], trust: Callable[[], ssl.SSLContext], cap: int
) -> Asked | None:
    """Ask with the headers that every request has and those of this one; None where no plain answer came of it.

    *trust* makes the TLS context; it is called for https alone. A body may have *cap* bytes.
    """
    if not _PLAIN.fullmatch(url):
        return None
    try:
        with Deadline(DEADLINE) as deadline:
            answer = _answer(url, {**always, **headers}, trust, cap, deadline)
    except (OSError, HTTPException, ValueError, zlib.error):
        return None
    return Asked(url, headers, answer) if answer and not deadline.is_over else None


def _answer(
    url: str, headers: Mapping[str, str], trust: Callable[[], ssl.SSLContext], cap: int, deadline: Deadline
) -> Response | None:
    connection = _connection(url, trust)
    try:
        connection.connect()
        connected = connection.sock
        connected.settimeout(READ_TIMEOUT)
        deadline.watch(lambda: connected)
        connection.putrequest("GET", urlsplit(url).path or "/", skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = _body(answer, cap)
    finally:
        connection.close()
    names = [name.lower() for name in answer.headers if name.lower() not in _MAY_REPEAT]
    if body is None or len(set(names)) < len(names):
        return None
    return Response(answer.status, cast("Mapping[str, str]", answer.headers), body, url)  # its `get` ignores case


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
