"""Where tests keep their files: in memory, if there is room. What they commit is then on no disk that they wait for.

A process that is killed loses as little there as on a disk; what a machine that fails would lose is not tested. Whoever
sets TMPDIR has them there.
"""

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes: a whole run takes a quarter of that, and several may run at a time."""


def keep_in_memory() -> None:
    """Let temporary files of this process, and of those that it starts, be made there, those of pytest among them."""
    if "TMPDIR" in os.environ or not _has_room(MEMORY):
        return
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _has_room(folder: Path) -> bool:
    """Containers often have 64 MB; and where nothing may be executed, tests that install something cannot."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC and os.access(folder, os.W_OK)
