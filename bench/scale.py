"""A whole registry on PostgreSQL, as processes: the first sweep, the index, a day's update, and pages of changes.

The registry and the server share this machine, and the processor time of each is shown beside ours. `--trials` says how
many trials there are; the bars are those of 600,000, a trial at a time.
"""

import sys
from collections.abc import Generator, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import quantiles

from bench.figures import Figure
from bench.installed import Installed, installed, summary
from bench.mirror import processor_seconds, update
from bench.postgres import Server, server
from bench.process import Ran, run
from bench.reading import Read, ask, serving, session_of
from bench.registry import Registry, served
from bench.studies import SEED
from bench.wanted import Wanted
from monitor.clock import utc_now

WHOLE, UPDATED = 600_000, 2_000
"""Trials of the largest registry, and how many of them it updates on a day."""
SWEEP, DAY, MEMORY, PAGE = 25 * 60, 120, 400, 100
"""Bars: seconds of processor time, seconds, MB and ms."""
PORT, PAGES = 18632, 60
INDEX = Path(__file__).with_name("index_all.py")


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Each once, as it takes long."""
    trials = wanted.trials
    updated = max(trials * UPDATED // WHOLE, min(100, trials // 50))  # were they more, they would be held
    root = f"http://127.0.0.1:{PORT}"
    with served(trials) as registry, server() as database:
        environment = {
            "MONITOR_STORE__URL": database.address,
            "MONITOR_WEB__BIND": f"127.0.0.1:{PORT}",
            "MONITOR_WEB__PUBLIC": "true",
            "MONITOR_WEB__PUBLIC_URL": root,
        }
        with installed(registry, environment) as ours:
            scale = _Scale(wanted, registry, database, ours)
            ours.run("watch", "add", "--all-trials")
            first = yield from scale.step(f"{trials:,} trials, first sweep", SWEEP * trials / WHOLE)
            assert summary(first)["baseline"] >= trials, summary(first)
            yield from scale.step("index of them", None, index=True)
            update(registry, updated, trials)
            daily = yield from scale.step(f"a day's update of {updated:,}", DAY)
            assert summary(daily)["changed"] >= updated * 0.99, summary(daily)
            yield from scale.step("index of that", None, index=True)
            yield Figure("scale: database", database.megabytes(), "MB")
            yield Figure("scale: database, a trial", database.megabytes() * 1000 / trials, "kB")
            for table, all_, indexes in database.largest():
                wanted.say(f"    {table:<24} {all_:>9.1f} MB, of which indexes {indexes:>9.1f}")
            yield from _pages(ours, root)


class _Scale:
    """What steps are done with, and what they are counted with."""

    def __init__(self, wanted: Wanted, registry: Registry, database: Server, ours: Installed) -> None:
        self.wanted, self.registry, self.database, self.ours = wanted, registry, database, ours

    def step(self, name: str, bar: float | None, *, index: bool = False) -> Generator[Figure, None, Ran]:
        """Do it, and say what it took us, the server and the registry; on standard error, the slowest statements."""
        self.wanted.say(name)
        self.database.forget_statements()
        before = self.database.processor_seconds(), processor_seconds(self.registry.pid)
        ran = self._index() if index else self.ours.check()
        after = self.database.processor_seconds(), processor_seconds(self.registry.pid)
        for line in self.database.slowest():
            self.wanted.say(f"    {line}")
        yield Figure(f"scale: {name}, our processor time", ran.cpu, "s", bar, wall=ran.wall, peak_mb=ran.peak_mb)
        yield Figure(f"scale: {name}, memory", ran.peak_mb, "MB", MEMORY)
        yield Figure(f"scale: {name}, PostgreSQL's processor time", after[0] - before[0], "s")
        if not index:
            yield Figure(f"scale: {name}, the registry's processor time", after[1] - before[1], "s")
        return ran

    def _index(self) -> Ran:
        environment = {**self.ours.environment, "PYTHONPATH": str(INDEX.parent.parent)}
        return run([sys.executable, "-P", str(INDEX)], folder=self.ours.folder, environment=environment)


def _pages(ours: Installed, root: str) -> Iterator[Figure]:
    """What a reader waits for pages of changes that nobody asked for before."""
    chance, today = Random(SEED), utc_now().date()
    addresses = [f"/?since={days}d" for days in chance.sample(range(2, 365), PAGES // 2)]
    addresses += [f"/?since=all&before={today - timedelta(days=days)}" for days in range(PAGES // 2)]
    with serving(ours, root):
        session, read = session_of(0), Read()
        for address in addresses:
            ask(session, root + address, read)
    yield Figure("scale: changes, 95 of 100 within", quantiles(read.waited, n=20)[-1] * 1000, "ms", PAGE)
