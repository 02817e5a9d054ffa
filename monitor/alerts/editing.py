"""Change what a subscription hears of and when, from now on.

The past is not told again by other filters, and what is owed or waits for a digest by the former ones is told all the
same: see `monitor.alerts.owing`, which decides for each event once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from monitor.alerts.changeable import refuse_unless_editable, refuse_unless_wanted
from monitor.alerts.subscribe import SubscribeContext, forms_shown
from monitor.alerts.teams import rename
from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import Filters, Rhythm, Subscription, SubscriptionState
from monitor.storage import rhythms, subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """All of a subscription that may be changed."""

    filters: Filters
    rhythm: Rhythm
    note: str | None
    language: str
    name: str | None


Edit = Callable[[Editable], Editable]
"""What makes of it what it is to be; it may raise."""


def edit(which: str, change: Edit, context: SubscribeContext) -> list[Subscription]:
    """Change a subscription, or in one commit all those of a team, whose name is that of the team then.

    *which* may be an address, too, that one subscription goes to. ConfigurationInvalid where it has ended, a file says
    what it is, another has its new name, or a team would have none.
    """
    with context.store.begin_alone() as tx:
        team = subscriptions.of_team(tx, which)
        if not team:
            found = _at_address(tx, which, context) or subscriptions.find(tx, which)
            refuse_unless_wanted(found)
            return [edited(tx, found, change, context)]
        made = _each_edited(tx, team, change, context)
        name = change(replace(_editable(team[0]), name=which)).name
        return made if name == which else rename(tx, made, name)


def team_edited(tx: Connection, team: str, change: Edit, context: SubscribeContext) -> list[Subscription]:
    """As `edit`, of all in a team, within a transaction; nobody's name changes."""
    return _each_edited(tx, subscriptions.of_team(tx, team), change, context)


def _each_edited(
    tx: Connection, team: Iterable[Subscription], change: Edit, context: SubscribeContext
) -> list[Subscription]:
    return [edited(tx, each, _but_its_name(change), context) for each in team]


def _at_address(tx: Connection, which: str, context: SubscribeContext) -> Subscription | None:
    """The one that goes to that address; None where *which* is none, or a name, or nothing goes there any more."""
    if subscriptions.named(tx, which):
        return None
    going = subscriptions.listing(tx, at=[which, *forms_shown(which, context)])
    theirs = [each for each in going if each.state is not SubscriptionState.ENDED]
    if len(theirs) > 1:
        names = ", ".join(each.called for each in theirs[:5])
        raise ConfigurationInvalid(f"{len(theirs)} subscriptions go to that address: name one of them, such as {names}")
    if not theirs and "://" in which:  # it may hold a secret
        raise NothingFound("nobody is subscribed at that address; `monitor subscriptions list` shows who is")
    return next(iter(theirs), None)


def edited(tx: Connection, before: Subscription, change: Edit, context: SubscribeContext) -> Subscription:
    """As `edit`, of one subscription, within a transaction."""
    refuse_unless_editable(before)
    was = _editable(before)
    wanted = change(was)
    subscriptions.edit(tx, before.id, wanted.filters, note=wanted.note, language=wanted.language)
    if wanted.name != was.name:
        subscriptions.rename(tx, before.id, wanted.name)
    if wanted.rhythm != was.rhythm:
        rhythms.change(tx, before.id, wanted.rhythm, at=context.clock())
    return subscriptions.find(tx, before.id)


def _editable(before: Subscription) -> Editable:
    return Editable(
        filters=before.filters,
        rhythm=before.rhythm,
        note=before.note,
        language=before.language,
        name=before.name,
    )


def _but_its_name(change: Edit) -> Edit:
    """The same for one of a team."""
    return lambda was: replace(change(was), name=was.name)
