"""A pass in which nothing moved, as most are, without what the others need.

    all that is watched is verified at the last version, and nothing else is due ->  is there a newer version?
    there is none                                                                ->  every trial stands as it did
    there is one                                                                 ->  `monitor.watching.unmoved`

It may do nothing else. At the slightest doubt it gives up, having written nothing, and the whole pass of
`monitor.watching.patrol` follows as if nothing had been tried; it is handed the answers, so that the registry is asked
nothing twice. Whatever that pass would report, ask and store is the same, which a test proves over random states.
"""

import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.checked import Checked, Result
from monitor.storage.quiet import ProbedTrial, QuietStore, StandingTrial
from monitor.watching.unmoved import QuietRegistry, UnmovedContext, unmoved

_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class QuietPass:
    """What came of a pass in which nothing moved: each trial, in the order of their ids, those read in full last."""

    checked: list[Checked]
    is_searched: bool
    """Whether any watch finds its trials itself."""


def quiet_pass(
    file: str,
    registry: QuietRegistry,
    *,
    clock: Callable[[], datetime],
    full_check_every: timedelta,
    basis: bytes | None = None,
    asks_history: bool = False,
) -> QuietPass | None:
    """Make a pass over what is watched at one registry, with the SQLite database in *file*, if nothing moved.

    *basis* is that of what would be applied first, as in `monitor.operate.applied`; None where nothing would be.
    *asks_history* says whether the registry may be asked for former versions.
    """
    with suppress(sqlite3.Error, OSError, OverflowError, UnicodeError), QuietStore.opened(file) as store:
        now = clock()
        due = {"now": now, "read_before": now - full_check_every}
        seen = store.standing(registry.key, **due, basis=basis, asks_history=asks_history)
        if seen is None or not _is_past(seen.version.stamp, now):
            return None
        registry.take_turns(store)
        version = registry.version(seen.version)
        at = clock()
        if version is None or at < now or not _is_past(version.stamp, at):
            return None
        if version == seen.version and store.confirm(registry.key, seen, at):
            return QuietPass(
                [_as_it_was(one, version.stamp, registry.key, at) for one in seen.trials], seen.is_searched
            )
        context = UnmovedContext(
            registry=registry, store=store, seen=seen, clock=clock, full_check_every=full_check_every
        )
        if version != seen.version and (found := unmoved(version, context)):
            trials, at = found
            return QuietPass([_as_it_was(one, version.stamp, registry.key, at) for one in trials], is_searched=False)
    return None


def _is_past(stamp: str, now: datetime) -> bool:
    """Whether a version is of a day that has begun: of others, somebody may have to hear that a clock is wrong."""
    return bool(_STAMP.fullmatch(stamp)) and stamp[:10] <= now.date().isoformat()


def _as_it_was(trial: StandingTrial | ProbedTrial, stamp: str, registry: str, at: datetime) -> Checked:
    return Checked(
        registry=registry,
        trial_id=trial.trial_id,
        result=Result.REMOVED if trial.state == "removed" else Result.UNCHANGED,
        checked_at=at,
        snapshot=trial.snapshot,
        registry_version=stamp,
        title=trial.title,
    )
