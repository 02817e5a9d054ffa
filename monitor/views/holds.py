"""What is held back together, and what is in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.alerts.owing import hearers
from monitor.errors import StoreCorrupt
from monitor.model import Event
from monitor.storage import events, held_events, settlements
from monitor.storage import holds as kept
from monitor.storage.held_events import Became, HeldEvent
from monitor.storage.holds import Hold
from monitor.storage.store import Store
from monitor.storage.unread import Unread

MANY = 500


@dataclass(frozen=True, slots=True)
class HoldPage:
    """Some holds, the newest first, with how much waits behind each."""

    holds: Sequence[Hold | Unread]
    """What is wrong with one that cannot be read stands in its place."""
    next: int | None
    """The number below which the next page begins; None where there is none."""


@dataclass(frozen=True, slots=True)
class HoldWhole:
    """A hold with some of the events that it held, in the order of their ids."""

    hold: Hold
    became: Mapping[Became, int]
    """How many events it held, by what became of them. Empty of one that was released before that was noted."""
    events: Sequence[tuple[HeldEvent, Event]]
    damaged: Mapping[str, str]
    """By id, what is wrong with those that cannot be read."""
    next: str | None
    """The id of the event behind which the next page begins; None where there is none."""

    @property
    def held(self) -> int:
        """How many events it held."""
        return sum(self.became.values())


def holds(store: Store, *, damaged: list[Unread] | None = None) -> list[Hold]:
    """Every hold, decided or not, the newest first, with how much waits behind each; *damaged*: see `storage.holds`."""
    with store.read() as tx:
        waiting = settlements.waiting(tx)
        return [replace(hold, waiting=waiting.get(hold.id, 0)) for hold in kept.listing(tx, damaged=damaged)]


def hold_page(store: Store, *, before: int | None = None, limit: int = 50) -> HoldPage:
    """Up to *limit* holds, those of a lower number than *before*."""
    with store.read() as tx:
        found = kept.page(tx, before=before, limit=limit + 1)
        waiting = settlements.waiting(tx)
    shown = [
        hold if isinstance(hold, Unread) else replace(hold, waiting=waiting.get(hold.id, 0)) for hold in found[:limit]
    ]
    last = shown[-1] if len(found) > limit else None
    return HoldPage(shown, None if last is None else int(last.name) if isinstance(last, Unread) else last.id)


def one_hold(hold_id: int, store: Store, *, after: str | None = None, limit: int = 50) -> HoldWhole:
    """A hold with up to *limit* of its events, behind the event *after*. NothingFound where there is no such hold."""
    damaged: dict[str, StoreCorrupt] = {}
    with store.read() as tx:
        hold = replace(kept.get(tx, hold_id), waiting=settlements.count_behind(tx, hold_id))
        became = held_events.counts(tx, hold_id)
        found = held_events.page(tx, hold_id, after=after, limit=limit + 1)
        known = events.known(tx, [each.event_id for each in found[:limit]], damaged=damaged)
    return HoldWhole(
        hold,
        became,
        [(each, known[each.event_id]) for each in found[:limit] if each.event_id in known],
        {each: str(error) for each, error in damaged.items()},
        found[limit - 1].event_id if len(found) > limit else None,
    )


def whole_pages(hold_id: int, store: Store) -> Iterator[HoldWhole]:
    """A hold with all of its events, some at a time. NothingFound where there is no such hold."""
    page = one_hold(hold_id, store, limit=MANY)
    yield page
    while page.next is not None:
        page = one_hold(hold_id, store, after=page.next, limit=MANY)
        yield page


def would_hear(whole: HoldWhole, store: Store, *, now: datetime) -> tuple[int, int]:
    """How many subscriptions would hear of those events of a hold that were read, and in how many tellings."""
    with store.read() as tx:
        return hearers(tx, [event for _, event in whole.events], whole.hold.registry, now=now)
