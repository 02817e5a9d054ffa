"""The subscriptions of the configuration: made what its blocks say, whatever they were before.

A block with several addresses is a team, in which each has a subscription of their own: see `teams`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from monitor.model import Subscription, SubscriptionState
from monitor.storage import deliveries, filters, groups, links, rhythms, teams
from monitor.storage.reconciling import Configured, continued
from monitor.storage.subscription_rows import WHOLE, language_column, name_trials, trials_of, values_of
from monitor.storage.subscriptions import add, set_state
from monitor.storage.tables import subscribed_trials, subscriptions


def configured(tx: Connection) -> bool:
    """Whether any subscription was made by the configuration, the operator's own among them."""
    return tx.execute(select(subscriptions.c.id).where(subscriptions.c.name.is_not(None)).limit(1)).first() is not None


def apply_config(
    tx: Connection,
    wanted: Mapping[str, Subscription],
    at: datetime,
    *,
    kept: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Make the subscriptions of the configuration those *wanted*, by their names: those of their blocks, or in a team.

    `reconciling` says which goes on as which. Those of the blocks in *kept* stay as they are; it has the ids of their
    endpoints, as far as these are known. A changed one keeps its id and its numbering, and begins anew where it had
    ended, unless its subscriber left. An unchanged one stays as it is, also where a receiver ended it or a command
    paused it. One that is gone ends, and gives up its name: should it come back, it is a new subscription. Nothing is
    written where all is as wanted.
    """
    rows = tx.execute(WHOLE.where(subscriptions.c.name.is_not(None))).all()
    trials = trials_of(tx, [row.id for row in rows])
    present, staying = _sorted_out(rows, trials, wanted, kept or {})
    stay = {row.id for row in (*present.values(), *staying)}
    for row in rows:
        if row.id not in stay:
            set_state(tx, row.id, SubscriptionState.ENDED, at)
            _configure_name(tx, row.id, None)
    _rename(tx, wanted, present, staying)
    for name, subscription in wanted.items():
        if name not in present:
            add(tx, subscription, name)
        else:
            row = present[name]
            _change(tx, row, trials[row.id], subscription, at)
            if rhythms.of_row(row) != subscription.rhythm:
                deliveries.lock(tx, [row.id])
                rhythms.change(tx, row.id, subscription.rhythm, at=at)


def _sorted_out(
    rows: Sequence[Row[Any]],
    trials: Mapping[str, set[tuple[str, str]]],
    wanted: Mapping[str, Subscription],
    kept: Mapping[str, Collection[str]],
) -> tuple[dict[str, Row[Any]], list[Row[Any]]]:
    """The row that each of the *wanted* goes on with, where there is one, and the rows of those *kept*."""
    ours = [_as_wanted(name, each) for name, each in wanted.items()]
    places = {(each.block, each.who) for each in ours}
    before = {row.name: _as_it_is(row, trials[row.id]) for row in rows}
    of_kept = {name for name, each in before.items() if each.named_block in kept}
    free = [each for name, each in before.items() if name not in of_kept or (each.block, each.who) in places]
    unusable = _unusable(kept, {each.block for each in before.values() if each.named_block})
    found = continued(free, [*ours, *unusable])
    by_name = {row.name: row for row in rows}
    present = {each.name: by_name[found[each.name]] for each in ours if each.name in found}
    known, unknown = {each.who for each in unusable}, {block for block, those in kept.items() if not those}
    may_be_theirs = {name for name, each in before.items() if each.who in known or each.block in unknown}
    gone_on = {row.name for row in present.values()}
    return present, [by_name[name] for name in sorted((of_kept | may_be_theirs) - gone_on)]


def _unusable(kept: Mapping[str, Collection[str]], known: Collection[str]) -> list[Configured]:
    """The blocks that are kept and by whose names no subscription is known: what these are about is unknown."""
    return [
        Configured(name=f"{block}, {endpoint_id}", block=block, who=("config", endpoint_id))
        for block, endpoint_ids in kept.items()
        if block not in known
        for endpoint_id in endpoint_ids
    ]


def _as_wanted(name: str, wanted: Subscription) -> Configured:
    return Configured(
        name=name,
        block=wanted.team or name,
        who=(wanted.origin, wanted.endpoint.id),
        about=(wanted.trials, wanted.watch_id, wanted.group and wanted.group.id, wanted.everything),
        rest=(
            tuple(filters.values_of(wanted.filters).items()),
            wanted.note,
            language_column(wanted.language),
            wanted.rhythm,
        ),
    )


def _as_it_is(row: Row[Any], trials: Collection[tuple[str, str]]) -> Configured:
    return Configured(
        name=row.name,
        block=row.team or row.name,
        who=(row.origin, row.endpoint_id),
        about=(frozenset(trials), row.watch_id, row.group_id, row.everything),
        rest=(
            tuple((each.name, getattr(row, each.name)) for each in filters.COLUMNS),
            row.note,
            row.language,
            rhythms.of_row(row),
        ),
    )


def _rename(
    tx: Connection, wanted: Collection[str], present: Mapping[str, Row[Any]], staying: Iterable[Row[Any]]
) -> None:
    """Call those that go on as their blocks are called now; one that stays keeps its name where none is *wanted* so."""
    renamed = {name: row.id for name, row in present.items() if row.name != name}
    kept = {row.name: row.id for row in staying}
    for name in sorted(kept.keys() & set(wanted)):
        numbered = (f"{name} ({number})" for number in count(2))
        renamed[next(each for each in numbered if each not in {*wanted, *renamed, *kept})] = kept[name]
    for subscription_id in renamed.values():
        _configure_name(tx, subscription_id, None)  # first of all: one may be called as another was
    for name, subscription_id in renamed.items():
        _configure_name(tx, subscription_id, name)


def _configure_name(tx: Connection, subscription_id: str, name: str | None) -> None:
    tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(name=name))


def _change(tx: Connection, row: Row[Any], trials: set[tuple[str, str]], wanted: Subscription, at: datetime) -> None:
    """Make a kept subscription as wanted; do nothing where it is."""
    if row.team != wanted.team:
        teams.put(tx, row.id, wanted.team)
    values = values_of(wanted)
    is_about_the_same = trials == wanted.trials and row.group_id == (wanted.group and wanted.group.id)
    if is_about_the_same and all(getattr(row, column) == value for column, value in values.items()):
        return
    if row.state == SubscriptionState.ENDED and links.left_at(tx, row.id) is None:
        set_state(tx, row.id, SubscriptionState.ACTIVE, at)
    tx.execute(update(subscriptions).where(subscriptions.c.id == row.id).values(values))
    tx.execute(delete(subscribed_trials).where(subscribed_trials.c.subscription_id == row.id))
    name_trials(tx, row.id, wanted.trials)
    groups.subscribe(tx, row.id, wanted.group)
