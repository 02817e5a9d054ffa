"""Reading an answer: where the standard library takes half a head for a whole one, and a body has no end.

The rule to keep: what counts is a final status whose whole head came. `http.client` takes the end of the connection for
the end of a head, so that a receiver that died in the middle of it would seem to have answered; and of the interim
answers, RFC 9110 15.2, it passes over 100 Continue alone.
"""

import zlib
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, IncompleteRead
from io import BufferedReader
from typing import cast

HEAD_CAP = 64 * 1024
"""For all heads of one answer, the interim ones included."""
ANSWER_CAP = 64 * 1024
PIECE = 16 * 1024


class WholeAnswer(HTTPResponse):
    """`http.client`'s, whose `begin` ends with a final status and the blank line after its head.

    Raise IncompleteRead where the connection ends before, HTTPException where there is no end to heads.
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
    """The lines of a head: what `HTTPResponse.begin` needs of a file."""

    def __init__(self, lines: BufferedReader) -> None:
        self._lines = lines
        self._left = HEAD_CAP
        self._has_begun = False

    def readline(self, size: int = -1) -> bytes:
        """One line with its end; nothing where the connection ends before the first one."""
        line = self._lines.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise HTTPException("the head has no end")
        if not line.endswith(b"\n") and len(line) != size and (line or self._has_begun):
            raise IncompleteRead(line)
        self._has_begun = True
        return line

    def close(self) -> None:
        """Give up the connection."""
        self._lines.close()


def beginning(answer: HTTPResponse) -> bytes:
    """The first ANSWER_CAP bytes of the body, or what came of them, decompressed.

    No more than that is read either: of a body that is compressed without end, and comes to nothing.
    """
    body = bytearray()
    read = 0
    inflated = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS) if _is_squeezed(answer) else None
    with suppress(HTTPException, OSError, ValueError, zlib.error):
        while max(read, len(body)) < ANSWER_CAP and (piece := answer.read1(PIECE)):
            read += len(piece)
            body += inflated.decompress(piece, ANSWER_CAP) if inflated else piece
    return bytes(body[:ANSWER_CAP])


def _is_squeezed(answer: HTTPResponse) -> bool:
    """Though we asked for plain bytes."""
    return answer.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip", "deflate")
