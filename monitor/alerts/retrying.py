"""When a delivery is tried again that was not taken. Pure: the moment and the chance are parameters.

How long a channel waits, it declares: see `monitor.channels.retries`.
"""

from datetime import datetime, timedelta

from monitor.channels.declared import CHANNELS

DISABLED_AFTER = timedelta(days=5)
LONGEST_ASKED_FOR = timedelta(hours=24)
"""A receiver that asks for more time than this gets this much."""

LONGEST_WAIT = max(channel.retries.longest for channel in CHANNELS.values())
"""No delivery that was tried waits longer than this for its next attempt."""


def next_attempt(
    channel: str,
    *,
    attempts_made: int,
    first_at: datetime,
    now: datetime,
    jitter: float,
    not_before: float | None = None,
) -> datetime | None:
    """When to try a delivery again whose last of *attempts_made* attempts failed *now*; None where that was the last.

    *first_at* is when it was first due, *jitter* a number from -1 to 1 by chance. *not_before* is in how many seconds
    the receiver asked to be called again; it makes a wait longer, never shorter.
    """
    retries = CHANNELS[channel].retries
    wait = retries.wait(attempts_made, jitter)
    if wait is None:
        return None
    asked_for = timedelta(seconds=min(not_before or 0, LONGEST_ASKED_FOR.total_seconds()))
    again = now + max(wait, asked_for)
    too_late = retries.given_up_after is not None and again > first_at + retries.given_up_after
    return None if too_late else again


def disabling_due(*, failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has only failed for so long that nothing more is to be sent there.

    *failing_since* is the first failure since the last success; None where the last attempt succeeded.
    """
    return failing_since is not None and now - failing_since >= DISABLED_AFTER
