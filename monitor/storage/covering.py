"""Which active subscriptions cover a trial, in groups of those that ask for the same.

They cover it by its name, by that of a trial as whose sibling it joined a watch, by a watch that holds it, by a group
that such a watch is in, or because they cover everything. Each way is an index, so the cost is that of the matches and
not of all that there are. Ten thousand subscriptions ask for few different things: what they ask for is read, and can
be decided, once for each.

A subscription with damaged filters filters nothing: too much is better than silence. One whose row is damaged
otherwise is left out, so that it silences nobody else.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, literal, null, select, union_all

from monitor.errors import StoreCorrupt
from monitor.model import Interest, SubscriptionState
from monitor.storage import filters, groups
from monitor.storage.group_tables import grouped_watches, subscribed_groups
from monitor.storage.sibling_tables import joined_siblings
from monitor.storage.statements import chunks, rows_of
from monitor.storage.tables import subscribed_trials, subscriptions, watched_trials

Members = list[tuple[datetime, str]]
"""(since when, subscription id)"""
Groups = Mapping[Interest, Members]
_Asked = tuple[Any, ...]
"""The columns of an interest, as they stand in the database."""

_c = subscriptions.c
_who = (_c.created_at, _c.id)
_what = (_c.watch_id, _c.everything, *filters.COLUMNS)
ASKED = (*_who, null().label("group_id"), *_what)
IS_ACTIVE = _c.state == SubscriptionState.ACTIVE
_sibling = joined_siblings.c
_is_named = and_(
    subscribed_trials.c.registry == _sibling.of_registry, subscribed_trials.c.trial_id == _sibling.of_trial_id
)
OF_SIBLINGS = (
    select(_sibling.trial_id, *ASKED)
    .join_from(joined_siblings, subscribed_trials, _is_named)
    .join(subscriptions)
    .where(IS_ACTIVE)
    .distinct()
)
OF_GROUPS = (
    select(grouped_watches.c.watch_id, *_who, grouped_watches.c.group_id, *_what)
    .join_from(grouped_watches, subscribed_groups, subscribed_groups.c.group_id == grouped_watches.c.group_id)
    .join(subscriptions)
    .where(IS_ACTIVE)
)


@dataclass(frozen=True, slots=True)
class Covering:
    """Who covers some trials."""

    everything: Groups
    by_watch: Mapping[int, Groups]
    by_trial: Mapping[str, Groups]
    watches: Mapping[str, Sequence[int]]
    """Those that hold a trial, by trial."""

    def groups(self, trial_ids: Sequence[str]) -> Iterator[tuple[Interest, Members]]:
        """Who covers any of these trials. A subscription that covers several of them by name comes several times."""
        yield from self.everything.items()
        for watch_id in dict.fromkeys(each for trial_id in trial_ids for each in self.watches.get(trial_id, ())):
            yield from self.by_watch.get(watch_id, {}).items()
        for trial_id in trial_ids:
            yield from self.by_trial.get(trial_id, {}).items()


def find(tx: Connection, registry: str, trial_ids: Iterable[str]) -> Covering:
    """Who covers each of these trials."""
    wanted = list(trial_ids)
    watches, joined = watches_of(tx, registry, wanted)
    return Covering(
        everything=_grouped(tx, [select(literal(None), *ASKED).where(_c.everything, IS_ACTIVE)]).get(None, {}),
        by_watch=_to_watches(tx, {each for those in watches.values() for each in those}),
        by_trial=_to_trials(tx, registry, wanted, joined),
        watches=watches,
    )


def watches_of(tx: Connection, registry: str, trial_ids: Iterable[str]) -> tuple[dict[str, list[int]], set[str]]:
    """The watches that hold each of the trials, and those of the trials that joined one as a sibling."""
    watches: defaultdict[str, list[int]] = defaultdict(list)
    joined: set[str] = set()
    is_joined = and_(*(_sibling[name] == watched_trials.c[name] for name in ("registry", "trial_id", "watch_id")))
    query = (
        select(watched_trials.c.trial_id, watched_trials.c.watch_id, _sibling.of_trial_id)
        .outerjoin(joined_siblings, is_joined)
        .where(watched_trials.c.registry == registry)
    )
    for chunk in chunks(trial_ids):
        for trial_id, watch_id, of in tx.execute(query.where(watched_trials.c.trial_id.in_(chunk))):
            watches[trial_id].append(watch_id)
            if of is not None:
                joined.add(trial_id)
    return watches, joined


def _to_watches(tx: Connection, watch_ids: Iterable[int]) -> dict[Any, Groups]:
    """Those to each of the watches, by itself or by a group that it is in."""
    found: dict[Any, Groups] = {}
    for chunk in chunks(sorted(watch_ids)):
        alone = select(_c.watch_id, *ASKED).where(IS_ACTIVE, _c.watch_id.in_(chunk))
        found |= _grouped(tx, [alone, OF_GROUPS.where(grouped_watches.c.watch_id.in_(chunk))])
    return found


def _to_trials(tx: Connection, registry: str, trial_ids: Iterable[str], joined: Collection[str]) -> dict[Any, Groups]:
    """Those to each of the trials by name; for those *joined* as siblings, also to the trial of which each is one."""
    query = (
        select(subscribed_trials.c.trial_id, *ASKED)
        .join_from(subscribed_trials, subscriptions)
        .where(subscribed_trials.c.registry == registry, IS_ACTIVE)
    )
    found: dict[Any, Groups] = {}
    for chunk in chunks(trial_ids):
        found |= _grouped(tx, [query.where(subscribed_trials.c.trial_id.in_(chunk))])
    of_siblings = OF_SIBLINGS.where(_sibling.registry == registry)
    for chunk in chunks(sorted(joined)):
        for trial_id, others in _grouped(tx, [of_siblings.where(_sibling.trial_id.in_(chunk))]).items():
            named = found.get(trial_id, {})
            found[trial_id] = {each: [*named.get(each, ()), *others.get(each, ())] for each in {**named, **others}}
    return found


def _grouped(tx: Connection, queries: Sequence[Select[Any]]) -> dict[Any, Groups]:
    """By the first column, who asks for what; the others are those of `ASKED`."""
    return by_place(tx, (tuple(row) for row in _readable(tx, queries)))


def by_place(tx: Connection, rows: Iterable[tuple[Any, ...]]) -> dict[Any, Groups]:
    """The rows of such queries, by their first column."""
    found: defaultdict[Any, defaultdict[_Asked, Members]] = defaultdict(lambda: defaultdict(list))
    watch_groups: set[int] = set()
    for place, since, subscription_id, *asked in rows:
        found[place][tuple(asked)].append((since, subscription_id))
        if asked[0] is not None:
            watch_groups.add(asked[0])
    watches = groups.watches_of(tx, watch_groups)
    return {place: _by_interest(those, watches) for place, those in found.items()}


def _by_interest(those: Mapping[_Asked, Members], watches: Mapping[int, frozenset[int]]) -> Groups:
    by_interest: defaultdict[Interest, Members] = defaultdict(list)
    for asked, members in those.items():
        group_id, watch_id, everything, *columns = asked
        about = watches[group_id] if group_id is not None else frozenset(() if watch_id is None else (watch_id,))
        by_interest[Interest(filters.restored_or_none(*columns), about, everything)] += members
    return by_interest


def _readable(tx: Connection, queries: Sequence[Select[Any]]) -> Sequence[Row[Any]]:
    """The rows of *queries*, without damaged ones; only where one is does each subscription cost a statement."""
    try:
        return tx.execute(union_all(*queries) if len(queries) > 1 else queries[0]).all()
    except StoreCorrupt:
        return [row for query in queries for row in _undamaged(tx, query)]


def _undamaged(tx: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    ids = tx.scalars(query.with_only_columns(_c.id, maintain_column_froms=True).distinct()).all()
    return rows_of(tx, query, _c.id, ids, {})
