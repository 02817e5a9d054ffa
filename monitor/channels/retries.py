"""How long a channel waits between the attempts of a delivery, and when it gives up. Pure: chance is a parameter.

STANDARD   at once, then after 5 s, 5 min, 30 min and 2 h, each ± 20 %, and after 5 h, 10 h, 14 h, 20 h and 24 h, each
           ± 4 %, so that receivers that failed together are not called together: the example of Standard Webhooks,
           75 hours in all, and by chance never less than 72
"""

from dataclasses import dataclass
from datetime import timedelta

_JITTER = 0.2
_LONG = timedelta(hours=5)
_JITTER_OF_LONG = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySchedule:
    """The waits before each attempt, the first one included."""

    waits: tuple[timedelta, ...]
    given_up_after: timedelta | None = None
    """Where set, the last wait is repeated, and no attempt is made later than this after the delivery was first due."""
    never_early: bool = False
    """Whether chance only makes a wait longer."""

    def wait(self, attempts_made: int, jitter: float) -> timedelta | None:
        """The wait after so many attempts; None where that was the last. *jitter* is a number from -1 to 1."""
        if attempts_made >= len(self.waits) and self.given_up_after is None:
            return None
        wait = self.waits[min(attempts_made, len(self.waits) - 1)]
        if self.never_early:
            return wait * (1 + _JITTER * (1 + jitter) / 2)
        return wait * (1 + (_JITTER if wait < _LONG else _JITTER_OF_LONG) * jitter)

    @property
    def longest(self) -> timedelta:
        """No wait is longer than this."""
        return max(self.waits) * (1 + _JITTER)


STANDARD = RetrySchedule(
    waits=(
        timedelta(0),
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
    )
)
