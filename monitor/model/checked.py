"""What a check came to: of one trial, and of all of them. Pure."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.model.ids import event_id
from monitor.model.stamps import is_older

if TYPE_CHECKING:
    from monitor.model.change import Change

FEW = 5
"""A pass over no more trials than this has a line for those without news, too."""
MANY = 1_000_000
"""Trials that a search may find: too many for a line each."""


class Result(StrEnum):
    """What checking one trial came to."""

    BASELINE = "baseline"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    REMOVED = "removed"
    MERGED = "merged"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What checking one trial came to."""

    registry: str
    trial_id: str
    result: Result
    checked_at: datetime
    snapshot: int | None = None
    """The number of the latest snapshot; None where there is none yet."""
    registry_version: str | None = None
    title: str | None = None
    """For people; programs are not told it."""
    changes: "tuple[Change, ...]" = ()
    error: str | None = None
    """One line that says what to do next; None unless something went wrong."""
    is_unknown: bool = False
    """Whether the registry says that it has no such trial, of one that was never seen there."""
    is_denied_again: bool = False
    """Whether it said so before."""
    is_behind: bool = False
    """Whether the answer came from older data than the registry has: what it shows is as of *registry_version*."""
    merged_into: str | None = None
    """For people: the trial that the registry gave in its place, where that was asked for."""

    def settled(self, held: Collection[str]) -> "Checked":
        """The same, told as held where the id of its event is among those."""
        is_held = self.snapshot is not None and event_id(self.registry, self.trial_id, self.snapshot) in held
        return replace(self, result=Result.HELD) if is_held else self

    def is_worth_a_line(self, asked: int) -> bool:
        """Whether people are told of it after a pass over *asked* trials."""
        is_news = self.result not in (Result.UNCHANGED, Result.BASELINE)
        return is_news or bool(self.error or self.changes) or asked <= FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """A watch whose search could not be listed: who joined and who left it is not known; what it holds is checked."""

    registry: str
    watch_id: int
    watch: str
    """What it looks for, in words."""
    error: str
    """One line that says what to do next."""


@dataclass(slots=True)
class CheckSummary:
    """What a check came to, over all registries."""

    asked: int = 0
    results: dict[str, Result] = field(default_factory=dict)
    """By trial id, the last word on each."""
    unlisted: int = 0
    """Watches whose trials could not be listed."""
    behind: int = 0
    """Trials that the registry answered for from older data than it has."""
    denied: int = 0
    """Watched numbers that their registry does not know, as an earlier check said; they are not among *asked*."""
    changed: bool = False
    requests: int = 0
    bytes: int = 0
    versions: dict[str, str | None] = field(default_factory=dict)
    """By registry, as of which version of its data its trials are reported: the newest of them."""
    seconds: float = 0.0

    def count(self, checked: Checked | Unlisted) -> None:
        """Take one trial, or a watch that could not be listed, into account."""
        if isinstance(checked, Unlisted):
            self.unlisted += 1
            return
        self.results[checked.trial_id] = checked.result
        self.changed |= bool(checked.changes)
        self.behind += checked.is_behind
        known, seen = self.versions.get(checked.registry), checked.registry_version or None
        keeps = known and (seen is None or checked.is_behind or is_older(seen, known))
        self.versions[checked.registry] = known if keeps else seen

    def counts(self) -> Counter[Result]:
        """How many trials came to each result."""
        return Counter(self.results.values())
