"""Read an answer: the standard library accepts an incomplete head, and a body may be endless.

The rule to keep: only a final status with a complete head counts. `http.client` takes the end of the connection for
the end of a head, so that a receiver that died in the middle would seem to have answered; of the interim answers,
RFC 9110 15.2, it skips only 100 Continue; and after a hundred headers, or a long one, it reports a delivery that was
accepted as one that was not.
"""

import re
import selectors
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead
from io import BufferedReader
from typing import cast

HEAD_CAP = 128 * 1024
"""For all heads of one answer, the interim ones included."""
LONGEST_HEADER = 32 * 1024
"""A longer one is left out: `http.client` refuses lines of more than 64 kB, and gets several headers as one line."""
ANSWER_CAP = 64 * 1024
PIECE = 16 * 1024
_IS_HEADER = re.compile(rb"[^\s:]+[ \t]*:|[ \t]")
"""Or the continuation of one."""


class WholeAnswer(HTTPResponse):
    """`http.client`'s, whose `begin` ends with a final status and the blank line after its head.

    Raise IncompleteRead if the connection ends earlier, HTTPException if there are too many heads.
    """

    def begin(self) -> None:
        """Read heads up to that of the final answer."""
        lines = self.fp
        self.fp = cast(BufferedReader, _Head(lines))
        try:
            super().begin()
            while self.status < 200:
                self.headers = None  # type: ignore[assignment]  # what `begin` takes for having run before
                super().begin()
        finally:
            self.fp = lines


class _Head:
    """The lines of a head: what `HTTPResponse.begin` needs of a file.

    It counts lines, and gives up at the hundredth, so it gets the headers of a head in a few pieces of many lines.
    """

    def __init__(self, lines: BufferedReader) -> None:
        self._lines = lines
        self._left = HEAD_CAP
        self._pieces: Iterator[bytes] = iter(())
        self._has_begun = False

    def readline(self, size: int = -1) -> bytes:  # noqa: ARG002 - no line is longer than the caller allows
        """The status line; then headers, and last the blank line that ends them."""
        if piece := next(self._pieces, b""):
            return piece
        status_line = self._line()
        self._pieces = self._headers()
        # Some say HTTP/2 in the words of HTTP/1, and mean that.
        return re.sub(rb"\AHTTP/[2-9](\.[0-9])?(?= )", b"HTTP/1.1", status_line)

    def _headers(self) -> Iterator[bytes]:
        piece = b""
        while (line := self._line()) not in (b"\r\n", b"\n"):
            # At a line that is no header the parser would take all that follows for the body.
            if len(line) > LONGEST_HEADER or not _IS_HEADER.match(line):
                continue
            if len(piece) + len(line) > LONGEST_HEADER:
                yield piece
                piece = b""
            piece += line
        if piece:
            yield piece
        yield line

    def _line(self) -> bytes:
        """One line with its end; nothing where the connection ends before the first one."""
        line = self._lines.readline(self._left + 1)
        self._left -= len(line)
        if self._left < 0:
            raise HTTPException("the head has no end")
        if not line.endswith(b"\n") and (line or self._has_begun):
            raise IncompleteRead(line)
        self._has_begun = True
        return line

    def close(self) -> None:
        """Close the connection."""
        self._lines.close()


def beginning(answer: HTTPResponse, *, cap: int = ANSWER_CAP) -> bytes:
    """The first *cap* bytes of the body, or as many as came, decompressed.

    No more than that is read either, in case a body is endless and decompresses to nothing.
    """
    body = bytearray()
    read = 0
    inflated = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS) if _is_squeezed(answer) else None
    with suppress(HTTPException, OSError, ValueError, zlib.error):
        while max(read, len(body)) < cap and (piece := answer.read1(PIECE)):
            read += len(piece)
            body += inflated.decompress(piece, cap) if inflated else piece
    return bytes(body[:cap])


def is_whole(answer: HTTPResponse) -> bool:
    """Whether the body was read to its end, which came as announced: the connection is ready for another request."""
    coding, announced = answer.headers.get("Transfer-Encoding"), answer.headers.get_all("Content-Length", [])
    if answer.will_close or (coding and (announced or coding.strip().lower() != "chunked")):
        return False
    if answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        return not coding and set(announced) <= {"0"}  # they have no body, and some servers send one
    return answer.isclosed() if coding else len(announced) == 1 and answer.length == 0


def is_silent(connection: socket.socket) -> bool:
    """Whether the other side has neither said anything unasked nor hung up: over it, a request may be sent."""
    try:
        if isinstance(connection, ssl.SSLSocket) and connection.pending():
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            return not selector.select(0)
    except (OSError, ValueError):
        return False


def _is_squeezed(answer: HTTPResponse) -> bool:
    """Though we asked for plain bytes."""
    return answer.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip", "deflate")
