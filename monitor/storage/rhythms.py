"""When subscriptions tell what they tell, and when the next digest of each is due; at once where there is no row.

What is written here is written by whoever has locked the subscription's own row (`deliveries.lock`): who gathers for a
digest, who composes it and who changes its rhythm wait for each other, and for nobody else.

A zone that this machine does not know reads as UTC, times that make no sense as the usual ones, and a rhythm that is
none as at once: an alert at the wrong hour is better than none.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, func, null, or_, select, update

from monitor.model import SubscriptionState
from monitor.model.rhythm import IMMEDIATE, Every, Rhythm, known_zone, window_end
from monitor.storage.digest_tables import gathered, rhythms
from monitor.storage.statements import chunks, put
from monitor.storage.tables import endpoints, subscriptions
from monitor.storage.types import Moment

_c = rhythms.c
COLUMNS = (_c.every, _c.at, _c.zone, _c.quiet_hours, _c.breaks_through, _c.all_quiet)
"""Those of a rhythm, all null where it is at once."""
OUT_OF_TURN = ("catch-up", "pause")
"""Periods of digests that no rhythm makes due."""

_is_waiting = exists().where(gathered.c.subscription_id == _c.subscription_id, gathered.c.digest.is_(None))
_is_told = and_(
    subscriptions.c.id == _c.subscription_id,
    subscriptions.c.state == SubscriptionState.ACTIVE,
    endpoints.c.id == subscriptions.c.endpoint_id,
    endpoints.c.disabled_at.is_(None),
)
_hears = exists().where(_is_told)
_wait = (
    update(rhythms)
    .where(_c.subscription_id == bindparam("whole_id"))
    .values(digest_at=bindparam("next_at", type_=_c.digest_at.type))
)
_go_on = _wait.values(told_until=bindparam("until", type_=_c.told_until.type), period=null())


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A digest whose time has come."""

    subscription_id: str
    rhythm: Rhythm
    at: datetime
    """When it was due."""
    period: str | None
    """What it is called, where the rhythm does not say so."""
    told_until: datetime | None
    is_waited_for: bool
    """Whether there is any event for it."""


def of(tx: Connection, subscription_ids: Collection[str]) -> dict[str, Rhythm]:
    """The rhythms of those of the subscriptions that are not told everything at once."""
    query = select(_c.subscription_id, *COLUMNS)
    found: dict[str, Rhythm] = {}
    for chunk in chunks(sorted(subscription_ids)):
        found.update((row[0], restored(*row[1:])) for row in tx.execute(query.where(_c.subscription_id.in_(chunk))))
    return {key: rhythm for key, rhythm in found.items() if not rhythm.is_immediate}


def add(tx: Connection, subscription_id: str, rhythm: Rhythm, *, at: datetime) -> None:
    """Store the rhythm of a new subscription."""
    if rhythm != IMMEDIATE:
        put(tx, rhythms, [_row(subscription_id, rhythm, at=_quiet_end(rhythm, at), told_until=at)])


def change(tx: Connection, subscription_id: str, rhythm: Rhythm, *, at: datetime) -> None:
    """Give a subscription another rhythm from *at* on: what waits goes with the next digest of that.

    Where it is told at once from now on, what waits is due at once, as one last digest of the rhythm that it had.
    """
    row = tx.execute(select(rhythms, _is_waiting.label("waits")).where(_c.subscription_id == subscription_id)).first()
    waits = row is not None and row.waits
    if rhythm == IMMEDIATE and not waits:
        tx.execute(delete(rhythms).where(_c.subscription_id == subscription_id))
        return
    period = row.period if row else None
    due_at = window_end(rhythm, at) if waits or rhythm.all_quiet else None
    if row and waits and (due_at is None or period):
        period, due_at = period or of_row(row).period, at
    told_until = row.told_until if row else at
    put(tx, rhythms, [_row(subscription_id, rhythm, at=due_at, told_until=told_until) | {"period": period}])


def begin(tx: Connection, subscription_id: str, *, at: datetime) -> None:
    """Let a subscription that became active hear that all is quiet from then on, if it asks for that."""
    row = tx.execute(select(rhythms, _is_waiting.label("waits")).where(_c.subscription_id == subscription_id)).first()
    if row and not row.waits:
        due_at = _quiet_end(of_row(row), at)
        mine = _c.subscription_id == subscription_id
        tx.execute(update(rhythms).where(mine).values(digest_at=due_at, told_until=at, period=None))


def end(tx: Connection, subscription_id: str) -> None:
    """Owe a subscription no digest, and forget what waits for one."""
    tx.execute(update(rhythms).where(_c.subscription_id == subscription_id).values(digest_at=None, period=None))
    waits = (gathered.c.subscription_id == subscription_id) & gathered.c.digest.is_(None)
    tx.execute(delete(gathered).where(waits))


def expect(tx: Connection, due: Iterable[tuple[str, datetime]]) -> None:
    """Make the digest of each subscription due at that moment, unless it is due before."""
    by_moment: defaultdict[datetime, list[str]] = defaultdict(list)
    for subscription_id, at in due:
        by_moment[at].append(subscription_id)
    for at, ids in sorted(by_moment.items()):
        for chunk in chunks(sorted(ids)):
            later = or_(_c.digest_at.is_(None), _c.digest_at > at)
            tx.execute(update(rhythms).where(_c.subscription_id.in_(chunk), later).values(digest_at=at))


def due_ids(tx: Connection, *, now: datetime, limit: int) -> list[str]:
    """The subscriptions that are told and have a digest due, the longest due first."""
    query = select(_c.subscription_id).where(_c.digest_at <= now, _hears)
    return list(tx.scalars(query.order_by(_c.digest_at, _c.subscription_id).limit(limit)))


def due(tx: Connection, subscription_ids: Collection[str], *, now: datetime) -> list[Due]:
    """The digests of these subscriptions that are due: lock them first, as another process may have been faster."""
    query = select(rhythms, _is_waiting.label("waits")).where(_c.digest_at <= now, _hears)
    rows = tx.execute(query.where(_c.subscription_id.in_(sorted(subscription_ids)))).all()
    return [
        Due(
            subscription_id=row.subscription_id,
            rhythm=of_row(row),
            at=row.digest_at,
            period=row.period,
            told_until=row.told_until,
            is_waited_for=bool(row.waits),
        )
        for row in rows
    ]


def go_on(tx: Connection, composed: Mapping[str, tuple[datetime | None, datetime]]) -> None:
    """Note when the next digest of each subscription is due, None while nothing waits, and until when it was told."""
    rows = [{"whole_id": key, "next_at": next_at, "until": until} for key, (next_at, until) in sorted(composed.items())]
    if rows:
        tx.execute(_go_on, rows)


def wait(tx: Connection, until: Mapping[str, datetime | None]) -> None:
    """Make the digests of these subscriptions, which told nothing now, due at that moment; None: once there is any."""
    rows = [{"whole_id": key, "next_at": next_at} for key, next_at in sorted(until.items())]
    if rows:
        tx.execute(_wait, rows)


def forget_immediate(tx: Connection, subscription_ids: Iterable[str]) -> None:
    """Delete the rows of these subscriptions that are told at once and wait for no digest any more."""
    at_once = and_(*(_c[name] == value for name, value in _values(IMMEDIATE).items() if value is not None))
    for chunk in chunks(sorted(subscription_ids)):
        is_done = and_(at_once, _c.quiet_hours.is_(None), _c.digest_at.is_(None))
        tx.execute(delete(rhythms).where(_c.subscription_id.in_(chunk), is_done))


def waiting_until(tx: Connection, subscription_ids: Iterable[str]) -> dict[str, datetime]:
    """When the digest is due that tells what waits for it, of those of these subscriptions for which anything does."""
    query = select(_c.subscription_id, _c.digest_at).where(_c.digest_at.is_not(None), _is_waiting)
    found: dict[str, datetime] = {}
    for chunk in chunks(sorted(subscription_ids)):
        found.update((key, at) for key, at in tx.execute(query.where(_c.subscription_id.in_(chunk))))
    return found


def next_due(tx: Connection) -> datetime | None:
    """When the next digest is due, in the future or the past; None while none is."""
    query = select(_c.digest_at).where(_c.digest_at.is_not(None), _hears).order_by(_c.digest_at).limit(1)
    return tx.scalar(query)


def overdue(tx: Connection, before: datetime) -> int:
    """How many digests should have been composed before then, and may be: paused and disabled ones aside."""
    return tx.scalar(select(func.count()).select_from(rhythms).where(_c.digest_at < before, _hears)) or 0


def mend_clock(tx: Connection, *, now: datetime) -> int:
    """Make due when they should be digests that were put too far ahead before the clock was set back; how many."""
    latest = func.max(_c.digest_at, type_=Moment())
    groups = tx.execute(select(*COLUMNS, latest).where(_c.digest_at > now).group_by(*COLUMNS)).all()
    mended = 0
    for *columns, until in groups:
        next_at = window_end(restored(*columns), now) or now
        if until > next_at:
            alike = and_(*(c.is_not_distinct_from(value) for c, value in zip(COLUMNS, columns, strict=True)))
            moved = update(rhythms).where(alike, _c.digest_at > next_at).values(digest_at=next_at)
            mended += tx.execute(moved).rowcount
    return mended


def of_row(row: Row[Any]) -> Rhythm:
    """The rhythm of a row that has its columns."""
    return restored(*(getattr(row, name) for name in _NAMES))


def restored(
    every: str | None, at: str, zone: str, quiet_hours: str | None, breaks_through: bool | None, all_quiet: bool | None
) -> Rhythm:
    """The rhythm of these columns."""
    if every not in _EVERY:
        return IMMEDIATE
    return Rhythm(
        every=Every(every),
        at=_time(at) or IMMEDIATE.at,
        zone=known_zone(zone) or IMMEDIATE.zone,
        quiet_hours=_hours(quiet_hours),
        breaks_through=bool(breaks_through),
        all_quiet=bool(all_quiet),
    )


_EVERY = frozenset(map(str, Every))
_NAMES = [column.name for column in COLUMNS]


def _row(subscription_id: str, rhythm: Rhythm, *, at: datetime | None, told_until: datetime | None) -> dict[str, Any]:
    whose = {"subscription_id": subscription_id, "digest_at": at, "told_until": told_until, "period": None}
    return whose | _values(rhythm)


def _values(rhythm: Rhythm) -> dict[str, Any]:
    hours = rhythm.quiet_hours
    return {
        "every": rhythm.every,
        "at": f"{rhythm.at:%H:%M}",
        "zone": rhythm.zone,
        "quiet_hours": f"{hours[0]:%H:%M}-{hours[1]:%H:%M}" if hours else None,
        "breaks_through": rhythm.breaks_through,
        "all_quiet": rhythm.all_quiet,
    }


def _quiet_end(rhythm: Rhythm, at: datetime) -> datetime | None:
    return window_end(rhythm, at) if rhythm.all_quiet else None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def _hours(text: str | None) -> tuple[time, time] | None:
    begin, _, end = (text or "").partition("-")
    times = _time(begin), _time(end)
    return (times[0], times[1]) if times[0] and times[1] else None
