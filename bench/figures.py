"""What a benchmark reports, and how repeated measurements become one number."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number, and the number that it should not exceed (or, with *at_least*, reach)."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bar is met; a figure without one always does."""
        if self.bar is None:
            return True
        return self.value >= self.bar if self.at_least else self.value <= self.bar


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def ratio_of_pairs(ours: Callable[[], float], theirs: Callable[[], float], *, pairs: int) -> float:
    """The median of ours / theirs over *pairs*, each measured one right after the other; a first pair only warms up."""
    ours(), theirs()
    return median(ours() / theirs() for _ in range(pairs))


def percentile(values: list[float], share: float) -> float:
    """The value that *share* of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
