"""How often somebody may ask: counted in memory, by token or by network, in a bounded space.

The headers are those of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "read";q=600;w=60` says what holds,
`RateLimit: "read";r=599;t=60` what is left of it, and in how many seconds all of it is there again.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic as system_monotonic

MOST_KNOWN = 8192
"""Whoever was heard of longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class Policy:
    """So many requests within so many seconds."""

    name: str
    quota: int
    window: int

    @property
    def header(self) -> str:
        """The value of RateLimit-Policy."""
        return f'"{self.name}";q={self.quota};w={self.window}'


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a quota."""

    policy: Policy
    is_allowed: bool
    remaining: int
    seconds: int
    """Until all of it is there again."""

    @property
    def headers(self) -> dict[str, str]:
        """What goes with the answer."""
        left = {
            "RateLimit-Policy": self.policy.header,
            "RateLimit": f'"{self.policy.name}";r={self.remaining};t={self.seconds}',
        }
        return left if self.is_allowed else {**left, "Retry-After": str(self.seconds)}


class Meter:
    """Counts who asked how often; a window begins with the first request in it."""

    def __init__(self, *, monotonic: Callable[[], float] = system_monotonic) -> None:
        self._monotonic = monotonic
        self._counts: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        self._lock = Lock()

    def take(self, who: str, policy: Policy) -> Left:
        """Count one request, unless there is none left."""
        now = self._monotonic()
        key = (policy.name, who)
        with self._lock:
            began, count = self._counts.get(key, (now, 0))
            if now - began >= policy.window:
                began, count = now, 0
            is_allowed = count < policy.quota
            self._counts[key] = (began, count + is_allowed)
            self._counts.move_to_end(key)
            if len(self._counts) > MOST_KNOWN:
                self._counts.popitem(last=False)
        left = policy.quota - count - is_allowed
        return Left(policy, is_allowed, max(left, 0), max(ceil(began + policy.window - now), 1))
