"""`python -I -S launch.py OUTPUT LIMIT COMMAND…`: run a command with its output in a file, and print what it cost.

It prints processor seconds (user and system), wall seconds, peak memory in kB, and the exit status. A process starts
with the peak memory of the one that started it, so this one is small. The command has a process group of its own: all
of it is killed after LIMIT seconds, unless that is 0, and whatever the command leaves behind is killed when it ends.
"""

import os
import sys
from time import perf_counter

OUTPUT, LIMIT, *COMMAND = sys.argv[1:]
TO_FILE = [(os.POSIX_SPAWN_OPEN, 1, OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]


def kill_group(*_: object) -> None:
    """Kill the command and what it started."""
    try:  # noqa: SIM105 - contextlib would make this larger
        os.killpg(pid, 9)
    except ProcessLookupError:
        pass


started = perf_counter()
pid = os.posix_spawn(COMMAND[0], COMMAND, os.environ, file_actions=TO_FILE, setpgroup=0)
try:
    if float(LIMIT):
        import signal

        signal.signal(signal.SIGALRM, kill_group)
        signal.setitimer(signal.ITIMER_REAL, float(LIMIT))
    _, status, usage = os.wait4(pid, 0)
    took = perf_counter() - started
finally:
    kill_group()
print(usage.ru_utime + usage.ru_stime, took, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
