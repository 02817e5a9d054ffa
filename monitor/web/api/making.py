"""What many programs ask for at the same moment is made once: the others wait, and find it kept."""

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from anyio import Lock


@dataclass(slots=True)
class _Answer:
    """One that somebody makes."""

    lock: Lock = field(default_factory=Lock)
    wanted: int = 0
    """By how many."""


class Making:
    """The answers that are being made at the moment. Used in one event loop."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, _Answer] = {}

    def makes(self, key: Hashable) -> bool:
        """Whether somebody makes that answer at this moment."""
        return key in self._answers

    @asynccontextmanager
    async def alone(self, key: Hashable) -> AsyncIterator[None]:
        """Make that answer alone; who comes meanwhile waits, and may find it kept then."""
        own = self._answers.setdefault(key, _Answer())
        own.wanted += 1
        try:
            async with own.lock:
                yield
        finally:
            own.wanted -= 1
            if not own.wanted:
                del self._answers[key]
