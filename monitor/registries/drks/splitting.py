"""Cut a stream of JSON into the objects that it consists of, holding no more of it than one of them. Pure.

The objects may stand in one list, or one after the other. Each is given as its bytes, of which only braces and strings
are looked at: whether it is proper JSON is for the reader to find out. Nothing but commas, white space and the brackets
of the list may stand between them, and the stream has to end where an object, and the list, has ended: what is cut
short never looks like all there is.
"""

import re
from collections.abc import Callable, Iterator

from monitor.errors import AnswerTooLarge, AnswerUnreadable

PIECE = 128 * 1024
OBJECT_CAP = 16 * 1024 * 1024
"""Bytes of one object."""
DEEPEST = 1000
"""Objects within objects; what reads JSON takes no more either."""
# What stands before a brace, strings skipped whole. Nothing in it is ever given back, so its time is that of one look.
_TO_BRACE = re.compile(rb'[^"{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}]*+)*+[{}]', re.DOTALL)
_BETWEEN = re.compile(rb"(?:\xef\xbb\xbf)?[\s,\[\]]*")
_OPENS = ord("{")


def objects(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The objects of what *read* gives, at most so many bytes a call and none at its end.

    Raise AnswerUnreadable where it is no stream of objects, or one that has no end.
    """
    buffer, at, brackets = b"", 0, 0
    begins, depth = 0, 0
    while piece := read(max(PIECE, len(buffer))):
        buffer += piece
        while found := _TO_BRACE.match(buffer, at):
            opens, end = buffer[found.end() - 1] == _OPENS, found.end()
            if not depth:
                brackets += _brackets(buffer[at : end - 1])
                begins = end - 1
            depth += 1 if opens else -1
            if not 0 <= depth <= DEEPEST:
                raise AnswerUnreadable("it is not proper JSON: its braces do not match, or go too deep")
            at = end
            if not depth:
                yield buffer[begins:end]
        kept = begins if depth else at
        buffer, at, begins = buffer[kept:], at - kept, 0
        if len(buffer) > OBJECT_CAP:
            raise AnswerTooLarge(f"one of its records has more than {OBJECT_CAP:,} bytes", raw=buffer[:PIECE])
    if depth or brackets + _brackets(buffer[at:]):
        raise AnswerUnreadable("it ends in the middle")


def _brackets(between: bytes) -> int:
    """How many lists begin between two objects, less those that end."""
    if between == b",":
        return 0
    if not _BETWEEN.fullmatch(between):
        raise AnswerUnreadable("it is not a list of records")
    return between.count(b"[") - between.count(b"]")
