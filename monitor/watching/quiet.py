"""A pass in which nothing is new, as most are, without what the others need: one statement, and one question.

    all that is watched is verified at the last version, and nothing else is due ->  is there a newer version?
    there is none                                                                ->  every trial stands as it did

It may do nothing else. At the slightest doubt it gives up, having written nothing, and the whole pass of
`monitor.watching.patrol` follows as if nothing had been tried; it is handed the answer, so that the registry is not
asked twice. Whatever that pass would report, ask and store is the same, which a test proves over random states.
"""

import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.http.response import Asked
from monitor.model.checked import Checked, Result
from monitor.storage.quiet import QuietStore, Standing, StandingTrial

_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Question:
    """How a registry is asked whether its data are newer than an ETag."""

    registry: str
    ask: Callable[[str], Asked | None]
    """One request; None where no plain answer came."""
    is_as_before: Callable[[int, str], bool]
    """Whether an answer of this HTTP status says that the ETag still names the version."""


@dataclass(frozen=True, slots=True)
class QuietPass:
    """What came of a pass in which nothing was new: each trial, in the order of their ids."""

    checked: list[Checked]
    asked: Asked
    is_searched: bool
    """Whether any watch finds its trials itself."""


def quiet_pass(
    file: str, question: Question, *, clock: Callable[[], datetime], full_check_every: timedelta
) -> QuietPass | Asked | None:
    """Make a pass over what is watched at one registry, with the SQLite database in *file*, if nothing is new.

    Else give the answer that the registry gave, or None where it was not asked, or did not answer plainly.
    """
    asked: Asked | None = None
    with suppress(sqlite3.Error, OSError, OverflowError, UnicodeError), QuietStore.opened(file) as store:
        now = clock()
        seen = store.standing(question.registry, now=now, read_before=now - full_check_every)
        if seen is None or not _is_past(seen.stamp, now):
            return None
        asked = question.ask(seen.etag)
        if asked is None or not question.is_as_before(asked.answer.status, seen.etag):
            return asked
        at = clock()
        if at >= now and store.confirm(question.registry, seen, at):
            return QuietPass(_as_they_were(seen, question.registry, at), asked, seen.is_searched)
    return asked


def _is_past(stamp: str, now: datetime) -> bool:
    """Whether a version is of a day that has begun: of others, somebody may have to hear that a clock is wrong."""
    return bool(_STAMP.fullmatch(stamp)) and stamp[:10] <= now.date().isoformat()


def _as_they_were(seen: Standing, registry: str, at: datetime) -> list[Checked]:
    return [_as_it_was(trial, seen.stamp, registry, at) for trial in seen.trials]


def _as_it_was(trial: StandingTrial, stamp: str, registry: str, at: datetime) -> Checked:
    return Checked(
        registry=registry,
        trial_id=trial.trial_id,
        result=Result.REMOVED if trial.state == "removed" else Result.UNCHANGED,
        checked_at=at,
        snapshot=trial.snapshot,
        registry_version=stamp,
        title=trial.title,
    )
