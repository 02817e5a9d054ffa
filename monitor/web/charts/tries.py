"""The attempts of a delivery along its schedule: those made, the next one and those still to come. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.channels.retries import RetrySchedule
from monitor.model import Attempt, Delivery, DeliveryState

SLOTS = 10
_BEFORE_NEXT = 8


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the schedule."""

    kind: str
    """failed, taken, next, or empty for one that is still to come."""
    number: int
    wait: timedelta
    """Since the attempt before, without what chance adds; none for the first."""
    at: datetime | None
    """When it was made or is due; None of what is still to come."""

    @property
    def waits(self) -> str:
        """The wait as `5 s`, `30 min` or `2 h`; empty for none."""
        seconds = int(self.wait.total_seconds())
        for size, unit in ((3600, "h"), (60, "min")):
            if seconds >= size and seconds % size == 0:
                return f"{seconds // size} {unit}"
        return f"{seconds} s" if seconds else ""


def slots(delivery: Delivery, attempts: Sequence[Attempt], retries: RetrySchedule) -> list[Slot]:
    """Up to SLOTS places, the last of those made among them.

    *attempts* are all of the delivery, the oldest first; those of before it was replayed are left out.
    """
    made = list(attempts[-delivery.attempts :]) if delivery.attempts else []
    first = max(len(made) - _BEFORE_NEXT, 0)
    found = [
        Slot("failed", number, _wait(retries, number - 1), each.at)
        for number, each in enumerate(made, 1)
        if number > first
    ]
    if delivery.standing is DeliveryState.DELIVERED and found:
        last = found.pop()
        found.append(Slot("taken", last.number, last.wait, last.at))
    if delivery.standing is not DeliveryState.OWED:
        return found
    coming = len(made) + 1
    found.append(Slot("next", coming, _wait(retries, coming - 1), delivery.next_attempt_at))
    for number in range(coming + 1, first + SLOTS + 1):
        if number > len(retries.waits) and retries.given_up_after is None:
            break
        found.append(Slot("", number, _wait(retries, number - 1), None))
    return found


def _wait(retries: RetrySchedule, index: int) -> timedelta:
    return retries.waits[min(index, len(retries.waits) - 1)]
