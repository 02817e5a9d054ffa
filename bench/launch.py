"""`python -I -S launch.py OUTPUT COMMAND…`: run a command with its output in a file, and print what it cost.

It prints processor seconds (user and system), wall seconds, peak memory in kB, and the exit status. A process starts
with the peak memory of the one that started it, so this one is small.
"""

import os
import sys
from time import perf_counter

OUTPUT, *COMMAND = sys.argv[1:]
TO_FILE = [(os.POSIX_SPAWN_OPEN, 1, OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]

started = perf_counter()
pid = os.posix_spawn(COMMAND[0], COMMAND, os.environ, file_actions=TO_FILE)
_, status, usage = os.wait4(pid, 0)
took = perf_counter() - started
print(usage.ru_utime + usage.ru_stime, took, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
