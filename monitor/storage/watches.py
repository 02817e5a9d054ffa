"""What we look at: lists of trials, made by a command or written in the configuration."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, case, delete, func, insert, select

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import Json
from monitor.storage.statements import add_new, chunks
from monitor.storage.tables import trials, watched_trials, watches

Origin = Literal["command", "config"]


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch; *trials* is how many it holds."""

    id: int
    origin: Origin
    name: str | None
    created_at: datetime
    trials: int

    def as_json(self) -> dict[str, Json]:
        """The line of `watch list --json`."""
        return asdict(self) | {"created_at": self.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def add(
    tx: Connection, *, registry: str, trial_ids: Iterable[str], origin: Origin, name: str | None, at: datetime
) -> tuple[Watch, list[str]]:
    """Watch trials; give the watch that holds them all, and those ids that a watch of this origin held before.

    With a name, that watch grows where it exists. Without one, where a nameless watch holds all of them already, it is
    that one. Where an id is known to have merged into another trial, that one is watched too.
    """
    wanted = list(dict.fromkeys(trial_ids))
    holders = _holders(tx, registry, wanted, origin)
    watch_id = _named(tx, name, origin, at) if name is not None else _holding_all(holders, wanted)
    if watch_id is None:
        watch_id = _make(tx, None, origin, at)
    _hold(tx, watch_id, {(registry, trial_id) for trial_id in wanted}, at)
    return get(tx, watch_id), [trial_id for trial_id in wanted if trial_id in holders]


def listing(tx: Connection, *, origin: Origin | None = None) -> list[Watch]:
    """Every watch, or those of one origin, the oldest first."""
    query = _counted().order_by(watches.c.id)
    if origin is not None:
        query = query.where(watches.c.origin == origin)
    return [Watch(*row) for row in tx.execute(query)]


def get(tx: Connection, watch_id: int) -> Watch:
    """That watch. Raise NothingFound where there is none of this id."""
    row = tx.execute(_counted().where(watches.c.id == watch_id)).one_or_none()
    if row is None:
        raise NothingFound(f"there is no watch {watch_id}: `monitor watch list` shows those there are")
    return Watch(*row)


def configured(tx: Connection) -> bool:
    """Whether any watch was made by the configuration."""
    return tx.execute(select(watches.c.id).where(watches.c.origin == "config").limit(1)).first() is not None


def holding(tx: Connection, registry: str, trial_id: str) -> list[Watch]:
    """The watches that hold this trial."""
    query = select(watched_trials.c.watch_id).where(
        watched_trials.c.registry == registry, watched_trials.c.trial_id == trial_id
    )
    return [Watch(*row) for row in tx.execute(_counted().where(watches.c.id.in_(query)).order_by(watches.c.id))]


def trials_of(tx: Connection, watch_id: int) -> list[tuple[str, str]]:
    """The trials of a watch as (registry, trial id), in order."""
    query = (
        select(watched_trials.c.registry, watched_trials.c.trial_id)
        .where(watched_trials.c.watch_id == watch_id)
        .order_by(watched_trials.c.registry, watched_trials.c.trial_id)
    )
    return [(row.registry, row.trial_id) for row in tx.execute(query)]


def remove(tx: Connection, watch_id: int) -> Watch:
    """End a watch and give what it was. Raise NothingFound where there is none of this id.

    A watch of the configuration comes back unless it is removed there.
    """
    watch = get(tx, watch_id)
    tx.execute(delete(watches).where(watches.c.id == watch_id))
    return watch


def remove_trials(tx: Connection, registry: str, trial_ids: Iterable[str]) -> int:
    """Take trials out of all watches that commands made; give how many trials that were.

    Watches that are left empty end. Those of the configuration keep theirs: see `holding`.
    """
    commands = select(watches.c.id).where(watches.c.origin == "command")
    removed: set[str] = set()
    for chunk in chunks(dict.fromkeys(trial_ids)):
        statement = delete(watched_trials).where(
            watched_trials.c.registry == registry,
            watched_trials.c.trial_id.in_(chunk),
            watched_trials.c.watch_id.in_(commands),
        )
        removed.update(row.trial_id for row in tx.execute(statement.returning(watched_trials.c.trial_id)))
    if removed:
        empty = watches.c.id.not_in(select(watched_trials.c.watch_id))
        tx.execute(delete(watches).where(watches.c.origin == "command", empty))
    return len(removed)


def follow(tx: Connection, registry: str, trial_id: str, into: str, at: datetime) -> None:
    """Make every watch that holds *trial_id* hold *into* as well."""
    query = select(watched_trials.c.watch_id).where(
        watched_trials.c.registry == registry, watched_trials.c.trial_id == trial_id
    )
    for watch_id in tx.scalars(query).all():
        _hold(tx, watch_id, {(registry, into)}, at)


def apply_config(tx: Connection, wanted: Iterable[tuple[str, str, Iterable[str]]], at: datetime) -> None:
    """Make the watches of the configuration those *wanted*, as (name, registry, trial ids).

    Add what is missing, take out what is gone, end what is no longer named; write nothing where all is as wanted.
    """
    lists: dict[str, set[tuple[str, str]]] = {}
    for name, registry, trial_ids in wanted:
        lists.setdefault(name, set()).update((registry, trial_id) for trial_id in trial_ids)
    existing = {watch.name: watch.id for watch in listing(tx, origin="config")}
    for gone in existing.keys() - lists.keys():
        remove(tx, existing[gone])
    for name, members in lists.items():
        watch_id = existing[name] if name in existing else _named(tx, name, "config", at)
        held = set(trials_of(tx, watch_id))
        kept = members | _successors(tx, members)
        _hold(tx, watch_id, kept - held, at)
        _drop(tx, watch_id, held - kept)


def _counted() -> Select[Any]:
    count = select(func.count()).where(watched_trials.c.watch_id == watches.c.id).scalar_subquery()
    return select(watches, count)


def _named(tx: Connection, name: str, origin: Origin, at: datetime) -> int:
    """The id of the watch of that name, made where there is none."""
    row = tx.execute(select(watches).where(watches.c.name == name)).one_or_none()
    if row is None:
        return _make(tx, name, origin, at)
    if row.origin != origin:
        other = "in the configuration" if row.origin == "config" else "with `monitor watch add`"
        raise ConfigurationInvalid(f"a watch named {name!r} was made {other} before: choose another name")
    found: int = row.id
    return found


def _make(tx: Connection, name: str | None, origin: Origin, at: datetime) -> int:
    statement = insert(watches).values(origin=origin, name=name, created_at=at)
    made: int = tx.execute(statement.returning(watches.c.id)).scalar_one()
    return made


def _holders(tx: Connection, registry: str, trial_ids: Sequence[str], origin: Origin) -> dict[str, set[int | None]]:
    """Which watches of *origin* hold each of the trials; a named one shows as None."""
    nameless = case((watches.c.name.is_(None), watches.c.id))
    query = (
        select(watched_trials.c.trial_id, nameless)
        .join(watches, watches.c.id == watched_trials.c.watch_id)
        .where(watched_trials.c.registry == registry, watches.c.origin == origin)
    )
    holders: dict[str, set[int | None]] = {}
    for chunk in chunks(trial_ids):
        for trial_id, watch_id in tx.execute(query.where(watched_trials.c.trial_id.in_(chunk))):
            holders.setdefault(trial_id, set()).add(watch_id)
    return holders


def _holding_all(holders: Mapping[str, set[int | None]], wanted: Sequence[str]) -> int | None:
    """The oldest nameless watch that holds everything wanted."""
    common = set.intersection(*(holders.get(trial_id, set()) for trial_id in wanted)) if wanted else set()
    return min((watch_id for watch_id in common if watch_id is not None), default=None)


def _hold(tx: Connection, watch_id: int, members: set[tuple[str, str]], at: datetime) -> None:
    """Add trials, and those that they merged into, to a watch."""
    for chunk in chunks(sorted(members | _successors(tx, members))):
        rows = [
            {"watch_id": watch_id, "registry": registry, "trial_id": trial_id, "added_at": at}
            for registry, trial_id in chunk
        ]
        add_new(tx, watched_trials, rows)


def _drop(tx: Connection, watch_id: int, members: set[tuple[str, str]]) -> None:
    for registry, trial_ids in _by_registry(members).items():
        for chunk in chunks(trial_ids):
            tx.execute(
                delete(watched_trials).where(
                    watched_trials.c.watch_id == watch_id,
                    watched_trials.c.registry == registry,
                    watched_trials.c.trial_id.in_(chunk),
                )
            )


def _successors(tx: Connection, members: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The trials that these are known to have merged into, over any number of mergers."""
    found: set[tuple[str, str]] = set()
    newest = members
    while newest:
        into = {
            (registry, trial_id)
            for registry, trial_ids in _by_registry(newest).items()
            for trial_id in _mergers(tx, registry, trial_ids)
        }
        newest = into - found - members
        found |= newest
    return found


def _by_registry(members: set[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for registry, trial_id in sorted(members):
        grouped.setdefault(registry, []).append(trial_id)
    return grouped


def _mergers(tx: Connection, registry: str, trial_ids: Sequence[str]) -> set[str]:
    query = select(trials.c.merged_into).where(trials.c.registry == registry, trials.c.merged_into.is_not(None))
    return {into for chunk in chunks(trial_ids) for into in tx.scalars(query.where(trials.c.trial_id.in_(chunk)))}
