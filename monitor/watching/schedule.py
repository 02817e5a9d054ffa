"""When a pass over a registry is due, and when a trial is read in full. Pure: the moment and the chance are parameters.

Each trial has a phase of its own, so ten thousand trials that were added in one minute are not all read in full in one
minute a week later.

A registry is asked every `check_every`. After failures, the next pass comes within 1, 2, 4 … minutes, at random, so
that not everybody who watches the registry comes back in the same second, and never later than `check_every`.
"""

from datetime import UTC, datetime, timedelta
from zlib import crc32

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


FIRST_BACK_OFF = timedelta(minutes=1)
OUTAGE_AFTER = timedelta(hours=2)
TRIES_IN_AN_OUTAGE = 8
"""So many fit into OUTAGE_AFTER with the longest back-offs: a clock that is set forward makes no outage of two."""
RECOVERY_CONFIRMED_AFTER = timedelta(minutes=30)


def full_check_due(trial_id: str, *, read_at: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether a trial that was last read in full at *read_at* is to be read in full again.

    Each trial has one due moment in every span of *every*, the same in all spans, and different from trial to trial:
    a trial is read once a span, and `every` is also the longest time between two readings. A *read_at* ahead of *now*
    was written before the clock was set back: nobody knows when that was.
    """
    if read_at is None or read_at > now:
        return True
    phase = every * (crc32(trial_id.encode()) / 2**32)
    return (read_at - EPOCH - phase) // every < (now - EPOCH - phase) // every


def next_pass_at(*, now: datetime, every: timedelta, failures: int, confirming: bool, chance: float) -> datetime:
    """When the next pass over a registry is due after the one that ended *now*, with so many failures in a row.

    *confirming* says that this pass could read it, and that the operator hears of the recovery if the next one can,
    too; *chance* is a number from 0 to 1.
    """
    if failures:
        # Beyond the exponent every back-off is longer than the longest `every`, and would overflow in time.
        return now + min(FIRST_BACK_OFF * (1 << min(failures - 1, 20)), every) * chance
    if confirming:
        # At random, too: a registry that is up for five minutes of every hour has not recovered.
        return now + min(every, RECOVERY_CONFIRMED_AFTER) * (1 + chance) / 2
    return now + every


def pass_due(due_at: datetime | None, *, now: datetime, every: timedelta) -> bool:
    """Whether a pass over a registry is due; None is one that never had any.

    A moment further ahead than any wait was set before the clock was set back: the pass is due.
    """
    return due_at is None or due_at <= now or due_at > now + every


def outage_due(*, failures: int, failing_since: datetime, now: datetime) -> bool:
    """Whether a registry could not be read for so long, and so often, that the operator has to know."""
    return failures >= TRIES_IN_AN_OUTAGE and now - failing_since >= OUTAGE_AFTER
