"""A sandbox that stands at a noon of its own, and whoever asks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from monitor.sandbox.small import SmallRegistry
from tests.sandbox.conftest import Client

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def asking(kind: type[SmallRegistry], *, trials: int = 2) -> Iterator[Client]:
    """A client of such a registry; its `sandbox` is the registry, whose `clock` can be moved."""
    clock = Clock()
    with kind(trials=trials, clock=clock) as running:
        client = Client(running)
        client.clock = clock
        yield client
        client.session.close()
