"""Deliveries that cannot be made ready to be sent: each waits by itself, and the operator is told once.

Nothing was sent, so nothing counts as an attempt, and the receiver is not blamed. What stands in the way of all
deliveries to an endpoint is waited for as long as it takes. What is wrong with one delivery alone would keep back what
follows it about the same trial, so that one is given up: at once where the database has lost what it was to tell.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat

from sqlalchemy import Connection

from monitor.alerts.notices import deliveries_given_up, deliveries_waiting
from monitor.model import Delivery, DeliveryState, NoticeCause
from monitor.storage import notices, standings
from monitor.storage.standings import Outcome

TRIED_AGAIN_AFTER = timedelta(minutes=15)
GIVEN_UP_AFTER = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Unprepared:
    """A delivery that cannot be sent as things are, and why, in one line that names the remedy."""

    delivery: Delivery
    shown: str
    """Where it was to go, or as much of that as is known."""
    reason: str
    endpoint_id: str | None = None
    """Set where it is the endpoint that stands in the way."""
    is_lost: bool = False
    """Whether what it was to tell is gone."""

    @property
    def is_notice(self) -> bool:
        """Whether it was to tell the operator of a notice."""
        return isinstance(self.delivery.cause, NoticeCause)


@dataclass(frozen=True, slots=True)
class Postponed:
    """Where such a delivery stands now."""

    unprepared: Unprepared
    standing: DeliveryState
    next_attempt_at: datetime | None


def postpone(tx: Connection, unprepared: Sequence[Unprepared], *, now: datetime) -> list[Postponed]:
    """Write down when each is tried again, or that it is given up, and tell the operator."""
    postponed = [_postponed(each, now) for each in unprepared]
    standings.write(tx, map(_as_outcome, postponed, repeat(now)))
    for reason, alike in _by_reason(postponed):
        first = min(alike, key=lambda each: (each.unprepared.delivery.created_at, each.unprepared.delivery.id))
        about = first.unprepared
        # What cannot be told to the operator is told to them another way, and never by a notice about itself.
        cause = f"{about.endpoint_id}" if about.is_notice else about.delivery.id
        shown = sorted({each.unprepared.shown for each in alike})
        words = deliveries_waiting if first.standing is DeliveryState.OWED else deliveries_given_up
        if not about.is_notice or about.endpoint_id:
            notices.notify_operator(
                tx, words(reason, shown, cause=cause, count=len(alike), now=now), except_at=about.endpoint_id
            )
    return postponed


def _postponed(unprepared: Unprepared, now: datetime) -> Postponed:
    is_its_own = unprepared.endpoint_id is None
    if unprepared.is_lost or (is_its_own and now - unprepared.delivery.owed_at >= GIVEN_UP_AFTER):
        return Postponed(unprepared, DeliveryState.REJECTED, None)
    return Postponed(unprepared, DeliveryState.OWED, now + TRIED_AGAIN_AFTER)


def _as_outcome(postponed: Postponed, now: datetime) -> Outcome:
    delivery, reason = postponed.unprepared.delivery, postponed.unprepared.reason
    return Outcome(delivery.id, postponed.standing, postponed.next_attempt_at or now, reason, attempts=0)


def _by_reason(postponed: Sequence[Postponed]) -> Iterator[tuple[str, list[Postponed]]]:
    """Those that wait for the same thing, notices apart from alerts."""
    groups: defaultdict[tuple[str, bool, DeliveryState], list[Postponed]] = defaultdict(list)
    for each in postponed:
        is_notice = each.unprepared.is_notice
        groups[each.unprepared.reason, is_notice, each.standing].append(each)
    yield from ((reason, alike) for (reason, *_), alike in groups.items())
