"""What was asked of a benchmark."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """How often, and with which records."""

    runs: int = 5
    records: Path | None = None
    """A folder with a folder of JSON records for each trial, its versions in their order; None for synthetic ones."""

    trials: int = 20_000
    """Of a whole registry on PostgreSQL."""

    subscriptions: int = 100_000
    """That one event is told to."""

    def say(self, what: str) -> None:
        """Tell on standard error how far it is."""
        print(what, file=sys.stderr, flush=True)
