"""Checks of the machine: disk space, who can read the database file, and the clock."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from monitor.operate.doctor.findings import DatabaseContext, DoctorContext, Finding, fine, note, problem
from monitor.storage import condition
from monitor.storage.copying import sqlite_file
from monitor.text import moment, size

LITTLE_SPACE = 1_000_000_000
NO_SPACE = 100_000_000
"""Bytes."""
CLOCK_SLACK = timedelta(minutes=5)


def disk(context: DoctorContext) -> Iterator[Finding]:
    """Whether there is space for the database and a copy of it."""
    file = sqlite_file(context.config.store.url)
    folder = (file or Path("snapshots") / "any").absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    held = file.stat().st_size if file and file.exists() else 0
    words = f"{size(free)} free in {folder}"
    if free < NO_SPACE:
        yield problem(words, "free some space before the database can no longer grow")
    elif free < max(LITTLE_SPACE, held):
        yield note(words, "free some space: a backup needs as much as the database")
    else:
        yield fine(words)


def privacy(context: DoctorContext) -> Iterator[Finding]:
    """Whether other users of this machine can read the database: which trials somebody watches is private."""
    file = sqlite_file(context.config.store.url)
    if file is None or not file.exists():
        return
    mode = file.stat().st_mode & 0o777
    words = f"{file} has mode {mode:o}"
    if mode & 0o007:
        yield problem(f"{words}: anybody on this machine can read it", f"chmod 600 {file}")
    elif mode & 0o070:
        yield note(f"{words}: its group can read it", f"if that is not meant: chmod 600 {file}")
    else:
        yield fine(f"{words}: its owner's alone")


def clock(context: DatabaseContext) -> Iterator[Finding]:
    """Whether the clock was set back."""
    newest = condition.newest_moment(context.tx)
    if newest is not None and newest - context.now > CLOCK_SLACK:
        yield problem(
            f"it is {moment(context.now)} here, and the database knows of {moment(newest)}",
            "set this machine's clock: `timedatectl` shows it",
        )
    else:
        yield fine(f"{moment(context.now)}, not behind what the database holds")
