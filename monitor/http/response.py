"""What a server is asked, and what it answered. Pure, and light: nothing here needs a library."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Question:
    """One request: a GET, or a POST where there is a *body*. *cap* is for the answer's body, in bytes."""

    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    cap: int = 0
    into: BinaryIO | None = None
    """A file for the answer's body, which an attempt writes from its beginning; None to have it in the answer."""


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


@dataclass(slots=True)
class AskedBefore:
    """Requests that were made just before a session with their server: it takes the answers, and does not ask again."""

    requests: list[Asked] = field(default_factory=list)
    next_start: float = float("-inf")
    """When the next request may start, by the monotonic clock."""

    def has(self, url: str, headers: Mapping[str, str]) -> bool:
        """Whether the answer to this request is there."""
        return self._find(url, headers) is not None

    def take(self, url: str, headers: Mapping[str, str]) -> Response | None:
        """The answer to this request, once; None where there is none."""
        found = self._find(url, headers)
        if found is None:
            return None
        self.requests.remove(found)
        return found.answer

    def _find(self, url: str, headers: Mapping[str, str]) -> Asked | None:
        return next((one for one in self.requests if one.url == url and one.headers == headers), None)


def status_in_words(status: int) -> str:
    """`503 Service Unavailable`: the standard's words, not the server's."""
    with suppress(ValueError):
        return f"{status} {HTTPStatus(status).phrase}"
    return f"HTTP status {status}"
