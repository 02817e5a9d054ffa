"""Let several people hear of the same: a team, in which each has a subscription of their own and leaves alone.

They share what it is about and its filters; each has an address, links, numbers and a state of their own. A member is
called by the team and the address, such as “oncology, amara@example.org”: commands take that as they take the team.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection

from monitor.alerts.ending import Ended, ended
from monitor.alerts.subscribe import (
    Asked,
    SubscribeContext,
    Subscribed,
    add,
    checked_endpoint,
    new_endpoint,
    put_endpoint,
    subscribed,
)
from monitor.channels import one_each
from monitor.channels.declared import CHANNELS
from monitor.errors import ConfigurationInvalid, NameTaken, NothingFound
from monitor.model import Subscription, SubscriptionState
from monitor.storage import subscriptions, teams
from monitor.storage.store import Store
from monitor.text import natural_list


def meant(which: str, store: Store) -> list[Subscription]:
    """The subscriptions that a text means: all of a team of that name, or the one of that name or id.

    NothingFound where there is none, or where several ids begin so.
    """
    with store.read() as tx:
        return subscriptions.of_team(tx, which) or [subscriptions.find(tx, which)]


def subscribe_team(
    channel: str,
    addresses: Sequence[str],
    asked: Asked,
    *,
    team: str,
    context: SubscribeContext,
    as_webhook: bool = False,
    catch_up: timedelta | None = None,
) -> list[Subscribed]:
    """Make a subscription for each of these people, all in one commit; an address that comes twice counts once.

    Raise what `subscribe` does, and ConfigurationInvalid for a name that a subscription or a team has.
    """
    places: dict[tuple[str, str], str] = {}
    for each in one_each(channel, addresses):
        places.setdefault(new_endpoint(channel, each, context, as_webhook=as_webhook), each)
    (first, address), *others = places.items()
    with context.store.begin_alone() as tx:
        if other := subscriptions.called(tx, team):
            raise NameTaken(f"{other} is called “{team}” already: choose another name")
        name = subscriptions.free_name(tx, _called(team, first[1]))
        made = subscribed(tx, channel, first, asked, context=context, name=name, catch_up=catch_up)
        teams.put(tx, made.subscription.id, team)
        model = replace(made.subscription, team=team)
        joined = [
            _joined(tx, model, (channel, *place), each, context, now=model.created_at, catch_up=catch_up)
            for place, each in others
        ]
    return [replace(made, subscription=model, taken_for=CHANNELS[channel].taken_for(address)), *joined]


def join(team: str, channel: str, address: str, context: SubscribeContext, *, as_webhook: bool = False) -> Subscribed:
    """Have one more person hear of what a team hears of, from now on. A subscription that has a name becomes a team.

    NothingFound where there is nothing of that name, ConfigurationInvalid for an address that is none or that is in
    the team already, and for what config.toml makes.
    """
    place = new_endpoint(channel, address, context, as_webhook=as_webhook)
    with context.store.begin_alone() as tx:
        members = subscriptions.of_team(tx, team) or [_begun(tx, team)]
        if members[0].origin == "config":
            raise ConfigurationInvalid(f"the configuration makes “{team}”: add the address there")
        made = _joined(tx, members[0], (channel, *place), address, context, now=context.clock())
        if any(each.endpoint.id == made.subscription.endpoint.id for each in members):
            raise ConfigurationInvalid(f"{place[1]} is in “{team}” already")
    return made


def leave(team: str, address: str, context: SubscribeContext) -> Ended:
    """End what the person at an address has of a team; the others go on. NothingFound where none in it has it."""
    with context.store.begin_alone() as tx:
        members = subscriptions.of_team(tx, team)
        if not members:
            raise NothingFound(f"there is no team “{team[:80]}”: `monitor subscriptions list` shows those there are")
        found = [each for each in members if each.endpoint.shown in {address, *_as_shown(each, address, context)}]
        if len(found) != 1:
            names = natural_list([f"“{each.called}”" for each in found or members])
            words = "several in it have" if found else "nobody in it has"
            raise NothingFound(f"{words} that address: `monitor subscriptions remove` ends one by name, of {names}")
        return ended(tx, found[0], now=context.clock())


def rename(tx: Connection, members: Sequence[Subscription], name: str | None) -> list[Subscription]:
    """Give a team, of which these are all, another name. ConfigurationInvalid for none, or where it is taken."""
    if name is None:
        raise ConfigurationInvalid("a team has a name: give it another one instead")
    if other := subscriptions.called(tx, name):
        raise NameTaken(f"{other} is called “{name}” already: choose another name")
    for each in members:
        teams.put(tx, each.id, name)
        subscriptions.rename(tx, each.id, subscriptions.free_name(tx, _called(name, each.endpoint.shown)))
    return subscriptions.of_team(tx, name)


def _begun(tx: Connection, name: str) -> Subscription:
    """The subscription of that name, as the first of a team that is called so."""
    found = subscriptions.find(tx, name)
    if found.name != name:
        raise ConfigurationInvalid(f"subscription {found.called} is not called “{name}”: a team has a name")
    if found.origin == "config":
        return found
    called = subscriptions.free_name(tx, _called(name, found.endpoint.shown))
    subscriptions.rename(tx, found.id, called)
    teams.put(tx, found.id, name)
    return replace(found, name=called, team=name)


def _joined(
    tx: Connection,
    model: Subscription,
    place: tuple[str, str, str],
    address: str,
    context: SubscribeContext,
    *,
    now: datetime,
    catch_up: timedelta | None = None,
) -> Subscribed:
    """One more of a team, who hears of what *model* does. The place is a channel and the endpoint in it."""
    channel, *to = place
    endpoint, secret = put_endpoint(tx, channel, (to[0], to[1]), context, now)
    wanted = replace(
        model,
        id=str(uuid4()),
        endpoint=endpoint,
        name=subscriptions.free_name(tx, _called(model.team or "", endpoint.shown)),
        state=SubscriptionState.ACTIVE,
        origin="command",
        created_at=now,
    )
    return replace(add(tx, wanted, secret, catch_up=catch_up), taken_for=CHANNELS[channel].taken_for(address))


def _called(team: str, shown: str) -> str:
    return f"{team}, {shown}"


def _as_shown(member: Subscription, address: str, context: SubscribeContext) -> list[str]:
    """How that address would be shown, if it is one of the member's channel."""
    with suppress(ConfigurationInvalid):
        return [checked_endpoint(member.endpoint.channel, address, context)[1]]
    return []
