"""Rows that wait for their time, as the table of deliveries has them."""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count


@dataclass(slots=True)
class Owed:
    """Deliveries to one receiver that are sent together; *weight* is how many."""

    receiver: int
    owed_at: float
    weight: int = 1
    attempts: int = 0
    done_at: float | None = None
    is_given_up: bool = False


@dataclass(slots=True)
class Due:
    """What is owed, by when it is due next."""

    waiting: list[tuple[float, int, Owed]] = field(default_factory=list)
    done: list[Owed] = field(default_factory=list)
    """What was delivered or given up."""
    _numbers: "count[int]" = field(default_factory=count)

    def owe(self, owed: Owed, *, due_at: float) -> None:
        """Owe it, or owe it again."""
        heappush(self.waiting, (due_at, next(self._numbers), owed))

    def claim(self, now: float, limit: int) -> list[Owed]:
        """Up to *limit* rows that are due, the oldest first: nobody else claims them."""
        claimed: list[Owed] = []
        while self.waiting and len(claimed) < limit and self.waiting[0][0] <= now:
            claimed.append(heappop(self.waiting)[2])
        return claimed

    @property
    def next_at(self) -> float:
        """When the next row is due; infinite where there is none."""
        return self.waiting[0][0] if self.waiting else float("inf")
