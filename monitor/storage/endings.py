"""Trials that may have come to their end, until their subscribers were told so.

A row is written in the transaction that tells the event which may be the last one. Its subscribers are taken a few at a
time, and the row says how far that went, so that a trial which a million subscriptions name makes nobody wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from monitor.storage.question_tables import endings, questions
from monitor.storage.questions import Question, as_question, columns
from monitor.storage.statements import put
from monitor.storage.tables import subscribed_trials


@dataclass(frozen=True, slots=True)
class Ending:
    """A trial that may have come to its end."""

    registry: str
    trial_id: str
    after: str | None
    """The id of the last of its subscriptions that was looked at."""


def note(tx: Connection, trials: Iterable[tuple[str, str]], *, look_at: datetime) -> None:
    """Have these trials, by registry and id, looked at then; from the beginning where they wait already."""
    rows = [
        {"registry": registry, "trial_id": trial_id, "look_at": look_at, "after": None}
        for registry, trial_id in sorted(set(trials))
    ]
    put(tx, endings, rows)


def take(tx: Connection, *, now: datetime) -> Ending | None:
    """The trial that has been due longest; None where none is. Others do not get it before the commit."""
    query = (
        select(endings.c.registry, endings.c.trial_id, endings.c.after)
        .where(endings.c.look_at <= now)
        .order_by(endings.c.look_at, endings.c.registry, endings.c.trial_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = tx.execute(query).first()
    return Ending(*row) if row else None


def subscribers(tx: Connection, ending: Ending, *, limit: int) -> list[Question]:
    """The next *limit* subscriptions that name the trial, by their ids; fewer are the last ones."""
    is_named = and_(
        subscribed_trials.c.registry == ending.registry,
        subscribed_trials.c.trial_id == ending.trial_id,
        subscribed_trials.c.subscription_id > (ending.after or ""),
    )
    query = (
        select(*columns)
        .join_from(subscribed_trials, questions, questions.c.subscription_id == subscribed_trials.c.subscription_id)
        .where(is_named)
        .order_by(subscribed_trials.c.subscription_id)
        .limit(limit)
        .with_for_update(of=questions)
    )
    return [as_question(tuple(row)) for row in tx.execute(query)]


def go_on(tx: Connection, ending: Ending, after: str) -> None:
    """Note that the subscriptions up to this one were looked at."""
    tx.execute(update(endings).where(_is(ending)).values(after=after))


def drop(tx: Connection, ending: Ending) -> None:
    """Forget the trial: all were looked at, or something is expected of it."""
    tx.execute(delete(endings).where(_is(ending)))


def _is(ending: Ending) -> ColumnElement[bool]:
    return and_(endings.c.registry == ending.registry, endings.c.trial_id == ending.trial_id)
