"""A scriptable HTTP server on 127.0.0.1. What it sends are bytes, so it can say anything, cut anything, or say nothing.

    with Loopback(lambda request: http(b'{"studies": []}')) as server:
        session.get(server.url + "/studies")

An answer is bytes, or a sequence of bytes, `Pause`s and `RESET`; after it the connection closes.
"""

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self
from urllib.parse import parse_qs, urlsplit

RESET = object()
"""Sent as a part of an answer: the connection is reset instead of closed."""


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]
    """By lower-case name."""
    at: float
    """When it came, by the monotonic clock."""
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nobody listens, held so that nobody else can meanwhile."""
    with socket.socket() as holding:
        holding.bind(("127.0.0.1", 0))
        port: int = holding.getsockname()[1]
        yield port


Answer = bytes | Iterable[object]


class Loopback:
    """Serves until the `with` ends. *requests* are those that came, in their order."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.requests: list[Request] = []
        self._answer = answer
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.host}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        # An accept() that waits is not ended by closing its socket, but by somebody coming.
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            connection, _ = self._listener.accept()
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            try:
                if request := _read(connection):
                    self.requests.append(request)
                    self._send(connection, self._answer(request))
            except OSError:
                pass  # the client went away, which is its good right

    def _send(self, connection: socket.socket, answer: Answer) -> None:
        for part in [answer] if isinstance(answer, bytes) else answer:
            if self._closing.is_set():
                return
            if isinstance(part, Pause):
                self._closing.wait(part.seconds)
            elif part is RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            else:
                connection.sendall(part)


def _read(connection: socket.socket) -> Request | None:
    came = b""
    while b"\r\n\r\n" not in came:
        piece = connection.recv(65536)
        came += piece
        # Whoever speaks TLS begins with no letter, and would wait for an answer for ever.
        if not piece or not came[:1].isalpha():
            return None
    head, _, body = came.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)) and (piece := connection.recv(65536)):
        body += piece
    return Request(method, target, headers, time.monotonic(), body)


def http(
    body: bytes = b"",
    status: int = 200,
    *,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A whole answer. *headers* override those that it would have."""
    stated = {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **(headers or {}),
    }
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = "".join(f"{name}: {value}\r\n" for name, value in stated.items())
    return f"HTTP/1.1 {status} {phrase}\r\n{lines}\r\n".encode("latin-1") + body


def gzipped(body: bytes, *, cut: int = 0) -> bytes:
    """A whole answer with a compressed body, whose last *cut* bytes are missing without the length telling of it."""
    squeezed = gzip.compress(body)
    return http(squeezed[: len(squeezed) - cut], headers={"Content-Encoding": "gzip"})


def chunked(body: bytes, *, cut: bool = False) -> bytes:
    """A whole answer in one chunk; *cut*: without the chunk that ends it."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    return head + f"{len(body):x}\r\n".encode() + body + b"\r\n" + (b"" if cut else b"0\r\n\r\n")


def drip(answer: bytes, *, every: float, at_once: int = 1) -> Iterator[object]:
    """An answer *at_once* bytes at a time, with a pause before each."""
    for start in range(0, len(answer), at_once):
        yield Pause(every)
        yield answer[start : start + at_once]
