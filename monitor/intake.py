"""Take in what a registry answered: decide what each answer means, and commit it with all that it causes.

One batch is one transaction. The rows that a decision rests on are read inside it, behind the registry's lock, so
that two processes that check the same trial at the same moment make one snapshot and one event between them. A
process that dies leaves a whole batch or none of it.

A trial with which anything goes wrong that nobody foresaw, such as a row that the disk has damaged, fails alone: what
was undone with its batch is done again without it (see `monitor.storage.isolation`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor import events as event_rules
from monitor.alike import builds_between
from monitor.errors import StoreCorrupt
from monitor.model import Change, Checked, Document, Event, Record, Result, Snapshot, State
from monitor.notices import drifted, trials_failing
from monitor.plausibility import implausible
from monitor.ports import Answer, Merged, Missing, Oddity, Registry, RegistryVersion, Unanswered, Unreadable
from monitor.recovery import Lost, lost_of, missing_of, note_anew, untold, without_record
from monitor.settling import tell_now
from monitor.significance import weigh_all
from monitor.storage import (
    drift,
    events,
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
from monitor.storage.locks import lock_registry
from monitor.storage.store import Store
from monitor.storage.trials import Trial

MISSES_BEFORE_REMOVED = 3
MISSING_BEFORE_REMOVED = timedelta(hours=24)
"""A registry's own words are believed after so many misses over so long: single 404s come and go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What deciding about answers needs to know beside them."""

    registry: Registry
    store: Store
    version: RegistryVersion
    now: datetime
    probed: Mapping[str, bytes]
    """What the probe of this pass saw, by trial id: it is remembered rather than what the document would give, so
    that a registry whose projections differ from its documents is not read in full for ever."""
    tells_at_once: bool = True
    """Whether events are told in the commit that makes them; else they are pending until somebody settles them."""


@dataclass(slots=True)
class Decision:
    """What one answer means: the trial's row as it will stand, what to tell, and what else is to be written."""

    trial: Trial
    checked: Checked
    snapshot: Snapshot | None = None
    event: Event | None = None
    quarantined: tuple[str, bytes] | None = None
    """Reason and raw bytes."""
    follow: str | None = None
    """The id that watches of this trial are to hold as well."""
    oddities: Sequence[Oddity] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What the store knew of the trials in a batch when the transaction began."""

    trials: Mapping[str, Trial]
    latest: Mapping[str, Snapshot]
    """The last LISTED snapshot of each trial; the last readable one of those that are lost."""
    lost: Mapping[str, Lost]
    """Those whose last LISTED snapshot is damaged."""
    told: Mapping[str, Event]
    """The last event of each trial that had one."""
    newcomers: Collection[str]
    """Those whose baseline is news."""
    load: Callable[[str, int], Snapshot] = field(repr=False)

    def trial(self, registry: str, trial_id: str) -> Trial:
        """The row, or a blank one for a trial that is new."""
        return self.trials.get(trial_id) or Trial(registry, trial_id)


def take_in(answers: Sequence[Answer], intake: Intake) -> list[Checked]:
    """Decide, and commit. What was asked of the network for it was asked before."""
    healthy = _is_healthy(answers, intake.registry)
    answers = list(_with_documents_of_merged(answers))
    taken, bad = isolated(answers, lambda part: _commit(part, intake, healthy=healthy))
    reasons = {answer.trial_id: in_words(error) for answer, error in bad}
    if reasons:
        with intake.store.begin() as tx:
            notices.tell(tx, trials_failing(intake.registry.key, reasons, now=intake.now))
    failed = [_failure(Trial(intake.registry.key, each), reason, intake).checked for each, reason in reasons.items()]
    return [checked for part in taken for checked in part] + failed


def _commit(answers: Sequence[Answer], intake: Intake, *, healthy: bool) -> list[Checked]:
    """Decide about a batch, in one transaction."""
    with intake.store.begin() as tx:
        past = _past(tx, answers, intake)
        decisions = [_decide(answer, past, intake, healthy=healthy) for answer in answers]
        _write(tx, decisions, past, intake=intake)
    return [decision.checked for decision in decisions]


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


def _past(tx: Connection, answers: Sequence[Answer], intake: Intake) -> Past:
    key = intake.registry.key
    lock_registry(tx, key)
    known = trials.known(tx, key, [answer.trial_id for answer in answers])
    moved = [
        answer.trial_id
        for answer in answers
        if not isinstance(answer, Document) or _differs(answer, known.get(answer.trial_id))
    ]
    seen_before = [trial_id for trial_id in moved if trial_id in known and known[trial_id].snapshot]
    damaged: dict[str, StoreCorrupt] = {}
    latest = snapshots.latest_of(tx, key, seen_before, state=State.LISTED, damaged=damaged)
    damaged |= missing_of(latest, known.values())
    lost = lost_of(tx, key, damaged)
    latest |= {trial_id: each.readable for trial_id, each in lost.items() if each.readable}
    return Past(
        known,
        latest,
        lost,
        events.latest_of(tx, key, latest),
        newcomers.among(tx, key, [trial_id for trial_id in moved if trial_id not in latest and trial_id not in lost]),
        lambda trial_id, number: snapshots.get(tx, key, trial_id, number),
    )


def _differs(document: Document, trial: Trial | None) -> bool:
    return trial is None or trial.digest != document.digest or trial.state is not State.LISTED


def _decide(answer: Answer, past: Past, intake: Intake, *, healthy: bool) -> Decision:
    trial = past.trial(intake.registry.key, answer.trial_id)
    match answer:
        case Document():
            return _document(answer, trial, past, intake)
        case Merged():
            return _merged(answer, trial, past, intake)
        case Missing():
            return _missing(answer, trial, past, intake, healthy=healthy)
        case Unreadable():
            return _refused(trial, f"{answer.reason}; kept in quarantine", intake, raw=answer.raw)
        case Unanswered():
            return _failure(trial, answer.reason, intake)


def _document(document: Document, trial: Trial, past: Past, intake: Intake) -> Decision:
    seen = _seen(trial, document, intake)
    if not _differs(document, trial):
        return Decision(seen, _checked(seen, Result.UNCHANGED, intake))
    last, lost = past.latest.get(trial.trial_id), past.lost.get(trial.trial_id)
    if not last and not lost:
        return _first(document, seen, past, intake)
    record = intake.registry.parse(document)
    before = intake.registry.parse(last.document) if last else record
    if reason := implausible(before, record, last_build=trial.build, document=document):
        return _refused(
            trial, f"this cannot be the current record: {reason}; kept in quarantine", intake, raw=document.content
        )
    changes = event_rules.changes_between(
        before,
        record,
        on=intake.now.date(),
        baseline=_baseline(trial, last, past, intake) if last else None,
        returned=trial.state is not State.LISTED,
    )
    if lost:
        return _anew(document, seen, lost, intake, changes=untold(changes, lost.told))
    if not changes:
        return Decision(seen, _checked(seen, Result.UNCHANGED, intake))
    changes = event_rules.corrections(changes, past.told.get(trial.trial_id), now=intake.now)
    decision = _snapshot(document, seen, Result.CHANGED, intake, changes=changes)
    decision.oddities = intake.registry.unknown(document)
    return decision


def _first(document: Document, seen: Trial, past: Past, intake: Intake) -> Decision:
    """The baseline, which is news only of a trial that a search found later than its others."""
    changes: tuple[Change, ...] = ()
    if seen.trial_id in past.newcomers:
        changes = weigh_all([event_rules.registered(intake.registry.parse(document))])
    decision = _snapshot(document, seen, Result.BASELINE, intake, changes=changes)
    decision.oddities = intake.registry.unknown(document)
    return decision


def _anew(document: Document, seen: Trial, lost: Lost, intake: Intake, *, changes: Sequence[Change]) -> Decision:
    """A new baseline, where the last snapshot is damaged. It tells what is known to have changed, and says so."""
    decision = _snapshot(document, seen, Result.BASELINE, intake, changes=changes)
    compared = f"compared with snapshot {lost.readable.number}" if lost.readable else "with nothing to compare it with"
    words = f"{lost.reason}. Snapshot {decision.checked.snapshot} is a new baseline, {compared}"
    decision.checked = replace(decision.checked, error=words)
    decision.oddities = intake.registry.unknown(document)
    return decision


def _baseline(trial: Trial, last: Snapshot, past: Past, intake: Intake) -> Record | None:
    """The first record of a trial; None where its first snapshot was none, or is damaged."""
    try:
        first = last if last.number == 1 else past.load(trial.trial_id, 1)
    except StoreCorrupt:
        return None
    return intake.registry.parse(first.document) if first.document.state is State.LISTED else None


def _merged(answer: Merged, trial: Trial, past: Past, intake: Intake) -> Decision:
    tombstone = Document(trial.registry, trial.trial_id, answer.into.encode(), State.MERGED, answer.document.build)
    seen = replace(_seen(trial, tombstone, intake), merged_into=answer.into)
    if trial.digest == tombstone.digest:
        return Decision(seen, _checked(seen, Result.MERGED, intake))
    changes: tuple[Change, ...] = ()
    if before := _last_record(trial, past, intake):
        changes = weigh_all([event_rules.merged(before, answer.into)])
    decision = _snapshot(tombstone, seen, Result.MERGED, intake, changes=changes)
    decision.follow = answer.into
    return decision


def _missing(answer: Missing, trial: Trial, past: Past, intake: Intake, *, healthy: bool) -> Decision:
    before = _last_record(trial, past, intake)
    if before is None:
        return _failure(trial, f"the registry says “{answer.words}”: check the number", intake)
    if trial.state is State.REMOVED:
        seen = replace(trial, verified_version=intake.version.stamp, verified_at=intake.now)
        return Decision(seen, _checked(seen, Result.REMOVED, intake))
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
    tombstone = Document(trial.registry, trial.trial_id, answer.words.encode(), State.REMOVED, trial.build)
    changes = weigh_all([event_rules.removed(before, answer.words)])
    return _snapshot(tombstone, _seen(missed, tombstone, intake), Result.REMOVED, intake, changes=changes)


def _last_record(trial: Trial, past: Past, intake: Intake) -> Record | None:
    """What the registry said of a trial last, as far as it can be read; None for a trial that is new."""
    if last := past.latest.get(trial.trial_id):
        return intake.registry.parse(last.document)
    return without_record(trial.registry, trial.trial_id) if trial.trial_id in past.lost else None


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _refused(trial: Trial, reason: str, intake: Intake, *, raw: bytes) -> Decision:
    decision = _failure(trial, reason, intake)
    decision.quarantined = (reason, raw)
    return decision


def _failure(trial: Trial, reason: str, intake: Intake) -> Decision:
    """Nothing is known of the trial at this version, so it stays to be looked at in the next pass."""
    return Decision(trial, replace(_checked(trial, Result.FAILED, intake), error=reason))


def _snapshot(
    document: Document, seen: Trial, result: Result, intake: Intake, *, changes: Sequence[Change] = ()
) -> Decision:
    number = (seen.snapshot or 0) + 1
    snapshot = Snapshot(number, document, intake.now, intake.version.stamp)
    trial = replace(seen, snapshot=number)
    checked = replace(_checked(trial, result, intake), changes=tuple(changes))
    return Decision(trial, checked, snapshot, event_rules.event_after(snapshot, changes))


def _seen(trial: Trial, document: Document, intake: Intake) -> Trial:
    """The trial's row after the registry gave *document* for it."""
    listed = document.state is State.LISTED
    probed = intake.probed.get(trial.trial_id)
    return replace(
        trial,
        state=document.state,
        merged_into=None,
        digest=document.digest,
        probe_digest=(probed or document.probe_digest) if listed else None,
        title=document.title or trial.title,
        build=document.build or trial.build,
        verified_version=intake.version.stamp,
        verified_at=intake.now,
        read_in_full_at=intake.now,
        misses=0,
        first_missed_at=None,
    )


def _checked(trial: Trial, result: Result, intake: Intake) -> Checked:
    return Checked(
        registry=trial.registry,
        trial_id=trial.trial_id,
        result=result,
        checked_at=intake.now,
        snapshot=trial.snapshot,
        registry_version=intake.version.stamp,
        title=trial.title,
    )


def _write(tx: Connection, decisions: Sequence[Decision], past: Past, *, intake: Intake) -> None:
    """The fact, and all that it causes, in the transaction that also read what it rests on."""
    key, now = intake.registry.key, intake.now
    snapshots.add(tx, [decision.snapshot for decision in decisions if decision.snapshot])
    made = events.add(tx, [decision.event for decision in decisions if decision.event])
    builds = {event.id: _builds_missed(past.trial(key, event.trial_id), intake) for event in made}
    if intake.tells_at_once:
        tell_now(tx, made, builds, now=now)
    else:
        settlements.pend(tx, key, builds)
    newcomers.settle(tx, key, [event.trial_id for event in made if event.snapshot == 1])
    trials.record(tx, [decision.trial for decision in decisions if decision.trial.snapshot])
    for decision in decisions:
        if decision.quarantined:
            reason, raw = decision.quarantined
            quarantine.add(tx, key, decision.trial.trial_id, reason=reason, raw=raw, at=now)
        if decision.follow:
            watches.follow(tx, key, decision.trial.trial_id, into=decision.follow, at=now)
            subscriptions.follow(tx, key, decision.trial.trial_id, into=decision.follow)
    _note_drift(tx, decisions, intake)
    note_anew(tx, [decision.checked for decision in decisions], now=now)


def _builds_missed(trial: Trial, intake: Intake) -> int:
    """In how many builds of the registry's data nobody looked at the trial."""
    return builds_between(trial.verified_version, intake.version.stamp, looked_at=trial.verified_at, now=intake.now)


def _note_drift(tx: Connection, decisions: Sequence[Decision], intake: Intake) -> None:
    """Keep what the adapter did not know, and tell the operator what of it is new."""
    key = intake.registry.key
    oddities = [(oddity, decision.trial.trial_id) for decision in decisions for oddity in decision.oddities]
    if oddities and (new := drift.add(tx, key, oddities, at=intake.now)):
        shown = [f"{each.path} = {each.value}" if each.value else each.path for each in new]
        notices.tell(tx, drifted(key, intake.version.stamp, shown, now=intake.now))
