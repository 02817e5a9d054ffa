"""A name for this process that another process on the same machine can check.

A process id is only meaningful together with the machine's boot and its namespace, and it is reused; with the
process's start time it is unique. All of these are read from /proc; without it the name says less, and only waiting
shows whether the process has ended.
"""

import os
import re
import secrets
import socket
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def own_name() -> str:
    """Host, where process ids mean the same, id, start in clock ticks since boot, and a number by chance."""
    pid = os.getpid()
    return f"{_host()} {_space()} {pid} {_started(pid) or '-'} {secrets.token_hex(4)}"


def is_running(holder: str) -> bool | None:
    """Whether *holder* is running; None if that cannot be known, as for a process on another machine."""
    parts = holder.split(" ")
    if len(parts) != 5 or not parts[2].isdecimal() or parts[3] == "-" or parts[:2] != [_host(), _space()]:
        return None
    return _started(int(parts[2])) == parts[3]


def is_gone(holder: str) -> bool:
    """Whether *holder* is known to have ended; False if that cannot be known."""
    return is_running(holder) is False


def in_words(holder: str) -> str:
    """Name the holder for people."""
    parts = holder.split(" ")
    return f"process {parts[2]} on {parts[0]}" if len(parts) == 5 else holder


def _host() -> str:
    return re.sub(r"\s", "_", socket.gethostname()) or "-"


def _space() -> str:
    """The boot and the namespace; equal where process ids mean the same."""
    with suppress(OSError):
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot[:8]}/{(PROC / 'self/ns/pid').readlink().name}"
    return "-"


def _started(pid: int) -> str | None:
    """When a process started; None if it has ended, is a zombie, or cannot be seen."""
    with suppress(OSError, IndexError):
        # The second field is the program's name in brackets, which may hold anything.
        fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    return None
