"""A read replica of PostgreSQL, for pages: it is read while it is fit, and the primary else.

It is fit where it answers, is no further behind than LAGS_AT_MOST, and has replayed all that this process wrote: so
whoever changed something sees it changed. How far it is behind is told by when it last replayed a commit. Processes
that work write at least every ten seconds, so on a whole installation that is never long ago.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import monotonic as system_monotonic

from sqlalchemy import Connection, Engine, text

from monitor.errors import StoreError

LAGS_AT_MOST = 30.0
"""Seconds."""
LOOKED_AT_EVERY = 1.0
LEFT_ALONE_FOR = 5.0
"""Seconds after it did not answer."""
ANSWERS_WITHIN = 2
"""Seconds to connect: readers wait for it."""

_left_out: ContextVar[bool] = ContextVar("replica_left_out", default=False)
_written = text("SELECT pg_current_wal_insert_lsn()::text")
_standing = text("""
    SELECT pg_is_in_recovery()
        AND pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn)
        AND pg_last_xact_replay_timestamp() > now() - make_interval(secs => :most)""")


@contextmanager
def left_out(*, is_so: bool = True) -> Iterator[None]:
    """Have this thread read no replica within the block: for who has just changed something by another process."""
    before = _left_out.set(is_so)
    try:
        yield
    finally:
        _left_out.reset(before)


class Replica:
    """Connections to a replica, and whether it is fit to be read now."""

    def __init__(self, engine: Engine, *, monotonic: Callable[[], float] = system_monotonic) -> None:
        self.engine = engine
        self._monotonic = monotonic
        self._lock = Lock()
        self._written = "0/0"
        """Where in the primary's log the last is that this process wrote."""
        self._is_fit = False
        self._looks_again_at = 0.0

    def wrote(self, primary: Connection) -> None:
        """Note on the connection that has just committed how far the replica has to be from now on."""
        position: str = primary.execute(_written).scalar_one()
        with self._lock:
            if _number(position) > _number(self._written):
                self._written, self._is_fit, self._looks_again_at = position, False, 0.0

    def connection(self) -> Connection | None:
        """A connection to read; None while it is not fit, or where it has gone just now."""
        if _left_out.get() or not self.is_fit():
            return None
        try:
            return self.engine.connect()
        except StoreError:
            with self._lock:
                self._is_fit, self._looks_again_at = False, self._monotonic() + LEFT_ALONE_FOR
            return None

    def is_fit(self) -> bool:
        """Whether to read it now. One thread looks; the others go by what was seen last."""
        with self._lock:
            if self._monotonic() < self._looks_again_at:
                return self._is_fit
            self._looks_again_at = self._monotonic() + LEFT_ALONE_FOR
            written = self._written
        is_fit, again_in = self._look(written)
        with self._lock:
            if written == self._written:
                self._is_fit, self._looks_again_at = is_fit, self._monotonic() + again_in
            return self._is_fit

    def _look(self, written: str) -> tuple[bool, float]:
        """Whether it has replayed all up to there, and after how many seconds to look again."""
        try:
            with self.engine.connect().execution_options(postgresql_readonly=True) as connection:
                found = connection.execute(_standing, {"written": written, "most": LAGS_AT_MOST}).scalar_one()
        except StoreError:
            return False, LEFT_ALONE_FOR
        # What was written just now is replayed within milliseconds.
        return bool(found), LOOKED_AT_EVERY if found else LOOKED_AT_EVERY / 10


def _number(position: str) -> int:
    """A place in the log, which is told as two halves."""
    high, _, low = position.partition("/")
    return (int(high, 16) << 32) + int(low, 16)
