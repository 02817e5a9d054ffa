"""Check trials once: find out what is new, and commit it with what it causes.

    has anything been refreshed?  ->  which moved?  ->  what do they say now?  ->  was it refreshed meanwhile?
         one request                 a few requests     documents of those        one request, where anything was read

A trial counts as verified at a version of the registry's data. While that version stays the same, no trial is asked
for; so a pass that was killed resumes where it stopped: what was committed is verified, the rest is not.

New data reach a registry's machines one by one, and each request may go to another of them. So an answer from older
data than the version names verifies nothing: the trial is reported as of the version in which it was verified, and the
next pass asks again. A document that does not show what a probe saw move is another one than the probe saw: the trial
is reported as failed. What is new in an older answer is an event all the same. See `monitor.watching.builds`.

Network requests always come before the transaction, and every batch is one commit: see `monitor.watching.intake`. The
events of a pass over many trials are settled at its end, when it is clear that the trials changed and not the
registry: see `monitor.alerts.settling`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor.alerts.alike import AT_LEAST, MOST_ALIKE
from monitor.alerts.notices import registry_behind, registry_implausible
from monitor.alerts.settling import settle
from monitor.errors import RegistryError
from monitor.model import Checked, Result, State
from monitor.ports import ProbeResult, Probing, RegistryVersion, Unanswered
from monitor.storage import notices, quarantine, registries, trials
from monitor.storage.isolation import in_words, isolated
from monitor.storage.trials import Trial, VerifiedTrial
from monitor.watching.builds import (
    PROVING_NOTHING,
    Needed,
    delay_in_words,
    is_behind,
    is_beyond,
    is_second_of_day,
    latest_believable,
    reaches,
)
from monitor.watching.calendar import due
from monitor.watching.context import IntakeContext, PassContext
from monitor.watching.damage import report_failing
from monitor.watching.intake import take_in, take_in_days
from monitor.watching.plausibility import build_is_older
from monitor.watching.schedule import full_check_due

ROUNDS = 3
"""How often a pass is repeated when the registry refreshes its data under it."""
READINGS = 2
"""How often a pass asks for a document that does not show what the probe saw: another machine may answer then."""
RESULT_OF_STATE = {
    None: Result.UNCHANGED,
    State.LISTED: Result.UNCHANGED,
    State.REMOVED: Result.REMOVED,
    State.MERGED: Result.MERGED,
}
"""What is said of a trial that stands as it was."""


def check(
    trial_ids: Sequence[str], context: PassContext, *, version: RegistryVersion | None = None
) -> Iterator[Checked]:
    """Check *trial_ids*, watched or not, and report on each as soon as it is committed.

    *version* is the registry's, where it was asked for just now.

    Every id is reported once, in the order in which answers come, those with changes last; a second time only where
    the registry refreshed its data during the pass and the second reading found more than the first.
    """
    began_at = context.clock()
    try:
        version = version or context.version_now(_last_version(context))
    except RegistryError as error:
        yield from _failed(trial_ids, str(error), context)
        return
    wanted = list(dict.fromkeys(trial_ids))
    changed, late = [], []
    for one in _rounds_and_days(wanted, version, context):
        if one.is_behind and one.error:
            late.append(one.trial_id)
        if one.changes:
            changed.append(one)
        else:
            yield one
    held = settle(context.settling, now=context.clock(), covered=len(wanted))
    _report_mass_failure(version, began_at, len(wanted), context)
    if late:
        _report_delay(late, version, context)
    for one in changed:
        yield one.settled(held)


def _rounds_and_days(wanted: Sequence[str], version: RegistryVersion, context: PassContext) -> Iterator[Checked]:
    """What came of each trial; of one that stands as it did, what the calendar made of it."""
    due_by_date, standing = due(wanted, context), []
    for one in _rounds(wanted, version, context):
        if one.trial_id in due_by_date and one.result is Result.UNCHANGED and not one.is_behind:
            standing.append(one.trial_id)
        else:
            yield one
    at_once = len(standing) < AT_LEAST and not context.settle
    yield from take_in_days(standing, _intake(_Probing(version, context, PROVING_NOTHING), at_once=at_once))


def _report_mass_failure(version: RegistryVersion, began_at: datetime, covered: int, context: PassContext) -> None:
    """Tell the operator where so many answers could not be believed that it is the registry."""
    key = context.registry.key
    with context.store.read() as tx:
        refused = quarantine.count_since(tx, key, began_at)
        covered = max(covered, trials.watched_count(tx, key)) if refused >= AT_LEAST else covered
    if refused >= AT_LEAST and refused > MOST_ALIKE * covered:
        with context.store.begin() as tx:
            notices.notify_operator(
                tx, registry_implausible(key, version.stamp, trials=refused, covered=covered, now=context.clock())
            )


def _report_delay(late: Sequence[str], version: RegistryVersion, context: PassContext) -> None:
    """Tell the operator of trials that the registry has answered for from old data for too long."""
    key = context.registry.key
    with context.store.begin() as tx:
        since = registries.behind_since(tx, key) or context.clock()
        notices.notify_operator(
            tx, registry_behind(key, version.stamp, trials=len(late), since=since, now=context.clock())
        )


def _rounds(wanted: Sequence[str], version: RegistryVersion, context: PassContext) -> Iterator[Checked]:
    """What came of each trial, with another round over those that were read where the data were refreshed meanwhile.

    Where the registry's list of what moved settles all, nothing more is asked, and nothing can have been missed.
    """
    behind = False
    for round_number in range(ROUNDS):
        parts, bad = isolated(wanted, partial(_split_by_verified, version=version, context=context))
        open_trials = [trial for _, part in parts for trial in part]
        asked = context.registry.traffic.requests
        yield from _failed_alone(bad, context)
        if round_number == 0:
            yield from _unmoved((trial for part, _ in parts for trial in part), version, context)
        if open_trials:
            for one in _read(open_trials, version, context):
                behind |= one.is_behind
                if round_number == 0 or one.result is not Result.UNCHANGED:
                    yield one
        latest = _version_now(version, context) if context.registry.traffic.requests > asked else version
        if latest is None:
            return
        with context.store.begin() as tx:
            if not (latest.is_confirmed or version.is_confirmed):
                registries.note_behind(tx, context.registry.key, context.clock())
            else:
                registries.remember(
                    tx, context.registry.key, latest, context.clock(), behind=behind if open_trials else None
                )
        if latest.stamp == version.stamp:
            return
        wanted, version = [trial.trial_id for trial in open_trials], latest


def _last_version(context: PassContext) -> RegistryVersion | None:
    with context.store.read() as tx:
        return registries.version(tx, context.registry.key)


def _version_now(version: RegistryVersion, context: PassContext) -> RegistryVersion | None:
    """The version after reading; None where the registry does not say: then the next pass compares anew."""
    try:
        return context.version_now(version)
    except RegistryError:
        return None


def _split_by_verified(
    trial_ids: Sequence[str], version: RegistryVersion, context: PassContext
) -> tuple[list[VerifiedTrial], list[Trial]]:
    """Those that are verified at *version*, and those to be checked: all of them, if it is in doubt."""
    key = context.registry.key
    with context.store.read() as tx:
        verified = {} if version.is_in_doubt else trials.verified_in(tx, key, trial_ids, version=version.stamp)
        rest = [trial_id for trial_id in trial_ids if trial_id not in verified]
        known = trials.known(tx, key, rest)
    return list(verified.values()), [known.get(trial_id) or Trial(key, trial_id) for trial_id in rest]


def _read(open_trials: Sequence[Trial], version: RegistryVersion, context: PassContext) -> Iterator[Checked]:
    """Find out who moved, and take in the documents of those, of whom is due, and of whom no probe can settle."""
    probing = _Probing(version, context, context.needed(version))
    at_once = len(open_trials) < AT_LEAST and not context.settle
    now = context.clock()
    yield from probing.probe([trial for trial in open_trials if _probing_is_enough(trial, now, context)])
    wanted = [trial.trial_id for trial in open_trials if trial.trial_id not in probing.done]
    for attempt in range(READINGS):
        unseen = []
        for one in _taken_in(wanted, probing, at_once=at_once):
            if one.is_behind and one.error and attempt + 1 < READINGS:
                unseen.append(one.trial_id)
            else:
                yield one
        if not unseen:
            return
        wanted = unseen


def _taken_in(wanted: Sequence[str], probing: "_Probing", *, at_once: bool) -> Iterator[Checked]:
    """Take in the documents of these trials."""
    context = probing.context
    for answers in context.registry.fetch(wanted):
        yield from take_in(answers, _intake(probing, at_once=at_once))


def _intake(probing: "_Probing", *, at_once: bool) -> IntakeContext:
    """What answers that came just now are measured by."""
    return IntakeContext(
        registry=probing.context.registry,
        store=probing.context.store,
        version=probing.version,
        now=probing.context.clock(),
        needed=probing.needed,
        probed=probing.moved,
        tells_at_once=at_once,
        trace=probing.context.trace,
    )


def _probing_is_enough(trial: Trial, now: datetime, context: PassContext) -> bool:
    """A trial that is listed, was not missed, and was read in full not too long ago."""
    well = trial.state is State.LISTED and trial.snapshot is not None and not trial.misses
    return well and not full_check_due(
        trial.trial_id, read_at=trial.read_in_full_at, now=now, every=context.full_check_every
    )


class _Probing:
    """Who moved, and who did not.

    | the probe says | from the data that are needed | from older ones, or nobody knows |
    |----------------|-------------------------------|----------------------------------|
    | it moved       | read it                       | read it                          |
    | as it was      | verified                      | ask again next time              |

    What may come from either of two builds of a day shows that the trial still is as it was in the former: it is
    verified at that, and asked for again.

    Where a registry lists what moved since a version, a trial that it does not name is verified, if it was at that
    version; else it is read.
    """

    def __init__(self, version: RegistryVersion, context: PassContext, needed: Needed) -> None:
        self.needed = needed
        self.moved: dict[str, ProbeResult] = {}
        """What the probe saw of those that are to be read."""
        self.done: set[str] = set()
        """Those that need no reading."""
        self.version = version
        self.context = context

    def probe(self, to_probe: Sequence[Trial]) -> Iterator[Checked]:
        """Verify those that did not move, and say so. One that is in no batch at all is to be read.

        So are all of them, where the registry cannot be probed.
        """
        registry = self.context.registry
        if not isinstance(registry, Probing):
            return
        asked = {trial.trial_id: trial for trial in to_probe}
        latest = latest_believable(self.version.stamp, self.context.clock())
        for batch in registry.probe(list(asked)):
            compared, unlisted = [], []
            for seen in batch:
                trial = asked.pop(seen.trial_id)
                if isinstance(seen, ProbeResult):
                    compared.append((trial, seen))
                elif isinstance(seen, Unanswered):
                    self.done.add(seen.trial_id)
                    yield from _failed([seen.trial_id], seen.reason, self.context, known={seen.trial_id: trial})
                elif reaches(trial.verified_version, seen.since):
                    unlisted.append(trial)
            yield from self._verified_unlisted(unlisted)
            yield from self._compared(compared, latest)

    def _compared(self, compared: Sequence[tuple[Trial, ProbeResult]], latest: str) -> Iterator[Checked]:
        """Remember who moved, and report the others; *latest* is the last day that an answer may bear."""
        unmoved, behind = [], []
        for trial, seen in compared:
            if is_beyond(seen.build, latest):
                self.moved[seen.trial_id] = replace(seen, build=None)
            elif seen.digest != trial.probe_digest:
                self.moved[seen.trial_id] = seen
            elif is_behind(seen.build, self.needed.build):
                behind.append((trial, seen))
            else:
                unmoved.append((trial, seen))
        self.done.update(trial.trial_id for trial, _ in (*unmoved, *behind))
        yield from self._verified(unmoved)
        for trial, seen in behind:
            reason = delay_in_words(trial.registry, seen.build, self.needed.build)
            yield _behind(trial, reason, self.needed, self.context)

    def _verified(self, unmoved: Sequence[tuple[Trial, ProbeResult]]) -> Iterator[Checked]:
        """Verify and report each at the version that the probe proves: this one, or that in which it was verified."""
        self._verify(unmoved)
        for trial, seen in unmoved:
            yield _as_it_was(trial, self._proven(trial, seen), self.context)

    def _proven(self, trial: Trial, seen: ProbeResult) -> str | None:
        """The stamp of the version in which a trial that did not move is as it was."""
        stamp, known = self.version.stamp, trial.verified_version
        is_in_doubt = not seen.is_of_version and is_second_of_day(stamp, known, self.context.clock())
        return known if is_in_doubt else stamp

    def _verified_unlisted(self, unlisted: Sequence[Trial]) -> Iterator[Checked]:
        """Verify those that are not among what moved: that is of the version itself, whatever builds there are."""
        if not unlisted:
            return
        context, trial_ids = self.context, [trial.trial_id for trial in unlisted]
        self.done.update(trial_ids)
        with context.store.begin() as tx:
            trials.mark_verified(tx, context.registry.key, trial_ids, version=self.version.stamp, at=context.clock())
        yield from _unmoved(unlisted, self.version, context)

    def _verify(self, unmoved: Sequence[tuple[Trial, ProbeResult]]) -> None:
        """One commit for a batch, and in it one statement for each version and build: mostly one in all."""
        context, alike = self.context, defaultdict(list)
        latest = latest_believable(self.version.stamp, context.clock())
        for trial, seen in unmoved:
            build = None if build_is_older(seen.build, trial.build, latest=latest) else seen.build
            alike[self._proven(trial, seen), build].append(trial.trial_id)
        with context.store.begin() as tx:
            for (version, build), trial_ids in alike.items():
                trials.mark_verified(
                    tx, context.registry.key, trial_ids, version=version, at=context.clock(), build=build
                )


def _behind(trial: Trial, reason: str, needed: Needed, context: PassContext) -> Checked:
    """A trial that is unchanged in older data: reported as of the version that verified it; as failed, if late."""
    is_late = needed.is_late
    return Checked(
        registry=trial.registry,
        trial_id=trial.trial_id,
        result=Result.FAILED if is_late else RESULT_OF_STATE[trial.state],
        checked_at=context.clock(),
        snapshot=trial.snapshot,
        registry_version=trial.verified_version,
        title=trial.title,
        error=reason if is_late else None,
        is_behind=True,
    )


def _unmoved(
    unmoved: Iterable[Trial | VerifiedTrial], version: RegistryVersion, context: PassContext
) -> Iterator[Checked]:
    for trial in unmoved:
        yield _as_it_was(trial, version.stamp, context)


def _as_it_was(trial: Trial | VerifiedTrial, stamp: str | None, context: PassContext) -> Checked:
    """A trial that is as it was, as of the version of that *stamp*."""
    return Checked(
        registry=context.registry.key,
        trial_id=trial.trial_id,
        result=RESULT_OF_STATE[trial.state],
        checked_at=context.clock(),
        snapshot=trial.snapshot,
        registry_version=stamp,
        title=trial.title,
    )


def _failed_alone(bad: Sequence[tuple[str, Exception]], context: PassContext) -> Iterator[Checked]:
    """Trials whose own rows cannot be read."""
    reasons = {trial_id: in_words(error) for trial_id, error in bad}
    report_failing(context.store, context.registry.key, reasons, now=context.clock())
    for trial_id, reason in reasons.items():
        yield from _failed([trial_id], reason, context)


def _failed(
    trial_ids: Sequence[str], reason: str, context: PassContext, *, known: dict[str, Trial] | None = None
) -> Iterator[Checked]:
    for trial_id in trial_ids:
        trial = (known or {}).get(trial_id)
        yield Checked(
            registry=context.registry.key,
            trial_id=trial_id,
            result=Result.FAILED,
            checked_at=context.clock(),
            snapshot=trial.snapshot if trial else None,
            title=trial.title if trial else None,
            error=reason,
        )
