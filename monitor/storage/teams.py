"""Teams: people who share what a subscription is about and its filters, each with a subscription of their own.

So each has an address, links, numbers and a state of their own, and leaves alone. A team is there for as long as
anybody in it has not left, under a name that no other team and no subscription has.
"""

from sqlalchemy import Connection, delete, exists, insert, select

from monitor.model import SubscriptionState
from monitor.storage.tables import subscriptions
from monitor.storage.team_tables import team_members

_is_of = team_members.c.subscription_id == subscriptions.c.id


def put(tx: Connection, subscription_id: str, team: str | None) -> None:
    """Make a subscription one of a team, or of none."""
    tx.execute(delete(team_members).where(team_members.c.subscription_id == subscription_id))
    if team is not None:
        tx.execute(insert(team_members).values(subscription_id=subscription_id, team=team))


def is_there(tx: Connection, team: str) -> bool:
    """Whether there is a team of that name that somebody has not left."""
    stays = exists().where(team_members.c.team == team, _is_of, subscriptions.c.state != SubscriptionState.ENDED)
    return bool(tx.scalar(select(stays)))
