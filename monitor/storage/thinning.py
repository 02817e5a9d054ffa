"""What takes room and need not be kept in full: documents of old snapshots, and messages as they were sent.

A thinned snapshot keeps its row, so that its number, its time, its digest and what its event told stay where they are:
only its body is gone. `monitor.storage.snapshots` says so to whoever reads it. What is spared is up to
`monitor.operate.pruning`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, or_, select, tuple_, update

from monitor.model import DeliveryState, State
from monitor.storage.digest_tables import gathered
from monitor.storage.pages import Key
from monitor.storage.service_tables import pruned
from monitor.storage.settling_tables import held_events, settlements
from monitor.storage.statements import put
from monitor.storage.tables import deliveries, events, snapshots, trials

FEWEST = 3
"""Snapshots of a trial: of fewer, all are the first or the latest."""
_c = snapshots.c


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A snapshot without its document."""

    number: int
    state: State
    taken_at: datetime
    base: int | None
    """The number of the one that its body is a difference to."""
    stored: int
    """Bytes of its body; 0 where it is thinned."""


def trials_behind(tx: Connection, after: Key | None, *, limit: int) -> list[Key]:
    """The next trials, in the order of their keys, that have snapshots which may be thinned."""
    key = tuple_(trials.c.registry, trials.c.trial_id)
    query = select(trials.c.registry, trials.c.trial_id).where(trials.c.snapshot >= FEWEST)
    if after is not None:
        query = query.where(key > tuple_(*after))
    rows = tx.execute(query.order_by(trials.c.registry, trials.c.trial_id).limit(limit))
    return [(row.registry, row.trial_id) for row in rows]


def stored_of(tx: Connection, registry: str, trial_ids: Collection[str]) -> dict[str, list[StoredSnapshot]]:
    """The snapshots of these trials, in the order of their numbers, by trial id."""
    found: defaultdict[str, list[StoredSnapshot]] = defaultdict(list)
    wanted = (_c.trial_id, _c.number, _c.state, _c.taken_at, _c.base, func.length(_c.body).label("stored"))
    query = select(*wanted).where(_c.registry == registry, _c.trial_id.in_(sorted(trial_ids)))
    for row in tx.execute(query.order_by(_c.trial_id, _c.number)):
        found[row.trial_id].append(StoredSnapshot(row.number, row.state, row.taken_at, row.base, row.stored))
    return found


def told_of(tx: Connection, registry: str, trial_ids: Collection[str]) -> dict[str, set[int]]:
    """The snapshots of these trials whose events were told to anybody, or are still to be, or were ever held back."""
    of_event = [
        exists().where(column == events.c.id)
        for column in (deliveries.c.event_id, gathered.c.event_id, settlements.c.event_id, held_events.c.event_id)
    ]
    query = select(events.c.trial_id, events.c.snapshot)
    query = query.where(events.c.registry == registry, events.c.trial_id.in_(sorted(trial_ids)), or_(*of_event))
    found: defaultdict[str, set[int]] = defaultdict(set)
    for trial_id, number in tx.execute(query):
        found[trial_id].add(number)
    return found


def thin(tx: Connection, registry: str, numbers: Mapping[str, Sequence[int]]) -> None:
    """Give up the documents of these snapshots, by trial id."""
    for trial_id, those in sorted(numbers.items()):
        of_these = and_(_c.registry == registry, _c.trial_id == trial_id, _c.number.in_(those))
        tx.execute(update(snapshots).where(of_these).values(body=b"", base=None))


@dataclass(frozen=True, slots=True)
class Sent:
    """Messages that are kept as they were sent, of some deliveries."""

    ids: Sequence[str]
    stored: int
    """Bytes."""
    up_to: datetime | None
    """When the last of the deliveries was made that were looked at; None: there are no more."""


def sent_before(tx: Connection, before: datetime, after: datetime | None, *, limit: int) -> Sent:
    """Of the next deliveries that were made *before* then and *after* that, those that are over and have a message.

    Up to *limit* are looked at, and all that were made at the same moment as the last of them.
    """
    made = deliveries.c.created_at
    is_next = made < before if after is None else and_(made > after, made < before)
    last = tx.scalar(select(made).where(is_next).order_by(made).offset(limit - 1).limit(1))
    if last is not None:
        is_next = and_(is_next, made <= last)
    is_over = and_(deliveries.c.standing != DeliveryState.OWED, deliveries.c.body.is_not(None))
    rows = tx.execute(select(deliveries.c.id, func.length(deliveries.c.body)).where(is_next, is_over)).all()
    return Sent([row[0] for row in rows], sum(row[1] for row in rows), last)


def forget_sent(tx: Connection, ids: Sequence[str]) -> None:
    """Give up what these deliveries sent."""
    tx.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(body=None))


def up_to(tx: Connection, what: str) -> datetime | None:
    """Until when it was looked at."""
    found: datetime | None = tx.scalar(select(pruned.c.up_to).where(pruned.c.what == what))
    return found


def note(tx: Connection, what: str, up_to: datetime) -> None:
    """Note until when it was looked at."""
    put(tx, pruned, [{"what": what, "up_to": up_to}])
