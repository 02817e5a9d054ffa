"""What is held back together, and what is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.alerts.owing import hearers
from monitor.errors import StoreCorrupt
from monitor.model import Event
from monitor.storage import events, settlements
from monitor.storage import holds as kept
from monitor.storage.holds import Hold
from monitor.storage.store import Store


@dataclass(frozen=True, slots=True)
class HoldPage:
    """Some holds, the newest first, with how much waits behind each."""

    holds: Sequence[Hold]
    next: int | None
    """The number below which the next page begins; None where there is none."""


@dataclass(frozen=True, slots=True)
class HoldWhole:
    """A hold with some of its events, in the order of their ids."""

    hold: Hold
    held: int
    """How many events it has in all; once it is released, those of them that are not told yet."""
    events: Sequence[Event]
    damaged: Mapping[str, str]
    """By id, what is wrong with those that cannot be read."""
    next: str | None
    """The id of the event behind which the next page begins; None where there is none."""


def holds(store: Store) -> list[Hold]:
    """Every hold, decided or not, the newest first, with how much waits behind each."""
    with store.read() as tx:
        waiting = settlements.waiting(tx)
        return [replace(hold, waiting=waiting.get(hold.id, 0)) for hold in kept.listing(tx)]


def hold_page(store: Store, *, before: int | None = None, limit: int = 50) -> HoldPage:
    """Up to *limit* holds, those of a lower number than *before*."""
    with store.read() as tx:
        found = kept.page(tx, before=before, limit=limit + 1)
        waiting = settlements.waiting(tx)
    shown = [replace(hold, waiting=waiting.get(hold.id, 0)) for hold in found[:limit]]
    return HoldPage(shown, shown[-1].id if len(found) > limit else None)


def one_hold(hold_id: int, store: Store, *, after: str | None = None, limit: int = 50) -> HoldWhole:
    """A hold with up to *limit* of its events, behind the event *after*. NothingFound where there is no such hold."""
    with store.read() as tx:
        hold = kept.get(tx, hold_id)
        held, waiting = settlements.count_of_hold(tx, hold_id)
        if hold.decision == "released":
            told = settlements.released(tx, hold, after=after, limit=limit + 1)
            is_more = len(told) > limit
            return HoldWhole(
                replace(hold, waiting=waiting), held, told[:limit], {}, told[limit - 1].id if is_more else None
            )
        ids = settlements.page_of_hold(tx, hold_id, after=after, limit=limit + 1)
        damaged: dict[str, StoreCorrupt] = {}
        known = events.known(tx, ids[:limit], damaged=damaged)
    return HoldWhole(
        replace(hold, waiting=waiting),
        held,
        [known[each] for each in ids[:limit] if each in known],
        {each: str(error) for each, error in damaged.items()},
        ids[limit - 1] if len(ids) > limit else None,
    )


def would_hear(whole: HoldWhole, store: Store, *, now: datetime) -> tuple[int, int]:
    """How many subscriptions would hear of those events of a hold that were read, and in how many tellings."""
    with store.read() as tx:
        return hearers(tx, whole.events, whole.hold.registry, now=now)


def held_events(hold_id: int, store: Store) -> tuple[Sequence[Event], list[str]]:
    """The events of a hold, and what is wrong with those that cannot be read. NothingFound where there is no hold."""
    with store.read() as tx:
        kept.get(tx, hold_id)
        events_, damaged = settlements.of_hold(tx, hold_id)
    return events_, [each.reason for each in damaged]
