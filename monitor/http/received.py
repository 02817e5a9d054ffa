"""The body of a request that came to us, up to a limit: what is said to be longer is not read at all."""

from collections.abc import AsyncIterator


class BodyTooLarge(Exception):
    """A body that is longer than it may be, or is said to be."""


async def received(length: str, pieces: AsyncIterator[bytes], most: int, *, kept: int | None = None) -> bytes:
    """The body that comes in *pieces*, in at most *most* bytes; only the first *kept* of it, where that is given.

    *length* is its Content-Length, empty where it has none. Raise BodyTooLarge as soon as it is known.
    """
    if length.isascii() and length.isdecimal() and int(length[:20]) > most:
        raise BodyTooLarge
    body, came = bytearray(), 0
    async for piece in pieces:
        came += len(piece)
        if came > most:
            raise BodyTooLarge
        body += piece if kept is None else piece[: kept - len(body)]
    return bytes(body)
