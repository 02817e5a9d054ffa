"""What ending a watch comes to, before it is done: what nobody looks at any more, and who hears no more of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.storage import subscriptions, unwatching, watches
from monitor.storage.store import Store
from monitor.storage.watches import Watch

NAMED = 20
"""Subscriptions that are named; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEnding:
    """A watch, and what ends with it."""

    watch: Watch
    alone: int
    """How many of its trials no other watch holds."""
    ending: Sequence[str]
    """The active subscriptions to the watch, by what they are called: NAMED of them."""
    ending_count: int
    silenced: Sequence[str]
    """NAMED of the active subscriptions that name trials which are not looked at any more."""
    silenced_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEnding:
    """A trial that is to be taken out of the watches that hold it."""

    registry: str
    trial_id: str
    held_by: Sequence[Watch]
    silenced: Sequence[str]
    silenced_count: int

    @property
    def fixed_by(self) -> Sequence[Watch]:
        """Those of the watches that go on holding it: the configuration's, and searches."""
        return [each for each in self.held_by if each.origin == "config" or each.looks_for]


def watch_ending(which: str, store: Store) -> WatchEnding:
    """What ends with the watch of that number or name. NothingFound where there is none."""
    with store.read() as tx:
        watch = watches.find(tx, which)
        ending, ending_count = unwatching.to_watch(tx, watch.id, limit=NAMED)
        silenced, silenced_count = unwatching.named_of_watch_alone(tx, watch.id, limit=NAMED)
        known = subscriptions.known(tx, {*ending, *silenced}, damaged={})
        return WatchEnding(
            watch=watch,
            alone=unwatching.held_alone(tx, watch.id),
            ending=[known[each].called for each in ending if each in known],
            ending_count=ending_count,
            silenced=[known[each].called for each in silenced if each in known],
            silenced_count=silenced_count,
        )


def trial_ending(registry: str, trial_id: str, store: Store) -> TrialEnding:
    """What ends where a trial is taken out of the watches that commands made."""
    with store.read() as tx:
        silenced, count = unwatching.named(tx, registry, trial_id, limit=NAMED)
        known = subscriptions.known(tx, silenced, damaged={})
        return TrialEnding(
            registry=registry,
            trial_id=trial_id,
            held_by=watches.holding(tx, registry, trial_id),
            silenced=[known[each].called for each in silenced if each in known],
            silenced_count=count,
        )
