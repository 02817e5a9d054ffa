"""When each subscription is looked at again, to see whether its subscriber is to be asked anything.

Every subscription has a row from its beginning, so that finding the few that are due is a look at an index, however
many there are. What is asked of them, `monitor.alerts.asking_again` says.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, union_all, update

from monitor.storage.question_tables import endings, questions
from monitor.storage.statements import add_new, chunks
from monitor.storage.types import Moment

YEAR = timedelta(days=365)

columns = (questions.c.subscription_id, questions.c.asked_at, questions.c.answered_at, questions.c.finished)

_is_named = questions.c.subscription_id == bindparam("key")


@dataclass(frozen=True, slots=True)
class Question:
    """What a subscriber was asked before."""

    subscription_id: str
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    """When they last said that it is still useful."""
    finished: bytes | None = None
    """A digest of the trials of which they were told that nothing more is expected."""


def as_question(row: Sequence[Any]) -> Question:
    """A row of `columns`."""
    return Question(*row)


def begin(tx: Connection, subscription_id: str, *, at: datetime) -> None:
    """Look at a subscription that was made *at* then when its first year is over."""
    add_new(tx, questions, [{"subscription_id": subscription_id, "look_at": at + YEAR}])


def known(tx: Connection, subscription_ids: Collection[str]) -> dict[str, Question]:
    """What the subscribers of these were asked before, by subscription; of each there is something."""
    found = {each: Question(each) for each in subscription_ids}
    for chunk in chunks(sorted(subscription_ids)):
        for row in tx.execute(select(*columns).where(questions.c.subscription_id.in_(chunk))):
            found[row.subscription_id] = as_question(tuple(row))
    return found


def restore(tx: Connection, asked: Question) -> None:
    """Note what a subscriber was asked elsewhere."""
    values = {"asked_at": asked.asked_at, "answered_at": asked.answered_at, "finished": asked.finished}
    tx.execute(update(questions).where(questions.c.subscription_id == asked.subscription_id).values(values))


def due(tx: Connection, *, now: datetime, limit: int) -> list[Question]:
    """Those that have been due longest. Others do not get them before the commit."""
    query = (
        select(*columns)
        .where(questions.c.look_at <= now)
        .order_by(questions.c.look_at, questions.c.subscription_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [as_question(tuple(row)) for row in tx.execute(query)]


def look_again(tx: Connection, times: Mapping[str, datetime]) -> None:
    """Look at these subscriptions next at these times."""
    statement = update(questions).where(_is_named).values(look_at=bindparam("at", type_=Moment()))
    for chunk in chunks(sorted(times.items())):
        tx.execute(statement, [{"key": key, "at": at} for key, at in chunk])


def note_asked(tx: Connection, subscription_ids: Iterable[str], *, at: datetime) -> None:
    """Note that their subscribers were asked."""
    for chunk in chunks(sorted(subscription_ids)):
        tx.execute(update(questions).where(questions.c.subscription_id.in_(chunk)).values(asked_at=at))


def note_finished(tx: Connection, digests: Mapping[str, bytes], *, at: datetime) -> None:
    """Note that their subscribers were told that nothing more is expected of the trials of a digest."""
    statement = update(questions).where(_is_named)
    statement = statement.values(asked_at=at, finished=bindparam("digest", type_=questions.c.finished.type))
    for chunk in chunks(sorted(digests.items())):
        tx.execute(statement, [{"key": key, "digest": digest} for key, digest in chunk])


def note_answered(tx: Connection, subscription_id: str, *, at: datetime) -> None:
    """Note that its subscriber says that it is still useful."""
    tx.execute(update(questions).where(questions.c.subscription_id == subscription_id).values(answered_at=at))


def next_due(tx: Connection) -> datetime | None:
    """When a subscription, or a trial that may have ended, is to be looked at next; None where none ever is."""
    earliest = [select(func.min(table.c.look_at, type_=Moment()).label("at")) for table in (questions, endings)]
    return min((at for at in tx.scalars(union_all(*earliest)) if at is not None), default=None)


def mend_clock(tx: Connection, *, now: datetime) -> None:
    """Look again at what was put too far ahead before the clock was set back: nothing waits for more than a year."""
    for table in (questions, endings):
        tx.execute(update(table).where(table.c.look_at > now + YEAR + timedelta(days=1)).values(look_at=now))
