"""What a server answered. Pure, and light: nothing here needs a library."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. *headers* ignore case, and *body* is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    via: str = ""
    """By way of which proxy, where there was one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was made, and its answer. *headers* are those of the question alone."""

    url: str
    headers: Mapping[str, str]
    answer: Response


def status_in_words(status: int) -> str:
    """`503 Service Unavailable`: the standard's words, not the server's."""
    with suppress(ValueError):
        return f"{status} {HTTPStatus(status).phrase}"
    return f"HTTP status {status}"
