"""Fixtures for every test, each kind in a module of its own."""

import gc
import os
import sys

from tests.folders import keep_in_memory

# Tests start the program hundreds of times. Where Python is told not to keep its bytecode, each of these processes, and
# each test process, would compile everything anew, which takes seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# As in the program: less often than by itself.
gc.set_threshold(50_000)

# What these processes print, tests read as UTF-8, whatever the machine's own streams speak.
os.environ["PYTHONIOENCODING"] = "utf-8"

keep_in_memory()

pytest_plugins = ["tests.sample_sizes", "tests.databases", "tests.program", "tests.outbox"]


def pytest_collection_finish() -> None:
    """What was collected stays to the end: no search for garbage looks through it."""
    gc.freeze()
