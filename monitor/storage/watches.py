"""What is watched, by command or by configuration: lists of trials, or searches that find their trials themselves.

What a search has found is stored like a list; `monitor.watching.discover` decides which trials join and leave. Only a
search for all trials holds no list.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, delete, func, insert, select, update

from monitor.errors import ConfigurationInvalid, NameTaken, NothingFound
from monitor.model import Search
from monitor.storage import groups, held, leavers, listed, newcomers, siblings
from monitor.storage import searches as search_rows
from monitor.storage.groups import Origin
from monitor.storage.locks import lock_registry
from monitor.storage.mergers import successors
from monitor.storage.searches import WatchedSearch
from monitor.storage.statements import chunks
from monitor.storage.tables import searches, trials, watched_trials, watches
from monitor.storage.unread import Unread, apart, rows_in_place

LONGEST_NUMBER = 10
"""Digits from which on a text is a name: no database counts so far."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch; *trials* is how many it holds."""

    id: int
    origin: Origin
    name: str | None
    created_at: datetime
    trials: int
    looks_for: WatchedSearch | None = None
    """None where it holds the trials that it was given."""
    siblings: bool = False
    """Whether it follows its trials into other registries."""

    @property
    def search(self) -> Search | None:
        """What is looked for; None where it holds the trials that it was given."""
        return self.looks_for.search if self.looks_for else None


def add(
    tx: Connection,
    *,
    registry: str,
    trial_ids: Iterable[str],
    origin: Origin,
    name: str | None,
    at: datetime,
    with_siblings: bool = False,
) -> tuple[Watch, list[str]]:
    """Watch trials; return the watch that holds them all, and those ids that a watch of this origin held before.

    With a name, that watch grows where it exists. Without one, where a nameless watch holds all of them already, it is
    that one; *with_siblings*, if it follows siblings. Where an id is known to have merged into another trial, that one
    is watched too.
    """
    wanted = list(dict.fromkeys(trial_ids))
    holders = _holders(tx, registry, wanted, origin)
    if name is not None:
        watch_id: int | None = _named(tx, name, origin, at)
    else:
        watch_id = _holding_all(tx, holders, wanted, with_siblings=with_siblings)
    if watch_id is None:
        watch_id = _make(tx, None, origin, at)
    _hold(tx, watch_id, {(registry, trial_id) for trial_id in wanted}, at)
    if with_siblings:
        siblings.follow(tx, watch_id, at)
    return get(tx, watch_id), [trial_id for trial_id in wanted if trial_id in holders]


def add_search(
    tx: Connection, *, registry: str, search: Search, origin: Origin, name: str | None, at: datetime
) -> tuple[Watch, bool]:
    """Watch what a search finds; return the watch, and whether it is new.

    Without a name, the same search is the same watch. Raise ConfigurationInvalid where a watch of that name looks for
    something else.
    """
    watch_id = search_rows.looking_for(tx, registry, search) if name is None else _of_name(tx, name, origin)
    if watch_id is None:
        watch_id = _make(tx, name, origin, at)
        _look_for(tx, watch_id, registry, search)
        return get(tx, watch_id), True
    watch = get(tx, watch_id)
    if watch.looks_for is None or (watch.looks_for.registry, watch.search) != (registry, search):
        raise ConfigurationInvalid(f"the watch named {name!r} watches something else: choose another name")
    return watch, False


def listing(
    tx: Connection,
    *,
    origin: Origin | None = None,
    after: int = 0,
    limit: int | None = None,
    damaged: list[Unread] | None = None,
) -> list[Watch]:
    """Every watch, or those of one origin, the oldest first: up to *limit* of higher numbers than *after*.

    What cannot be read is put into *damaged*.
    """
    query = _counted().where(watches.c.id > after).order_by(watches.c.id).limit(limit)
    if origin is not None:
        query = query.where(watches.c.origin == origin)
    return _with_what_they_hold(tx, apart(rows_in_place(tx, query, (watches.c.id,), watches.c.id), damaged))


def get(tx: Connection, watch_id: int) -> Watch:
    """That watch. Raise NothingFound where there is none of this id."""
    found = _described(tx, _counted().where(watches.c.id == watch_id))
    if not found:
        raise NothingFound(f"there is no watch {watch_id}: `monitor watch list` shows those there are")
    return found[0]


def find(tx: Connection, text: str) -> Watch:
    """The watch of that number or name. Raise NothingFound where there is none."""
    if text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER:
        return get(tx, int(text))
    found = _described(tx, _counted().where(watches.c.name == text))
    if not found:
        raise NothingFound(f"there is no watch “{text[:80]}”: `monitor watch list` shows those there are")
    return found[0]


def rename(tx: Connection, watch_id: int, name: str) -> None:
    """Give a watch that a command made another name. Raise ConfigurationInvalid where a watch has that name already."""
    taken = tx.scalar(select(watches.c.id).where(watches.c.name == name, watches.c.id != watch_id))
    if taken is not None:
        raise NameTaken(f"watch {taken} is called “{name}” already: choose another name")
    tx.execute(update(watches).where(watches.c.id == watch_id).values(name=name))


def configured(tx: Connection) -> bool:
    """Whether any watch was made by the configuration."""
    return tx.execute(select(watches.c.id).where(watches.c.origin == "config").limit(1)).first() is not None


def holding(tx: Connection, registry: str, trial_id: str) -> list[Watch]:
    """The watches that hold this trial."""
    query = select(watched_trials.c.watch_id).where(
        watched_trials.c.registry == registry, watched_trials.c.trial_id == trial_id
    )
    return _described(tx, _counted().where(watches.c.id.in_(query)).order_by(watches.c.id))


def trials_of(tx: Connection, watch_id: int) -> list[tuple[str, str]]:
    """The trials of a watch as (registry, trial id), in order."""
    return held.of_watch(tx, watch_id)


def registries_held(
    tx: Connection, registries: Iterable[str], *, only: Collection[int] | None = None
) -> dict[int, list[str]]:
    """Of which of these registries each watch holds trials, or each of *only*; those that hold none are left out."""
    found: dict[int, list[str]] = {}
    query = select(watched_trials.c.watch_id, watched_trials.c.registry).distinct()
    if only is not None:
        query = query.where(watched_trials.c.watch_id.in_(only))
    for chunk in chunks(registries):
        rows = tx.execute(query.where(watched_trials.c.registry.in_(chunk)))
        for watch_id, registry in sorted((row.watch_id, row.registry) for row in rows):
            found.setdefault(watch_id, []).append(registry)
    return found


def held_among(tx: Connection, registry: str, trial_ids: Iterable[str]) -> set[tuple[int, str]]:
    """Which watches hold which of these trials, as (watch, trial id)."""
    query = select(watched_trials.c.watch_id, watched_trials.c.trial_id).where(watched_trials.c.registry == registry)
    return {
        (row.watch_id, row.trial_id)
        for chunk in chunks(trial_ids)
        for row in tx.execute(query.where(watched_trials.c.trial_id.in_(chunk)))
    }


def remove(tx: Connection, watch_id: int) -> Watch:
    """End a watch and return it. Raise NothingFound if no watch has this id.

    A watch of the configuration comes back unless it is removed there.
    """
    watch = get(tx, watch_id)
    if watch.looks_for:
        lock_registry(tx, watch.looks_for.registry)  # or a listing may be adding trials to it right now
    held.drop_all(tx, watch_id)
    tx.execute(delete(watches).where(watches.c.id == watch_id))
    if watch.looks_for and watch.looks_for.search.is_everything:
        listed.refresh_registry(tx, watch.looks_for.registry)
    newcomers.forget_unwatched(tx)
    groups.forget_empty(tx)
    return watch


def remove_trials(tx: Connection, registry: str, trial_ids: Iterable[str]) -> int:
    """Remove trials from all lists that commands made, and return how many there were.

    Lists that are left empty end. Those of the configuration keep theirs, and a search what it finds: see `holding`.
    """
    is_list = watches.c.id.not_in(select(searches.c.watch_id))
    commands = select(watches.c.id).where(watches.c.origin == "command", is_list)
    removed: defaultdict[int, set[str]] = defaultdict(set)
    for chunk in chunks(dict.fromkeys(trial_ids)):
        statement = delete(watched_trials).where(
            watched_trials.c.registry == registry,
            watched_trials.c.trial_id.in_(chunk),
            watched_trials.c.watch_id.in_(commands),
        )
        for row in tx.execute(statement.returning(watched_trials.c.watch_id, watched_trials.c.trial_id)).all():
            removed[row.watch_id].add(row.trial_id)
    listed.refresh(tx, {(registry, trial_id) for ids in removed.values() for trial_id in ids})
    for watch_id, ids in removed.items():
        siblings.drop_of(tx, watch_id, {(registry, trial_id) for trial_id in ids})
    if removed:
        empty = watches.c.id.not_in(select(watched_trials.c.watch_id))
        tx.execute(delete(watches).where(watches.c.origin == "command", is_list, empty))
        groups.forget_empty(tx)
    return len({trial_id for ids in removed.values() for trial_id in ids})


def follow(tx: Connection, registry: str, trial_id: str, into: str, at: datetime) -> None:
    """Make every watch that holds *trial_id* hold *into* as well."""
    query = select(watched_trials.c.watch_id).where(
        watched_trials.c.registry == registry, watched_trials.c.trial_id == trial_id
    )
    for watch_id in tx.scalars(query).all():
        _hold(tx, watch_id, {(registry, into)}, at)


def join(tx: Connection, watch_id: int, registry: str, trial_ids: Iterable[str], at: datetime) -> set[str]:
    """Add what a search found to its watch, and return the trials that are new there."""
    return {trial_id for _, trial_id in held.add(tx, watch_id, ((registry, each) for each in trial_ids), at)}


def apply_config(
    tx: Connection,
    wanted: Iterable[tuple[str, str, Iterable[str]]],
    at: datetime,
    *,
    wanted_searches: Mapping[str, tuple[str, Search]] | None = None,
    kept: Collection[str] = (),
    with_siblings: Collection[str] = (),
) -> None:
    """Make the watches of the configuration those *wanted*, as (name, registry, trial ids), and those that search.

    Add what is missing, take out what is gone, end what is no longer named; write nothing where all is as wanted. A
    watch that is to look for something else begins anew, and keeps its subscriptions. Those named in *kept* stay as
    they are. Those named *with_siblings* follow siblings, and what joined them stays with the trial that it is one of.
    """
    wanted_searches = wanted_searches or {}
    lists: dict[str, set[tuple[str, str]]] = {}
    for name, registry, trial_ids in wanted:
        lists.setdefault(name, set()).update((registry, trial_id) for trial_id in trial_ids)
    existing = {watch.name: watch for watch in listing(tx, origin="config")}
    for gone in existing.keys() - lists.keys() - wanted_searches.keys() - set(kept):
        remove(tx, existing[gone].id)
    for name, (registry, search) in wanted_searches.items():
        _configure_search(tx, name, existing.get(name), registry=registry, search=search, at=at)
    for name, members in lists.items():
        watch = existing.get(name)
        if watch and watch.looks_for:
            _empty(tx, watch)
        watch_id = watch.id if watch else _named(tx, name, "config", at)
        kept_now = set(trials_of(tx, watch_id))
        holds = members | successors(tx, members)
        joined = siblings.joined_of(tx, watch_id)
        siblings_held = {key for key, of in joined.items() if of in holds and name in with_siblings}
        holds |= siblings_held | successors(tx, siblings_held)
        _hold(tx, watch_id, holds - kept_now, at)
        held.drop(tx, watch_id, sorted(kept_now - holds))
        siblings.configure(tx, watch_id, at, follows=name in with_siblings)


def _configure_search(
    tx: Connection, name: str, watch: Watch | None, *, registry: str, search: Search, at: datetime
) -> None:
    if watch and watch.looks_for and (watch.looks_for.registry, watch.search) == (registry, search):
        return
    if watch:
        _empty(tx, watch)
    watch_id = watch.id if watch else _named(tx, name, "config", at)
    _look_for(tx, watch_id, registry, search)
    if search.is_everything:
        groups.leave_all(tx, watch_id)  # such a watch holds no list: see `monitor.watching.grouping`


def _look_for(tx: Connection, watch_id: int, registry: str, search: Search) -> None:
    search_rows.put_anew(tx, watch_id, registry, search)
    if search.is_everything:
        listed.refresh_registry(tx, registry)


def _empty(tx: Connection, watch: Watch) -> None:
    """Make it a list of no trials."""
    if watch.looks_for:
        lock_registry(tx, watch.looks_for.registry)
        leavers.stay(tx, watch.id, watch.looks_for.registry, leavers.of_watch(tx, watch.id))
        tx.execute(delete(searches).where(searches.c.watch_id == watch.id))
    held.drop_all(tx, watch.id)
    if watch.looks_for and watch.looks_for.search.is_everything:
        listed.refresh_registry(tx, watch.looks_for.registry)


def _described(tx: Connection, query: Select[Any]) -> list[Watch]:
    return _with_what_they_hold(tx, tx.execute(query).all())


def _with_what_they_hold(tx: Connection, rows: Sequence[Row[Any]]) -> list[Watch]:
    found = [Watch(**row._mapping) for row in rows]
    looking = search_rows.known(tx, [watch.id for watch in found])
    following = siblings.following(tx, [watch.id for watch in found])
    found = [replace(watch, looks_for=looking.get(watch.id), siblings=watch.id in following) for watch in found]
    return [
        replace(watch, trials=_read_of(tx, watch.looks_for.registry))
        if watch.looks_for and watch.looks_for.search.is_everything
        else watch
        for watch in found
    ]


def _read_of(tx: Connection, registry: str) -> int:
    """How many trials of a registry are known."""
    has_snapshot = and_(trials.c.registry == registry, trials.c.snapshot.is_not(None))
    return tx.execute(select(func.count()).select_from(trials).where(has_snapshot)).scalar_one()


def _counted() -> Select[Any]:
    count = select(func.count()).where(watched_trials.c.watch_id == watches.c.id).scalar_subquery()
    return select(watches, count.label("trials"))


def _named(tx: Connection, name: str, origin: Origin, at: datetime) -> int:
    """The id of the list of that name, made where there is none."""
    watch_id = _of_name(tx, name, origin)
    if watch_id is None:
        return _make(tx, name, origin, at)
    if search_rows.get(tx, watch_id):
        raise ConfigurationInvalid(f"the watch named {name!r} finds its trials itself: choose another name")
    return watch_id


def _of_name(tx: Connection, name: str, origin: Origin) -> int | None:
    """The id of the watch of that name; None where there is none."""
    row = tx.execute(select(watches).where(watches.c.name == name)).one_or_none()
    if row is None:
        return None
    if row.origin != origin:
        other = "in the configuration" if row.origin == "config" else "with `monitor watch add`"
        raise ConfigurationInvalid(f"a watch named {name!r} was made {other} before: choose another name")
    return int(row.id)


def _make(tx: Connection, name: str | None, origin: Origin, at: datetime) -> int:
    statement = insert(watches).values(origin=origin, name=name, created_at=at)
    return int(tx.execute(statement.returning(watches.c.id)).scalar_one())


def _holders(tx: Connection, registry: str, trial_ids: Sequence[str], origin: Origin) -> dict[str, set[int | None]]:
    """Which watches of *origin* hold each of the trials; one that is named, or searches, shows as None."""
    is_list = watches.c.id.not_in(select(searches.c.watch_id))
    nameless = case((and_(watches.c.name.is_(None), is_list), watches.c.id))
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


def _holding_all(
    tx: Connection, holders: Mapping[str, set[int | None]], wanted: Sequence[str], *, with_siblings: bool
) -> int | None:
    """The oldest nameless watch that holds everything wanted; *with_siblings*, of those that follow siblings."""
    common = set.intersection(*(holders.get(trial_id, set()) for trial_id in wanted)) if wanted else set()
    found = {watch_id for watch_id in common if watch_id is not None}
    return min(siblings.following(tx, sorted(found)) if with_siblings else found, default=None)


def _hold(tx: Connection, watch_id: int, members: set[tuple[str, str]], at: datetime) -> None:
    """Add trials, and those that they merged into, to a watch; where it follows siblings, known ones of them, too."""
    held.add(tx, watch_id, sorted(members | successors(tx, members)), at)
    if members:
        siblings.seek(tx, watch_id, sorted(members), at)
