"""Take in what a registry answered: work out the effect of each answer, and commit it with all that it causes.

One batch is one transaction. It reads the rows that its answers are compared with behind the registry's lock, so two
processes that check the same trial at the same moment make one snapshot and one event between them. A process that
dies leaves a whole batch or none of it.

If something unforeseen goes wrong with one trial, such as a row that the disk has damaged, that trial fails alone: its
batch is rolled back, and done again without it (see `monitor.storage.isolation`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from monitor.alerts.alike import builds_between
from monitor.alerts.notices import drifted
from monitor.alerts.recovery import empty_record
from monitor.alerts.settling import owe_or_pend
from monitor.changes import events as event_rules
from monitor.changes import membership
from monitor.changes.significance import in_order, weigh_all
from monitor.errors import StoreCorrupt
from monitor.model import Change, Checked, Document, Record, Result, Snapshot, State
from monitor.ports import Answer, Merged, Missing, Registry, Unanswered, Unreadable
from monitor.storage import (
    drift,
    events,
    leavers,
    newcomers,
    notices,
    quarantine,
    settlements,
    snapshots,
    subscriptions,
    trials,
    watches,
)
from monitor.storage.isolation import in_words, isolated
from monitor.storage.trials import Trial
from monitor.watching.builds import is_behind
from monitor.watching.context import IntakeContext
from monitor.watching.damage import DamagedTrial, report_failing, report_new_baselines, untold
from monitor.watching.effect import AnswerEffect, Refusal
from monitor.watching.plausibility import (
    LASTING,
    Implausible,
    build_is_ahead,
    build_is_older,
    future_build,
    older_build,
    why_implausible,
)
from monitor.watching.stored import StoredTrials, differs_from, stored_trials
from monitor.watching.verification import Unverified, row_after

MISSES_BEFORE_REMOVED = 3
MISSING_BEFORE_REMOVED = timedelta(hours=24)
"""A registry's own words are believed after so many misses over so long: single 404s come and go."""
TIMES_BEFORE_BELIEVED = 3
INSISTED_BEFORE_BELIEVED = timedelta(hours=24)
"""So is a record that has lost a part, or that goes back to an earlier update, where it came in two data builds."""


def take_in(answers: Sequence[Answer], intake: IntakeContext) -> list[Checked]:
    """Work out what each answer comes to, and commit it. The network is asked before, never in the transaction."""
    healthy = _is_healthy(answers, intake.registry)
    answers = list(_with_documents_of_merged(answers))
    taken, bad = isolated(answers, lambda part: _commit(part, intake, healthy=healthy))
    reasons = {answer.trial_id: in_words(error) for answer, error in bad}
    report_failing(intake.store, intake.registry.key, reasons, now=intake.now)
    failed = [_failure(Trial(intake.registry.key, each), reason, intake).checked for each, reason in reasons.items()]
    return [checked for part in taken for checked in part] + failed


def _commit(answers: Sequence[Answer], intake: IntakeContext, *, healthy: bool) -> list[Checked]:
    """Take in a batch, in one transaction."""
    with intake.store.begin() as tx:
        stored = stored_trials(tx, answers, intake)
        effects = [_effect_of(answer, stored, intake, healthy=healthy) for answer in answers]
        _write(tx, effects, stored, intake=intake)
    return [effect.checked for effect in effects]


def _is_healthy(answers: Sequence[Answer], registry: Registry) -> bool:
    """Whether the registry can be believed when it says that it does not know a trial."""
    if not any(isinstance(answer, Missing) for answer in answers):
        return True
    return any(isinstance(answer, Document) for answer in answers) or registry.answers_at_all()


def _with_documents_of_merged(answers: Iterable[Answer]) -> Iterator[Answer]:
    """The answers, and after each merged trial the document that came in its place, unless that was asked for too."""
    answers = list(answers)
    asked = {answer.trial_id for answer in answers}
    for answer in answers:
        yield answer
        if isinstance(answer, Merged) and answer.into not in asked:
            asked.add(answer.into)
            yield answer.document


def _effect_of(answer: Answer, stored: StoredTrials, intake: IntakeContext, *, healthy: bool) -> AnswerEffect:
    trial = stored.trial(intake.registry.key, answer.trial_id)
    match answer:
        case Document():
            return _document(answer, trial, stored, intake)
        case Merged():
            return _merged(answer, trial, stored, intake)
        case Missing():
            return _missing(answer, trial, stored, intake, healthy=healthy)
        case Unreadable():
            return _refused(trial, f"{answer.reason}; kept in quarantine", intake, raw=answer.raw)
        case Unanswered():
            return _failure(trial, answer.reason, intake)


def _document(document: Document, trial: Trial, stored: StoredTrials, intake: IntakeContext) -> AnswerEffect:
    differs = differs_from(document, trial)
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
        baseline=_baseline(trial, last, stored, intake) if last else None,
        returned=trial.state is not State.LISTED,
        merged_into=trial.merged_into,
    )
    if damaged:
        return _anew(document, seen, damaged, intake, changes=untold(changes, damaged.told))
    if not changes and not leaving:
        return _as_before(seen, unverified, Result.UNCHANGED, intake)
    changes = event_rules.corrections(changes, stored.told.get(trial.trial_id), now=intake.now)
    changes = _and_left(changes, records[1], stored, intake)
    effect = _snapshot(document, seen, Result.CHANGED, intake, changes=changes)
    effect.oddities = intake.registry.unknown(document)
    return effect


def _and_left(
    changes: Sequence[Change], record: Record, stored: StoredTrials, intake: IntakeContext
) -> tuple[Change, ...]:
    """The changes, and that the trial left those watches that lost it and whose subscribers were not told yet."""
    last = stored.told.get(record.trial_id)
    leaving = stored.leaving.get(record.trial_id, ())
    gone = [membership.left(record, each, changes, last, on=intake.now.date()) for each in leaving]
    return in_order((*changes, *weigh_all(gone)))


def _records(document: Document, last: Snapshot | None, intake: IntakeContext) -> tuple[Record, Record]:
    """What the last document says, and this one; where the last one is damaged, this one twice."""
    record = intake.registry.parse(document, intake.now)
    return (intake.registry.parse(last.document, last.taken_at) if last else record), record


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
    effect = _failure(replace(trial, verified_version=None), words, intake)
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
        effect = _failure(seen, unverified.reason, intake)
    else:
        effect = AnswerEffect(seen, _checked(seen, result, intake))
    effect.checked = replace(effect.checked, registry_version=seen.verified_version, is_behind=True)
    return effect


def _first(document: Document, trial: Trial, seen: Trial, stored: StoredTrials, intake: IntakeContext) -> AnswerEffect:
    """The baseline: news of a trial that a search found later than its others, or that was only known as merged."""
    changes: tuple[Change, ...] = ()
    if trial.merged_into:
        changes = weigh_all([event_rules.restored(intake.registry.parse(document, intake.now), trial.merged_into)])
    elif seen.trial_id in stored.newcomers:
        changes = weigh_all(
            membership.joined(intake.registry.parse(document, intake.now), stored.newcomers[seen.trial_id])
        )
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


def _baseline(trial: Trial, last: Snapshot, stored: StoredTrials, intake: IntakeContext) -> Record | None:
    """The first record of a trial; None where its first snapshot was none, or is damaged."""
    try:
        first = last if last.number == 1 else stored.load(trial.trial_id, 1)
    except StoreCorrupt:
        return None
    return intake.registry.parse(first.document, first.taken_at) if first.document.state is State.LISTED else None


def _merged(answer: Merged, trial: Trial, stored: StoredTrials, intake: IntakeContext) -> AnswerEffect:
    build = answer.document.build
    tombstone = Document(trial.registry, trial.trial_id, answer.into.encode(), State.MERGED, build)
    if trial.digest != tombstone.digest and build_is_older(build, trial.build, latest=intake.latest):
        return _failure(trial, f"this cannot be its current state: {older_build(build, trial.build)}", intake)
    if build_is_ahead(build, trial.build, latest=intake.latest):
        return _failure(trial, f"this cannot be its current state: {future_build(build)}", intake)
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
    if before is None:
        denied = _failure(trial, f"the registry says “{answer.words}”: check the number", intake)
        return replace(denied, checked=replace(denied.checked, is_unknown=True))
    if trial.state is State.REMOVED:
        seen = replace(trial, verified_version=intake.version.stamp, verified_at=intake.now)
        return AnswerEffect(seen, _checked(seen, Result.REMOVED, intake))
    if not healthy:
        return _failure(trial, f"the registry says “{answer.words}”, and does not answer for other trials", intake)
    since = trial.first_missed_at or intake.now
    missed = replace(trial, misses=trial.misses + 1, first_missed_at=since)
    if missed.misses < MISSES_BEFORE_REMOVED or intake.now - since < MISSING_BEFORE_REMOVED:
        reason = (
            f"the registry says “{answer.words}”, {_times(missed.misses)} since {since:%Y-%m-%d %H:%M} UTC; "
            f"it counts as removed after {MISSES_BEFORE_REMOVED} times over 24 hours"
        )
        return _failure(missed, reason, intake)
    # A record of an older build than the one in which the trial was gone does not bring it back.
    build = max(filter(None, (trial.build, intake.needed.build)), default=None)
    tombstone = Document(trial.registry, trial.trial_id, answer.words.encode(), State.REMOVED, build)
    changes = weigh_all([event_rules.removed(before, answer.words)])
    seen, _ = row_after(missed, tombstone, intake)
    return _snapshot(tombstone, seen, Result.REMOVED, intake, changes=changes)


def _last_record(trial: Trial, stored: StoredTrials, intake: IntakeContext) -> Record | None:
    """What the registry said of a trial last, as far as it can be read; None for a trial that is new."""
    if last := stored.latest.get(trial.trial_id):
        return intake.registry.parse(last.document, last.taken_at)
    return empty_record(trial.registry, trial.trial_id) if trial.trial_id in stored.damaged else None


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _refused(trial: Trial, reason: str, intake: IntakeContext, *, raw: bytes) -> AnswerEffect:
    effect = _failure(trial, reason, intake)
    effect.quarantined = Refusal(reason, raw)
    return effect


def _failure(trial: Trial, reason: str, intake: IntakeContext) -> AnswerEffect:
    """Nothing is known of the trial at this version, so the next pass checks it again."""
    return AnswerEffect(trial, replace(_checked(trial, Result.FAILED, intake), error=reason))


def _snapshot(
    document: Document, seen: Trial, result: Result, intake: IntakeContext, *, changes: Sequence[Change] = ()
) -> AnswerEffect:
    number = (seen.snapshot or 0) + 1
    snapshot = Snapshot(number, document, intake.now, intake.version.stamp)
    trial = replace(seen, snapshot=number)
    checked = replace(_checked(trial, result, intake), changes=tuple(changes))
    return AnswerEffect(trial, checked, snapshot, event_rules.event_after(snapshot, changes))


def _checked(trial: Trial, result: Result, intake: IntakeContext) -> Checked:
    return Checked(
        registry=trial.registry,
        trial_id=trial.trial_id,
        result=result,
        checked_at=intake.now,
        snapshot=trial.snapshot,
        registry_version=intake.version.stamp,
        title=trial.title,
    )


def _write(tx: Connection, effects: Sequence[AnswerEffect], stored: StoredTrials, *, intake: IntakeContext) -> None:
    """Write what came and all that it causes, in the transaction that also read what it was compared with."""
    key, now = intake.registry.key, intake.now
    snapshots.add(tx, [effect.snapshot for effect in effects if effect.snapshot])
    made = events.add(tx, [effect.event for effect in effects if effect.event])
    builds = {event.id: _builds_missed(stored.trial(key, event.trial_id), intake) for event in made}
    if intake.tells_at_once:
        owe_or_pend(tx, made, builds, now=now)
    else:
        settlements.pend(tx, key, builds)
    newcomers.forget(tx, key, [event.trial_id for event in made if event.snapshot == 1])
    leavers.note_told(tx, key, [event.trial_id for event in made if event.trial_id in stored.leaving])
    trials.record(tx, [effect.trial for effect in effects if effect.trial.snapshot])
    for effect in effects:
        if effect.quarantined:
            _quarantine(tx, effect.trial, effect.quarantined, intake)
        elif number := intake.accepted.get(effect.trial.trial_id):
            quarantine.accept(tx, number, now)
        if effect.follow:
            watches.follow(tx, key, effect.trial.trial_id, into=effect.follow, at=now)
            subscriptions.follow(tx, key, effect.trial.trial_id, into=effect.follow)
    _note_drift(tx, effects, intake)
    report_new_baselines(tx, [effect.checked for effect in effects], now=now)


def _builds_missed(trial: Trial, intake: IntakeContext) -> int:
    """In how many builds of the registry's data the trial was not checked."""
    return builds_between(trial.verified_version, intake.version.stamp, looked_at=trial.verified_at, now=intake.now)


def _quarantine(tx: Connection, trial: Trial, refusal: Refusal, intake: IntakeContext) -> None:
    quarantine.add(
        tx,
        trial.registry,
        trial.trial_id,
        reason=refusal.reason,
        raw=refusal.raw,
        at=intake.now,
        doubt=refusal.doubt,
        version=intake.version.stamp,
        build=refusal.build,
        since=trial.verified_at,
    )


def _note_drift(tx: Connection, effects: Sequence[AnswerEffect], intake: IntakeContext) -> None:
    """Keep what the adapter did not know, and tell the operator what of it is new."""
    key = intake.registry.key
    oddities = [(oddity, effect.trial.trial_id) for effect in effects for oddity in effect.oddities]
    if oddities and (new := drift.add(tx, key, oddities, at=intake.now)):
        shown = [f"{each.path} = {each.value}" if each.value else each.path for each in new]
        notices.notify_operator(tx, drifted(key, intake.version.stamp, shown, now=intake.now))
