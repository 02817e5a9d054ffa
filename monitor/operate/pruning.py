"""Keep documents and messages in full for as long as `[store] keep` says, and what rests on them for ever.

Of each trial these documents stay, however old: the first one and the first record, which is what was registered; the
latest one and the latest record; what a registry said in the place of a record; what was told to anybody, is to be told
or was held back, with the record that it was compared with; and the full copies that others are stored as a difference
to. Saved pages and former versions that were imported are not looked at. Of a message, who was sent what, when, and
what came of it stays: the bytes go.

    a batch of trials      ->  the documents that can be spared     ->  given up, in one commit
    a batch of deliveries  ->  the messages of those that are over  ->  given up, in one commit with how far that is

A process that dies leaves whole batches, and the next one does the rest. Doing it again does nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from monitor.model import State
from monitor.storage import thinning
from monitor.storage.locks import lock_registry
from monitor.storage.pages import Key
from monitor.storage.store import Store
from monitor.storage.thinning import StoredSnapshot

TRIALS_AT_ONCE, DELIVERIES_AT_ONCE = 200, 1_000
_DOCUMENTS, _SENT = "documents", "messages"


@dataclass(slots=True)
class Pruned:
    """What was given up, or would be."""

    snapshots: int = 0
    messages: int = 0
    bytes: int = 0
    """Of both, as they were stored: SQLite uses the room again, and gives it back to the disk when it is restored."""


def prune(
    store: Store,
    keep: timedelta,
    *,
    now: datetime,
    every: timedelta = timedelta(0),
    is_trial_run: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> Pruned:
    """Give up what is older than *keep* and can be spared; in a trial run, only say what that is.

    All trials are looked at where that was not done for so long as *every* says.
    """
    done, before = Pruned(), now - keep
    with store.read() as tx:
        last = thinning.up_to(tx, _DOCUMENTS)
    if last is None or last > before or before - last >= every:
        is_over = _thin_snapshots(store, before, done, is_trial_run=is_trial_run, stopping=stopping)
        if is_over and not is_trial_run:
            with store.begin() as tx:
                thinning.note(tx, _DOCUMENTS, before)
    _forget_messages(store, before, done, is_trial_run=is_trial_run, stopping=stopping)
    return done


def spared(kept: Sequence[StoredSnapshot], told: Collection[int], before: datetime) -> list[StoredSnapshot]:
    """Those of a trial's snapshots, which come in their order, that can be thinned. Pure."""
    records = [each.number for each in kept if each.state is State.LISTED]
    recent = {each.number for each in kept if each.taken_at >= before}
    compared = {max((each for each in records if each < number), default=number) for number in recent.union(told)}
    full = [each.number for each in kept if each.base is None and each.state is State.LISTED and each.stored]
    others = {each.number for each in kept if each in (kept[0], kept[-1]) or each.state is not State.LISTED}
    needed = {*others, *records[:1], *records[-1:], *recent, *told, *compared, *full[-1:]}
    needed |= {each.base for each in kept if each.number in needed and each.base is not None}
    return [each for each in kept if each.number not in needed and each.stored]


def _thin_snapshots(
    store: Store, before: datetime, done: Pruned, *, is_trial_run: bool, stopping: Callable[[], bool]
) -> bool:
    """Give whether all trials were looked at."""
    last: Key | None = None
    while not stopping():
        with store.read() as tx:
            page = thinning.trials_behind(tx, last, limit=TRIALS_AT_ONCE)
            found = {
                registry: some
                for registry, keys in groupby(page, key=lambda key: key[0])
                if any((some := _spared_of(tx, registry, [trial_id for _, trial_id in keys], before)).values())
            }
        if not page:
            return True
        last = page[-1]
        for registry, some in found.items():
            if not is_trial_run:
                with store.begin() as tx:
                    lock_registry(tx, registry)
                    some = _spared_of(tx, registry, some, before)  # noqa: PLW2901 - what is true now
                    thinning.thin(tx, registry, {key: [each.number for each in those] for key, those in some.items()})
            done.snapshots += sum(map(len, some.values()))
            done.bytes += sum(each.stored for those in some.values() for each in those)
    return False


def _spared_of(
    tx: Connection, registry: str, trial_ids: Collection[str], before: datetime
) -> dict[str, list[StoredSnapshot]]:
    """By trial id, what can be thinned of those trials of which anything can."""
    kept = thinning.stored_of(tx, registry, trial_ids)
    told = thinning.told_of(tx, registry, [key for key, those in kept.items() if spared(those, (), before)])
    found = {key: spared(those, told.get(key, ()), before) for key, those in kept.items()}
    return {key: those for key, those in found.items() if those}


def _forget_messages(
    store: Store, before: datetime, done: Pruned, *, is_trial_run: bool, stopping: Callable[[], bool]
) -> None:
    with store.read() as tx:
        last = thinning.up_to(tx, _SENT)
    if last is not None and last >= before:
        return
    while not stopping():
        with store.read() as tx:
            some = thinning.sent_before(tx, before, last, limit=DELIVERIES_AT_ONCE)
        if not is_trial_run:
            with store.begin() as tx:
                thinning.forget_sent(tx, some.ids)
                thinning.note(tx, _SENT, some.up_to or before)
        done.messages += len(some.ids)
        done.bytes += some.stored
        if some.up_to is None:
            return
        last = some.up_to
