"""When something is due. Pure: the moment and the chance are parameters.

Trials are spread over a span by a phase of their own, so that ten thousand trials that were added in one minute are
not read in full in one minute, a week later.

A delivery that was not taken is tried again:

    webhook, chat   at once, then after 5 s, 5 min, 30 min and 2 h, each ± 20 %, and after 5 h, 10 h, 14 h, 20 h and
                    24 h, each ± 4 %, so that receivers that fell over together are not called together: the example
                    of Standard Webhooks, 75 hours in all, and by chance never less than 72
    mail            at once, then after 30 min, 1 h, 2 h and every 4 h, each up to 20 % later, for five days: RFC 5321,
                    4.5.4.1, asks for at least 30 minutes between two tries, and for four to five days of them

A registry is looked at every `check_every`; one that cannot be read after up to 1, 2, 4 … minutes, at random, so that
everybody who watches it does not come back in the same second, and never later than `check_every`.
"""

from datetime import UTC, datetime, timedelta
from zlib import crc32

from monitor.model import Way

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MAIL_GIVEN_UP_AFTER = timedelta(days=5)
DISABLED_AFTER = timedelta(days=5)
LONGEST_ASKED_FOR = timedelta(hours=24)
"""A receiver that asks for more patience than this gets this much."""

FIRST_BACK_OFF = timedelta(minutes=1)
OUTAGE_AFTER = timedelta(hours=2)
TRIES_IN_AN_OUTAGE = 8
"""So many fit into OUTAGE_AFTER with the longest back-offs: a clock that is set forward makes no outage of two."""
RECOVERY_CONFIRMED_AFTER = timedelta(minutes=30)
DATA_OLD_AFTER = timedelta(days=5)
"""No data build comes at week-ends and on holidays, so that four days are nothing unusual."""

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


def full_check_due(trial_id: str, *, read_at: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether a trial that was last read in full at *read_at* is to be read in full again.

    Each trial has one due moment in every span of *every*, the same in all spans, and different from trial to trial:
    a trial is read once a span, and `every` is also the longest time between two readings. What was read in a time to
    come was read by a clock that has been set back since: nobody knows when.
    """
    if read_at is None or read_at > now:
        return True
    phase = every * (crc32(trial_id.encode()) / 2**32)
    return (read_at - EPOCH - phase) // every < (now - EPOCH - phase) // every


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


def next_look(*, now: datetime, every: timedelta, failures: int, confirming: bool, chance: float) -> datetime:
    """When to look at a registry again that was looked at *now*, after so many failures in a row.

    *confirming* says that it could be read again, and that the operator hears of it when this is so once more; *chance*
    is a number from 0 to 1.
    """
    if failures:
        # Beyond the exponent every back-off is longer than the longest `every`, and would overflow in time.
        return now + min(FIRST_BACK_OFF * (1 << min(failures - 1, 20)), every) * chance
    if confirming:
        # At random, too: a registry that is up for five minutes of every hour has not recovered.
        return now + min(every, RECOVERY_CONFIRMED_AFTER) * (1 + chance) / 2
    return now + every


def look_due(due_at: datetime | None, *, now: datetime, every: timedelta) -> bool:
    """Whether a registry is to be looked at; None is one that never was.

    A moment further ahead than any wait was set by a clock that has been set back since: it counts as come.
    """
    return due_at is None or due_at <= now or due_at > now + every


def outage_due(*, failures: int, failing_since: datetime, now: datetime) -> bool:
    """Whether a registry could not be read for so long, and so often, that the operator has to know."""
    return failures >= TRIES_IN_AN_OUTAGE and now - failing_since >= OUTAGE_AFTER


def built_at(stamp: str) -> datetime | None:
    """When a registry's data were built, by its stamp, as UTC where that names no zone; None where it is no time."""
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def data_are_old(stamp: str, *, now: datetime) -> bool:
    """Whether a registry's data are older than week-ends and holidays explain."""
    built = built_at(stamp)
    return built is not None and now - built > DATA_OLD_AFTER
