"""Proxies on 127.0.0.1, of HTTP and of SOCKS 5. Whatever host is asked for, they lead to that port of this machine.

with HttpProxy(login=("ruth", "hunter2")) as proxy:
    …
    assert proxy.asked == ["CONNECT registry.example:443 HTTP/1.1"]
"""

import select
import socket
import ssl
import struct
import threading
from base64 import b64encode
from contextlib import suppress
from typing import BinaryIO, Self
from urllib.parse import urlsplit


class _Proxy:
    """*login* is who may use it; *context* means that it is spoken to under TLS."""

    scheme: str

    def __init__(self, *, login: tuple[str, str] | None = None, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self._login = login
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def url_for(self, username: str, password: str) -> str:
        return f"{self.scheme}://{username}:{password}@127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, plain: socket.socket) -> None:
        with plain, suppress(OSError, ValueError, IndexError):
            connection = self._context.wrap_socket(plain, server_side=True) if self._context else plain
            connection.settimeout(30)
            with connection, connection.makefile("rb", buffering=0) as heard:
                self._lead(connection, heard)

    def _lead(self, connection: socket.socket, heard: BinaryIO) -> None:
        raise NotImplementedError


class HttpProxy(_Proxy):
    """*refusal* is the status that it answers everything with."""

    scheme = "http"

    def __init__(self, *, refusal: str | None = None, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._refusal = refusal
        if self._context:
            self.scheme = "https"

    def _lead(self, connection: socket.socket, heard: BinaryIO) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += heard.read(1) or b"\r\n\r\n"
        first, *lines = head.decode("latin-1").split("\r\n")
        self.asked.append(first)
        if refusal := self._refusal_of(lines):
            connection.sendall(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            return
        method, target, _ = first.split(" ")
        port = int(target.rpartition(":")[2]) if method == "CONNECT" else urlsplit(target).port or 80
        with socket.create_connection(("127.0.0.1", port)) as onwards:
            if method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                onwards.sendall(head)
            _pump(connection, onwards)

    def _refusal_of(self, lines: list[str]) -> str | None:
        if self._login:
            known = b64encode(":".join(self._login).encode()).decode()
            if f"proxy-authorization: basic {known.lower()}" not in [line.lower() for line in lines]:
                return "407 Proxy Authentication Required"
        return self._refusal


class SocksProxy(_Proxy):
    """*refusal* is the code that it answers with: 2 for not allowed, 5 for a connection that is refused."""

    scheme = "socks5h"

    def __init__(self, *, refusal: int = 0, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._refusal = refusal

    def _lead(self, connection: socket.socket, heard: BinaryIO) -> None:
        offered = heard.read(heard.read(2)[1])
        wanted = b"\x02" if self._login else b"\x00"
        connection.sendall(b"\x05" + (wanted if wanted in offered else b"\xff"))
        if self._login:
            heard.read(1)
            given = tuple(heard.read(heard.read(1)[0]).decode() for _ in range(2))
            connection.sendall(b"\x01\x00" if given == self._login else b"\x01\x01")
        _, _, _, kind = heard.read(4)
        host = heard.read(heard.read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(heard.read(4))
        (port,) = struct.unpack("!H", heard.read(2))
        self.asked.append(f"{host}:{port}")
        connection.sendall(bytes([5, self._refusal, 0, 1, 0, 0, 0, 0, 0, 0]))
        if not self._refusal:
            with socket.create_connection(("127.0.0.1", port)) as onwards:
                _pump(connection, onwards)


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Carry both ways until either ends, in one thread: TLS is not to be read and written at the same moment."""
    onwards = {one: other, other: one}
    with suppress(OSError):
        while sources := _readable(list(onwards)):
            for source in sources:
                if not (piece := source.recv(65_536)):
                    return
                onwards[source].sendall(piece)


def _readable(sources: list[socket.socket]) -> list[socket.socket]:
    """Those with something to read, decrypted already or yet to be; none after 30 seconds."""
    decrypted = [source for source in sources if isinstance(source, ssl.SSLSocket) and source.pending()]
    return decrypted or select.select(sources, [], [], 30)[0]
