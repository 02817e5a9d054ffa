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
    """The ways to misbehave."""

    ERROR_500 = "500"
    """500 Internal Server Error."""
    ERROR_503 = "503"
    """503 Service Unavailable; with `Retry-After` where *retry_after* is given."""
    ERROR_429 = "429"
    """429 Too Many Requests; with `Retry-After` where *retry_after* is given."""
    HTML = "html"
    """An HTML page with status 200."""
    EMPTY = "empty"
    """`{}` instead of the study, or of the whole answer where no trial is named."""
    TRUNCATED = "truncated"
    """Half the body, although Content-Length promised it all; then the connection ends."""
    CUT = "cut"
    """Half the body as a well-formed HTTP answer: broken JSON."""
    RESET = "reset"
    """The connection is reset instead of an answer."""
    SLOW = "slow"
    """Nothing for some *seconds*, then the answer."""
    DRIP = "drip"
    """The body in small pieces over some *seconds*."""
    STALE = "stale"
    """The version before the last publication, with the version holder of the data build before."""
    WRONG_ID = "wrong_id"
    """Another study than the one asked for."""
    UNKNOWN = "unknown"
    """The registry denies knowing the trial."""
    REFRESH = "refresh"
    """The answer is good, and right after it a new data build goes live."""
    ANSWER = "answer"
    """Whatever *status*, *content_type* and *body* say."""


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
