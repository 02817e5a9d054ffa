"""Fetch the versions that records had before they were first read here, where a registry gives them.

    which versions stand before the first snapshot?  ->  the newest of them  ->  the one before  ->  …

They are kept in `monitor.storage.archived`, so they are no snapshots: nothing is compared with them when they come, and
nobody is alerted. Each is a request and a commit of its own, and the newest comes first: wherever this ends, what is
there goes on without a gap into the first snapshot, and what is missing is asked for next time.

A version counts as of the day on which the registry posted it, as it says itself; at the latest, of the day of the
version after it. One that was posted after the first snapshot was taken is told by the snapshots.

| what goes wrong                                     | what comes of it                                            |
|-----------------------------------------------------|-------------------------------------------------------------|
| a version or list that is refused or makes no sense | the trial is asked for again after RETRY_AFTER              |
| that for MOST_FAILED trials one after the other     | nothing more is asked in this run                           |
| the registry cannot be reached                      | the same, and that trial after RETRY_UNREACHED              |
| it forbids it, or answers in another shape          | the same, and no trial is asked for before RETRY_AFTER      |
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from monitor.errors import (
    AnswerUnreadable,
    ConfigurationInvalid,
    HistoryUnavailable,
    NothingFound,
    RegistryUnreachable,
    StoreUnavailable,
)
from monitor.model import Document, PartialDate, Record, State
from monitor.ports import Documents, FormerVersion, HistoryReading
from monitor.storage import archived, backfills, snapshots
from monitor.storage.archived import ArchivedDocument
from monitor.storage.backfills import Backfill
from monitor.storage.isolation import in_words
from monitor.storage.store import Store

RETRY_AFTER = timedelta(days=30)
RETRY_UNREACHED = timedelta(days=1)
MOST_FAILED = 3
MOST_IN_A_PASS = 30
"""Requests after a pass: half a minute, at the usual pace."""
_BASELINE = 1


class HistoryRegistry(Documents, HistoryReading, Protocol):
    """A registry that gives former versions, and reads them."""

    key: str


class BackfillResult(StrEnum):
    """What came of one trial."""

    COMPLETE = "complete"
    """All versions from before the first snapshot are there."""
    PARTIAL = "partial"
    """There are more, and the requests that were allowed are used up."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What came of one trial. *versions* stand in its history now, *added* of them new; *begins_on* is the first's day.

    *ends* says that nothing more is asked in this run, because of *error*.
    """

    registry: str
    trial_id: str
    result: BackfillResult
    versions: int = 0
    added: int = 0
    waiting: int = 0
    """How many more are known that are not there yet."""
    begins_on: date | None = None
    error: str | None = None
    ends: bool = False


@dataclass(slots=True, kw_only=True)
class Backfilling:
    """What it needs. *most* is how many requests may be made, None for any number; *stopping* ends it early."""

    registry: HistoryRegistry
    store: Store
    clock: Callable[[], datetime]
    most: int | None = None
    stopping: Callable[[], bool] = field(default=lambda: False)
    asked: int = 0
    """Requests so far."""
    added: int = 0
    """Versions that are new."""

    @property
    def is_over(self) -> bool:
        """Whether no more may be asked."""
        return self.stopping() or (self.most is not None and self.asked >= self.most)


@dataclass(frozen=True, slots=True)
class _First:
    """The first snapshot of a trial: when it was taken, and until when a version was submitted to stand before it."""

    taken_on: date
    submitted_until: date
    is_record: bool
    """Whether it is a record, which is one of the versions."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What fetching the history of some trials takes."""

    trials: int
    finished: int
    """Of these, all is there."""
    requests: int
    """That are known to be needed: a list for each trial of which none is known, and a version each."""
    unlisted: int
    """Trials of which the list is yet to tell how many versions there are."""


def forecast(trial_ids: Sequence[str], registry: str, store: Store) -> Forecast:
    """What fetching the history of these trials takes. Nothing is asked."""
    with store.read() as tx:
        known = backfills.of_trials(tx, registry, trial_ids)
    finished = sum(each.finished_at is not None for each in known.values())
    waiting = [each.waiting for each in known.values() if each.finished_at is None and each.waiting is not None]
    unlisted = len(trial_ids) - finished - len(waiting)
    return Forecast(len(trial_ids), finished, unlisted + sum(map(len, waiting)), unlisted)


def backfill(trial_ids: Sequence[str], context: Backfilling) -> Iterator[Backfilled]:
    """Fetch what stands before the first snapshots of these trials, one trial after the other."""
    failed = 0
    for trial_id in trial_ids:
        if context.is_over:
            return
        done = _backfill_one(trial_id, context)
        failed = failed + 1 if done.result is BackfillResult.FAILED else 0
        if failed >= MOST_FAILED and not done.ends:
            done = replace(done, ends=True)
        yield done
        if done.ends:
            return


def backfill_due(context: Backfilling) -> Iterator[Backfilled]:
    """Go on with those watched trials that are due, at most MOST_IN_A_PASS requests."""
    with context.store.read() as tx:
        trial_ids = backfills.due(tx, context.registry.key, now=context.clock(), limit=MOST_IN_A_PASS)
    context.most = MOST_IN_A_PASS
    yield from backfill(trial_ids, context)


def _backfill_one(trial_id: str, context: Backfilling) -> Backfilled:
    """Fetch the history of one trial as far as it may be asked for. What goes wrong with it is a value."""
    key, before = context.registry.key, context.added
    known: Backfill | None = None
    error: Exception | None = None
    try:
        known = _fetch(trial_id, context)
    except (StoreUnavailable, MemoryError):
        raise
    except Exception as raised:
        error = raised
        _note(trial_id, raised, context)
    with context.store.read() as tx:
        versions, begins_on = archived.extent(tx, key, trial_id)
    result = BackfillResult.COMPLETE if known and known.finished_at else BackfillResult.PARTIAL
    return Backfilled(
        registry=key,
        trial_id=trial_id,
        result=BackfillResult.FAILED if error else result,
        versions=versions,
        added=context.added - before,
        waiting=len(known.waiting or ()) if known else 0,
        begins_on=begins_on,
        error=in_words(error) if error else None,
        ends=isinstance(error, HistoryUnavailable | RegistryUnreachable | ConfigurationInvalid),
    )


def _fetch(trial_id: str, context: Backfilling) -> Backfill:
    """Have one version after the other, and keep each; give how far it is."""
    key = context.registry.key
    with context.store.read() as tx:
        known = backfills.of_trials(tx, key, [trial_id]).get(trial_id) or Backfill(registry=key, trial_id=trial_id)
    if known.finished_at is not None:
        return known
    first = _first(trial_id, context)
    if known.waiting is None:
        known = _finished(replace(known, waiting=_waiting(trial_id, first, context)), context)
        with context.store.begin() as tx:
            backfills.record(tx, [known])
    while known.waiting and not context.is_over:
        version, *others = known.waiting
        context.asked += 1
        document = context.registry.former_version(trial_id, version.number)
        known = _finished(replace(known, waiting=tuple(others), retry_at=None, reason=None), context)
        with context.store.begin() as tx:
            added = _keep_version(tx, version, document, first, context)
            backfills.record(tx, [known])
        context.added += added
    return known


def _keep_version(
    tx: Connection, version: FormerVersion, document: Document, first: _First, context: Backfilling
) -> int:
    """Keep a version as of its day, unless it was posted after the first snapshot was taken; give how many are new."""
    posted_on = _day_of(version, context.registry.parse(document, context.clock()))
    if posted_on > first.taken_on:
        return 0
    there = archived.versions_of(tx, document.registry, document.trial_id)
    later = [day for number, day in there.items() if number > version.number]
    day = min([posted_on, *later])
    source = f"the registry's history, version {version.number}"
    return archived.add(tx, [ArchivedDocument(document, day, source, context.clock(), version.number)])


def _finished(known: Backfill, context: Backfilling) -> Backfill:
    return known if known.waiting else replace(known, finished_at=context.clock())


def _first(trial_id: str, context: Backfilling) -> _First:
    """The first snapshot. Raise NothingFound where there is none."""
    registry = context.registry
    with context.store.read() as tx:
        first = snapshots.get(tx, registry.key, trial_id, _BASELINE)
    taken_on = first.taken_at.date()
    if first.document.state is not State.LISTED:
        return _First(taken_on, taken_on, is_record=False)
    submitted = _day(registry.parse(first.document, first.taken_at).last_update_submit_date)
    return _First(taken_on, submitted or taken_on, is_record=True)


def _waiting(trial_id: str, first: _First, context: Backfilling) -> tuple[FormerVersion, ...]:
    """The versions that are to be had, the newest first: those that the first snapshot is, or comes after."""
    context.asked += 1
    listed = context.registry.former_versions(trial_id)
    _refuse_senseless(listed, first, on=context.clock().date())
    with context.store.read() as tx:
        there = archived.versions_of(tx, context.registry.key, trial_id)
    older = [each for each in listed if each.submitted_on <= first.submitted_until and each.number not in there]
    return tuple(sorted(older, key=lambda version: -version.number))


def _refuse_senseless(listed: Sequence[FormerVersion], first: _First, *, on: date) -> None:
    """Raise AnswerUnreadable for a list that cannot be the history of a record that was read here."""
    latest = on + timedelta(days=1)  # it may be tomorrow where the registry is
    if odd := [each for each in listed if each.submitted_on > latest]:
        day = odd[0].submitted_on
        raise AnswerUnreadable(f"version {odd[0].number} is said to be of {day}, which is still to come")
    if not listed or (first.is_record and all(each.submitted_on > first.submitted_until for each in listed)):
        raise AnswerUnreadable("its history names no version that the first snapshot can be")


def _day_of(version: FormerVersion, record: Record) -> date:
    """The day on which the registry posted a version, or else the sponsor submitted it."""
    posted = _day(record.last_update_post_date)
    return max(posted, version.submitted_on) if posted else version.submitted_on


def _day(text: str | None) -> date | None:
    parsed = PartialDate(text) if text else None
    return parsed.earliest if parsed and parsed.precision == "day" else None


def _note(trial_id: str, error: Exception, context: Backfilling) -> None:
    """Put off what failed: this trial, or where the registry gives no history to anybody all that are due."""
    if isinstance(error, NothingFound | ConfigurationInvalid):
        return
    wait = RETRY_UNREACHED if isinstance(error, RegistryUnreachable) else RETRY_AFTER
    now = context.clock()
    with context.store.begin() as tx:
        failed = {trial_id}
        if isinstance(error, HistoryUnavailable):
            failed.update(backfills.due(tx, context.registry.key, now=now))
        backfills.put_off(tx, context.registry.key, sorted(failed), until=now + wait, reason=in_words(error))
