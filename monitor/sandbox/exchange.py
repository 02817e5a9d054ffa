"""One request and its answer, as everything but the socket sees them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, unquote

HTML = "text/html"
JSON = "application/json"
TEXT = "text/plain; charset=UTF-8"


@dataclass(frozen=True)
class Request:
    """What a client asked. *headers* have lower-case names."""

    method: str
    target: str
    """Path and query as they were sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        """The decoded path."""
        return unquote(self.target.partition("?")[0])

    @cached_property
    def query(self) -> dict[str, str]:
        """The decoded parameters; the last one of equal names counts."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What a client gets."""

    status: int
    content_type: str = TEXT
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request as the sandbox's log has it. *status* is 0 where the connection was reset instead of an answer."""

    method: str
    target: str
    """Path and query as they were sent."""
    status: int
    at: float
    """Seconds on a clock that only counts forward: good for distances between requests, for nothing else."""


def not_found_page() -> Answer:
    """The web server's own page for a path that leads nowhere."""
    lines = (
        "<html>",
        "<head><title>404 Not Found</title></head>",
        "<body>",
        "<center><h1>404 Not Found</h1></center>",
        "<hr><center>nginx</center>",
        "</body>",
        "</html>",
        "",
    )
    return Answer(404, HTML, "\r\n".join(lines).encode())
