"""What a pass in which nothing moved has to know, and what it writes. No SQLAlchemy.

For SQLite alone: the driver comes with Python, and loads in a tenth of the time. The rule to keep: nothing comes from
here unless the whole pass would find, ask and write nothing else. Whatever is odd, locked, damaged or of another schema
is None, and nothing is waited for, made or mended.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from monitor.files import identity
from monitor.http.pacing import Turn
from monitor.model.stamps import Stamped
from monitor.storage import applied, pace
from monitor.storage.journals import OLDEST_SQLITE, PRAGMAS, choose_journal
from monitor.storage.migrations import HEAD
from monitor.storage.moments import as_text, of_text

_STANDING = """
WITH seen AS MATERIALIZED (
    SELECT registry, version_stamp, version_etag,
           (SELECT group_concat(coalesce(sponsor, '') || coalesce(condition, '') || coalesce(expression, ''))
            FROM searches) AS searched
    FROM registries AS last
    WHERE registry = :registry AND (SELECT group_concat(version_num) FROM alembic_version) = :schema
      AND (:is_applied
           OR NOT EXISTS (SELECT 1 FROM watches WHERE origin IS NOT 'command')
              AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE name IS NOT NULL))
      AND NOT EXISTS (SELECT 1 FROM watched_trials WHERE registry <> :registry)
      AND NOT EXISTS (
          SELECT 1 FROM searches
          WHERE registry IS NOT :registry OR listed_version IS NOT last.version_stamp OR role NOT IN ('lead', 'any')
             OR coalesce(sponsor, condition, expression) IS NULL
             OR listed_in_full_at IS NOT NULL AND julianday(listed_in_full_at) IS NULL)
      AND NOT EXISTS (SELECT 1 FROM moves WHERE NOT arrives OR finished_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM sibling_watches)
      AND NOT (:asks_history AND EXISTS (
          SELECT 1 FROM trials AS begun LEFT JOIN backfills USING (registry, trial_id)
          WHERE begun.registry = :registry AND begun.state = 'listed' AND begun.snapshot IS NOT NULL
            AND backfills.finished_at IS NULL AND (backfills.retry_at IS NULL OR backfills.retry_at <= :now)
            AND EXISTS (SELECT 1 FROM watched_trials AS held
                        WHERE held.registry = begun.registry AND held.trial_id = begun.trial_id)))
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

_UNMOVED = """
SELECT watched.trial_id, trials.state, trials.title, trials.snapshot, trials.probe_digest, trials.build,
       trials.read_in_full_at, trials.verified_at,
       trials.state IS 'listed' AND trials.merged_into IS NULL AND trials.misses = 0 AND trials.first_missed_at IS NULL
       AND trials.verified_version IS :stamp AND typeof(trials.snapshot) = 'integer'
       AND typeof(trials.digest) = 'blob' AND typeof(trials.probe_digest) = 'blob'
FROM (SELECT DISTINCT trial_id FROM watched_trials WHERE registry = :registry) AS watched
LEFT JOIN trials ON trials.registry = :registry AND trials.trial_id = watched.trial_id
WHERE coalesce(trials.state = 'merged' AND trials.read_in_full_at > :read_before AND trials.read_in_full_at <= :now
               AND trials.misses = 0, FALSE) IS FALSE
ORDER BY watched.trial_id
"""
"""The trials that a pass over newer data checks, and whether each is listed and was not missed."""

_MEASURES = """
SELECT behind_since IS NULL, coalesce(in_step_at >= :since, FALSE) OR EXISTS (
    SELECT 1 FROM trials
    WHERE registry = :registry AND build >= substr(verified_version, 1, 10) AND verified_at >= :since
)
FROM registries WHERE registry = :registry
"""
"""Whether all answers of the last pass were of its version, and `monitor.storage.trials.names_builds`."""

_VERIFY = """
UPDATE trials SET verified_version = :newer_stamp, verified_at = :at, build = coalesce(:build, build)
WHERE registry = :registry AND state = 'listed' AND verified_version = :stamp
  AND trial_id IN (SELECT trial_id FROM watched_trials WHERE registry = :registry)
"""
_WHOLE = """
SELECT trial_id, digest, title, lead_sponsor FROM trials
WHERE registry = :registry AND trial_id = :trial_id AND reads_otherwise_on IS NULL
"""
_READ = """
UPDATE trials SET read_in_full_at = :at WHERE registry = :registry AND trial_id IN (SELECT value FROM json_each(:read))
"""
_REMEMBER = """
UPDATE registries SET version_stamp = :newer_stamp, version_etag = :newer_etag, checked_at = :at
WHERE registry = :registry AND version_stamp = :stamp AND version_etag = :etag AND behind_since IS NULL
"""


class StandingTrial(NamedTuple):
    """A watched trial that is verified at the registry's last version."""

    trial_id: str
    state: str | None
    title: str | None
    snapshot: int | None


class ProbedTrial(NamedTuple):
    """A watched trial of which a probe can tell that it did not move."""

    trial_id: str
    state: str
    title: str | None
    snapshot: int
    probe_digest: bytes
    build: str | None
    read_in_full_at: datetime


class KeptRecord(NamedTuple):
    """What a full record is compared with."""

    trial_id: str
    digest: bytes
    title: str | None
    lead_sponsor: str | None


class Standing(NamedTuple):
    """A registry all of whose watched trials are verified at the version that it named last."""

    version: Stamped
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
        self._version: int | None = None

    @classmethod
    @contextmanager
    def opened(cls, file: str) -> Iterator["QuietStore"]:
        """Open that file. Raise sqlite3.Error where it is none."""
        address = f"{Path(file).absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=0)) as connection:
            for pragma in PRAGMAS:
                connection.execute(pragma)
            yield cls(connection, file)

    def standing(
        self, registry: str, *, now: datetime, read_before: datetime, basis: bytes | None, asks_history: bool = False
    ) -> Standing | None:
        """How a registry's watched trials stand; None where a pass has anything to do but to ask for the version.

        *read_before* is for mergers, as in `monitor.storage.trials.MergedDue`; *basis* is that of what would be applied
        first, as in `monitor.operate.applied`, and None where nothing would be. With *asks_history*, former versions
        that may be asked for are something to do.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE or not self._has_its_journal():
            return None
        self._version = self._version_now()
        is_applied = basis is not None and self._is_applied(basis)
        if basis is not None and not is_applied:
            return None
        asked: dict[str, str | bool] = {"registry": registry, "now": as_text(now), "read_before": as_text(read_before)}
        asked |= {"schema": HEAD, "is_applied": is_applied, "asks_history": asks_history}
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
        return Standing(Stamped(stamp, etag), found, searched is not None)

    def turn(self, host: str, *, interval: float, patience: float) -> Turn:
        """The next turn at a server, as in `monitor.storage.pace`."""
        given = {"host": host, "interval": interval, "patience": patience}
        turn = pace.turn_of(self._connection.execute(pace.TURN, given).fetchone(), interval=interval)
        if turn is None:
            raise sqlite3.DataError("no turn can be read from the row of this server")
        return turn

    def confirm(self, registry: str, seen: Standing, at: datetime) -> bool:
        """Record that the registry named the same version again; false where something came between.

        As `monitor.storage.registries.remember` does where nothing was asked but the version.
        """
        asked = {"registry": registry, **seen.version._asdict(), "at": as_text(at)}
        return self._write([(_CONFIRM, 1)], asked)

    def unmoved(self, registry: str, seen: Standing, *, now: datetime, read_before: datetime) -> list[ProbedTrial]:
        """The trials that a pass over newer data checks; none where one of them is not listed, or was missed."""
        asked = {"registry": registry, "stamp": seen.version.stamp}
        asked |= {"now": as_text(now), "read_before": as_text(read_before)}
        rows = self._connection.execute(_UNMOVED, asked).fetchall()
        try:
            times = {text: of_text(text) for text in {text for row in rows for text in row[6:8]}}
        except (TypeError, ValueError):
            return []
        found = [ProbedTrial._make((*row[:6], times[row[6]])) for row in rows if row[8]]
        return found if len(found) == len(rows) and all(map(_is_sound, found)) else []

    def kept(self, registry: str, trial_id: str) -> KeptRecord | None:
        """What the full record of a trial is compared with; None where it says something else from a day on."""
        row = self._connection.execute(_WHOLE, {"registry": registry, "trial_id": trial_id}).fetchone()
        return KeptRecord._make(row) if row else None

    def proves_builds(self, registry: str, *, since: datetime) -> bool | None:
        """Whether builds prove something, as `monitor.storage.trials.names_builds` says.

        None where some answers of the last pass were of older data than its version.
        """
        row = self._connection.execute(_MEASURES, {"registry": registry, "since": as_text(since)}).fetchone()
        return bool(row[1]) if row and row[0] else None

    def verify(
        self,
        registry: str,
        seen: Standing,
        newer: Stamped,
        *,
        trials: int,
        read: Sequence[str],
        build: str | None,
        at: datetime,
    ) -> bool:
        """Record that so many trials did not move up to a newer version; false where anything came between.

        Those that are named were *read* in full for that. As `monitor.storage.trials.mark_verified` and `record`, and
        `monitor.storage.registries.remember` do.
        """
        asked = {"registry": registry, **seen.version._asdict(), "at": as_text(at), "build": build}
        asked |= {"newer_stamp": newer.stamp, "newer_etag": newer.etag, "read": orjson.dumps(read).decode()}
        reading = [(_READ, len(read))] if read else []
        return self._write([(_VERIFY, trials), *reading, (_REMEMBER, 1)], asked, since=self._version)

    def _write(
        self, statements: Sequence[tuple[str, int]], asked: Mapping[str, str | None], *, since: int | None = None
    ) -> bool:
        """Change as many rows by each statement as stands beside it, or nothing.

        Nothing either where another process wrote *since* that version of the file's content.
        """
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        is_done = (
            identity(self._file) == self._identity
            and since in (None, self._version_now())
            and all(connection.execute(statement, asked).rowcount == rows for statement, rows in statements)
        )
        connection.execute("COMMIT" if is_done else "ROLLBACK")
        return is_done

    def _is_applied(self, basis: bytes) -> bool:
        """Whether applying what has that basis would write nothing; false where somebody wrote meanwhile."""
        execute = self._connection.execute
        return applied.is_noted(execute, applied.digest(execute, basis)) and self._version == self._version_now()

    def _version_now(self) -> int:
        """A number that stays the same while no other connection writes."""
        (number,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(number)

    def _has_its_journal(self) -> bool:
        (mode,) = self._connection.execute("PRAGMA journal_mode").fetchone()
        return bool(mode == choose_journal(sqlite3.sqlite_version_info).mode)


def _is_sound(trial: StandingTrial | ProbedTrial) -> bool:
    """Whether the row holds what belongs there: SQLite takes anything."""
    return (
        isinstance(trial.trial_id, str)
        and trial.state in (None, "listed", "removed")
        and isinstance(trial.title, str | None)
        and isinstance(trial.snapshot, int | None)
        and (isinstance(trial, StandingTrial) or isinstance(trial.build, str | None))
    )
