"""The rest of a quiet pass where a registry has newer data, and no trial moved.

    every trial is listed and not due for a full reading     ->  probe them all
    each is as it is stored, and from the data there are     ->  is this still the version?
    it is                                                    ->  all are verified at it, in one commit

It may ask and write nothing else, and only where the version is of a later day than the one before, so that the day
tells one build from the other. What an answer proves stands in `monitor.watching.check`: what that would not take for
plain proof ends the quiet pass, as `monitor.watching.quiet` says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.http.pacing import Turns
from monitor.model.stamps import Stamped, day_of
from monitor.storage.quiet import ProbedTrial, QuietStore, Standing
from monitor.watching.builds import KEPT_STEP_WITHIN, is_behind, is_beyond, latest_believable
from monitor.watching.schedule import full_check_due

MOST_TRIALS = 20_000
"""The answers, about 1 kB a trial, are kept until it is clear that none moved."""


class QuietRegistry(Protocol):
    """What a quiet pass asks a registry, one request a call. Each gives None where no plain answer came."""

    key: str
    at_once: int
    """How many trials are probed in a request."""

    def take_turns(self, turns: Turns) -> None:
        """Have every request wait for its turn."""

    def version(self, known: Stamped) -> Stamped | None:
        """The version of all data now; *known* itself where nothing is newer."""

    def probe(self, trial_ids: Sequence[str]) -> Sequence[tuple[str, bytes, str | None]] | None:
        """Of each record that came, its id, its digest and its build, as in `monitor.ports.ProbeResult`."""

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


def unmoved(newer: Stamped, context: UnmovedContext) -> tuple[list[ProbedTrial], datetime] | None:
    """The trials, all of which were verified at that version just now, and when; None where that cannot be said."""
    registry = context.registry
    began_at = context.clock()
    trials = _trials_to_probe(newer, context, began_at)
    builds = _proving_builds(trials, newer, context, began_at)
    if len(builds) != 1 or registry.version(newer) != newer:
        return None
    (build,) = builds
    at = context.clock()
    is_verified = at >= began_at and context.store.verify(
        registry.key, context.seen, newer, trials=len(trials), build=build, at=at
    )
    if not is_verified:
        registry.ask_again()
    return (trials, at) if is_verified else None


def _trials_to_probe(newer: Stamped, context: UnmovedContext, now: datetime) -> list[ProbedTrial]:
    """All trials that a pass would check; none where a probe is not enough for each of them."""
    seen, every = context.seen, context.full_check_every
    day, before = day_of(newer.stamp), day_of(seen.version.stamp)
    if seen.is_searched or not (day and before and day > before) or len(seen.trials) > MOST_TRIALS:
        return []
    trials = context.store.unmoved(context.registry.key, seen, now=now, read_before=now - every)
    is_any_due = any(full_check_due(one.trial_id, read_at=one.read_in_full_at, now=now, every=every) for one in trials)
    return [] if is_any_due else trials


def _proving_builds(
    trials: Sequence[ProbedTrial], newer: Stamped, context: UnmovedContext, now: datetime
) -> set[str | None]:
    """The build of the answers that prove that none of these trials moved; none, or several, where they do not."""
    builds: set[str | None] = set()
    is_proving = context.store.proves_builds(context.registry.key, since=now - KEPT_STEP_WITHIN)
    if is_proving is None:
        return builds
    needed, latest = day_of(newer.stamp) if is_proving else None, latest_believable(newer.stamp, now)
    for first in range(0, len(trials), context.registry.at_once):
        batch = trials[first : first + context.registry.at_once]
        seen = context.registry.probe([trial.trial_id for trial in batch])
        if seen is None or not _are_as_stored(batch, seen):
            return set()
        builds |= {build for *_, build in seen}
        known = {trial.build for trial in batch}
        if any(
            is_behind(one, needed) or is_beyond(one, latest) or any(is_behind(one, each) for each in known)
            for one in builds
        ):
            return set()
    return builds


def _are_as_stored(trials: Sequence[ProbedTrial], seen: Sequence[tuple[str, bytes, str | None]]) -> bool:
    """Whether each of these trials came once, and nothing else, as it was seen last."""
    came = {trial_id: digest for trial_id, digest, _ in seen}
    return len(seen) == len(trials) and came == {trial.trial_id: trial.probe_digest for trial in trials}
