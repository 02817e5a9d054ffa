"""A program that looks at trials: how it is set up, looks, and what it told. Each has a module of its own."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import ClassVar

from bench.process import KILLED, Ran
from bench.registry import Registry

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Place:
    """Where a program keeps what it needs, the registry that it asks, and the trials that it watches."""

    folder: Path
    registry: Registry
    trial_ids: Sequence[str]
    tells: bool = False
    """Whether somebody is told of changes; otherwise it only has to say what changed."""

    def address_of(self, trial_id: str) -> str:
        """Where a page monitor finds a trial: what sponsors wrote, without what the registry derives from it."""
        return f"{self.registry.base_url}/studies/{trial_id}?fields=protocolSection%7ChasResults"


@dataclass(frozen=True, slots=True)
class Look:
    """One run of a program over all trials that it watches."""

    ran: Ran
    told: Sequence[str] = ()
    """The trials that it said have changed, each as often as it said so."""
    failed: int = 0
    """How many trials it said that it could not read."""
    read: int = 0
    """How many trials it looked at, as far as it says."""

    @property
    def was_killed(self) -> bool:
        """Whether it had to be ended."""
        return self.ran.status == KILLED


class Program(ABC):
    """One of them."""

    name: ClassVar[str]
    package: ClassVar[str]
    environment: ClassVar[str]
    """The folder of the virtual environment it is installed in."""
    home: ClassVar[str]
    """Its address."""
    used: ClassVar[str]
    """How it is used here, for the page, as Markdown."""

    takes_up_after: ClassVar[float] = 0
    """Seconds after which it sends what a run that was killed had in hand, beside what the next run does at once."""

    @abstractmethod
    def prepare(self, place: Place) -> None:
        """Write what it needs into the empty folder of *place*, before its first look."""

    @abstractmethod
    def look(self, place: Place, *, limit: float = 0) -> Look:
        """Run it once, from start to exit, or until it is killed after *limit* seconds, unless that is 0."""

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return ROOT / self.environment / "bin" / "python"

    def version(self) -> str | None:
        """The version that is installed; None where it is not."""
        paths = [str(path) for path in (ROOT / self.environment).glob("lib/python3*/site-packages")]
        return next((each.version for each in distributions(path=paths, name=self.package)), None)


def arrived_during(place: Place, sender: str, work: Callable[[], Ran]) -> tuple[Ran, list[str]]:
    """Do *work*, and list the trials of which *sender* told the registry's webhook receiver meanwhile."""
    before = len(place.registry.arrivals())
    ran = work()
    return ran, [trial_id for by, trial_id in place.registry.arrivals()[before:] if sender in by.lower()]
