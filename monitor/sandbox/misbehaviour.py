"""What can go wrong with a registry, on purpose.

A misbehaviour concerns whole answers (a status, a reset, a slow body) or single studies within them (`stale`, `empty`,
`wrong_id`, `unknown`, `future`, `huge`). Only the first one that concerns a request is applied to it. To add a
kind, add it here, and apply it in `server` (on the socket) or in the folder of the registry.
"""

import re
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from time import monotonic
from typing import TypedDict, Unpack

from monitor.errors import ConfigurationInvalid
from monitor.sandbox.exchange import JSON, Request


class Fault(StrEnum):
    """The ways to misbehave; `EXPLAINED` says what each does, and which arguments it reads."""

    ERROR_500 = "500"
    ERROR_503 = "503"
    ERROR_429 = "429"
    ERROR_403 = "403"
    LIMIT = "limit"
    CHALLENGE = "challenge"
    HTML = "html"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    CUT = "cut"
    RESET = "reset"
    SLOW = "slow"
    DRIP = "drip"
    HEADERS = "headers"
    STALE = "stale"
    NODES = "nodes"
    FUTURE = "future"
    HUGE = "huge"
    WRONG_ID = "wrong_id"
    UNKNOWN = "unknown"
    REFRESH = "refresh"
    COMPLICATED = "complicated"
    LONG = "long"
    FIELDS = "fields"
    COVERAGE = "coverage"
    LOCATION = "location"
    BOMB = "bomb"
    ANSWER = "answer"


EXPLAINED = {
    Fault.ERROR_500: "Internal Server Error",
    Fault.ERROR_503: "Service Unavailable, with Retry-After where retry_after is given",
    Fault.ERROR_429: "Too Many Requests, with Retry-After where retry_after is given",
    Fault.ERROR_403: "Forbidden, the HTML page of a front end that blocks the client",
    Fault.LIMIT: "Too Many Requests, without Retry-After, above `most` requests a second (5)",
    Fault.CHALLENGE: "a redirect to a page that wants a browser",
    Fault.HTML: "an HTML page with status 200",
    Fault.EMPTY: "{} instead of the study, or of the whole answer where no trial is named",
    Fault.TRUNCATED: "half the body that Content-Length promises, then the connection ends",
    Fault.CUT: "half the body as a well-formed answer: broken JSON",
    Fault.RESET: "the connection is reset instead of an answer",
    Fault.SLOW: "nothing for some seconds, then the answer",
    Fault.DRIP: "the body in small pieces over some seconds",
    Fault.HEADERS: "a good answer with `most` headers more (120)",
    Fault.STALE: "the version before the last publication, as of the data build before",
    Fault.NODES: "every other answer, from the first on, is that of a node which still has the data build before",
    Fault.FUTURE: "studies that say they were updated in 2999",
    Fault.HUGE: "studies of 3.6 MB",
    Fault.WRONG_ID: "another study than the one asked for",
    Fault.UNKNOWN: "the registry denies knowing the trial",
    Fault.REFRESH: "a good answer, and right after it the next data build goes live",
    Fault.COMPLICATED: "“Too complicated query” for one of more terms than `most` says (12)",
    Fault.LONG: "Forbidden, or what status says, for a path and query of more characters than `most` says (2000)",
    Fault.FIELDS: "400 to a request for fields, as if the registry did not know one of them",
    Fault.COVERAGE: "searches with COVERAGE[FullMatch] miss every other trial, from the first on",
    Fault.LOCATION: (
        "an obsolete id is redirected to location, with {id} for the current one; to nowhere if it is empty"
    ),
    Fault.BOMB: "a small answer that grows without end where it is unpacked",
    Fault.ANSWER: "whatever status, content_type and body say",
}

STUDY_KINDS = {Fault.STALE, Fault.WRONG_ID, Fault.UNKNOWN, Fault.FUTURE, Fault.HUGE, Fault.COVERAGE}
"""They concern what is found; `empty` does too, where it names trials."""
MOST = {Fault.LIMIT: 5, Fault.COMPLICATED: 12, Fault.LONG: 2_000, Fault.HEADERS: 120}
STATUS = {Fault.LONG: 403}


class How(TypedDict, total=False):
    """The arguments of a misbehaviour, from a person or a test; each is optional."""

    ids: Collection[str] | None
    path: str | None
    target: str | None
    user_agent: str | None
    retry_after: int | str | None
    seconds: float
    most: int | None
    location: str
    status: int | None
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Misbehaviour:
    """One way to misbehave, and for which requests: None and empty mean all of them."""

    kind: Fault
    trial_ids: frozenset[str] = frozenset()
    path: str | None = None
    """The beginning of the path below the root of the API, such as `/version`."""
    target: str | None = None
    """A regular expression that is found in path and query."""
    user_agent: str | None = None
    """A regular expression that is found in the User-Agent, whatever the case."""
    retry_after: str | None = None
    seconds: float = 5.0
    most: int = 0
    location: str = ""
    status: int = 200
    content_type: str = JSON
    body: bytes = b""

    def concerns(self, trial_id: str) -> bool:
        """Whether it is meant for this trial."""
        return not self.trial_ids or trial_id in self.trial_ids

    @property
    def tampers(self) -> bool:
        """Whether it changes single studies rather than the whole answer."""
        return self.kind in STUDY_KINDS or (self.kind is Fault.EMPTY and bool(self.trial_ids))

    def is_meant_for(self, request: Request, *, root: str, trial_ids: Collection[str]) -> bool:
        """Whether it is meant for this request, which asks below *root* and names these trials."""
        if self.path is not None and not request.path.removeprefix(root).startswith(self.path):
            return False
        if self.target is not None and not re.search(self.target, request.target):
            return False
        if self.user_agent is not None and not re.search(
            self.user_agent, request.headers.get("user-agent", ""), re.IGNORECASE
        ):
            return False
        return not self.trial_ids or not self.trial_ids.isdisjoint(trial_ids)


class Misbehaviours:
    """The active ones, oldest first. *spoils* says which requests one can spoil, *clock* counts seconds."""

    def __init__(self, spoils: Callable[[Misbehaviour, Request], bool], clock: Callable[[], float] = monotonic) -> None:
        self._spoils = spoils
        self._active: list[tuple[Misbehaviour, int | None]] = []
        self._arrivals: deque[float] = deque(maxlen=10_000)
        self._turn = 0
        self._clock = clock
        self._lock = Lock()

    def add(self, misbehaviour: Misbehaviour, *, times: int | None) -> None:
        """Activate one, for so many requests or until `clear`."""
        with self._lock:
            self._active.append((misbehaviour, times))

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._active = []
            self._turn = 0

    def active(self) -> list[tuple[Misbehaviour, int | None]]:
        """Those that are on, each with the number of requests that it will still spoil; None for no end."""
        with self._lock:
            return list(self._active)

    def take(self, request: Request) -> Misbehaviour | None:
        """The one to apply to this request, counted down."""
        with self._lock:
            self._arrivals.append(self._clock())
            for place, (misbehaviour, left) in enumerate(self._active):
                if self._spoils(misbehaviour, request) and self._has_its_turn(misbehaviour):
                    if left is None:
                        return misbehaviour
                    self._active[place : place + 1] = [(misbehaviour, left - 1)] if left > 1 else []
                    return misbehaviour
        return None

    def _has_its_turn(self, misbehaviour: Misbehaviour) -> bool:
        """Whether a misbehaviour that spares some requests spoils the one that just came."""
        if misbehaviour.kind is Fault.LIMIT:
            since = self._arrivals[-1] - 1
            return sum(at > since for at in self._arrivals) > misbehaviour.most
        if misbehaviour.kind is Fault.NODES:
            self._turn += 1
            return self._turn % 2 == 1
        return True


def read_misbehaviour(
    kind: str, read_ids: Callable[[Collection[str]], frozenset[str]], faults: Collection[Fault], **how: Unpack[How]
) -> Misbehaviour:
    """A misbehaviour from what a person or a test says, with the registry's *read_ids* and its *faults*.

    Raises ConfigurationInvalid.
    """
    if kind not in list(faults):
        raise ConfigurationInvalid(f"{str(kind)!r} is not a misbehaviour here: use one of {', '.join(faults)}.")
    trial_ids = read_ids(how.get("ids") or ())
    for expression in (how.get("target"), how.get("user_agent")):
        _check_expression(expression)
    known, after = Fault(kind), how.get("retry_after")
    status, most = how.get("status"), how.get("most")
    return Misbehaviour(
        kind=known,
        trial_ids=trial_ids,
        path=how.get("path"),
        target=how.get("target"),
        user_agent=how.get("user_agent"),
        retry_after=None if after is None else str(after),
        seconds=how.get("seconds", 5.0),
        most=MOST.get(known, 0) if most is None else most,
        location=how.get("location", ""),
        status=STATUS.get(known, 200) if status is None else status,
        content_type=how.get("content_type", JSON),
        body=how.get("body", b""),
    )


def _check_expression(expression: str | None) -> None:
    try:
        re.compile(expression or "")
    except re.error as error:
        raise ConfigurationInvalid(f"{expression!r} is not a regular expression ({error}): correct it.") from None
