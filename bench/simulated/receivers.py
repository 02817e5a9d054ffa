"""What takes deliveries, and when it does not."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Outage:
    """From when until when, in seconds."""

    begins: float
    ends: float

    def holds(self, now: float) -> bool:
        """Whether it is one now."""
        return self.begins <= now < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Answers after *seconds*; in an outage it refuses after *refuses_after*, and by chance so does one in so many."""

    seconds: float = 0.0
    outages: tuple[Outage, ...] = ()
    refuses_after: float = 0.05
    refuses: float = 0.0
    """The share of attempts that it does not take, by chance."""

    def answer(self, now: float, chance: Random) -> tuple[float, bool]:
        """How long it takes, and whether it took what was sent."""
        if any(outage.holds(now) for outage in self.outages):
            return self.refuses_after, False
        if self.refuses and chance.random() < self.refuses:
            return self.refuses_after, False
        return self.seconds, True
