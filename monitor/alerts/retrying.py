"""When a delivery is tried again that was not taken. Pure: the moment and the chance are parameters.

webhook, chat   at once, then after 5 s, 5 min, 30 min and 2 h, each ± 20 %, and after 5 h, 10 h, 14 h, 20 h and
                24 h, each ± 4 %, so that receivers that fell over together are not called together: the example
                of Standard Webhooks, 75 hours in all, and by chance never less than 72
mail            at once, then after 30 min, 1 h, 2 h and every 4 h, each up to 20 % later, for five days: RFC 5321,
                4.5.4.1, asks for at least 30 minutes between two tries, and for four to five days of them
"""

from datetime import datetime, timedelta

from monitor.model import Way

MAIL_GIVEN_UP_AFTER = timedelta(days=5)
DISABLED_AFTER = timedelta(days=5)
LONGEST_ASKED_FOR = timedelta(hours=24)
"""A receiver that asks for more patience than this gets this much."""

_JITTER = 0.2
_LONG = timedelta(hours=5)
_JITTER_OF_LONG = 0.04
_WAITS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
_MAIL_WAITS = (timedelta(0), timedelta(minutes=30), *(timedelta(hours=hours) for hours in (1, 2, 4)))

LONGEST_WAIT = _WAITS[-1] * (1 + _JITTER)
"""No delivery that was tried waits longer than this for its next attempt."""


def next_attempt(
    way: Way, *, attempts_made: int, first_at: datetime, now: datetime, jitter: float, not_before: float | None = None
) -> datetime | None:
    """When to try a delivery again whose last of *attempts_made* attempts failed *now*; None where that was the last.

    *first_at* is when it was first due, *jitter* a number from -1 to 1 by chance. *not_before* is in how many seconds
    the receiver asked to be called again; it makes a wait longer, never shorter.
    """
    wait = _mail_wait(attempts_made, jitter) if way is Way.EMAIL else _wait(attempts_made, jitter)
    if wait is None:
        return None
    asked_for = timedelta(seconds=min(not_before or 0, LONGEST_ASKED_FOR.total_seconds()))
    again = now + max(wait, asked_for)
    too_late = way is Way.EMAIL and again > first_at + MAIL_GIVEN_UP_AFTER
    return None if too_late else again


def _wait(attempts_made: int, jitter: float) -> timedelta | None:
    if attempts_made >= len(_WAITS):
        return None
    wait = _WAITS[attempts_made]
    return wait * (1 + (_JITTER if wait < _LONG else _JITTER_OF_LONG) * jitter)


def _mail_wait(attempts_made: int, jitter: float) -> timedelta:
    """Never sooner than the table says: a greylisting server counts a try that comes too soon as a new one."""
    return _MAIL_WAITS[min(attempts_made, len(_MAIL_WAITS) - 1)] * (1 + _JITTER * (1 + jitter) / 2)


def disabling_due(*, failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has only failed for so long that nothing more is to be sent there.

    *failing_since* is the first failure since the last success; None where the last attempt succeeded.
    """
    return failing_since is not None and now - failing_since >= DISABLED_AFTER
