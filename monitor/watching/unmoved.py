"""The rest of a quiet pass where a registry has newer data, and no trial moved.

    every trial is listed                                    ->  probe them, and read in full those that are due
    each is as it is stored, and from the data there are     ->  is this still the version?
    it is                                                    ->  all are verified at it, in one commit

It may ask and write nothing else, and only where the version is of a later day than the one before, so that the day
tells one build from the other. What an answer proves stands in `monitor.watching.check`: what that would not take for
plain proof ends the quiet pass, as `monitor.watching.quiet` says.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat
from typing import Protocol

from monitor.http.pacing import Turns
from monitor.model.stamps import Stamped, day_of
from monitor.model.whole import WholeRecord
from monitor.storage.quiet import ProbedTrial, QuietStore, Standing
from monitor.text import fold_organisation
from monitor.watching.builds import KEPT_STEP_WITHIN, is_behind, is_beyond, latest_believable
from monitor.watching.schedule import full_check_due

MOST_TRIALS = 20_000
"""The answers, about 1 kB a trial, are kept until it is clear that none moved."""
MOST_READ = 1_500
"""So are full records, mostly some 20 kB: of ten thousand trials that are read once a week, so many are due a day."""


class QuietRegistry(Protocol):
    """What a quiet pass asks a registry, one request a call. Each gives None where no plain answer came."""

    key: str
    at_once: int
    """How many trials are probed in a request."""
    read_at_once: int
    """How many are read in full in one."""

    def take_turns(self, turns: Turns) -> None:
        """Have every request wait for its turn."""

    def version(self, known: Stamped) -> Stamped | None:
        """The version of all data now; *known* itself where nothing is newer."""

    def probe(self, trial_ids: Sequence[str]) -> Sequence[tuple[str, bytes, str | None]] | None:
        """Of each record that came, its id, its digest and its build, as in `monitor.ports.ProbeResult`."""

    def read(self, trial_ids: Sequence[str]) -> Sequence[WholeRecord] | None:
        """The full record of each of these trials, at most `read_at_once`, in their order."""

    def ask_again(self) -> None:
        """Have the whole pass ask the last question again, as it asks that only behind all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmovedContext:
    """What a quiet pass was given, and how the trials stood."""

    registry: QuietRegistry
    store: QuietStore
    seen: Standing
    clock: Callable[[], datetime]
    full_check_every: timedelta


@dataclass(frozen=True, slots=True)
class _Measure:
    """What the builds of answers are measured by."""

    needed: str | None
    """The one that they have to come from; None where builds prove nothing."""
    latest: str
    """The last day that an answer can be believed to bear."""

    def takes(self, builds: Collection[str | None], trials: Sequence[ProbedTrial]) -> bool:
        """Whether answers from these builds prove something of these trials."""
        known = {trial.build for trial in trials}
        return not any(
            is_behind(one, self.needed) or is_beyond(one, self.latest) or any(is_behind(one, each) for each in known)
            for one in builds
        )


def unmoved(newer: Stamped, context: UnmovedContext) -> tuple[list[ProbedTrial], datetime] | None:
    """The trials, all of which were verified at that version just now, and when; None where that cannot be said.

    Those that were read in full come last.
    """
    registry = context.registry
    began_at = context.clock()
    trials, due = _trials_to_check(newer, context, began_at)
    builds = _proving_builds(trials, due, newer, context, began_at)
    if len(builds) != 1 or registry.version(newer) != newer:
        return None
    (build,) = builds
    at = context.clock()
    read = [trial.trial_id for trial in due]
    is_verified = at >= began_at and context.store.verify(
        registry.key, context.seen, newer, trials=len(trials) + len(due), read=read, build=build, at=at
    )
    if not is_verified:
        registry.ask_again()
    return ([*trials, *due], at) if is_verified else None


def _trials_to_check(
    newer: Stamped, context: UnmovedContext, now: datetime
) -> tuple[list[ProbedTrial], list[ProbedTrial]]:
    """All trials that a pass would check: those to be probed, and those to be read; none where that is not enough."""
    seen, every = context.seen, context.full_check_every
    day, before = day_of(newer.stamp), day_of(seen.version.stamp)
    if seen.is_searched or not (day and before and day > before) or len(seen.trials) > MOST_TRIALS:
        return [], []
    probed: list[ProbedTrial] = []
    due: list[ProbedTrial] = []
    for one in context.store.unmoved(context.registry.key, seen, now=now, read_before=now - every):
        is_due = full_check_due(one.trial_id, read_at=one.read_in_full_at, now=now, every=every)
        (due if is_due else probed).append(one)
    return (probed, due) if len(due) <= MOST_READ else ([], [])


def _proving_builds(
    trials: Sequence[ProbedTrial],
    due: Sequence[ProbedTrial],
    newer: Stamped,
    context: UnmovedContext,
    now: datetime,
) -> set[str | None]:
    """The build of the answers that prove that none of these trials moved; none, or several, where they do not."""
    registry = context.registry
    is_proving = context.store.proves_builds(registry.key, since=now - KEPT_STEP_WITHIN)
    if is_proving is None:
        return set()
    measure = _Measure(day_of(newer.stamp) if is_proving else None, latest_believable(newer.stamp, now))
    builds: set[str | None] = set()
    for batch in _batches(trials, registry.at_once):
        seen = registry.probe([trial.trial_id for trial in batch])
        if seen is None or not _are_as_stored(batch, seen):
            return set()
        builds |= {build for *_, build in seen}
        if not measure.takes(builds, batch):
            return set()
    for batch in _batches(due, registry.read_at_once):
        records = registry.read([trial.trial_id for trial in batch])
        if records is None or not all(map(_is_as_kept, batch, records, repeat(measure), repeat(context))):
            return set()
        builds |= {record.build for record in records}
        if not measure.takes(builds, batch):
            return set()
    return builds


def _batches(trials: Sequence[ProbedTrial], at_once: int) -> Iterator[Sequence[ProbedTrial]]:
    return (trials[first : first + at_once] for first in range(0, len(trials), at_once))


def _is_as_kept(trial: ProbedTrial, record: WholeRecord, measure: _Measure, context: UnmovedContext) -> bool:
    """Whether a full record says what it said, and nothing in the row of its trial would be written otherwise."""
    kept = context.store.kept(context.registry.key, trial.trial_id)
    return (
        kept is not None
        and record.digest == kept.digest
        and record.probe_digest == trial.probe_digest
        and (record.title or kept.title) == kept.title
        and (fold_organisation(record.lead_sponsor) or kept.lead_sponsor) == kept.lead_sponsor
        and not any(is_beyond(day, measure.latest) for day in record.updated_on)
    )


def _are_as_stored(trials: Sequence[ProbedTrial], seen: Sequence[tuple[str, bytes, str | None]]) -> bool:
    """Whether each of these trials came once, and nothing else, as it was seen last."""
    came = {trial_id: digest for trial_id, digest, _ in seen}
    return len(seen) == len(trials) and came == {trial.trial_id: trial.probe_digest for trial in trials}
