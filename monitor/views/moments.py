"""The moments of which something is kept of a trial, as pages and programs name them: by a number, or by a day.

A snapshot has a number. What was imported from before the first one has a day, because its place in the order moves
when more is imported.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from monitor.errors import NothingFound
from monitor.model import Snapshot, State
from monitor.ports import Registry
from monitor.storage import snapshots
from monitor.text import safe_cut
from monitor.views.archive import pages_of, standing_on
from monitor.views.denied import no_snapshot

_NUMBER = re.compile("[0-9]{1,9}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Moment:
    """One of them. *key* is what it is called in an address."""

    key: str
    number: int | None
    """None of what was imported."""
    at: datetime
    state: State


def key_of(number: int, at: datetime) -> str:
    """What a snapshot of that number and moment is called in an address; imported ones have numbers below 1."""
    return str(number) if number > 0 else f"{at:%Y-%m-%d}"


def which_of(text: str) -> int | date:
    """The number or the day that a part of an address is. Raise NothingFound for any other text."""
    if _NUMBER.fullmatch(text):
        return int(text)
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # such as the 30th of February
    raise NothingFound(f"“{safe_cut(text, 40)}” does not name a snapshot: give its number, or a day such as 2014-04-17")


def moments_of(tx: Connection, registry: Registry, trial_id: str) -> list[Moment]:
    """All of them, the oldest first. Raise NothingFound where nothing is kept of the trial."""
    pages = pages_of(tx, registry, trial_id, damaged=[])
    rows = snapshots.listing(tx, registry.key, trial_id)
    if not pages and not rows:
        raise no_snapshot(tx, registry, trial_id)
    imported = [Moment(key_of(0, page.taken_at), None, page.taken_at, State.LISTED) for page in pages]
    return [*imported, *(Moment(str(row.number), row.number, row.taken_at, row.state) for row in rows)]


def taken_at(tx: Connection, registry: Registry, trial_id: str, which: int | date) -> Snapshot:
    """That snapshot. Raise NothingFound where there is none, StoreCorrupt where it is damaged."""
    if isinstance(which, int):
        return snapshots.get(tx, registry.key, trial_id, which)
    return standing_on(tx, registry, trial_id, which)


def place_of(moments: Sequence[Moment], snapshot: Snapshot) -> int:
    """Where a snapshot stands among them, from 0; of two imported ones of a day the last."""
    key = key_of(snapshot.number, snapshot.taken_at)
    return max((place for place, each in enumerate(moments) if each.key == key), default=0)
