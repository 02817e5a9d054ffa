"""Numbers of trials that were never read and that their registry does not know: what it answered, and when.

A row is kept for what is watched, or named by a subscription. It goes when the trial is read; or, where nobody wants it
any more, with the next one that is noted. A number may be mistyped, or be registered tomorrow: so it is asked for
again, ever less often.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, select

from monitor.storage.denial_tables import denials
from monitor.storage.statements import chunks, put, rows_of
from monitor.storage.tables import subscribed_trials, watched_trials
from monitor.storage.unread import Unread, rows_in_place

BELIEVED_AFTER = 2
"""Answers, an hour apart at least: a single one that there is no such trial comes and goes."""
SOON, DAILY, WEEKLY = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
YOUNG = timedelta(days=30)
"""For so long it is asked for once a day, and then once a week."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A row, column by column."""

    registry: str
    trial_id: str
    words: str
    """What the registry answered."""
    first_at: datetime
    latest_at: datetime
    times: int
    ask_at: datetime
    """When a pass asks again."""

    @property
    def is_believed(self) -> bool:
        """Whether it was said often enough to tell somebody."""
        return self.times >= BELIEVED_AFTER


is_watched = exists().where(
    watched_trials.c.registry == denials.c.registry, watched_trials.c.trial_id == denials.c.trial_id
)
"""Whether a watch holds the trial of a row."""
_is_named = exists().where(
    subscribed_trials.c.registry == denials.c.registry, subscribed_trials.c.trial_id == denials.c.trial_id
)
_columns = [denials.c[field.name] for field in fields(Denial)]


def known(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, Denial]:
    """Those of the trials that their registry does not know, by trial id; a damaged row is as none: it is made anew."""
    query = select(*_columns).where(denials.c.registry == registry)
    return {row.trial_id: Denial(**row._mapping) for row in rows_of(tx, query, denials.c.trial_id, trial_ids, {})}


def get(tx: Connection, registry: str, trial_id: str) -> Denial | None:
    """That of a trial; None where there is none."""
    return known(tx, registry, [trial_id]).get(trial_id)


def believed(tx: Connection, trials: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of these trials, by registry and id, that their registries are believed not to know."""
    by_registry: defaultdict[str, list[str]] = defaultdict(list)
    for registry, trial_id in trials:
        by_registry[registry].append(trial_id)
    return [
        (registry, each.trial_id)
        for registry, ids in by_registry.items()
        for each in known(tx, registry, ids).values()
        if each.is_believed
    ]


def watched_ids(tx: Connection, registry: str) -> list[str]:
    """The watched ones that the registry does not know, in order."""
    query = select(denials.c.trial_id).where(denials.c.registry == registry, is_watched)
    return list(tx.scalars(query.order_by(denials.c.trial_id)))


def of_watch(tx: Connection, watch_id: int, *, limit: int) -> list[Denial | Unread]:
    """Up to *limit* of those that a watch holds, by registry and trial id; what is wrong with one stands in place."""
    is_held = and_(
        watched_trials.c.registry == denials.c.registry,
        watched_trials.c.trial_id == denials.c.trial_id,
        watched_trials.c.watch_id == watch_id,
    )
    query = select(*_columns).join_from(denials, watched_trials, is_held)
    ordered = query.order_by(denials.c.registry, denials.c.trial_id).limit(limit)
    rows = rows_in_place(tx, ordered, (denials.c.registry, denials.c.trial_id), denials.c.trial_id)
    return [row if isinstance(row, Unread) else Denial(**row._mapping) for row in rows]


def note(tx: Connection, registry: str, answers: Mapping[str, str], *, at: datetime) -> list[Denial]:
    """Note what the registry answered for each of these trials, and give those that are believed from now on."""
    wanted = _wanted(tx, registry, answers)
    before = known(tx, registry, wanted)
    after = [_after(before.get(each), registry, each, answers[each], at) for each in sorted(wanted)]
    put(tx, denials, [asdict(each) for each in after])
    tx.execute(delete(denials).where(~is_watched, ~_is_named))
    return [each for each in after if each.is_believed and not _is_believed(before.get(each.trial_id))]


def forget(tx: Connection, registry: str, trial_ids: Iterable[str]) -> None:
    """Forget those that were read now."""
    for chunk in chunks(trial_ids):
        tx.execute(delete(denials).where(denials.c.registry == registry, denials.c.trial_id.in_(chunk)))


def is_put_off(registry: ColumnElement[str], trial_id: ColumnElement[str], now: datetime) -> ColumnElement[bool]:
    """Whether a pass leaves out the trial of these columns until later; never where the clock was set back."""
    return exists().where(
        denials.c.registry == registry,
        denials.c.trial_id == trial_id,
        denials.c.ask_at > now,
        denials.c.latest_at <= now,
    )


def _wanted(tx: Connection, registry: str, trial_ids: Iterable[str]) -> set[str]:
    """Those of the trials that somebody watches or names."""
    found: set[str] = set()
    for chunk in chunks(trial_ids):
        for table in (watched_trials, subscribed_trials):
            query = select(table.c.trial_id).where(table.c.registry == registry, table.c.trial_id.in_(chunk))
            found.update(tx.scalars(query.distinct()))
    return found


def _after(before: Denial | None, registry: str, trial_id: str, words: str, at: datetime) -> Denial:
    """What is known once the registry has answered again."""
    if before is None:
        return Denial(registry, trial_id, words, first_at=at, latest_at=at, times=1, ask_at=at + SOON)
    if before.latest_at <= at < before.ask_at:  # somebody asked out of turn
        return replace(before, words=words, latest_at=at)
    wait = DAILY if at - before.first_at < YOUNG else WEEKLY
    return replace(before, words=words, latest_at=at, times=before.times + 1, ask_at=at + wait)


def _is_believed(denial: Denial | None) -> bool:
    return denial is not None and denial.is_believed
