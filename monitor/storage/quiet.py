"""What a pass in which nothing is new has to know, in one statement, and the one thing that it writes. No SQLAlchemy.

For SQLite alone: the driver comes with Python, and loads in a tenth of the time. The rule to keep: nothing comes from
here unless the whole pass would find, ask and write nothing else. Whatever is odd, locked, damaged or of another schema
is None, and nothing is waited for, made or mended.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from monitor.files import identity
from monitor.storage.journals import OLDEST_SQLITE, choose_journal
from monitor.storage.migrations import HEAD
from monitor.storage.moments import as_text

_STANDING = """
WITH seen AS MATERIALIZED (
    SELECT registry, version_stamp, version_etag,
           (SELECT group_concat(coalesce(sponsor, '') || coalesce(condition, '') || coalesce(expression, ''))
            FROM searches) AS searched
    FROM registries AS last
    WHERE registry = :registry AND (SELECT group_concat(version_num) FROM alembic_version) = :schema
      AND NOT EXISTS (SELECT 1 FROM watches WHERE origin IS NOT 'command')
      AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE name IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM watched_trials WHERE registry <> :registry)
      AND NOT EXISTS (
          SELECT 1 FROM searches
          WHERE registry IS NOT :registry OR listed_version IS NOT last.version_stamp OR role NOT IN ('lead', 'any')
             OR coalesce(sponsor, condition, expression) IS NULL
             OR listed_in_full_at IS NOT NULL AND julianday(listed_in_full_at) IS NULL)
      AND NOT EXISTS (SELECT 1 FROM leavers WHERE registry = :registry)
      AND NOT EXISTS (SELECT 1 FROM settlements WHERE registry = :registry AND settlement = 'pending')
      AND NOT EXISTS (SELECT 1 FROM quarantine WHERE registry = :registry AND latest_at >= :now)
      AND NOT EXISTS (
          SELECT 1 FROM left_alone WHERE registry = :registry AND (until > :now OR julianday(until) IS NULL))
)
SELECT seen.version_stamp, seen.version_etag, watched.trial_id, trials.state, trials.title, trials.snapshot,
       trials.verified_version,
       trials.state = 'merged' AND (
           trials.verified_version = seen.version_stamp
           OR trials.read_in_full_at > :read_before AND trials.read_in_full_at <= :now AND trials.misses = 0
       ),
       seen.searched
FROM seen
CROSS JOIN (SELECT DISTINCT trial_id FROM watched_trials WHERE registry = :registry) AS watched
LEFT JOIN trials ON trials.registry = seen.registry AND trials.trial_id = watched.trial_id
ORDER BY watched.trial_id
"""
"""Watched trials as they stand; none at all where there is something to do. What searches look for is read along,
because nobody may be told of trials that a damaged search may lack: the driver refuses text that is no UTF-8."""

_CONFIRM = """
UPDATE registries SET checked_at = :at WHERE registry = :registry AND version_stamp = :stamp AND version_etag = :etag
"""


class StandingTrial(NamedTuple):
    """A watched trial that is verified at the registry's last version."""

    trial_id: str
    state: str | None
    title: str | None
    snapshot: int | None


class Standing(NamedTuple):
    """A registry all of whose watched trials are verified at *stamp*, the version that it named last."""

    stamp: str
    etag: str
    trials: list[StandingTrial]
    """In the order of their ids, and at least one."""
    is_searched: bool
    """Whether any watch finds its trials itself."""


class QuietStore:
    """A database as it is: it is neither made nor waited for. Its methods raise sqlite3.Error for what is damaged."""

    def __init__(self, connection: sqlite3.Connection, file: str) -> None:
        self._connection = connection
        self._file = file
        self._identity = identity(file)

    @classmethod
    @contextmanager
    def opened(cls, file: str) -> Iterator["QuietStore"]:
        """Open that file. Raise sqlite3.Error where it is none."""
        address = f"{Path(file).absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=0)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            yield cls(connection, file)

    def standing(self, registry: str, *, now: datetime, read_before: datetime) -> Standing | None:
        """How a registry's watched trials stand; None where a pass has anything to do but to ask for the version.

        *read_before* is for mergers, as in `monitor.storage.trials.MergedDue`.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE or not self._has_its_journal():
            return None
        asked = {"registry": registry, "now": as_text(now), "read_before": as_text(read_before), "schema": HEAD}
        rows = self._connection.execute(_STANDING, asked).fetchall()
        if not rows:
            return None
        stamp, etag = rows[0][:2]
        searched = rows[0][-1]
        # A trial that merged into another is watched no more, until it is due.
        counting = [row[2:7] for row in rows if not row[7]]
        found = [StandingTrial(*row[:4]) for row in counting]
        is_sound = isinstance(stamp, str) and isinstance(etag, str) and all(map(_is_sound, found))
        if not (found and is_sound and all(verified == stamp for *_, verified in counting)):
            return None
        return Standing(stamp, etag, found, searched is not None)

    def confirm(self, registry: str, seen: Standing, at: datetime) -> bool:
        """Record that the registry named the same version again; false where something came between.

        As `monitor.storage.registries.remember` does where nothing was asked but the version.
        """
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        asked = {"registry": registry, "stamp": seen.stamp, "etag": seen.etag, "at": as_text(at)}
        is_done = identity(self._file) == self._identity and connection.execute(_CONFIRM, asked).rowcount == 1
        connection.execute("COMMIT" if is_done else "ROLLBACK")
        return is_done

    def _has_its_journal(self) -> bool:
        (mode,) = self._connection.execute("PRAGMA journal_mode").fetchone()
        return bool(mode == choose_journal(sqlite3.sqlite_version_info).mode)


def _is_sound(trial: StandingTrial) -> bool:
    """Whether the row holds what belongs there: SQLite takes anything."""
    return (
        isinstance(trial.trial_id, str)
        and trial.state in (None, "listed", "removed")
        and isinstance(trial.title, str | None)
        and isinstance(trial.snapshot, int | None)
    )
