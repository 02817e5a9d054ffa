"""What is held back together, and what is in it."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.model import Event
from monitor.storage import holds as kept
from monitor.storage import settlements
from monitor.storage.holds import Hold
from monitor.storage.store import Store


def holds(store: Store) -> list[Hold]:
    """Every hold, decided or not, the newest first, with how much waits behind each."""
    with store.read() as tx:
        waiting = settlements.waiting(tx)
        return [replace(hold, waiting=waiting.get(hold.id, 0)) for hold in kept.listing(tx)]


def held_events(hold_id: int, store: Store) -> tuple[Sequence[Event], list[str]]:
    """The events of a hold, and what is wrong with those that cannot be read. NothingFound where there is no hold."""
    with store.read() as tx:
        kept.get(tx, hold_id)
        events, damaged = settlements.of_hold(tx, hold_id)
    return events, [each.reason for each in damaged]
