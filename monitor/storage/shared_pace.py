"""The pace of `monitor.storage.pace` as sessions keep it: each turn is a transaction of its own on an open store."""

from collections.abc import Mapping
from time import monotonic

from sqlalchemy import Row, text

from monitor.errors import StoreError
from monitor.http.pacing import Turn
from monitor.storage import pace
from monitor.storage.store import Store

WAITS_FOR_OTHERS = 5.0
"""Seconds that another process may be writing to SQLite."""
WITHOUT_A_STORE = 60.0
"""Seconds until a store is tried again that could not be written to."""


class SharedPace:
    """The port `monitor.http.pacing.Pace`, by a row for each server."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unusable_until = float("-inf")

    def turn(self, host: str, *, interval: float, patience: float) -> Turn:
        """As the port says. Where the store cannot be written to, the session's own pace is enough for a minute."""
        given: dict[str, str | float] = {"host": host, "interval": interval, "patience": patience}
        row = self._executed(pace.TURN, pace.TURN_ON_POSTGRESQL, given)
        return (row and pace.turn_of(tuple(row), interval=interval)) or Turn(0.0, 0.0)

    def leave_alone(self, host: str, seconds: float) -> None:
        """As the port says."""
        self._executed(pace.LEAVE, pace.LEAVE_ON_POSTGRESQL, {"host": host, "seconds": seconds})

    def _executed(
        self, on_sqlite: str, on_postgresql: str, given: Mapping[str, str | float]
    ) -> Row[tuple[object, ...]] | None:
        """The row that the statement gives, if any; None, too, where it cannot be executed."""
        if monotonic() < self._unusable_until:
            return None
        try:
            with self._store.begin_if_free(within=WAITS_FOR_OTHERS) as tx:
                statement = on_postgresql if tx.dialect.name == "postgresql" else on_sqlite
                result = tx.execute(text(statement), given)
                return result.one_or_none() if result.returns_rows else None
        except StoreError:
            self._unusable_until = monotonic() + WITHOUT_A_STORE
            return None
