"""The sandbox's server: HTTP/1.1 with keep-alive on loopback, able to misbehave below HTTP.

It knows no registry: it reads a request, asks `respond` what to send and what should go wrong, and does both.
"""

import gzip
import socket
import socketserver
import struct
import sys
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from monitor.sandbox.exchange import HTML, Answer, Request
from monitor.sandbox.listening import Listening
from monitor.sandbox.misbehaviour import Fault, Misbehaviour

LONGEST_REQUEST_LINE = 8190
"""Bytes; the registry's own limit is somewhere near 8 kB."""
LARGEST_BODY = 8 * 2**20
SMALLEST_COMPRESSED = 256
FASTEST = 1
"""Compression level: a page of a thousand studies has 20 MB, and somebody waits for it."""
BETWEEN_LOOKS = 0.02
"""Seconds: how long stopping may take to be noticed."""
PIECES = 50
"""Into how many pieces a dripping body is cut."""

Respond = Callable[[Request], tuple[Answer, Misbehaviour | None]]
"""What to send, and what is to go wrong on the wire."""


class Server(ThreadingHTTPServer):
    """Listens on loopback from its making until `stop`, with a thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond) -> None:
        self.respond = respond
        self.stopping = Event()
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(("127.0.0.1", port), Exchange)
        self._thread = Thread(target=self.serve_forever, args=(BETWEEN_LOOKS,), name="sandbox", daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """Bind, without asking the name service what this machine is called."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that stopping can end it."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is its own affair; anything else is shown as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop listening and end all connections, whatever they are waiting for."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()


class HttpListening(Listening):
    """Listens with such a server, and answers as `_respond` says."""

    _server: Server | None = None

    @abstractmethod
    def _respond(self, request: Request) -> tuple[Answer, Misbehaviour | None]:
        """What to send, and what is to go wrong on the wire."""

    def _listen(self, port: int) -> int:
        self._server = Server(port, self._respond)
        return self._server.server_port

    def stop(self) -> None:
        """Stop listening and end all connections."""
        if self._server:
            self._server.stop()
            self._server = None


class Exchange(BaseHTTPRequestHandler):
    """One connection: requests and answers in turn."""

    server: Server
    raw_requestline: bytes
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def serve(self) -> None:
        """Read the rest of the request, and answer it."""
        if len(self.raw_requestline) > LONGEST_REQUEST_LINE:
            self.send_last(refusal(HTTPStatus.REQUEST_URI_TOO_LONG))
            return
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self.send_last(refusal(HTTPStatus.LENGTH_REQUIRED))
            return
        if int(length) > LARGEST_BODY:
            self.send_last(refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            # Its sender died in the middle: nothing was asked for.
            self.close_connection = True
            return
        request = Request(self.command, self.path, headers, body)
        answer, misbehaviour = self.server.respond(request)
        WIRE.get(misbehaviour.kind if misbehaviour else None, Exchange.send_well)(self, answer, misbehaviour)

    def send_well(self, answer: Answer, _: Misbehaviour | None) -> None:
        """Send it all at once."""
        self.send_whole(answer)

    def send_whole(self, answer: Answer) -> None:
        """Head and body in one piece; the head alone where only that was asked for."""
        body = self.body_to_send(answer)
        self.wfile.write(self.head(answer, body) + (b"" if self.command == "HEAD" else body))

    def send_last(self, answer: Answer) -> None:
        """Answer and hang up, because the rest of the request was not read."""
        self.close_connection = True
        self.send_whole(answer)

    def send_half(self, answer: Answer, _: Misbehaviour | None) -> None:
        """Promise the whole body, send half of it, and hang up."""
        body = self.body_to_send(answer)
        self.close_connection = True
        self.wfile.write(self.head(answer, body) + body[: len(body) // 2])

    def reset(self, _: Answer, __: Misbehaviour | None) -> None:
        """Close so that the other side sees a reset: lingering for no time sends RST instead of FIN."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def send_late(self, answer: Answer, misbehaviour: Misbehaviour | None) -> None:
        """Say nothing for a while, then send it all."""
        self.server.stopping.wait(misbehaviour.seconds if misbehaviour else 0)
        self.send_whole(answer)

    def send_dripping(self, answer: Answer, misbehaviour: Misbehaviour | None) -> None:
        """Send the head at once and the body piece by piece."""
        body = self.body_to_send(answer)
        self.wfile.write(self.head(answer, body))
        size = len(body) // PIECES + 1
        for start in range(0, len(body), size):
            if self.server.stopping.wait(misbehaviour.seconds / PIECES if misbehaviour else 0):
                self.close_connection = True
                return
            self.wfile.write(body[start : start + size])

    def body_to_send(self, answer: Answer) -> bytes:
        """The body, compressed where the client takes that."""
        return gzip.compress(answer.body, FASTEST, mtime=0) if self.compresses(answer) else answer.body

    def compresses(self, answer: Answer) -> bool:
        """Whether this answer goes out compressed; only those with an ETag do, which then says so."""
        if "etag" not in answer.headers or len(answer.body) < SMALLEST_COMPRESSED:
            return False
        return "gzip" in self.headers.get("accept-encoding", "")

    def head(self, answer: Answer, body: bytes) -> bytes:
        """Status line and headers."""
        headers = {"date": self.date_time_string(), **answer.headers}
        if answer.status != HTTPStatus.NOT_MODIFIED:
            headers |= {"content-type": answer.content_type, "content-length": str(len(body))}
        if self.compresses(answer):
            headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
            headers["etag"] = headers["etag"].removesuffix('"') + '-gzip"'
        if self.close_connection:
            headers["connection"] = "close"
        lines = [f"{name}: {one_line(value)}" for name, value in headers.items()]
        first = f"HTTP/1.1 {answer.status} {reason(answer.status)}"
        return "\r\n".join((first, *lines, "", "")).encode("latin-1", "replace")

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        """Answer what `http.server` itself finds wrong with a request, and hang up."""
        self.command = getattr(self, "command", None) or "GET"
        while self.rfile.readline(65537) not in (b"\r\n", b"\n", b""):
            continue
        self.send_last(refusal(HTTPStatus(code)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server calls it by
        """Say nothing: the sandbox keeps its own log."""


for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    setattr(Exchange, f"do_{method}", Exchange.serve)


def reason(status: int) -> str:
    """The words of a status line; a number of its own for statuses that nobody named."""
    return HTTPStatus(status).phrase if status in {known.value for known in HTTPStatus} else "Unknown"


def one_line(value: str) -> str:
    """A header's value that cannot begin another header."""
    return value.replace("\r", " ").replace("\n", " ")


def refusal(status: HTTPStatus) -> Answer:
    """The web server's own page for a request that never reached the registry."""
    title = f"{status.value} {status.phrase}"
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
    return Answer(status.value, HTML, page.encode())


WIRE: dict[Fault | None, Callable[[Exchange, Answer, Misbehaviour | None], None]] = {
    Fault.TRUNCATED: Exchange.send_half,
    Fault.RESET: Exchange.reset,
    Fault.SLOW: Exchange.send_late,
    Fault.DRIP: Exchange.send_dripping,
}
"""What goes wrong on the wire, by kind; everything else is sent well."""
