"""Which journal SQLite may use, and why. Pure.

Up to 3.51.2, SQLite can damage a database in WAL mode when two connections write or checkpoint at the same moment ("the
WAL-reset bug", sqlite.org/wal.html#walresetbug). It is fixed from 3.51.3 on and in the back-ports 3.50.7 and 3.44.6.
Python often comes with an older one; a rollback journal is safe with all of them, and only slower.
"""

from dataclasses import dataclass
from typing import Literal

Version = tuple[int, int, int]

OLDEST_SQLITE: Version = (3, 35, 0)
"""The first that knows RETURNING."""
SAFE = "PRAGMA synchronous = FULL"
PRAGMAS = (SAFE, "PRAGMA cache_size = -16000")
PRAGMAS_OF_READERS = (SAFE, "PRAGMA cache_size = -2000")
"""KiB a connection, of which readers have many; what they miss is in the memory of the system."""
"""What each connection begins with. What is committed survives a loss of power; and with 16 MB a batch of a thousand
snapshots reaches the disk once, at its commit."""

_FIXED: Version = (3, 51, 3)
_BACK_PORTS: dict[tuple[int, int], Version] = {(3, 50): (3, 50, 7), (3, 44): (3, 44, 6)}


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal mode as `PRAGMA journal_mode` names it, and the *reason* for it as a sentence."""

    mode: Literal["wal", "delete"]
    reason: str


def choose_journal(version: Version) -> Journal:
    """Choose the journal that this version of SQLite can safely use."""
    text = ".".join(map(str, version))
    if version >= _BACK_PORTS.get(version[:2], _FIXED):
        return Journal("wal", f"SQLite {text} is free of the WAL-reset bug, so readers and a writer can work at once.")
    return Journal(
        "delete",
        f"SQLite {text} has the WAL-reset bug, which can damage a database in WAL mode, so a rollback journal is used; "
        "a Python with SQLite 3.51.3 or newer would be faster.",
    )
