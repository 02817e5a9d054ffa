"""What can go wrong with a registry, on purpose.

A misbehaviour concerns whole answers (a status, a reset, a slow body) or single studies within them (`stale`, `empty`,
`wrong_id`, `unknown`). The first one that concerns a request is applied to it, and to it alone. To add a kind, add it
here, and apply it in `reading` (a study), in `applied` below (an answer) or in `server` (a socket).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock

from monitor.errors import ConfigurationInvalid
from monitor.sandbox.exchange import HTML, JSON, TEXT, Answer, Request
from monitor.sandbox.listing import canonical_id

ERROR_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Service notice</title></head>"
    b"<body><h1>Please try again later</h1></body></html>\n"
)
WORDS = {500: b"Internal Server Error", 503: b"no healthy upstream", 429: b"Too Many Requests"}


class Kind(StrEnum):
    """The ways to misbehave; `EXPLAINED` says what each does, and which arguments it reads."""

    ERROR_500 = "500"
    ERROR_503 = "503"
    ERROR_429 = "429"
    HTML = "html"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    CUT = "cut"
    RESET = "reset"
    SLOW = "slow"
    DRIP = "drip"
    STALE = "stale"
    WRONG_ID = "wrong_id"
    UNKNOWN = "unknown"
    REFRESH = "refresh"
    ANSWER = "answer"


EXPLAINED = {
    Kind.ERROR_500: "Internal Server Error",
    Kind.ERROR_503: "Service Unavailable, with Retry-After where retry_after is given",
    Kind.ERROR_429: "Too Many Requests, with Retry-After where retry_after is given",
    Kind.HTML: "an HTML page with status 200",
    Kind.EMPTY: "{} instead of the study, or of the whole answer where no trial is named",
    Kind.TRUNCATED: "half the body that Content-Length promises, then the connection ends",
    Kind.CUT: "half the body as a well-formed answer: broken JSON",
    Kind.RESET: "the connection is reset instead of an answer",
    Kind.SLOW: "nothing for some seconds, then the answer",
    Kind.DRIP: "the body in small pieces over some seconds",
    Kind.STALE: "the version before the last publication, as of the data build before",
    Kind.WRONG_ID: "another study than the one asked for",
    Kind.UNKNOWN: "the registry denies knowing the trial",
    Kind.REFRESH: "a good answer, and right after it the next data build goes live",
    Kind.ANSWER: "whatever status, content_type and body say",
}

STUDY_KINDS = {Kind.STALE, Kind.WRONG_ID, Kind.UNKNOWN}
"""They concern single studies; `empty` does too, where it names trials."""


@dataclass(frozen=True)
class Misbehaviour:
    """One way to misbehave, and for which requests. None and empty mean: for all."""

    kind: Kind
    trial_ids: frozenset[str] = frozenset()
    path: str | None = None
    """The beginning of the path below /api/v2, such as `/version`."""
    retry_after: str | None = None
    seconds: float = 5.0
    status: int = 200
    content_type: str = JSON
    body: bytes = b""

    def concerns(self, trial_id: str) -> bool:
        """Whether it is meant for this trial."""
        return not self.trial_ids or trial_id in self.trial_ids

    @property
    def tampers(self) -> bool:
        """Whether it changes single studies rather than the whole answer."""
        return self.kind in STUDY_KINDS or (self.kind is Kind.EMPTY and bool(self.trial_ids))

    def matches(self, request: Request) -> bool:
        """Whether it is meant for this request."""
        if self.path is not None and not request.path.removeprefix("/api/v2").startswith(self.path):
            return False
        return not self.trial_ids or bool(self.trial_ids & asked_ids(request))


def asked_ids(request: Request) -> set[str]:
    """The trials that a request names, canonical."""
    named = [request.path.rpartition("/")[2]]
    for name, text in request.query.items():
        if name.endswith("ids") or name.startswith("query."):
            named += re.split(r"[\s,|]+", text)
    return {trial_id for trial_id in map(canonical_id, named) if trial_id}


class Misbehaviours:
    """Those that are on, the eldest first."""

    def __init__(self) -> None:
        self._active: list[tuple[Misbehaviour, int | None]] = []
        self._lock = Lock()

    def add(self, misbehaviour: Misbehaviour, *, times: int | None) -> None:
        """Switch one on, for so many requests or until `clear`."""
        with self._lock:
            self._active.append((misbehaviour, times))

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._active = []

    def active(self) -> list[tuple[Misbehaviour, int | None]]:
        """Those that are on, each with the number of requests that it will still spoil; None for no end."""
        with self._lock:
            return list(self._active)

    def take(self, request: Request) -> Misbehaviour | None:
        """The one to apply to this request, counted down."""
        with self._lock:
            for place, (misbehaviour, left) in enumerate(self._active):
                if misbehaviour.matches(request):
                    if left is None:
                        return misbehaviour
                    self._active[place : place + 1] = [(misbehaviour, left - 1)] if left > 1 else []
                    return misbehaviour
        return None


def read_misbehaviour(
    kind: str,
    *,
    ids: Collection[str] | None = None,
    path: str | None = None,
    retry_after: int | str | None = None,
    seconds: float = 5.0,
    status: int = 200,
    content_type: str = JSON,
    body: bytes = b"",
) -> Misbehaviour:
    """A misbehaviour from what a person or a test says. Raises ConfigurationInvalid."""
    if kind not in list(Kind):
        raise ConfigurationInvalid(f"{kind!r} is no misbehaviour: use one of {', '.join(Kind)}.")
    named = {text: canonical_id(text) for text in ids or ()}
    for text, trial_id in named.items():
        if trial_id is None:
            raise ConfigurationInvalid(f"{text!r} is no trial id: write NCT and up to eight digits.")
    return Misbehaviour(
        kind=Kind(kind),
        trial_ids=frozenset(trial_id for trial_id in named.values() if trial_id),
        path=path,
        retry_after=None if retry_after is None else str(retry_after),
        seconds=seconds,
        status=status,
        content_type=content_type,
        body=body,
    )


def applied(misbehaviour: Misbehaviour, good: Answer) -> Answer:
    """The answer that a misbehaviour makes of a good one; what happens to the socket is the server's part."""
    kind = misbehaviour.kind
    if kind in (Kind.ERROR_500, Kind.ERROR_503, Kind.ERROR_429):
        after = {"Retry-After": misbehaviour.retry_after} if misbehaviour.retry_after is not None else {}
        return Answer(int(kind), TEXT, WORDS[int(kind)], after)
    if kind is Kind.HTML:
        return Answer(200, HTML, ERROR_PAGE)
    if kind is Kind.EMPTY and not misbehaviour.tampers:
        return replace(good, body=b"{}")
    if kind is Kind.CUT:
        return replace(good, body=good.body[: len(good.body) // 2])
    if kind is Kind.ANSWER:
        return Answer(misbehaviour.status, misbehaviour.content_type, misbehaviour.body)
    return good
