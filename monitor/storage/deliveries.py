"""The outbox: which event or notice is owed to which subscription, and how its delivery went.

A row is written in the transaction that causes it, so an alert exists from the moment its event does. There is no
"sending" state to get stuck in: a claim only moves the next attempt, so a process that dies holding one delays it.
What comes of an attempt, `monitor.storage.standings` writes; how much waits, `monitor.storage.backlog` says.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from monitor.errors import StoreCorrupt
from monitor.model import (
    Cause,
    Delivery,
    DeliveryState,
    DigestCause,
    EventCause,
    Notice,
    NoticeCause,
    SubscriptionState,
    delivery_id,
)
from monitor.storage import bodies, jobs
from monitor.storage.delivery_rows import COLUMNS, LISTED_COLUMNS, add_owed, packed, restored, unpacked
from monitor.storage.ids import find_id
from monitor.storage.statements import chunks, rows_of, values_in
from monitor.storage.tables import deliveries, endpoints, subscriptions

Owed = tuple[str, str, str, str]
"""(event id, registry, trial id, subscription id)"""

LISTED = 50
_KEYS_AT_ONCE = 10_000
DAMAGED_FOR = timedelta(days=1)

_REMEDY = "`monitor deliveries list` shows the latest"

# Spelled out in the statement: an index of the owed alone serves no statement that says "owed" with a parameter.
IS_OWED = deliveries.c.standing == literal_column(f"'{DeliveryState.OWED}'")
IS_REJECTED = deliveries.c.standing == literal_column(f"'{DeliveryState.REJECTED}'")
IS_FAILING = and_(IS_OWED, deliveries.c.outcome.is_not(None))
"""Owed, and tried or made ready in vain before."""
_earlier = deliveries.alias("earlier")
# Who has yet to confirm a subscription hears of nothing but that: the notice that asks for it.
_hears = or_(
    subscriptions.c.state == SubscriptionState.ACTIVE,
    and_(subscriptions.c.state == SubscriptionState.PENDING, deliveries.c.notice_id.is_not(None)),
)
IS_SENDABLE = and_(
    IS_OWED,
    exists()
    .where(subscriptions.c.id == deliveries.c.subscription_id, _hears)
    .where(endpoints.c.id == subscriptions.c.endpoint_id, endpoints.c.disabled_at.is_(None)),
)
IS_BEHIND = exists().where(
    _earlier.c.standing == literal_column(f"'{DeliveryState.OWED}'"),
    _earlier.c.subscription_id == deliveries.c.subscription_id,
    _earlier.c.registry == deliveries.c.registry,
    _earlier.c.trial_id == deliveries.c.trial_id,
    _earlier.c.sequence < deliveries.c.sequence,
)
"""It waits for an earlier one about the same trial to the same subscription."""
IS_CLAIMABLE = and_(IS_SENDABLE, ~IS_BEHIND)
_later = deliveries.alias("later")
_is_followed = exists().where(
    _later.c.standing == literal_column(f"'{DeliveryState.OWED}'"),
    _later.c.subscription_id == deliveries.c.subscription_id,
    _later.c.registry == deliveries.c.registry,
    _later.c.trial_id == deliveries.c.trial_id,
    _later.c.sequence > deliveries.c.sequence,
)
_claimed = (*COLUMNS, _is_followed.label("is_followed"))
_is_named = subscriptions.c.id.in_(bindparam("ids", expanding=True))
_lock = (
    select(subscriptions.c.id, subscriptions.c.last_sequence)
    .where(_is_named)
    .order_by(subscriptions.c.id)
    .with_for_update(key_share=True)
)
_count = (
    update(subscriptions).where(_is_named).values(last_sequence=subscriptions.c.last_sequence + bindparam("number"))
)
BY_DUE = (deliveries.c.next_attempt_at, deliveries.c.sequence)

_keep_body = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("whole_id"))
    .values(body=func.coalesce(deliveries.c.body, bindparam("new_body", type_=deliveries.c.body.type)))
)
_bodies = select(deliveries.c.id, deliveries.c.body).where(deliveries.c.id.in_(bindparam("ids", expanding=True)))


def owe(tx: Connection, owed: Iterable[Owed], at: datetime) -> list[str]:
    """Owe deliveries of events from *at* on: see `_owe`."""
    return _owe(tx, owed, at, cause=EventCause)


def owe_notice(tx: Connection, notice: Notice, subscription_ids: Iterable[str]) -> list[str]:
    """Owe a notice to subscriptions from when it occurred: see `_owe`."""
    return owe_notices(tx, [(notice, subscription_ids)], notice.occurred_at)


def owe_notices(tx: Connection, told: Iterable[tuple[Notice, Iterable[str]]], at: datetime) -> list[str]:
    """Owe each notice to its subscriptions from *at* on: see `_owe`."""
    owed = [(notice.id, notice.registry, "", subscription_id) for notice, ids in told for subscription_id in ids]
    return _owe(tx, owed, at, cause=NoticeCause)


def owe_digests(tx: Connection, causes: Mapping[str, str], at: datetime) -> list[str]:
    """Owe each subscription the digest of that cause: see `_owe`. Whose date has one already is owed no other."""
    owed = [(cause_id, "", "", subscription_id) for subscription_id, cause_id in causes.items()]
    return _owe(tx, owed, at, cause=DigestCause)


def lock(tx: Connection, subscription_ids: Collection[str]) -> None:
    """Let no other transaction owe these subscriptions anything, or gather for them, before the commit of this one."""
    _lock_numbers(tx, set(subscription_ids))


def _owe(tx: Connection, owed: Iterable[Owed], at: datetime, *, cause: type[Cause]) -> list[str]:
    """Owe deliveries from *at* on, numbered per subscription in this order; give the ids of those not owed before.

    The rows of the subscriptions are locked before their numbers are read and until the commit, in one order for
    everyone. So each number is used once, none is skipped, and what was owed before is seen: a repeat takes no
    number. Call it once in a transaction, or two of them may wait for each other. Workers get jobs with their ids.
    """
    wanted = {delivery_id(each[0], each[3]): each for each in owed}
    last = _lock_numbers(tx, {subscription_id for *_, subscription_id in wanted.values()})
    for known in _owed_before(tx, list(wanted)):
        wanted.pop(known, None)
    rows = []
    for whole_id, (cause_id, registry, trial_id, subscription_id) in wanted.items():
        last[subscription_id] += 1
        rows.append((whole_id, cause_id, registry, trial_id, subscription_id, last[subscription_id]))
    add_owed(tx, rows, at, cause=cause)
    _count_on(tx, Counter(subscription_id for *_, subscription_id in wanted.values()))
    jobs.deliver(tx, wanted)
    return list(wanted)


def _owed_before(tx: Connection, wanted: Collection[str]) -> Iterator[str]:
    """Those of the ids that there are."""
    query = _existing(tx.dialect.name)
    for chunk in chunks(wanted, _KEYS_AT_ONCE):
        yield from tx.scalars(query, {"ids": orjson.dumps([[each] for each in chunk]).decode()}).all()


@cache
def _existing(dialect: str) -> Select[str]:
    """One parameter, however many ids; and by the id, as of one event there may be a million."""
    return select(deliveries.c.id).where(deliveries.c.id.in_(select(values_in("ids", dialect)[0].as_string())))


def claim(tx: Connection, *, now: datetime, until: datetime, limit: int) -> list[Delivery]:
    """Hide up to *limit* due deliveries from other processes until *until*, the longest due first.

    Deliveries of paused subscriptions and disabled endpoints are skipped, and so are those that must wait for an
    earlier one about the same trial to the same subscription: a subscriber hears about a trial in order.

    None is claimed twice. On SQLite there is one writer at a time. On PostgreSQL the rows are locked while they are
    selected, and others skip locked rows; a row whose claim was committed in between is examined again before it is
    locked, and is then no longer due.

    A body that is damaged in the database is dropped, to be rendered again: one must not hold up all the others.
    """
    return claim_readable(tx, now=now, until=until, limit=limit).readable


@dataclass(frozen=True, slots=True)
class ClaimedRows:
    """What a claim found."""

    readable: list[Delivery]
    damaged: Mapping[str, str]
    """What is wrong with those that cannot be read, by id; they wait for DAMAGED_FOR."""
    followed: frozenset[str]
    """The ids of those that a later one waits for, about the same trial to the same subscription."""


def claim_readable(
    tx: Connection, *, now: datetime, until: datetime, limit: int, only: Collection[str] | None = None
) -> ClaimedRows:
    """As `claim`, or *only* among the deliveries of these ids; with those that cannot be read, and who waits."""
    named = [] if only is None else [deliveries.c.id.in_(sorted(only))]
    query = (
        select(*_claimed)
        .where(IS_CLAIMABLE, deliveries.c.next_attempt_at <= now, *named)
        .order_by(*BY_DUE)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    damaged: dict[str, StoreCorrupt] = {}
    try:
        rows = list(tx.execute(query).all())
    except StoreCorrupt:
        ids = tx.scalars(query.with_only_columns(deliveries.c.id)).all()
        rows = list(rows_of(tx, select(*_claimed), deliveries.c.id, ids, damaged))
    claimed = [_restored_or_bare(tx, row) for row in rows]
    for ids_, again in (([delivery.id for delivery in claimed], until), (list(damaged), now + DAMAGED_FOR)):
        for chunk in chunks(ids_):
            tx.execute(update(deliveries).where(deliveries.c.id.in_(chunk)).values(next_attempt_at=again))
    return ClaimedRows(
        [replace(delivery, next_attempt_at=until) for delivery in claimed],
        {key: str(error) for key, error in damaged.items()},
        frozenset(delivery.id for delivery, row in zip(claimed, rows, strict=True) if row.is_followed),
    )


def release(tx: Connection, claimed: Iterable[Delivery]) -> None:
    """Return what was claimed and not sent: it is due at once."""
    for chunk in chunks(claimed):
        ids = [delivery.id for delivery in chunk]
        mine = deliveries.c.id.in_(ids) & (deliveries.c.next_attempt_at == chunk[0].next_attempt_at)
        tx.execute(update(deliveries).where(IS_OWED, mine).values(next_attempt_at=deliveries.c.owed_at))


def keep_bodies(tx: Connection, rendered: Mapping[str, bytes]) -> dict[str, bytes]:
    """Store the bytes that every attempt of a delivery sends, by its id; return those stored, the first writer's.

    A row is locked by the statement that writes it, so the second of two writers sees what the first one wrote. They
    are written in one order by everybody, so that two writers never wait for each other.
    """
    kept: dict[str, bytes] = {}
    for chunk in chunks(sorted(rendered)):
        compressed = {key: bodies.compress(rendered[key]) for key in chunk}
        tx.execute(_keep_body, [{"whole_id": key, "new_body": body} for key, body in compressed.items()])
        for key, stored in tx.execute(_bodies, {"ids": chunk}):
            kept[key] = rendered[key] if stored == compressed[key] else unpacked(stored, key)
    return kept


def give_up(tx: Connection, subscription_id: str, at: datetime, outcome: str) -> int:
    """Reject everything that is owed to a subscription, and return how many deliveries there were."""
    owed = (deliveries.c.subscription_id == subscription_id) & IS_OWED
    values = {"standing": DeliveryState.REJECTED, "finished_at": at, "outcome": outcome}
    return tx.execute(update(deliveries).where(owed).values(values)).rowcount


def owed_to(tx: Connection, subscription_id: str) -> int:
    """How many deliveries a subscription is owed."""
    owed = (deliveries.c.subscription_id == subscription_id) & IS_OWED
    return tx.scalar(select(func.count()).select_from(deliveries).where(owed)) or 0


def get(tx: Connection, text: str) -> Delivery:
    """The delivery of that id, or whose id alone begins so, with its body.

    NothingFound where there is none, or several.
    """
    return restored(tx.execute(select(*COLUMNS).where(deliveries.c.id == find(tx, text))).one())


def find(tx: Connection, text: str) -> str:
    """The id of the delivery that has it, or that begins so. NothingFound where there is none, or several."""
    return find_id(tx, deliveries.c.id, text, noun="delivery", remedy=_REMEDY)


def listing(
    tx: Connection,
    *,
    failed: bool = False,
    standing: DeliveryState | None = None,
    trial: tuple[str, str] | None = None,
    subscriptions: Collection[str] | None = None,
    since: datetime | None = None,
    limit: int = LISTED,
) -> list[Delivery]:
    """The latest deliveries, newest first, without bodies; with *failed*, the latest rejected ones.

    *trial* is a registry and an id, *subscriptions* are ids, *since* is when they were owed first.
    """
    query = select(*LISTED_COLUMNS).limit(limit)
    if standing is not None:
        query = query.where(deliveries.c.standing == standing)
    if trial is not None:
        query = query.where(deliveries.c.registry == trial[0], deliveries.c.trial_id == trial[1])
    if subscriptions is not None:
        query = query.where(deliveries.c.subscription_id.in_(sorted(subscriptions)))
    if since is not None:
        query = query.where(deliveries.c.created_at >= since)
    if failed:
        query = query.where(IS_REJECTED)
        query = query.order_by(deliveries.c.finished_at.desc(), deliveries.c.id)
    else:
        query = query.order_by(deliveries.c.created_at.desc(), deliveries.c.id)
    return [restored(row) for row in tx.execute(query)]


def known(tx: Connection, ids: Iterable[str]) -> dict[str, Delivery]:
    """Those of the deliveries that there are, without bodies."""
    query = select(*LISTED_COLUMNS)
    rows = (row for chunk in chunks(ids) for row in tx.execute(query.where(deliveries.c.id.in_(chunk))))
    return {delivery.id: delivery for delivery in map(restored, rows)}


def behind(tx: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the deliveries that are owed and wait for an earlier one about the same trial."""
    query = select(deliveries.c.id).where(IS_OWED, IS_BEHIND)
    return {each for chunk in chunks(ids) for each in tx.scalars(query.where(deliveries.c.id.in_(chunk)))}


def of_event(tx: Connection, event_id: str) -> list[Delivery]:
    """All deliveries of one event, without bodies, in the order of the subscriptions' ids."""
    query = select(*LISTED_COLUMNS).where(deliveries.c.event_id == event_id).order_by(deliveries.c.subscription_id)
    return [restored(row) for row in tx.execute(query)]


def told(tx: Connection, subscription_id: str, event_ids: Iterable[str]) -> set[str]:
    """Those of the events that are owed to a subscription by themselves, or were."""
    query = select(deliveries.c.event_id).where(deliveries.c.subscription_id == subscription_id)
    return {each for chunk in chunks(event_ids) for each in tx.scalars(query.where(deliveries.c.event_id.in_(chunk)))}


def told_at_once(tx: Connection, subscription_id: str, *, since: datetime, before: int) -> int:
    """How many events were told to it by themselves since then, in deliveries of a lower number."""
    c = deliveries.c
    theirs = (c.subscription_id == subscription_id, c.sequence < before, c.created_at >= since, c.event_id.is_not(None))
    return tx.scalar(select(func.count()).select_from(deliveries).where(*theirs)) or 0


def mend_clock(tx: Connection, *, now: datetime, claimed_for: timedelta, longest_wait: timedelta) -> int:
    """Make due what was scheduled too far ahead before the clock was set back; return how many deliveries there were.

    A delivery that was never tried only waits for a claim to expire, and one that was tried at most *longest_wait*.
    """
    tried = deliveries.c.attempts > 0
    too_far = ((~tried) & (deliveries.c.next_attempt_at > now + claimed_for)) | (
        tried & (deliveries.c.next_attempt_at > now + longest_wait)
    )
    return tx.execute(update(deliveries).where(IS_OWED, too_far).values(next_attempt_at=now)).rowcount


def _lock_numbers(tx: Connection, subscription_ids: set[str]) -> dict[str, int]:
    """The last number of each subscription, which no other transaction can now change."""
    last: dict[str, int] = {}
    for chunk in chunks(sorted(subscription_ids)):
        last.update((key, number) for key, number in tx.execute(_lock, {"ids": chunk}).all())
    return last


def _count_on(tx: Connection, added: Mapping[str, int]) -> None:
    """Move the last number of each subscription, which `_lock_numbers` has locked, on by as many."""
    by_number: defaultdict[int, list[str]] = defaultdict(list)
    for subscription_id, number in added.items():
        by_number[number].append(subscription_id)
    for number, ids in by_number.items():
        for chunk in chunks(ids):
            tx.execute(_count, {"ids": chunk, "number": number})


def _restored_or_bare(tx: Connection, row: Row[Any]) -> Delivery:
    """The delivery of a row; without its body, also in the database, where that is damaged."""
    try:
        return restored(row)
    except StoreCorrupt:
        bare = replace(packed(row), body=None)
        tx.execute(update(deliveries).where(deliveries.c.id == bare.id).values(body=None))
        return bare
