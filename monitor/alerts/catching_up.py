"""Tell what a subscription would have told while it was paused, or before it was made, as one digest.

What it would have told follows from the events that are kept, the trials that it is about now and what it asks for now.
Nothing is told twice: what a delivery or a digest tells already, or will, is left out, and so is what nobody was told
yet, or ever, because it is held, folded or waits for its settle window: that is told when it is settled.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.past import matches_of
from monitor.alerts.scopes import trials_of
from monitor.model import Change, Event, Subscription, SubscriptionState, delivery_id
from monitor.storage import deliveries, digests, gathered, seen
from monitor.storage.digests import ComposedDigest, out_of_turn
from monitor.storage.pages import Span
from monitor.storage.seen import Seen
from monitor.storage.statements import chunks

_AT_ONCE = 500
"""Events in memory."""


def missed_by(tx: Connection, subscription: Subscription) -> Sequence[str]:
    """The events that a paused subscription would have told since it is paused; none of one that is not."""
    if subscription.state is not SubscriptionState.PAUSED or subscription.paused_at is None:
        return ()
    return would_have_told(tx, subscription, since=subscription.paused_at)


def would_have_told(tx: Connection, subscription: Subscription, *, since: datetime) -> Sequence[str]:
    """The ids of the events from then on that it would have told and that it does not tell otherwise, in no order."""
    found = list(_matching(tx, subscription, since))
    told = deliveries.told(tx, subscription.id, found) | gathered.told(tx, subscription.id, found)
    return [each for each in found if each not in told]


def tell(
    tx: Connection, subscription: Subscription, event_ids: Sequence[str], period: str, *, since: datetime, now: datetime
) -> None:
    """Owe these events, which occurred since then, as one digest; what else waits or comes is told in its own time."""
    deliveries.lock(tx, [subscription.id])
    at = now
    while not deliveries.owe_digests(tx, {subscription.id: (cause := out_of_turn(at))}, now):
        at += timedelta(seconds=1)  # the clock was set back
    told = ComposedDigest(
        delivery_id=delivery_id(cause, subscription.id),
        cause=cause,
        period=period,
        zone=subscription.rhythm.zone,
        began_at=since,
        ended_at=now,
    )
    digests.add(tx, [told])
    gathered.add(tx, ((subscription.id, event_id) for event_id in event_ids))
    gathered.take(tx, [subscription.id], only=event_ids)


def _matching(tx: Connection, subscription: Subscription, since: datetime) -> Iterator[str]:
    for within in trials_of(tx, subscription):
        happened = (each for each in seen.seen(tx, within, Span(since), damaged={}) if each.settlement is None)
        for chunk in chunks(happened, _AT_ONCE):
            events = list(_readable(chunk))
            matches = matches_of(tx, ((event, subscription.interest) for event in events))
            yield from (event_id for (event_id, _), match in matches.items() if match.passes)


def _readable(happened: Sequence[Seen]) -> Iterator[Event]:
    """Their events, but for those whose changes make no sense."""
    for each in happened:
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            yield Event(
                registry=each.registry,
                trial_id=each.trial_id,
                snapshot=each.snapshot,
                occurred_at=each.occurred_at,
                changes=tuple(Change.from_json(change) for change in each.changes),
            )
