"""One pace for each server that is asked, kept by all processes on a database. No SQLAlchemy: the quiet check uses it.

    a turn begins     now, or when the turn before it allows, or when the server no longer wants to be left alone
    the next begins   an interval later, at the soonest

A turn is one statement, in a transaction of its own: who takes turns at the same moment gets one after the other. The
clock is the database's, which is the server's on PostgreSQL; all times are in seconds since 1970.

A process that dies has taken one turn at most. What cannot be, because a clock was set back or a row was damaged, holds
up nobody: no more than MOST_WAITING turns are ahead, and nobody is left alone for longer than a day.
"""

import math
from collections.abc import Sequence

from monitor.http.pacing import LONGEST_LEFT_ALONE, Turn

MOST_WAITING = 60
"""Turns. More sessions than that do not ask one server at the same time."""

_TURN = """
INSERT INTO paces (host, next_start, left_alone_until) VALUES (:host, {now} + :interval, 0)
ON CONFLICT (host) DO UPDATE SET
    next_start = CASE WHEN {left_alone} > {now} + :patience THEN paces.next_start ELSE {earliest} + :interval END,
    left_alone_until = {left_alone}
RETURNING next_start - :interval - {now}, left_alone_until - {now}
"""
_LEAVE = """
INSERT INTO paces (host, next_start, left_alone_until) VALUES (:host, {now}, {now} + :seconds)
ON CONFLICT (host) DO UPDATE SET left_alone_until = {greatest}({left_alone}, {now} + :seconds)
"""
_LEFT_ALONE = """
CASE WHEN paces.left_alone_until <= {now} + {longest} THEN {greatest}(paces.left_alone_until, {now}) ELSE {now} END"""
_EARLIEST = """
CASE WHEN paces.next_start <= {left_alone} + {most} * :interval THEN {greatest}(paces.next_start, {left_alone})
     ELSE {left_alone} END"""


def _for(statement: str, *, now: str, greatest: str) -> str:
    words = {"now": now, "greatest": greatest, "longest": LONGEST_LEFT_ALONE, "most": MOST_WAITING}
    left_alone = _LEFT_ALONE.format(**words)
    earliest = _EARLIEST.format(**words, left_alone=left_alone)
    return statement.format(**words, left_alone=left_alone, earliest=earliest)


_SQLITE = {"now": "(julianday('now') - 2440587.5) * 86400.0", "greatest": "max"}
_POSTGRESQL = {
    "now": "CAST(extract(epoch FROM clock_timestamp()) AS double precision)",
    "greatest": "greatest",
}
TURN, LEAVE = _for(_TURN, **_SQLITE), _for(_LEAVE, **_SQLITE)
TURN_ON_POSTGRESQL, LEAVE_ON_POSTGRESQL = _for(_TURN, **_POSTGRESQL), _for(_LEAVE, **_POSTGRESQL)
"""Statements with parameters by name. On SQLite the clock stands still in a statement, and has milliseconds."""


def turn_of(row: Sequence[object], *, interval: float) -> Turn | None:
    """The turn that the row of TURN gives; None where it is none: SQLite takes anything."""
    wait, left_alone_for = (value if isinstance(value, float) else math.nan for value in row)
    if math.isnan(wait) or math.isnan(left_alone_for):
        return None
    longest = LONGEST_LEFT_ALONE + (MOST_WAITING + 1) * interval
    return Turn(min(max(wait, 0.0), longest), min(max(left_alone_for, 0.0), LONGEST_LEFT_ALONE))
