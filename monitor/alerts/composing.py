"""Owe the digests whose time has come: one delivery for all that waits for a subscription.

    digest_at is over  ->  lock the subscriptions, and look again  ->  a delivery, which takes what waits
                                                one commit

A digest's id is that of the local date on which its window ended, so that each date has one, however often the clock
is set back; what would be a second one waits for the next. What comes late, because nothing ran, ends where the last
window did. From then on it is a delivery as any other: it is rendered once, by `prepare`, and sent by `deliver`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.model import delivery_id
from monitor.model.rhythm import last_end, local, quiet_since, window_end
from monitor.storage import deliveries, digests, gathered, rhythms
from monitor.storage.digests import ComposedDigest, out_of_turn
from monitor.storage.isolation import isolated
from monitor.storage.rhythms import Due
from monitor.storage.store import Store

AT_ONCE = 200
"""Subscriptions a commit: a thousand commits take longer than all the rest."""
DAMAGED_FOR = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def compose(store: Store, *, now: datetime) -> int:
    """Owe up to AT_ONCE digests that are due, the longest due first; give how many were looked at, 0 where none is.

    One that a damaged row keeps from that waits for a day, and is raised when the others are owed.
    """
    with store.read() as tx:
        due = rhythms.due_ids(tx, now=now, limit=AT_ONCE)
    if due:
        compose_these(due, store, now=now)
    return len(due)


def compose_these(due: Sequence[str], store: Store, *, now: datetime) -> None:
    """Owe the digests of these subscriptions, those of them that are due; as above."""
    _, bad = isolated(due, lambda part: _composed(part, store, now))
    if bad:
        with store.begin() as tx:
            rhythms.wait(tx, {subscription_id: now + DAMAGED_FOR for subscription_id, _ in bad})
        raise bad[0][1]


def _composed(subscription_ids: Sequence[str], store: Store, now: datetime) -> None:
    with store.begin() as tx:
        deliveries.lock(tx, subscription_ids)
        _compose_all(tx, rhythms.due(tx, subscription_ids, now=now), now)


def _compose_all(tx: Connection, due: Sequence[Due], now: datetime) -> None:
    told = {each: _digest(each, now) for each in due if each.is_waited_for or _says_all_is_quiet(each)}
    owed = set(deliveries.owe_digests(tx, {each.subscription_id: digest.cause for each, digest in told.items()}, now))
    composed = {each: digest for each, digest in told.items() if digest.delivery_id in owed}
    digests.add(tx, composed.values())
    ids = {each.subscription_id for each in composed}
    gathered.take(tx, ids)
    rhythms.go_on(
        tx, {each.subscription_id: (_next_at(each, now), digest.ended_at) for each, digest in composed.items()}
    )
    rhythms.forget_immediate(tx, ids)
    rhythms.wait(tx, {each.subscription_id: None for each in due if each not in told})
    rhythms.wait(tx, {each.subscription_id: _again_at(each, now) for each in told if each not in composed})


def _says_all_is_quiet(due: Due) -> bool:
    return due.rhythm.all_quiet and due.period is None


def _digest(due: Due, now: datetime) -> ComposedDigest:
    """What a digest is of: of a rhythm's, the window or windows that ended; of one out of turn, what it is due for."""
    ended_at = last_end(due.rhythm, now) if due.period is None else None
    if ended_at is None:
        cause, ended_at, began_at = out_of_turn(due.at), due.at, due.told_until
    else:
        cause = f"digest/{local(due.rhythm, ended_at).date()}"
        first = due.at - _SECOND
        begins = quiet_since(due.rhythm, first) or last_end(due.rhythm, first)
        began_at = max(filter(None, (begins, due.told_until)), default=None)
    if began_at and began_at >= ended_at:  # the clock was set back
        began_at = None
    return ComposedDigest(
        delivery_id=delivery_id(cause, due.subscription_id),
        cause=cause,
        period=due.period or due.rhythm.period,
        zone=due.rhythm.zone,
        began_at=began_at,
        ended_at=ended_at,
    )


def _next_at(due: Due, now: datetime) -> datetime | None:
    """When the next digest is due whatever happens until then; None where that depends."""
    return window_end(due.rhythm, now) if due.rhythm.all_quiet else None


def _again_at(due: Due, now: datetime) -> datetime:
    """When what waits is told whose own digest would be the second one of its date."""
    end = window_end(due.rhythm, now) if due.period is None else None
    return end or due.at + _SECOND
