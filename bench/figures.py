"""What a benchmark reports, and how repeated measurements become one number."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time

from bench.process import Runs

OURS = "monitor"
FLOOR = "a bare script"


@dataclass(frozen=True, slots=True)
class Beside:
    """Another program that did the same in the same run: its value, and the median of ours / its."""

    name: str
    value: float
    ratio: float
    bar: float | None = None
    """What the ratio should not exceed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number, and the number that it should not exceed (or, with *at_least*, reach)."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = False
    wall: float | None = None
    """Seconds from start to exit, where the figure is a whole process."""
    peak_mb: float | None = None
    beside: tuple[Beside, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every bar is met; a figure without one always does."""
        near = all(other.bar is None or other.ratio <= other.bar for other in self.beside)
        if self.bar is None:
            return near
        return near and (self.value >= self.bar if self.at_least else self.value <= self.bar)

    @property
    def has_bar(self) -> bool:
        """Whether anything is promised of it."""
        return self.bar is not None or any(other.bar is not None for other in self.beside)


def processor_figure(name: str, ran: Runs, bar: float | None = None) -> Figure:
    """Processor seconds of our whole process, beside all others that ran in turn with it."""
    ours = ran[OURS]
    beside = tuple(
        Beside(
            other,
            median(each.cpu for each in theirs),
            median(our.cpu / their.cpu for our, their in zip(ours, theirs, strict=True)),
        )
        for other, theirs in ran.items()
        if other != OURS
    )
    return Figure(
        name,
        median(each.cpu for each in ours),
        "s",
        bar,
        wall=median(each.wall for each in ours),
        peak_mb=median(each.peak_mb for each in ours),
        beside=beside,
    )


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of one call: what others do on the machine meanwhile makes little difference to them."""
    started = process_time()
    work()
    return process_time() - started


def ratio_of_pairs(ours: Callable[[], float], theirs: Callable[[], float], *, pairs: int) -> float:
    """The median of ours / theirs over *pairs*, each measured one right after the other; a first pair only warms up."""
    ours(), theirs()
    return median(ours() / theirs() for _ in range(pairs))


def percentile(values: list[float], share: float) -> float:
    """The value that *share* of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
