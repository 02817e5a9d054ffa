"""Which mails belong together: those on one trial, and those that tell what another registry told of late.

Registries publish the same fact days apart. The mail that tells it once more goes on with the conversation of the
first; whatever else is told of the sibling has a conversation of its own.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.model import Event, Significance
from monitor.storage import events

WITHIN = timedelta(days=7)
"""So soon after another registry the same fact is no news of its own."""

_OF_ONE_REGISTRY = ("identity", "other")
"""Topics: that a trial came or went, its numbers, and what no field takes."""
Trial = tuple[str, str]
"""(registry, trial id)"""


def begun_by(tx: Connection, event: Event, family: Sequence[Trial]) -> Event | None:
    """The event that told a fact first which *event* tells once more; None where that is news.

    *family* are the registrations of its trial. Told in three registries, each within a week of the one before, it is
    the first of all.
    """
    first = event
    for _ in family:
        earlier = _told_before(tx, first, family)
        if earlier is None:
            break
        first = earlier
    return None if first is event else first


def _told_before(tx: Connection, event: Event, family: Sequence[Trial]) -> Event | None:
    facts, others = _facts(event), [each for each in family if each[0] != event.registry]
    of_late = events.between(tx, others, since=event.occurred_at - WITHIN, until=event.occurred_at)
    earlier = [each for each in of_late if _place(each) < _place(event) and facts & _facts(each)]
    return min(earlier, key=_place, default=None)


def _facts(event: Event) -> set[tuple[str, str]]:
    """What it tells, in the terms that registries share."""
    return {
        (change.field, change.kind)
        for change in event.changes
        if change.significance is not Significance.ADMINISTRATIVE and change.topic not in _OF_ONE_REGISTRY
    }


def _place(event: Event) -> tuple[datetime, str, str, int]:
    return event.occurred_at, event.registry, event.trial_id, event.snapshot
