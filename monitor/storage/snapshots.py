"""Every document that a registry served, by trial and number.

A later snapshot is stored as its difference to the latest full copy of a served record, so reading one unpacks at most
two bodies. A registry's words on a removal or merger are short: they are always stored in full, and are never a base.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select, tuple_

from monitor.errors import NothingFound, SnapshotThinned, StoreCorrupt
from monitor.model import Document, Snapshot, State
from monitor.storage import bodies
from monitor.storage.statements import add_new, chunks
from monitor.storage.tables import snapshots

_BATCH = 500
"""Snapshots a statement: at 12 columns each, well under what SQLite takes."""
_READ_AT_ONCE = 100
_LONGEST_REACH = 20
"""Numbers between a snapshot and its base: after that many changes a new full copy is due."""

_base = snapshots.alias("base")
_of_same_trial = and_(_base.c.registry == snapshots.c.registry, _base.c.trial_id == snapshots.c.trial_id)
_with_base = select(snapshots, _base.c.body.label("base_body"), _base.c.size.label("base_size")).select_from(
    snapshots.outerjoin(_base, and_(_of_same_trial, _base.c.number == snapshots.c.base))
)
_key = (snapshots.c.registry, snapshots.c.trial_id, snapshots.c.number)
_of_registry = snapshots.c.registry == bindparam("registry")
_of_trial = and_(_of_registry, snapshots.c.trial_id == bindparam("trial_id"))
_one = _with_base.where(_of_trial, snapshots.c.number == bindparam("number"))
_listed = (
    select(
        snapshots.c.number,
        snapshots.c.taken_at,
        snapshots.c.state,
        snapshots.c.registry_version,
        func.length(snapshots.c.body),
    )
    .where(_of_trial)
    .order_by(snapshots.c.number)
)
_histories = (
    _with_base.where(_of_registry, snapshots.c.trial_id.in_(bindparam("trial_ids", expanding=True)))
    .order_by(*_key)
    .execution_options(yield_per=_READ_AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A snapshot in a list, without its document."""

    number: int
    taken_at: datetime
    state: State
    registry_version: str | None
    stored: int
    """Bytes of the compressed body."""
    source: str | None = None
    """What it was imported from, of a document from before the first one."""
    version: int | None = None
    """The registry's own number, of a former version that it gave."""


@dataclass(frozen=True, slots=True)
class DamagedSnapshot:
    """A snapshot that cannot be read: *reason* names it and says how."""

    registry: str
    trial_id: str
    number: int
    reason: str
    taken_at: datetime
    registry_version: str | None
    is_thinned: bool = False
    """Whether nothing is wrong, but for that it is not kept in full any more."""


@dataclass(frozen=True, slots=True)
class Base:
    """A full copy that later snapshots are compressed against; *stored* is its compressed size."""

    number: int
    content: bytes
    stored: int


Bases = dict[tuple[str, str], Base]
"""By registry and trial id, the base of its latest snapshot."""


def add(
    tx: Connection, snapshots_: Iterable[Snapshot], bases: Mapping[tuple[str, str], Base] | None = None
) -> list[Snapshot]:
    """Store snapshots, and return the new ones. An existing snapshot stays as it is.

    *bases* are those that `latest_of` gave in this transaction; the others are read.
    """
    given, added = bases or {}, []
    for batch in chunks(snapshots_, _BATCH):
        bases = _bases(tx, batch, given)
        rows = [_row(snapshot, bases) for snapshot in sorted(batch, key=lambda snapshot: snapshot.number)]
        new = {tuple(row) for row in add_new(tx, snapshots, rows, returning=_key)}
        added += [snapshot for snapshot in batch if _key_of(snapshot) in new]
    return added


def latest(tx: Connection, registry: str, trial_id: str, *, state: State | None = None) -> Snapshot | None:
    """The snapshot of the highest number, or of the highest with that *state*; None where there is none."""
    return latest_of(tx, registry, [trial_id], state=state).get(trial_id)


def latest_of(
    tx: Connection,
    registry: str,
    trial_ids: Iterable[str],
    *,
    state: State | None = None,
    damaged: dict[str, StoreCorrupt] | None = None,
    bases: Bases | None = None,
) -> dict[str, Snapshot]:
    """`latest` of many trials, by trial id; trials without one are left out.

    Where *damaged* is given, a trial whose latest cannot be read is put there, and raises nothing. Where *bases* is
    given, what was unpacked on the way is put there, for `add`.
    """
    found = {}
    for chunk in chunks(trial_ids):
        highest = _highest(registry, chunk)
        query = _with_base.where(tuple_(*_key).in_(highest if state is None else highest.where(_is(state))))
        for row in tx.execute(query):
            try:
                found[row.trial_id] = _restored(row, bases)
            except StoreCorrupt as error:
                if damaged is None:
                    raise
                damaged[row.trial_id] = error
    return found


def known(
    tx: Connection, registry: str, keys: Iterable[tuple[str, int]], *, damaged: dict[tuple[str, int], StoreCorrupt]
) -> dict[tuple[str, int], Snapshot]:
    """Those of the snapshots that there are, by trial id and number. One that cannot be read is put into *damaged*."""
    found = {}
    for chunk in chunks(keys):
        # By the trials alone SQLite uses an index, and by a list of pairs none.
        of_trials = snapshots.c.trial_id.in_({trial_id for trial_id, _ in chunk})
        query = _with_base.where(snapshots.c.registry == registry, of_trials)
        for row in tx.execute(query.where(tuple_(snapshots.c.trial_id, snapshots.c.number).in_(chunk))):
            try:
                found[row.trial_id, row.number] = _restored(row)
            except StoreCorrupt as error:
                damaged[row.trial_id, row.number] = error
    return found


def first_of(tx: Connection, registry: str, trial_ids: Iterable[str]) -> Callable[[str], Snapshot | None]:
    """What gives the first snapshot of each of the trials; None where there is none, or it cannot be read.

    When one is asked for, all are fetched at once, and that one is unpacked.
    """

    @cache
    def rows() -> dict[str, Row[Any]]:
        query = _with_base.where(snapshots.c.registry == registry, snapshots.c.number == 1)
        found = (tx.execute(query.where(snapshots.c.trial_id.in_(chunk))).all() for chunk in chunks(trial_ids))
        return {row.trial_id: row for row in chain.from_iterable(found)}

    def first(trial_id: str) -> Snapshot | None:
        try:
            return _restored(rows()[trial_id]) if trial_id in rows() else None
        except StoreCorrupt:
            return None

    return first


def readable(tx: Connection, registry: str, trial_id: str, *, before: int | None = None) -> Snapshot | None:
    """The latest record of a trial that can still be read, of those numbered below *before*; None where none can."""
    query = _with_base.where(snapshots.c.registry == registry, snapshots.c.trial_id == trial_id, _is(State.LISTED))
    if before is not None:
        query = query.where(snapshots.c.number < before)
    for row in tx.execute(query.order_by(snapshots.c.number.desc())):
        try:
            return _restored(row)
        except StoreCorrupt:
            continue
    return None


def get(tx: Connection, registry: str, trial_id: str, number: int) -> Snapshot:
    """That snapshot. Raise NothingFound, saying which there are, where it is not among them."""
    row = tx.execute(_one, {"registry": registry, "trial_id": trial_id, "number": number}).one_or_none()
    if row is None:
        raise _absent(trial_id, number, [row.number for row in listing(tx, registry, trial_id)])
    return _restored(row)


def listing(tx: Connection, registry: str, trial_id: str) -> list[SnapshotRow]:
    """Every snapshot of a trial in the order of their numbers, without documents."""
    return [SnapshotRow(*row) for row in tx.execute(_listed, {"registry": registry, "trial_id": trial_id})]


def histories(tx: Connection, registry: str, trial_ids: Sequence[str]) -> Iterator[Snapshot | DamagedSnapshot]:
    """Every snapshot of each trial in the order of trials and numbers, a few at a time in memory.

    In the place of one that is damaged stands what is wrong with it.
    """
    for row in tx.execute(_histories, {"registry": registry, "trial_ids": trial_ids}):
        try:
            yield _restored(row)
        except StoreCorrupt as error:
            yield _damaged(row, error)


def damaged_of(tx: Connection, registry: str, trial_id: str) -> dict[int, str]:
    """What is wrong with those snapshots of a trial that cannot be read, by number."""
    query = _with_base.where(snapshots.c.registry == registry, snapshots.c.trial_id == trial_id)
    found = {}
    for row in tx.execute(query.order_by(snapshots.c.number)):
        try:
            _restored(row)
        except StoreCorrupt as error:
            found[row.number] = str(error)
    return found


def digests(tx: Connection, registry: str, trial_id: str) -> dict[int, bytes]:
    """The digest of each snapshot of a trial, by number."""
    query = select(snapshots.c.number, snapshots.c.digest)
    query = query.where(snapshots.c.registry == registry, snapshots.c.trial_id == trial_id)
    return {row.number: row.digest for row in tx.execute(query)}


def inspect(tx: Connection) -> Iterator[str | None]:
    """As `inspected`, in words alone."""
    return (each.reason if each else None for each in inspected(tx))


def inspected(tx: Connection) -> Iterator[DamagedSnapshot | None]:
    """Read all snapshots, a few at a time in memory, and yield what is wrong with each, or None."""
    for row in tx.execute(_with_base.order_by(*_key).execution_options(yield_per=_READ_AT_ONCE)):
        try:
            _restored(row)
        except SnapshotThinned:
            yield None
        except StoreCorrupt as error:
            yield _damaged(row, error)
        else:
            yield None


def _key_of(snapshot: Snapshot) -> tuple[str, str, int]:
    return snapshot.document.registry, snapshot.document.trial_id, snapshot.number


def _is(state: State) -> Any:
    return snapshots.c.state == state


def _highest(registry: str, trial_ids: Sequence[str]) -> Select[Any]:
    """The keys of the trials' latest snapshots."""
    return (
        select(snapshots.c.registry, snapshots.c.trial_id, func.max(snapshots.c.number))
        .where(snapshots.c.registry == registry, snapshots.c.trial_id.in_(trial_ids))
        .group_by(snapshots.c.registry, snapshots.c.trial_id)
    )


def _row(snapshot: Snapshot, bases: Bases) -> dict[str, Any]:
    """The row of a snapshot; a full copy becomes the base of those that follow in this batch."""
    document = snapshot.document
    trial = document.registry, document.trial_id
    body = _difference(snapshot, bases.get(trial))
    base = bases[trial].number if body else None
    if body is None:
        body = bodies.compress(document.content)
        if document.state is State.LISTED:
            bases[trial] = Base(snapshot.number, document.content, len(body))
    return {
        "registry": document.registry,
        "trial_id": document.trial_id,
        "number": snapshot.number,
        "state": document.state,
        "digest": document.digest,
        "taken_at": snapshot.taken_at,
        "registry_version": snapshot.registry_version,
        "build": document.build,
        "base": base,
        "size": len(document.content),
        "body": body,
    }


def _difference(snapshot: Snapshot, base: Base | None) -> bytes | None:
    """The body against *base*; None where a full copy is the better choice."""
    content = snapshot.document.content
    if base is None or snapshot.document.state is not State.LISTED or snapshot.number - base.number > _LONGEST_REACH:
        return None
    body = bodies.compress_against(content, base.content)
    if len(body) <= base.stored // 2 or len(body) <= len(bodies.compress(content)) // 2:
        return body
    return None


def _bases(tx: Connection, batch: Sequence[Snapshot], given: Mapping[tuple[str, str], Base]) -> Bases:
    """The latest full copies of the trials that have snapshots already, read where they are not *given*.

    A copy that turns out to be damaged is passed over: what comes next is then kept in full.
    """
    later = {(each.document.registry, each.document.trial_id) for each in batch if each.number > 1}
    bases = {trial: given[trial] for trial in later if trial in given}
    unread: dict[str, list[str]] = {}
    for registry, trial_id in sorted(later - bases.keys()):
        unread.setdefault(registry, []).append(trial_id)
    for registry, trial_ids in unread.items():
        full = _highest(registry, trial_ids).where(snapshots.c.base.is_(None), _is(State.LISTED))
        for row in tx.execute(_with_base.where(tuple_(*_key).in_(full))):
            with suppress(StoreCorrupt):
                _restored(row, bases)
    return bases


def _restored(row: Row[Any], bases: Bases | None = None) -> Snapshot:
    """The snapshot of a row of `_with_base`, proved to be what was kept; put its base into *bases*."""
    what = f"snapshot {row.number} of {row.trial_id}"
    if not row.body:
        raise SnapshotThinned(f"{what} is not kept in full any more, as store.keep says")
    base = None
    if row.base is not None:
        base = bodies.decompress(row.base_body, size=row.base_size, what=f"snapshot {row.base} of {row.trial_id}")
    document = Document(
        row.registry,
        row.trial_id,
        bodies.decompress(row.body, size=row.size, base=base, what=what),
        state=row.state,
        build=row.build,
    )
    if document.digest != row.digest:
        raise bodies.damaged(what, "its SHA-256 is another")
    if bases is not None and base is not None:
        bases[row.registry, row.trial_id] = Base(row.base, base, len(row.base_body))
    elif bases is not None and document.state is State.LISTED:
        bases[row.registry, row.trial_id] = Base(row.number, document.content, len(row.body))
    return Snapshot(row.number, document, row.taken_at, row.registry_version)


def _damaged(row: Row[Any], error: StoreCorrupt) -> DamagedSnapshot:
    said = (row.registry, row.trial_id, row.number, str(error), row.taken_at, row.registry_version)
    return DamagedSnapshot(*said, is_thinned=isinstance(error, SnapshotThinned))


def _absent(trial_id: str, number: int, numbers: Sequence[int]) -> NothingFound:
    if not numbers:
        return NothingFound(f"{trial_id} has no snapshots yet: run `monitor check {trial_id}`")
    there = "1" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
    return NothingFound(f"{trial_id} has no snapshot {number}: choose from {there}")
