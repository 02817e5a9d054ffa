"""What one answer of a registry comes to: everything that is to be written because of it.

Nothing here asks a network or writes. What an answer is compared with was read before: see `monitor.watching.stored`.
`monitor.watching.intake` writes the effects of a batch in one commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import cast

from monitor.alerts.recovery import empty_record
from monitor.changes import events as event_rules
from monitor.changes import membership
from monitor.changes.significance import in_order, weigh_all
from monitor.model import Change, Checked, Document, Event, Record, Result, Snapshot, State
from monitor.ports import Answer, Merged, Missing, Oddity, PairReading, Registry, Unanswered, Unreadable
from monitor.storage.trials import Trial
from monitor.watching.builds import is_behind
from monitor.watching.calendar import DayCame, is_due, next_day, sorted_out
from monitor.watching.context import IntakeContext
from monitor.watching.damage import DamagedTrial, not_in_events
from monitor.watching.plausibility import (
    LASTING,
    Implausibility,
    Implausible,
    build_is_ahead,
    build_is_older,
    future_build,
    older_build,
    why_implausible,
)
from monitor.watching.stored import StoredTrials, differs_from
from monitor.watching.verification import Unverified, row_after

MISSES_BEFORE_REMOVED = 3
MISSING_BEFORE_REMOVED = timedelta(hours=24)
"""A registry's own words are believed after so many misses over so long: single 404s come and go."""
TIMES_BEFORE_BELIEVED = 3
INSISTED_BEFORE_BELIEVED = timedelta(hours=24)
"""So is a record that has lost a part, or that goes back to an earlier update, where it came in two data builds."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer for the quarantine. *doubt* is why it is no news; None where it is no record at all."""

    reason: str
    raw: bytes
    doubt: Implausibility | None = None
    build: str | None = None
    content: bytes | None = None
    """What of it counts; None: all."""


@dataclass(slots=True)
class AnswerEffect:
    """What one answer means: the trial's row as it will stand, what to tell, and what else is to be written."""

    trial: Trial
    checked: Checked
    snapshot: Snapshot | None = None
    event: Event | None = None
    quarantined: Refusal | None = None
    follow: str | None = None
    """The id that watches of this trial are to hold as well."""
    oddities: Sequence[Oddity] = ()
    denied: str | None = None
    """What the registry said of a number that it does not know, and that was never read."""


def effect_of(answer: Answer | DayCame, stored: StoredTrials, intake: IntakeContext, *, healthy: bool) -> AnswerEffect:
    """What *answer* comes to; *healthy* says that the registry can be believed when it does not know a trial."""
    trial = stored.trial(intake.registry.key, answer.trial_id)
    match answer:
        case Document():
            return _document(answer, trial, stored, intake)
        case Merged():
            return _merged(answer, trial, stored, intake)
        case Missing():
            return _missing(answer, trial, stored, intake, healthy=healthy)
        case Unreadable():
            return _refused(trial, f"{answer.reason}; kept in quarantine", intake, answer)
        case Unanswered():
            return failure(trial, answer.reason, intake)
        case DayCame():
            return _day_came(trial, stored, intake)


def _document(document: Document, trial: Trial, stored: StoredTrials, intake: IntakeContext) -> AnswerEffect:
    differs = differs_from(document, trial, intake.now)
    leaving = stored.leaving.get(trial.trial_id, ())
    last, damaged = (stored.latest.get(trial.trial_id), stored.damaged.get(trial.trial_id)) if differs else (None, None)
    records = _records(document, last, intake) if last or damaged else None
    if reason := _reason_against(document, records, trial, stored, intake):
        return _disbelieved(trial, document, reason, intake)
    seen, unverified = row_after(trial, document, intake)
    if not differs:
        if unverified is None and leaving and (record := _last_record(trial, stored, intake)):
            return _snapshot(document, seen, Result.CHANGED, intake, changes=_and_left((), record, stored, intake))
        return _as_before(seen, unverified, Result.UNCHANGED, intake)
    if records is None:
        return _first(document, trial, seen, stored, intake)
    changes = event_rules.changes_between(
        *records,
        on=intake.now.date(),
        baseline=lambda: _baseline(records[0], last, stored, intake),
        returned=trial.state is not State.LISTED,
        merged_into=trial.merged_into,
    )
    if damaged:
        return _anew(document, seen, damaged, intake, changes=not_in_events(changes, damaged.told))
    if not changes and not leaving:
        seen = replace(seen, reads_otherwise_on=next_day(intake.registry, document, intake.now))
        return _as_before(seen, unverified, Result.UNCHANGED, intake)
    changes = sorted_out(changes, records, last, intake.registry, intake.now)
    changes = event_rules.corrections(changes, stored.told.get(trial.trial_id), now=intake.now)
    changes = _and_left(changes, records[1], stored, intake)
    effect = _snapshot(document, seen, Result.CHANGED, intake, changes=changes)
    effect.oddities = intake.registry.unknown(document)
    return effect


def _day_came(trial: Trial, stored: StoredTrials, intake: IntakeContext) -> AnswerEffect:
    """The stored document once more, as what it says today: another snapshot, where that is news."""
    last = stored.latest.get(trial.trial_id)
    if last is None or trial.trial_id in stored.damaged or not is_due(trial, intake.now):
        return AnswerEffect(trial, _checked(trial, Result.UNCHANGED, intake))
    records = (intake.registry.parse(last.document, at) for at in (last.taken_at, intake.now))
    before, after = records
    changes = event_rules.changes_between(
        before, after, on=intake.now.date(), baseline=lambda: _baseline(before, last, stored, intake)
    )
    if not changes:
        seen = replace(trial, reads_otherwise_on=next_day(intake.registry, last.document, intake.now))
        return AnswerEffect(seen, _checked(seen, Result.UNCHANGED, intake))
    changes = event_rules.by_date(changes, after, after, on=intake.now.date())
    changes = event_rules.corrections(changes, stored.told.get(trial.trial_id), now=intake.now)
    return _snapshot(last.document, trial, Result.CHANGED, intake, changes=changes)


def _and_left(
    changes: Sequence[Change], record: Record, stored: StoredTrials, intake: IntakeContext
) -> tuple[Change, ...]:
    """The changes, and that the trial left those watches that lost it and whose subscribers were not told yet."""
    leaving = stored.leaving.get(record.trial_id, ())
    if not leaving:
        return tuple(changes)
    last = stored.told.get(record.trial_id)
    gone = [membership.left(record, each, changes, last, on=intake.now.date()) for each in leaving]
    return in_order((*changes, *weigh_all(gone)))


def _records(document: Document, last: Snapshot | None, intake: IntakeContext) -> tuple[Record, Record]:
    """What the last document says, and this one, both maybe without what both say; of one alone, the same twice."""
    registry = intake.registry
    if last and _reads_pairs(type(registry)):
        return cast("PairReading", registry).parse_pair(last, document, intake.now)
    record = registry.parse(document, intake.now)
    return (registry.parse(last.document, last.taken_at) if last else record), record


@lru_cache(maxsize=8)
def _reads_pairs(adapter: type[Registry]) -> bool:
    """Whether a registry's adapter can do so: asked for every document, and a protocol takes long to answer."""
    return issubclass(adapter, PairReading)


def _reason_against(
    document: Document, records: tuple[Record, Record] | None, trial: Trial, stored: StoredTrials, intake: IntakeContext
) -> Implausible | None:
    """Why a document is not believed; None where it is, also because the operator or the registry insists on it."""
    if trial.trial_id in intake.accepted:
        return None
    reason = why_implausible(document, records, last_build=trial.build, latest=intake.latest)
    return None if reason and _is_insisted_on(document, reason, trial, stored, intake) else reason


def _disbelieved(trial: Trial, document: Document, reason: Implausible, intake: IntakeContext) -> AnswerEffect:
    words = f"this cannot be the current record: {reason.reason}; kept in quarantine"
    effect = failure(replace(trial, verified_version=None), words, intake)
    effect.quarantined = Refusal(words, document.content, reason.kind, document.build)
    return effect


def _is_insisted_on(
    document: Document, reason: Implausible, trial: Trial, stored: StoredTrials, intake: IntakeContext
) -> bool:
    """Whether the registry has kept to this record for so long, and over two data builds, that it means it.

    A fault is mended in that time, or strikes so many trials alike that their changes are held: see `settling`.
    """
    if reason.kind not in LASTING or not (former := stored.refused(document, trial.verified_at)):
        return False
    is_of_two_builds = is_behind(former.build, document.build)
    is_old = intake.now - former.received_at >= INSISTED_BEFORE_BELIEVED
    return is_of_two_builds and is_old and former.times + 1 >= TIMES_BEFORE_BELIEVED


def _as_before(seen: Trial, unverified: Unverified | None, result: Result, intake: IntakeContext) -> AnswerEffect:
    """The registry says what it said: that verifies the trial, unless the answer is too old to tell.

    Then it is told as of the version in which it was verified; as failed where the registry has said that there is
    something new, or where this goes on for too long.
    """
    if unverified is None:
        return AnswerEffect(seen, _checked(seen, result, intake))
    if unverified.contradicts or intake.needed.is_late:
        effect = failure(seen, unverified.reason, intake)
    else:
        effect = AnswerEffect(seen, _checked(seen, result, intake))
    effect.checked = replace(effect.checked, registry_version=seen.verified_version, is_behind=True)
    return effect


def _first(document: Document, trial: Trial, seen: Trial, stored: StoredTrials, intake: IntakeContext) -> AnswerEffect:
    """The baseline: news of a trial that a search found later, that was known as merged alone, or not at all before."""
    changes: tuple[Change, ...] = ()
    if trial.merged_into:
        changes = weigh_all([event_rules.restored(intake.registry.parse(document, intake.now), trial.merged_into)])
    elif seen.trial_id in stored.newcomers:
        changes = weigh_all(
            membership.joined(intake.registry.parse(document, intake.now), stored.newcomers[seen.trial_id])
        )
    elif (denial := stored.denied.get(seen.trial_id)) and denial.is_believed:
        record = intake.registry.parse(document, intake.now)
        changes = weigh_all([membership.appeared(record, denied_on=denial.latest_at.date())])
    result = Result.CHANGED if trial.merged_into else Result.BASELINE
    effect = _snapshot(document, seen, result, intake, changes=changes)
    effect.oddities = intake.registry.unknown(document)
    return effect


def _anew(
    document: Document, seen: Trial, damaged: DamagedTrial, intake: IntakeContext, *, changes: Sequence[Change]
) -> AnswerEffect:
    """A new baseline, where the last snapshot is damaged. It tells what is known to have changed, and says so."""
    effect = _snapshot(document, seen, Result.BASELINE, intake, changes=changes)
    compared = (
        f"compared with snapshot {damaged.readable.number}" if damaged.readable else "with nothing to compare it with"
    )
    words = f"{damaged.reason}. Snapshot {effect.checked.snapshot} is a new baseline, {compared}."
    effect.checked = replace(effect.checked, error=words)
    effect.oddities = intake.registry.unknown(document)
    return effect


def _baseline(before: Record, last: Snapshot | None, stored: StoredTrials, intake: IntakeContext) -> Record | None:
    """The first record of a trial; None where its first snapshot was none, or is damaged."""
    if last is None or last.number == 1:
        return before if last else None
    first = stored.first(before.trial_id)
    if first is None or first.document.state is not State.LISTED:
        return None
    return intake.registry.parse(first.document, first.taken_at)


def _merged(answer: Merged, trial: Trial, stored: StoredTrials, intake: IntakeContext) -> AnswerEffect:
    build = answer.document.build
    tombstone = Document(trial.registry, trial.trial_id, answer.into.encode(), State.MERGED, build)
    if trial.digest != tombstone.digest and build_is_older(build, trial.build, latest=intake.latest):
        return failure(trial, f"this cannot be its current state: {older_build(build, trial.build)}", intake)
    if build_is_ahead(build, trial.build, latest=intake.latest):
        return failure(trial, f"this cannot be its current state: {future_build(build)}", intake)
    seen, unverified = row_after(trial, tombstone, intake)
    seen = replace(seen, merged_into=answer.into)
    if trial.digest == tombstone.digest:
        return _as_before(seen, unverified, Result.MERGED, intake)
    changes: tuple[Change, ...] = ()
    if before := _last_record(trial, stored, intake):
        changes = weigh_all([event_rules.merged(before, answer.into)])
    effect = _snapshot(tombstone, seen, Result.MERGED, intake, changes=changes)
    effect.follow = answer.into
    return effect


def _missing(
    answer: Missing, trial: Trial, stored: StoredTrials, intake: IntakeContext, *, healthy: bool
) -> AnswerEffect:
    before = _last_record(trial, stored, intake)
    if before is None and healthy:
        return _denied(answer, trial, stored, intake)
    if trial.state is State.REMOVED:
        seen = replace(trial, verified_version=intake.version.stamp, verified_at=intake.now)
        return AnswerEffect(seen, _checked(seen, Result.REMOVED, intake))
    if before is None or not healthy:
        return failure(trial, f"the registry says “{answer.words}”, and does not answer for other trials", intake)
    since = trial.first_missed_at or intake.now
    missed = replace(trial, misses=trial.misses + 1, first_missed_at=since)
    if missed.misses < MISSES_BEFORE_REMOVED or intake.now - since < MISSING_BEFORE_REMOVED:
        reason = (
            f"the registry says “{answer.words}”, {_times(missed.misses)} since {since:%Y-%m-%d %H:%M} UTC; "
            f"it counts as removed after {MISSES_BEFORE_REMOVED} times over 24 hours"
        )
        return failure(missed, reason, intake)
    # A record of an older build than the one in which the trial was gone does not bring it back.
    build = max(filter(None, (trial.build, intake.needed.build)), default=None)
    tombstone = Document(trial.registry, trial.trial_id, answer.words.encode(), State.REMOVED, build)
    changes = weigh_all([event_rules.removed(before, answer.words)])
    seen, _ = row_after(missed, tombstone, intake)
    return _snapshot(tombstone, seen, Result.REMOVED, intake, changes=changes)


def _denied(answer: Missing, trial: Trial, stored: StoredTrials, intake: IntakeContext) -> AnswerEffect:
    """The registry knows no trial of a number that was never read."""
    effect = failure(trial, f"the registry says “{answer.words}”: check the number", intake)
    again = trial.trial_id in stored.denied
    effect.checked = replace(effect.checked, is_unknown=True, is_denied_again=again)
    effect.denied = answer.words
    return effect


def _last_record(trial: Trial, stored: StoredTrials, intake: IntakeContext) -> Record | None:
    """What the registry said of a trial last, as far as it can be read; None for a trial that is new."""
    if last := stored.latest.get(trial.trial_id):
        return intake.registry.parse(last.document, last.taken_at)
    return empty_record(trial.registry, trial.trial_id) if trial.trial_id in stored.damaged else None


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _refused(trial: Trial, reason: str, intake: IntakeContext, answer: Unreadable) -> AnswerEffect:
    effect = failure(trial, reason, intake)
    effect.quarantined = Refusal(reason, answer.raw, content=answer.content)
    return effect


def failure(trial: Trial, reason: str, intake: IntakeContext) -> AnswerEffect:
    """Nothing is known of the trial at this version, so the next pass checks it again."""
    return AnswerEffect(trial, replace(_checked(trial, Result.FAILED, intake), error=reason))


def _snapshot(
    document: Document, seen: Trial, result: Result, intake: IntakeContext, *, changes: Sequence[Change] = ()
) -> AnswerEffect:
    number = (seen.snapshot or 0) + 1
    snapshot = Snapshot(number, document, intake.now, intake.version.stamp)
    trial = replace(seen, snapshot=number, reads_otherwise_on=next_day(intake.registry, document, intake.now))
    checked = _checked(trial, result, intake, changes=tuple(changes))
    return AnswerEffect(trial, checked, snapshot, event_rules.event_after(snapshot, changes))


def _checked(trial: Trial, result: Result, intake: IntakeContext, *, changes: tuple[Change, ...] = ()) -> Checked:
    return Checked(
        registry=trial.registry,
        trial_id=trial.trial_id,
        result=result,
        checked_at=intake.now,
        snapshot=trial.snapshot,
        registry_version=intake.version.stamp,
        title=trial.title,
        changes=changes,
        merged_into=trial.merged_into if result is Result.MERGED else None,
    )
