"""Who wants to be told about what. `monitor.storage.covering` is the index from trials to subscriptions.

A subscription's endpoint is given without its address and secrets (see `endpoints`). A subscription is never deleted:
what was delivered to it stays explainable. One whose watch has ended has nothing left to cover, and reads as ended.

A subscription with damaged filters filters nothing: too much is better than silence. One whose row is damaged
otherwise is left out where somebody is to be told, so that it silences nobody else; `damaged` finds both.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, literal, or_, select, update

from monitor.errors import ConfigurationInvalid, NothingFound, StoreCorrupt
from monitor.model import Endpoint, Filters, Subscription, SubscriptionState, WatchGroup
from monitor.model.rhythm import IMMEDIATE
from monitor.storage import bodies, deliveries, filters, groups, questions, rhythms, teams
from monitor.storage.bounce_tables import bounced_subscriptions
from monitor.storage.digest_tables import rhythms as rhythm_rows
from monitor.storage.group_tables import subscribed_groups, watch_groups
from monitor.storage.ids import find_id
from monitor.storage.statements import add_new, chunks, rows_of
from monitor.storage.tables import endpoints, subscribed_trials, subscriptions, watches
from monitor.storage.team_tables import team_members
from monitor.storage.types import Moment

REMEDY = "`monitor subscriptions list` shows those there are"

_columns_of_filters = attrgetter(*(column.name for column in filters.COLUMNS))
_of_endpoint = (endpoints.c[name] for name in ("way", "shown", "failing_since", "disabled_at"))
_of_others = (
    *rhythms.COLUMNS,
    watches.c.name.label("watch_name"),
    watch_groups.c.id.label("group_id"),
    watch_groups.c.name.label("group_name"),
    team_members.c.team,
)
_columns_of_rhythm = attrgetter(*(column.name for column in rhythms.COLUMNS))
_whole = (
    select(subscriptions, *_of_endpoint, *_of_others)
    .join_from(subscriptions, endpoints)
    .outerjoin(watches, watches.c.id == subscriptions.c.watch_id)
    .outerjoin(rhythm_rows, rhythm_rows.c.subscription_id == subscriptions.c.id)
    .outerjoin(subscribed_groups, subscribed_groups.c.subscription_id == subscriptions.c.id)
    .outerjoin(watch_groups, watch_groups.c.id == subscribed_groups.c.group_id)
    .outerjoin(team_members, team_members.c.subscription_id == subscriptions.c.id)
)


def add(tx: Connection, subscription: Subscription, name: str | None = None) -> None:
    """Store a new subscription, whose endpoint is stored already; *name* is that of its block in the configuration.

    Raise ConfigurationInvalid where another that has not ended is called the same.
    """
    _refuse_taken(tx, subscription.name)
    values = _values(subscription) | {
        "id": subscription.id,
        "name": name,
        "label": subscription.name,
        "state": subscription.state,
        "created_at": subscription.created_at,
        "last_sequence": 0,
    }
    tx.execute(insert(subscriptions).values(values))
    _name_trials(tx, subscription.id, subscription.trials)
    groups.subscribe(tx, subscription.id, subscription.group)
    teams.put(tx, subscription.id, subscription.team)
    rhythms.add(tx, subscription.id, subscription.rhythm, at=subscription.created_at)
    questions.begin(tx, subscription.id, at=subscription.created_at)


def get(tx: Connection, subscription_id: str) -> Subscription:
    """The subscription of that name or id, or whose id alone begins so. NothingFound where there is none, or several.

    Raise StoreCorrupt for one that is damaged.
    """
    found = find(tx, subscription_id)
    _filters(tx.execute(_whole.where(subscriptions.c.id == found.id)).one())
    return found


def find(tx: Connection, subscription_id: str) -> Subscription:
    """As `get`; one whose filters are damaged can be found too, to be changed or ended."""
    whole_id = named(tx, subscription_id) or find_id(
        tx, subscriptions.c.id, subscription_id, noun="subscription", remedy=REMEDY
    )
    return known(tx, [whole_id])[whole_id]


def named(tx: Connection, name: str) -> str | None:
    """The id of the subscription that is called so and has not ended; None where there is none."""
    called = or_(subscriptions.c.label == name, subscriptions.c.name == name)
    query = select(subscriptions.c.id).where(called, subscriptions.c.state != SubscriptionState.ENDED)
    return tx.scalar(query.order_by(subscriptions.c.created_at).limit(1))


def called(tx: Connection, name: str) -> str | None:
    """The subscription or the team of that name, in words, where it has not ended; None where there is none."""
    if teams.is_there(tx, name):
        return "a team"
    other = named(tx, name)
    return f"subscription {other[:8]}" if other else None


def known(
    tx: Connection, ids: Iterable[str], *, damaged: dict[str, StoreCorrupt] | None = None
) -> dict[str, Subscription]:
    """Those of the ids that there are, with their subscriptions.

    Where *damaged* is given, one that cannot be read is put there, and raises nothing.
    """
    unreadable: dict[str, StoreCorrupt] = {}
    rows = list(rows_of(tx, _whole, subscriptions.c.id, ids, unreadable))
    if damaged is None and unreadable:
        raise next(iter(unreadable.values()))
    if damaged is not None:
        damaged |= unreadable
    return {subscription.id: subscription for subscription in _restored_all(tx, rows)}


def damaged(tx: Connection) -> dict[str, str]:
    """What is wrong with those subscriptions that cannot be read as they were written, by id."""
    ids = tx.scalars(select(subscriptions.c.id).order_by(subscriptions.c.id)).all()
    unreadable: dict[str, StoreCorrupt] = {}
    found = {}
    for row in rows_of(tx, _whole, subscriptions.c.id, ids, unreadable):
        try:
            _filters(row)
        except StoreCorrupt as error:
            found[row.id] = str(error)
    return found | {key: str(error) for key, error in unreadable.items()}


def listing(tx: Connection, *, at: Collection[str] | None = None) -> list[Subscription]:
    """Every subscription, or those *at* addresses as they are shown; the oldest first, with those that have ended."""
    query = _whole.order_by(subscriptions.c.created_at, subscriptions.c.id)
    if at is not None:
        # Of the subscriptions there is an index by endpoint: SQLite uses it only where it is given the endpoints.
        query = query.where(subscriptions.c.endpoint_id.in_(select(endpoints.c.id).where(endpoints.c.shown.in_(at))))
    try:
        rows = tx.execute(query).all()
    except StoreCorrupt:
        ids = tx.scalars(query.with_only_columns(subscriptions.c.id, maintain_column_froms=True)).all()
        rows = list(rows_of(tx, _whole, subscriptions.c.id, ids, {}))
    return list(_restored_all(tx, rows))


def at_endpoint(tx: Connection, endpoint_id: str) -> list[Subscription]:
    """The active subscriptions that go to one endpoint, the oldest first."""
    return _active_where(tx, subscriptions.c.endpoint_id == endpoint_id)


def not_ended_at(tx: Connection, endpoint_id: str) -> list[Subscription]:
    """Those that go to one endpoint and have not ended, active or not, the oldest first."""
    going = (subscriptions.c.endpoint_id == endpoint_id) & (subscriptions.c.state != SubscriptionState.ENDED)
    rows = tx.execute(_whole.where(going).order_by(subscriptions.c.created_at, subscriptions.c.id)).all()
    return list(_restored_all(tx, rows))


def to_watch(tx: Connection, watch_id: int) -> list[Subscription]:
    """The active subscriptions that are about a watch, the oldest first."""
    return _active_where(tx, subscriptions.c.watch_id == watch_id)


def of_team(tx: Connection, team: str) -> list[Subscription]:
    """The subscriptions of the people of a team who have not left it, the oldest first; none where there is no team."""
    query = _whole.where(team_members.c.team == team, subscriptions.c.state != SubscriptionState.ENDED)
    rows = tx.execute(query.order_by(subscriptions.c.created_at, subscriptions.c.id)).all()
    return list(_restored_all(tx, rows))


def _active_where(tx: Connection, which: ColumnElement[bool]) -> list[Subscription]:
    query = _whole.where(which, subscriptions.c.state == SubscriptionState.ACTIVE)
    return list(_restored_all(tx, tx.execute(query.order_by(subscriptions.c.created_at, subscriptions.c.id)).all()))


def set_state(tx: Connection, subscription_id: str, state: SubscriptionState, at: datetime) -> None:
    """Make it active, paused or ended. What is owed stays owed when it is paused, and is given up when it ends.

    So is what waits for its next digest. NothingFound for an unknown id.
    """
    ended_at = at if state == SubscriptionState.ENDED else None
    since = (
        func.coalesce(subscriptions.c.paused_at, literal(at, Moment())) if state == SubscriptionState.PAUSED else None
    )
    statement = update(subscriptions).where(subscriptions.c.id == subscription_id)
    if not tx.execute(statement.values(state=state, ended_at=ended_at, paused_at=since)).rowcount:
        raise NothingFound(f"there is no subscription {subscription_id}: {REMEDY}")
    tx.execute(delete(bounced_subscriptions).where(bounced_subscriptions.c.subscription_id == subscription_id))
    if state == SubscriptionState.ENDED:
        deliveries.give_up(tx, subscription_id, at, "the subscription has ended")
        rhythms.end(tx, subscription_id)
    elif state == SubscriptionState.ACTIVE:
        rhythms.begin(tx, subscription_id, at=at)


def edit(tx: Connection, subscription_id: str, wanted: Filters, note: str | None) -> None:
    """Change what it hears of, and its note. What is owed stays owed."""
    values = {**filters.values_of(wanted), "note": note}
    tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(values))


def rename(tx: Connection, subscription_id: str, name: str | None) -> None:
    """Call a subscription so. ConfigurationInvalid where another that has not ended is called the same."""
    _refuse_taken(tx, name, besides=subscription_id)
    tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(label=name))


def last_sequences(tx: Connection) -> dict[str, int]:
    """The number of the delivery that each subscription was owed last; 0 where there was none."""
    return {row.id: row.last_sequence for row in tx.execute(select(subscriptions.c.id, subscriptions.c.last_sequence))}


def number_on(tx: Connection, subscription_id: str, last: int) -> None:
    """Make the numbers of a subscription's deliveries continue after *last*."""
    tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(last_sequence=last))


def follow(tx: Connection, registry: str, trial_id: str, into: str) -> None:
    """Make every subscription that names *trial_id* name *into* as well."""
    query = select(subscribed_trials.c.subscription_id).where(
        subscribed_trials.c.registry == registry, subscribed_trials.c.trial_id == trial_id
    )
    rows = [{"registry": registry, "trial_id": into, "subscription_id": each} for each in tx.scalars(query).all()]
    add_new(tx, subscribed_trials, rows)


def configured(tx: Connection) -> bool:
    """Whether any subscription was made by the configuration, the operator's own among them."""
    return tx.execute(select(subscriptions.c.id).where(subscriptions.c.name.is_not(None)).limit(1)).first() is not None


def apply_config(
    tx: Connection, wanted: Mapping[str, Subscription], at: datetime, *, kept: Collection[str] = ()
) -> None:
    """Make the subscriptions of the configuration those *wanted*, by the names of their blocks.

    Those named in *kept* stay as they are. A new name is added. A changed block keeps its id and its numbering, and
    begins anew where it had ended. An unchanged one stays as it is, also where a receiver ended it or a command paused
    it. A name that is gone ends, and gives up its name: should it come back, it is a new subscription. Nothing is
    written where all is as wanted.
    """
    rows = tx.execute(_whole.where(subscriptions.c.name.is_not(None))).all()
    present = {row.name: row for row in rows}
    for gone in present.keys() - wanted.keys() - set(kept):
        set_state(tx, present[gone].id, SubscriptionState.ENDED, at)
        tx.execute(update(subscriptions).where(subscriptions.c.id == present[gone].id).values(name=None))
    trials = _trials_of(tx, [row.id for row in rows])
    kept_rhythms = rhythms.of(tx, [row.id for row in rows])
    for name, subscription in wanted.items():
        if name not in present:
            add(tx, subscription, name)
        else:
            row = present[name]
            _change(tx, row, trials[row.id], subscription)
            if kept_rhythms.get(row.id, IMMEDIATE) != subscription.rhythm:
                deliveries.lock(tx, [row.id])
                rhythms.change(tx, row.id, subscription.rhythm, at=at)


def _change(tx: Connection, row: Row[Any], trials: set[tuple[str, str]], wanted: Subscription) -> None:
    """Make a kept subscription as wanted; do nothing where it is."""
    values = _values(wanted)
    others = (row.group_id, row.team) == (wanted.group and wanted.group.id, wanted.team)
    if others and trials == wanted.trials and all(getattr(row, column) == value for column, value in values.items()):
        return
    if row.state == SubscriptionState.ENDED:
        values |= {"state": SubscriptionState.ACTIVE, "ended_at": None}
    tx.execute(update(subscriptions).where(subscriptions.c.id == row.id).values(values))
    tx.execute(delete(subscribed_trials).where(subscribed_trials.c.subscription_id == row.id))
    _name_trials(tx, row.id, wanted.trials)
    groups.subscribe(tx, row.id, wanted.group)
    teams.put(tx, row.id, wanted.team)


def _refuse_taken(tx: Connection, name: str | None, *, besides: str | None = None) -> None:
    is_own = besides is not None and name is not None and named(tx, name) == besides
    if name and not is_own and (other := called(tx, name)):
        raise ConfigurationInvalid(f"{other} is called “{name}” already: choose another name")


def _name_trials(tx: Connection, subscription_id: str, trials: Iterable[tuple[str, str]]) -> None:
    for chunk in chunks(sorted(trials)):
        rows = [
            {"registry": registry, "trial_id": trial_id, "subscription_id": subscription_id}
            for registry, trial_id in chunk
        ]
        tx.execute(insert(subscribed_trials), rows)


def _trials_of(tx: Connection, ids: Iterable[str]) -> dict[str, set[tuple[str, str]]]:
    """The trials that each subscription names; an empty set for one that names none."""
    trials: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for chunk in chunks(ids):
        for row in tx.execute(select(subscribed_trials).where(subscribed_trials.c.subscription_id.in_(chunk))):
            trials[row.subscription_id].add((row.registry, row.trial_id))
    return trials


def _values(subscription: Subscription) -> dict[str, Any]:
    """The columns that a changed block of the configuration may change."""
    return {
        "endpoint_id": subscription.endpoint.id,
        "watch_id": subscription.watch_id,
        "everything": subscription.everything,
        **filters.values_of(subscription.filters),
        "note": subscription.note,
        "origin": subscription.origin,
    }


def _restored_all(tx: Connection, rows: Sequence[Row[Any]]) -> Iterator[Subscription]:
    for chunk in chunks(rows):
        trials = _trials_of(tx, [row.id for row in chunk])
        held = groups.watches_of(tx, {row.group_id for row in chunk if row.group_id is not None})
        about = {
            each.group_id: WatchGroup(each.group_id, each.group_name, held[each.group_id])
            for each in chunk
            if each.group_id is not None
        }
        yield from (_restored(row, trials[row.id], about.get(row.group_id)) for row in chunk)


def _restored(row: Row[Any], trials: set[tuple[str, str]], group: WatchGroup | None) -> Subscription:
    has_business = trials or row.everything or row.watch_id is not None or group or row.origin == "operator"
    return Subscription(
        id=row.id,
        endpoint=Endpoint(
            id=row.endpoint_id,
            channel=row.way,
            shown=row.shown,
            address="",
            failing_since=row.failing_since,
            disabled_at=row.disabled_at,
        ),
        trials=frozenset(trials),
        watch_id=row.watch_id,
        watch=row.watch_name,
        group=group,
        team=row.team,
        name=row.label or row.name,
        everything=row.everything,
        filters=filters.restored_or_none(*_columns_of_filters(row)),
        rhythm=rhythms.restored(*_columns_of_rhythm(row)),
        note=row.note,
        paused_at=row.paused_at,
        state=row.state if has_business else SubscriptionState.ENDED,
        origin=row.origin,
        created_at=row.created_at,
    )


def _filters(row: Row[Any]) -> Filters:
    try:
        return filters.restored(*_columns_of_filters(row))
    except (TypeError, ValueError) as error:
        raise bodies.damaged(f"subscription {row.id}", "its filters make no sense") from error
