"""Who wants to be told about what. `monitor.storage.covering` is the index from trials to subscriptions.

A subscription's endpoint is given without its address and secrets (see `endpoints`). A subscription is never deleted:
what was delivered to it stays explainable. One whose watch has ended has nothing left to cover, and reads as ended.

A subscription with damaged filters filters nothing: too much is better than silence. One whose row is damaged
otherwise is left out where somebody is to be told, so that it silences nobody else; `damaged` finds both.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import chain, count

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, or_, select, update

from monitor.errors import NameTaken, NothingFound, StoreCorrupt
from monitor.model import Filters, Subscription, SubscriptionState
from monitor.storage import deliveries, denials, endings, filters, groups, questions, rhythms, teams
from monitor.storage.bounce_tables import bounced_subscriptions
from monitor.storage.ids import find_id
from monitor.storage.statements import add_new, rows_of
from monitor.storage.subscription_rows import WHOLE, filters_of, language_column, name_trials, restored_all, values_of
from monitor.storage.tables import endpoints, subscribed_trials, subscriptions
from monitor.storage.team_tables import team_members
from monitor.storage.types import Moment

REMEDY = "`monitor subscriptions list` shows those there are"


def add(tx: Connection, subscription: Subscription, name: str | None = None) -> None:
    """Store a new subscription, whose endpoint is stored already; *name* is that of its block in the configuration.

    Raise ConfigurationInvalid where another that has not ended is called the same.
    """
    _refuse_taken(tx, subscription.name)
    values = values_of(subscription) | {
        "id": subscription.id,
        "name": name,
        "label": subscription.name,
        "state": subscription.state,
        "created_at": subscription.created_at,
        "last_sequence": 0,
    }
    tx.execute(insert(subscriptions).values(values))
    name_trials(tx, subscription.id, subscription.trials)
    groups.subscribe(tx, subscription.id, subscription.group)
    teams.put(tx, subscription.id, subscription.team)
    rhythms.add(tx, subscription.id, subscription.rhythm, at=subscription.created_at)
    questions.begin(tx, subscription.id, at=subscription.created_at)
    endings.note(tx, denials.believed(tx, subscription.trials), look_at=subscription.created_at)


def get(tx: Connection, subscription_id: str) -> Subscription:
    """The subscription of that name or id, or whose id alone begins so. NothingFound where there is none, or several.

    Raise StoreCorrupt for one that is damaged.
    """
    found = find(tx, subscription_id)
    filters_of(tx.execute(WHOLE.where(subscriptions.c.id == found.id)).one())
    return found


def find(tx: Connection, subscription_id: str) -> Subscription:
    """As `get`; one whose filters are damaged can be found too, to be changed or ended."""
    if members := [each.called for each in of_team(tx, subscription_id)]:
        raise NothingFound(f"“{subscription_id}” is a team: name one in it, such as “{members[0]}”")
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


def free_name(tx: Connection, name: str) -> str:
    """That name; with a number where somebody has it, as two chat rooms that are shown alike may."""
    numbered = chain([name], (f"{name} ({number})" for number in count(2)))
    return next(each for each in numbered if called(tx, each) is None)


def known(
    tx: Connection, ids: Iterable[str], *, damaged: dict[str, StoreCorrupt] | None = None
) -> dict[str, Subscription]:
    """Those of the ids that there are, with their subscriptions.

    Where *damaged* is given, one that cannot be read is put there, and raises nothing.
    """
    unreadable: dict[str, StoreCorrupt] = {}
    rows = list(rows_of(tx, WHOLE, subscriptions.c.id, ids, unreadable))
    if damaged is None and unreadable:
        raise next(iter(unreadable.values()))
    if damaged is not None:
        damaged |= unreadable
    return {subscription.id: subscription for subscription in restored_all(tx, rows)}


def damaged(tx: Connection) -> dict[str, str]:
    """What is wrong with those subscriptions that cannot be read as they were written, by id."""
    ids = tx.scalars(select(subscriptions.c.id).order_by(subscriptions.c.id)).all()
    unreadable: dict[str, StoreCorrupt] = {}
    found = {}
    for row in rows_of(tx, WHOLE, subscriptions.c.id, ids, unreadable):
        try:
            filters_of(row)
        except StoreCorrupt as error:
            found[row.id] = str(error)
    return found | {key: str(error) for key, error in unreadable.items()}


def listing(tx: Connection, *, at: Collection[str] | None = None) -> list[Subscription]:
    """Every subscription, or those *at* addresses as they are shown; the oldest first, with those that have ended."""
    query = WHOLE.order_by(subscriptions.c.created_at, subscriptions.c.id)
    if at is not None:
        # Of the subscriptions there is an index by endpoint: SQLite uses it only where it is given the endpoints.
        query = query.where(subscriptions.c.endpoint_id.in_(select(endpoints.c.id).where(endpoints.c.shown.in_(at))))
    try:
        rows = tx.execute(query).all()
    except StoreCorrupt:
        ids = tx.scalars(query.with_only_columns(subscriptions.c.id, maintain_column_froms=True)).all()
        rows = list(rows_of(tx, WHOLE, subscriptions.c.id, ids, {}))
    return list(restored_all(tx, rows))


def at_endpoint(tx: Connection, endpoint_id: str) -> list[Subscription]:
    """The active subscriptions that go to one endpoint, the oldest first."""
    return _where(tx, subscriptions.c.endpoint_id == endpoint_id, subscriptions.c.state == SubscriptionState.ACTIVE)


def not_ended_at(tx: Connection, endpoint_id: str) -> list[Subscription]:
    """Those that go to one endpoint and have not ended, active or not, the oldest first."""
    going = (subscriptions.c.endpoint_id == endpoint_id) & (subscriptions.c.state != SubscriptionState.ENDED)
    rows = tx.execute(WHOLE.where(going).order_by(subscriptions.c.created_at, subscriptions.c.id)).all()
    return list(restored_all(tx, rows))


def to_watch(tx: Connection, watch_id: int) -> list[Subscription]:
    """The subscriptions that are about a watch and have not ended, the oldest first."""
    return _where(tx, subscriptions.c.watch_id == watch_id, subscriptions.c.state != SubscriptionState.ENDED)


def of_team(tx: Connection, team: str) -> list[Subscription]:
    """The subscriptions of the people of a team who have not left it, the oldest first; none where there is no team."""
    query = WHOLE.where(team_members.c.team == team, subscriptions.c.state != SubscriptionState.ENDED)
    called = func.coalesce(subscriptions.c.label, subscriptions.c.name)
    rows = tx.execute(query.order_by(subscriptions.c.created_at, called, subscriptions.c.id)).all()
    return list(restored_all(tx, rows))


def _where(tx: Connection, *which: ColumnElement[bool]) -> list[Subscription]:
    query = WHOLE.where(*which)
    return list(restored_all(tx, tx.execute(query.order_by(subscriptions.c.created_at, subscriptions.c.id)).all()))


def set_state(
    tx: Connection, subscription_id: str, state: SubscriptionState, at: datetime, *, until: datetime | None = None
) -> None:
    """Make it active, paused or ended. What is owed stays owed when it is paused, and is given up when it ends.

    So is what waits for its next digest. One that becomes active is told of numbers that their registries do not know,
    if it was not told before. *until* is when one that is paused goes on by itself. NothingFound for an
    unknown id.
    """
    ended_at = at if state == SubscriptionState.ENDED else None
    since = (
        func.coalesce(subscriptions.c.paused_at, literal(at, Moment())) if state == SubscriptionState.PAUSED else None
    )
    statement = update(subscriptions).where(subscriptions.c.id == subscription_id)
    if not tx.execute(statement.values(state=state, ended_at=ended_at, paused_at=since, paused_until=until)).rowcount:
        raise NothingFound(f"there is no subscription {subscription_id}: {REMEDY}")
    tx.execute(delete(bounced_subscriptions).where(bounced_subscriptions.c.subscription_id == subscription_id))
    if state == SubscriptionState.ENDED:
        deliveries.give_up(tx, subscription_id, at, "the subscription has ended")
        rhythms.end(tx, subscription_id)
    elif state == SubscriptionState.ACTIVE:
        rhythms.begin(tx, subscription_id, at=at)
        named = subscribed_trials.c.subscription_id == subscription_id
        trials = tx.execute(select(subscribed_trials.c.registry, subscribed_trials.c.trial_id).where(named))
        endings.note(tx, denials.believed(tx, [(row[0], row[1]) for row in trials]), look_at=at)


def edit(tx: Connection, subscription_id: str, wanted: Filters, *, note: str | None, language: str) -> None:
    """Change what it hears of, its note, and the language of what it is told in. What is owed stays owed."""
    values = {**filters.values_of(wanted), "note": note, "language": language_column(language)}
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


def _refuse_taken(tx: Connection, name: str | None, *, besides: str | None = None) -> None:
    is_own = besides is not None and name is not None and named(tx, name) == besides
    if name and not is_own and (other := called(tx, name)):
        raise NameTaken(f"{other} is called “{name}” already: choose another name")
