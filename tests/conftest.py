"""Fixtures for every test, each kind in a module of its own."""

import os
import sys

# Tests start the program hundreds of times. Where Python is told not to keep its bytecode, each of these processes, and
# each test process, would compile everything anew, which takes seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest_plugins = ["tests.databases", "tests.program", "tests.outbox"]
