"""Take in what a registry answered: work out the effect of each answer, and commit it with all that it causes.

One batch is one transaction. It reads the rows that its answers are compared with behind the registry's lock, so two
processes that check the same trial at the same moment make one snapshot and one event between them. A process that
dies leaves a whole batch or none of it.

If something unforeseen goes wrong with one trial, such as a row that the disk has damaged, that trial fails alone: its
batch is rolled back, and done again without it (see `monitor.storage.isolation`).
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from monitor.alerts.alike import builds_between
from monitor.alerts.notices import drifted
from monitor.alerts.settling import owe_or_pend
from monitor.model import Checked, Document, Settlement
from monitor.ports import Answer, Merged, Missing, Registry, Versions
from monitor.storage import (
    denials,
    drift,
    endings,
    events,
    leavers,
    newcomers,
    notices,
    quarantine,
    settlements,
    siblings,
    snapshots,
    subscriptions,
    trials,
    unindexed,
    watches,
)
from monitor.storage.isolation import in_words, isolated
from monitor.storage.statements import chunks
from monitor.storage.trials import Trial
from monitor.watching.calendar import DayCame
from monitor.watching.context import IntakeContext
from monitor.watching.damage import report_failing, report_new_baselines
from monitor.watching.effect import AnswerEffect, Refusal, effect_of, failure
from monitor.watching.stored import StoredTrials, stored_trials

DAYS_AT_ONCE = 100
"""Trials of a commit of those that the calendar changed."""


def take_in(answers: Sequence[Answer | DayCame], intake: IntakeContext) -> list[Checked]:
    """Work out what each answer comes to, and commit it. The network is asked before, never in the transaction."""
    healthy = _is_healthy(answers, intake.registry)
    answers = list(_with_documents_of_merged(answers))
    taken, bad = isolated(answers, lambda part: _commit(part, intake, healthy=healthy))
    reasons = {answer.trial_id: in_words(error) for answer, error in bad}
    report_failing(intake.store, intake.registry.key, reasons, now=intake.now)
    failed = [failure(Trial(intake.registry.key, each), reason, intake).checked for each, reason in reasons.items()]
    return [checked for part in taken for checked in part] + failed


def take_in_days(trial_ids: Sequence[str], intake: IntakeContext) -> Iterator[Checked]:
    """Take in that a day came for these trials, as their stored documents say: nobody is asked."""
    for some in chunks(trial_ids, DAYS_AT_ONCE):
        yield from take_in([DayCame(trial_id) for trial_id in some], intake)


def _commit(answers: Sequence[Answer | DayCame], intake: IntakeContext, *, healthy: bool) -> list[Checked]:
    """Take in a batch, in one transaction."""
    with intake.store.begin() as tx:
        stored = stored_trials(tx, answers, intake)
        effects = [effect_of(answer, stored, intake, healthy=healthy) for answer in answers]
        _write(tx, effects, stored, intake=intake)
    return [effect.checked for effect in effects]


def _is_healthy(answers: Sequence[Answer | DayCame], registry: Registry) -> bool:
    """Whether the registry can be believed when it says that it does not know a trial."""
    if not any(isinstance(answer, Missing) for answer in answers):
        return True
    if any(isinstance(answer, Document) for answer in answers):
        return True
    return isinstance(registry, Versions) and registry.answers_at_all()


def _with_documents_of_merged(answers: Iterable[Answer | DayCame]) -> Iterator[Answer | DayCame]:
    """The answers, and after each merged trial the document that came in its place, unless that was asked for too."""
    answers = list(answers)
    asked = {answer.trial_id for answer in answers}
    for answer in answers:
        yield answer
        if isinstance(answer, Merged) and answer.into not in asked:
            asked.add(answer.into)
            yield answer.document


def _write(tx: Connection, effects: Sequence[AnswerEffect], stored: StoredTrials, *, intake: IntakeContext) -> None:
    """Write what came and all that it causes, in the transaction that also read what it was compared with."""
    key, now = intake.registry.key, intake.now
    kept = snapshots.add(tx, [effect.snapshot for effect in effects if effect.snapshot], stored.bases)
    unindexed.note(tx, ((key, snapshot.document.trial_id) for snapshot in kept))
    made = events.add(tx, [effect.event for effect in effects if effect.event], trace=intake.trace)
    builds = {event.id: _builds_missed(stored.trial(key, event.trial_id), intake) for event in made}
    if intake.tells_nobody:
        settlements.pend(tx, key, builds)
        settlements.record(tx, builds, Settlement.DISCARDED, at=now)
    elif intake.tells_at_once:
        owe_or_pend(tx, made, builds, now=now)
    else:
        settlements.pend(tx, key, builds)
    newcomers.forget(tx, key, [event.trial_id for event in made if event.snapshot == 1])
    leavers.note_reported(tx, key, [event.trial_id for event in made if event.trial_id in stored.leaving])
    trials.record(tx, [effect.trial for effect in effects if effect.trial.snapshot])
    _note_denied(tx, effects, stored, intake)
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


def _note_denied(tx: Connection, effects: Sequence[AnswerEffect], stored: StoredTrials, intake: IntakeContext) -> None:
    """Keep which numbers the registry does not know, and have it told to those who named one; forget those it gave."""
    key, now = intake.registry.key, intake.now
    if denied := {effect.trial.trial_id: effect.denied for effect in effects if effect.denied is not None}:
        siblings.drop_denied(tx, key, [*denied])
        believed = denials.note(tx, key, denied, at=now)
        endings.note(tx, [(key, each.trial_id) for each in believed], look_at=now)
    if stored.denied:
        denials.forget(tx, key, [effect.trial.trial_id for effect in effects if effect.trial.snapshot])


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
        content=refusal.content,
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
