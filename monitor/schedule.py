"""When something is due. Pure: the moment is a parameter.

Trials are spread over a span by a phase of their own, so that ten thousand trials that were added in one minute are
not read in full in one minute, a week later.
"""

from datetime import UTC, datetime, timedelta
from zlib import crc32

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def full_check_due(trial_id: str, *, read_at: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether a trial that was last read in full at *read_at* is to be read in full again.

    Each trial has one due moment in every span of *every*, the same in all spans, and different from trial to trial:
    a trial is read once a span, and `every` is also the longest time between two readings.
    """
    if read_at is None:
        return True
    phase = every * (crc32(trial_id.encode()) / 2**32)
    return (read_at - EPOCH - phase) // every < (now - EPOCH - phase) // every
