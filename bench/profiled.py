"""`python -P profiled.py FILE …`: run `monitor …` under Python's profiler, and write what it found into FILE.

It counts processor time. Each thread has a profiler of its own where Python allows that: from 3.12 on, only the first.
"""

import cProfile
import pstats
import sys
import threading
from contextlib import suppress
from time import thread_time

FILE = sys.argv.pop(1)
PROFILES: list[cProfile.Profile] = []


def _begin(*_: object) -> None:
    profile = cProfile.Profile(thread_time)
    with suppress(ValueError):
        profile.enable()
        PROFILES.append(profile)


def _run() -> None:
    from monitor.__main__ import main

    main()


if __name__ == "__main__":
    threading.setprofile(_begin)
    _begin()
    try:
        _run()
    finally:
        found = pstats.Stats(*PROFILES)
        found.dump_stats(FILE)
