"""The subscriptions of the configuration: made what its blocks say, whatever they were before.

A block with several addresses is a team, in which each has a subscription of their own: see `teams`.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from monitor.model import Subscription, SubscriptionState
from monitor.storage import deliveries, groups, links, rhythms, teams
from monitor.storage.subscription_rows import WHOLE, name_trials, trials_of, values_of
from monitor.storage.subscriptions import add, set_state
from monitor.storage.tables import subscribed_trials, subscriptions


def configured(tx: Connection) -> bool:
    """Whether any subscription was made by the configuration, the operator's own among them."""
    return tx.execute(select(subscriptions.c.id).where(subscriptions.c.name.is_not(None)).limit(1)).first() is not None


def apply_config(
    tx: Connection, wanted: Mapping[str, Subscription], at: datetime, *, kept: Collection[str] = ()
) -> None:
    """Make the subscriptions of the configuration those *wanted*, by their names: those of their blocks, or in a team.

    Those of the blocks named in *kept* stay as they are. A new name is added. A changed block keeps its id and its
    numbering, and begins anew where it had ended, unless its subscriber left. An unchanged one stays as it is, also
    where a receiver ended it or a command paused it. One that is gone ends, and gives up its name: should it come back,
    it is a new subscription. Nothing is written where all is as wanted.
    """
    rows = tx.execute(WHOLE.where(subscriptions.c.name.is_not(None))).all()
    present = _by_wanted_name(rows, wanted)
    stay = {row.id for row in present.values()}
    for row in rows:
        if row.id not in stay and _block(row) not in kept:
            set_state(tx, row.id, SubscriptionState.ENDED, at)
            _configure_name(tx, row.id, None)
    renamed = {name: row.id for name, row in present.items() if row.name != name}
    for subscription_id in renamed.values():
        _configure_name(tx, subscription_id, None)  # first of all: one may be called as another was
    for name, subscription_id in renamed.items():
        _configure_name(tx, subscription_id, name)
    trials = trials_of(tx, [row.id for row in rows])
    for name, subscription in wanted.items():
        if name not in present:
            add(tx, subscription, name)
        else:
            row = present[name]
            _change(tx, row, trials[row.id], subscription, at)
            if rhythms.of_row(row) != subscription.rhythm:
                deliveries.lock(tx, [row.id])
                rhythms.change(tx, row.id, subscription.rhythm, at=at)


def _by_wanted_name(rows: Iterable[Row[Any]], wanted: Mapping[str, Subscription]) -> dict[str, Row[Any]]:
    """The row that each of the *wanted* goes on with: of its block and address, or of its block where it is alone."""
    by_place = {(_block(row), row.endpoint_id): row for row in rows}
    by_name = {row.name: row for row in rows}
    found = {}
    for name, subscription in wanted.items():
        row = by_place.get((subscription.team or name, subscription.endpoint.id))
        if row is None and subscription.team is None:
            row = by_name.get(name)
        if row is not None:
            found[name] = row
    return found


def _block(row: Row[Any]) -> str:
    """The name of its block of the configuration, which is that of a team where several addresses stand in it."""
    name: str = row.team or row.name
    return name


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
