"""What one pass over a registry came to, counted trial by trial."""

from dataclasses import dataclass, field
from time import monotonic

from monitor.model import Checked, Result
from monitor.trace import new_trace

MOST_FAILING = 10_000


@dataclass(slots=True)
class PassSummary:
    """What a pass came to."""

    trials: int = 0
    changed: int = 0
    failed: int = 0
    failing: list[str] = field(default_factory=list)
    """The first MOST_FAILING of those that failed."""
    reason: str | None = None
    """Why the first trial that failed did."""
    unlisted: int = 0
    """Watches whose trials could not be listed."""
    refused: str | None = None
    """Why nothing could be checked."""
    whole: bool = False
    """Whether it came to its end: it was neither stopped nor broken off."""
    watched: int = 0
    verified: int = 0
    """Of the watched trials, those that are seen."""
    denied: int = 0
    """Of the watched trials, numbers that the registry does not know."""
    version: str | None = None
    """The version of the registry's data."""
    trace: str = field(default_factory=new_trace)
    """See `monitor.trace`."""
    started: float = field(default_factory=monotonic)

    @property
    def well(self) -> bool:
        """Whether every watched trial was seen."""
        return self.whole and not (self.refused or self.failed or self.unlisted)

    def count(self, checked: Checked) -> None:
        """Take a trial into account."""
        self.trials += 1
        self.changed += bool(checked.changes)
        if checked.result is Result.FAILED and not checked.is_unknown:
            self.failed += 1
            if len(self.failing) < MOST_FAILING:
                self.failing.append(checked.trial_id)
            self.reason = self.reason or checked.error
