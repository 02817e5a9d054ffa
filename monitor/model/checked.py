"""What a pass did: one trial, checked. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.model.change import Change, event_id
from monitor.model.record import Json


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
    """What checking one trial came to: a line of `check --json`."""

    registry: str
    trial_id: str
    result: Result
    checked_at: datetime
    snapshot: int | None = None
    """The number of the latest snapshot; None where there is none yet."""
    registry_version: str | None = None
    title: str | None = None
    """For people; not part of the line."""
    changes: tuple[Change, ...] = ()
    error: str | None = None
    """One line that says what to do next; None unless something went wrong."""
    is_unknown: bool = False
    """Whether the registry says that it has no such trial, of one that was never seen there."""
    is_behind: bool = False
    """Whether the answer came from older data than the registry has: what it shows is as of *registry_version*."""

    def settled(self, held: Collection[str]) -> "Checked":
        """The same, told as held where the id of its event is among those."""
        is_held = self.snapshot is not None and event_id(self.registry, self.trial_id, self.snapshot) in held
        return replace(self, result=Result.HELD) if is_held else self

    def as_json(self) -> dict[str, Json]:
        """The line of `check --json`."""
        return {
            "registry": self.registry,
            "trial_id": self.trial_id,
            "result": str(self.result),
            "snapshot": self.snapshot,
            "checked_at": self.checked_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "registry_version": self.registry_version,
            "changes": [change.as_json() for change in self.changes],
            "error": self.error,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """A watch whose search could not be listed: who joined and who left it is not known; what it holds is checked."""

    registry: str
    watch_id: int
    watch: str
    """What it looks for, in words."""
    error: str
    """One line that says what to do next."""

    def as_json(self) -> dict[str, Json]:
        """A line of `check --json`, told apart by its `watch`."""
        return {"registry": self.registry, "watch": self.watch_id, "result": str(Result.FAILED), "error": self.error}
