"""The snapshots of a trial as a line, the newest first: what each told, and where it is from. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Change, Significance, State
from monitor.render.change_rows import ChangeRow, change_rows, count_by_weight
from monitor.render.headlines import gist
from monitor.storage.settlements import Settled
from monitor.text import one_line
from monitor.views.moments import key_of
from monitor.views.trial_page import Taken, WholeTrial

Say = Callable[[str], str]

MOST_HEADLINE = 110
MOST_ROWS = 2
"""Changes beside the one that the headline is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One snapshot in the line."""

    key: str
    """What it is called in addresses: its number, or its day where it has none."""
    number: int | None
    """None of what was imported."""
    at: datetime
    significance: Significance
    headline: str
    rows: Sequence[ChangeRow] = ()
    counts: Sequence[tuple[Significance, int]] = ()
    version: int | None = None
    source: str = ""
    trouble: str = ""
    settled: Settled | None = None
    is_first: bool = False
    has_record: bool = True


def timeline(trial: WholeTrial, say: Say) -> list[Moment]:
    """All of them, the newest first."""
    first = trial.taken[0] if trial.taken else None
    return [_moment(each, say, is_first=each is first) for each in reversed(trial.taken)]


def _moment(taken: Taken, say: Say, *, is_first: bool) -> Moment:
    changes = sorted(taken.changes, key=lambda change: -change.significance)
    return Moment(
        key=key_of(taken.number, taken.taken_at),
        number=taken.number if taken.number > 0 else None,
        at=taken.taken_at,
        significance=taken.significance or Significance.ADMINISTRATIVE,
        headline=gist(changes, MOST_HEADLINE) if changes else _without_changes(taken, say, is_first=is_first),
        rows=[row for row in _beside_the_headline(changes) if row.significance > Significance.ADMINISTRATIVE],
        counts=count_by_weight(changes),
        version=taken.version,
        source=one_line(taken.source or ""),
        trouble=taken.trouble or "",
        settled=taken.settled,
        is_first=is_first,
        has_record=taken.state is State.LISTED,
    )


def _beside_the_headline(changes: Sequence[Change]) -> list[ChangeRow]:
    return change_rows(changes, limit=1 + MOST_ROWS)[1:]


def _without_changes(taken: Taken, say: Say, *, is_first: bool) -> str:
    if taken.trouble:
        return say("Cannot be read")
    if taken.version == 0:
        return say("As first registered")
    if taken.source is not None and is_first:
        return say("The earliest that is kept")
    if taken.number == 1:
        return say("First look")
    return say("No change in what is watched")
