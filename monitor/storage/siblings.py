"""The same trial in other registries: which record names which, the watches that follow that, and what joined them.

    what a record names is noted once for each snapshot   ->  what is new in it joins the watches that hold the trial

Whom a trial is named by is found as quickly as whom it names. A watch holds a sibling like any other trial, and beside
it stands of which trial it is one. That is the only thing by which a sibling that joined differs from a trial that was
named; removed, it comes back only when a later record names it for the first time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, exists, func, insert, or_, select

from monitor.model import State
from monitor.storage import held
from monitor.storage.sibling_tables import joined_siblings, sibling_readings, sibling_watches, siblings
from monitor.storage.statements import add_new, chunks, is_one_of, put
from monitor.storage.tables import trials, watched_trials

MOST = 10
"""So many siblings of a trial join a watch: a record may name any number of others."""

Key = tuple[str, str]
"""(registry, trial id)"""

_naming_one = (
    select(siblings)
    .where(siblings.c.sibling_registry == bindparam("registry"), siblings.c.sibling_trial_id == bindparam("trial_id"))
    .order_by(siblings.c.registry, siblings.c.trial_id)
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the latest record of a trial names as the same trial elsewhere."""

    trial: Key
    snapshot: int
    names: Sequence[Key]


@dataclass(frozen=True, slots=True)
class Noted:
    """What is new in a reading; *is_first* where no earlier record of the trial was read like this."""

    trial: Key
    new: Sequence[Key]
    is_first: bool


@dataclass(slots=True)
class Joined:
    """Who joined a watch, and who did not as there would be too many."""

    trials: list[Key] = field(default_factory=list)
    left_out: list[Key] = field(default_factory=list)


def are_of_use(tx: Connection) -> bool:
    """Whether a watch follows siblings, or trials of several registries are known."""
    first, last = (select(each(trials.c.registry)).scalar_subquery() for each in (func.min, func.max))
    return bool(tx.scalar(select(or_(exists().select_from(sibling_watches), first != last))))


def are_elsewhere(tx: Connection, registry: str) -> bool:
    """Whether trials of other registries than this one are known."""
    first, last = (tx.scalar(select(each(trials.c.registry))) for each in (func.min, func.max))
    return not {first, last} <= {registry, None}


def unread(tx: Connection, registries: Sequence[str]) -> list[tuple[str, str, int]]:
    """The trials of lists whose latest record was not read for what it names, with the number of that snapshot.

    That is also where it was read when other *registries* were known.
    """
    of_trial = and_(trials.c.registry == watched_trials.c.registry, trials.c.trial_id == watched_trials.c.trial_id)
    read = exists().where(
        sibling_readings.c.registry == trials.c.registry,
        sibling_readings.c.trial_id == trials.c.trial_id,
        sibling_readings.c.snapshot == trials.c.snapshot,
        sibling_readings.c.known == _known(registries),
    )
    query = (
        select(trials.c.registry, trials.c.trial_id, trials.c.snapshot)
        .join(watched_trials, of_trial)
        .where(trials.c.state == State.LISTED, trials.c.registry.in_(registries), ~read)
        .distinct()
        .order_by(trials.c.registry, trials.c.trial_id)
    )
    return [(row.registry, row.trial_id, row.snapshot) for row in tx.execute(query)]


def note(tx: Connection, readings: Sequence[Reading], registries: Sequence[str]) -> list[Noted]:
    """Keep what these records name in place of what earlier ones did, and say what is new."""
    known = _known(registries)
    keys = [reading.trial for reading in readings]
    read = {
        (row.registry, row.trial_id): row.known
        for row in tx.execute(select(sibling_readings).where(_is_one_of(sibling_readings, keys)))
    }
    before = _named_by(tx, keys)
    put(
        tx,
        sibling_readings,
        [
            {"registry": each.trial[0], "trial_id": each.trial[1], "snapshot": each.snapshot, "known": known}
            for each in readings
        ],
    )
    noted = []
    for each in readings:
        names = list(dict.fromkeys(each.names))
        old = before.get(each.trial, [])
        if set(names) != set(old):
            _rewrite(tx, each.trial, names)
        # With another adapter, what was there before is recognised: that is no news.
        new = [name for name in names if name not in old]
        noted.append(Noted(each.trial, new, is_first=read.get(each.trial) != known))
    return noted


def _known(registries: Sequence[str]) -> str:
    return " ".join(sorted(registries))


def _rewrite(tx: Connection, trial: Key, names: Sequence[Key]) -> None:
    tx.execute(delete(siblings).where(_is_one_of(siblings, [trial])))
    rows = [
        {"registry": trial[0], "trial_id": trial[1], "sibling_registry": of, "sibling_trial_id": name}
        for of, name in names
    ]
    if rows:
        tx.execute(insert(siblings), rows)


def _is_one_of(table: Table, keys: Sequence[Key]) -> ColumnElement[bool]:
    return is_one_of(keys, table.c.registry, table.c.trial_id)


def _named_by(tx: Connection, keys: Iterable[Key]) -> dict[Key, list[Key]]:
    """What each of these trials names."""
    found: defaultdict[Key, list[Key]] = defaultdict(list)
    for chunk in chunks(keys, 500):
        for row in tx.execute(select(siblings).where(_is_one_of(siblings, chunk))):
            found[row.registry, row.trial_id].append((row.sibling_registry, row.sibling_trial_id))
    return found


def naming(tx: Connection, keys: Iterable[Key]) -> dict[Key, list[Key]]:
    """The trials whose records name each of these, in order."""
    found: defaultdict[Key, list[Key]] = defaultdict(list)
    for chunk in chunks(keys, 500):
        named = is_one_of(chunk, siblings.c.sibling_registry, siblings.c.sibling_trial_id)
        query = select(siblings).where(named).order_by(siblings.c.registry, siblings.c.trial_id)
        for row in tx.execute(query):
            found[row.sibling_registry, row.sibling_trial_id].append((row.registry, row.trial_id))
    return found


def naming_one(tx: Connection, key: Key) -> list[Key]:
    """The trials whose records name this one, in order."""
    rows = tx.execute(_naming_one, {"registry": key[0], "trial_id": key[1]})
    return [(row.registry, row.trial_id) for row in rows]


def linked(tx: Connection, keys: Sequence[Key]) -> dict[Key, list[Key]]:
    """The trials of other registries that each of these names or is named by; those alone that have any."""
    by, of = _named_by(tx, keys), naming(tx, keys)
    both = {key: list(dict.fromkeys((*by.get(key, ()), *of.get(key, ())))) for key in keys}
    return {key: others for key, found in both.items() if (others := [each for each in found if each[0] != key[0]])}


def families(tx: Connection, keys: Iterable[Key]) -> dict[Key, list[Key]]:
    """All that each of these trials is linked with, over others, itself among them; those alone that are linked."""
    wanted = list(dict.fromkeys(keys))
    links: dict[Key, list[Key]] = {}
    newest = wanted
    for _ in range(MOST):
        found = linked(tx, newest)
        links |= found
        newest = list(dict.fromkeys(each for those in found.values() for each in those if each not in links))
        if not newest:
            break
    return {key: _reached(key, links) for key in wanted if key in links}


def _reached(key: Key, links: Mapping[Key, Sequence[Key]]) -> list[Key]:
    reached = [key]
    for each in reached:  # grows
        reached += [other for other in links.get(each, ()) if other not in reached]
        if len(reached) > MOST:
            break
    return reached[: MOST + 1]


# The watches


def follow(tx: Connection, watch_id: int, at: datetime) -> None:
    """Have a watch follow its trials into other registries from now on, and hold what is known of there already."""
    if add_new(tx, sibling_watches, [{"watch_id": watch_id}], returning=(sibling_watches.c.watch_id,)):
        query = select(watched_trials).where(watched_trials.c.watch_id == watch_id)
        seek(tx, watch_id, [(row.registry, row.trial_id) for row in tx.execute(query)], at)


def seek(tx: Connection, watch_id: int, members: Sequence[Key], at: datetime) -> None:
    """Have a watch hold the known siblings of trials that are new in it, if it follows siblings."""
    if watch_id in following(tx, [watch_id]):
        for key, found in linked(tx, members).items():
            join(tx, watch_id, key, found, at)


def configure(tx: Connection, watch_id: int, at: datetime, *, follows: bool) -> None:
    """Have a watch follow its trials into other registries, or not; nothing is written where that is so."""
    if follows:
        follow(tx, watch_id, at)
    elif following(tx, [watch_id]):
        tx.execute(delete(sibling_watches).where(sibling_watches.c.watch_id == watch_id))


def following(tx: Connection, watch_ids: Iterable[int]) -> set[int]:
    """Those of the watches that follow siblings."""
    return {
        watch_id
        for chunk in chunks(watch_ids)
        for watch_id in tx.scalars(select(sibling_watches.c.watch_id).where(sibling_watches.c.watch_id.in_(chunk)))
    }


def holding(tx: Connection, keys: Iterable[Key]) -> dict[Key, list[int]]:
    """The watches that follow siblings and hold each of these trials."""
    found: defaultdict[Key, list[int]] = defaultdict(list)
    query = select(watched_trials).join(sibling_watches, sibling_watches.c.watch_id == watched_trials.c.watch_id)
    for chunk in chunks(keys, 500):
        for row in tx.execute(query.where(_is_one_of(watched_trials, chunk))):
            found[row.registry, row.trial_id].append(row.watch_id)
    return found


def joined_of(tx: Connection, watch_id: int) -> dict[Key, Key]:
    """The siblings that joined a watch, and of which trial each is one."""
    query = select(joined_siblings).where(joined_siblings.c.watch_id == watch_id)
    return {(row.registry, row.trial_id): (row.of_registry, row.of_trial_id) for row in tx.execute(query)}


def roots(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, dict[int, Key]]:
    """Those of the trials that joined watches as siblings, and of which trial each is one, by watch."""
    found: defaultdict[str, dict[int, Key]] = defaultdict(dict)
    query = select(joined_siblings).where(joined_siblings.c.registry == registry)
    for chunk in chunks(trial_ids):
        for row in tx.execute(query.where(joined_siblings.c.trial_id.in_(chunk))):
            found[row.trial_id][row.watch_id] = (row.of_registry, row.of_trial_id)
    return found


def unchecked(tx: Connection) -> dict[str, list[str]]:
    """The siblings that joined watches and have no baseline yet: their ids, in order, by registry."""
    of_trial = and_(trials.c.registry == joined_siblings.c.registry, trials.c.trial_id == joined_siblings.c.trial_id)
    has_baseline = exists().where(of_trial, trials.c.snapshot.is_not(None))
    key = (joined_siblings.c.registry, joined_siblings.c.trial_id)
    found = defaultdict(list)
    for registry, trial_id in tx.execute(select(*key).where(~has_baseline).distinct().order_by(*key)):
        found[registry].append(trial_id)
    return dict(found)


def join(tx: Connection, watch_id: int, trial: Key, found: Sequence[Key], at: datetime) -> Joined:
    """Have a watch hold these siblings of a trial that it holds, and theirs; at most MOST of one that was named."""
    joined = joined_of(tx, watch_id)
    root = joined.get(trial, trial)
    room = MOST - sum(of == root for of in joined.values())
    done = Joined()
    candidates = list(found)
    while candidates:
        elsewhere = [each for each in dict.fromkeys(candidates) if each[0] != root[0]]
        known = _held(tx, watch_id, elsewhere)
        new = [each for each in elsewhere if each not in known]
        taken = new[: max(room, 0)]
        done.left_out += [each for each in new[len(taken) :] if each not in done.left_out]
        room -= len(taken)
        _add(tx, watch_id, root, taken, at)
        done.trials += taken
        candidates = [each for others in linked(tx, taken).values() for each in others] if taken else []
    return done


def _held(tx: Connection, watch_id: int, keys: Sequence[Key]) -> set[Key]:
    query = select(watched_trials).where(watched_trials.c.watch_id == watch_id)
    return {
        (row.registry, row.trial_id)
        for chunk in chunks(keys, 500)
        for row in tx.execute(query.where(_is_one_of(watched_trials, chunk)))
    }


def _add(tx: Connection, watch_id: int, root: Key, keys: Sequence[Key], at: datetime) -> None:
    rows = [{"registry": registry, "trial_id": trial_id, "watch_id": watch_id} for registry, trial_id in keys]
    held.add(tx, watch_id, keys, at)
    add_new(tx, joined_siblings, [{**row, "of_registry": root[0], "of_trial_id": root[1]} for row in rows])


def drop_of(tx: Connection, watch_id: int, roots: Collection[Key]) -> None:
    """Take the siblings of trials that a watch no longer holds out of it, too."""
    held.drop(tx, watch_id, [key for key, of in joined_of(tx, watch_id).items() if of in roots])


def drop_denied(tx: Connection, registry: str, trial_ids: Sequence[str]) -> None:
    """Take siblings of which their registry knows nothing out of the watches that they joined: nobody named them."""
    for trial_id, by_watch in roots(tx, registry, trial_ids).items():
        for watch_id in by_watch:
            held.drop(tx, watch_id, [(registry, trial_id)])
