"""Runs of the program as they are: what its processes took, and what else the machine did meanwhile."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from time import monotonic

import psycopg

from bench import postgres
from bench.installed import Installed, installed
from bench.owing import Owed, owe, settings
from bench.process import run
from bench.simulated.costs import SendingCosts
from bench.sinks import sink

TIMED = Path(__file__).with_name("timed.py")
FEW = 50
"""Deliveries of a run that is little but its start and its end."""

Steps = Mapping[str, Sequence[tuple[float, float]]]
"""Of each call of a step, its processor seconds and its seconds."""


@dataclass(frozen=True, slots=True)
class Took:
    """A run of one or more processes."""

    seconds: float
    """From the start of the first to the end of the last."""
    ours: float
    """Their processor seconds."""
    database: float
    receivers: float
    others: float
    """Cores that other programs used meanwhile, on average."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A database in which deliveries are owed, to be copied for each run, and how it is opened."""

    deliveries: int
    installed: Installed
    fresh: Callable[[], str]
    """Makes a copy, and gives its URL."""
    server: postgres.Server | None

    def run(self, processes: int = 1) -> Took:
        """Send all that is owed by so many processes."""
        url = self.fresh()
        with ThreadPoolExecutor(processes) as pool:
            return self._measured(lambda: list(pool.map(self._deliver, [url] * processes)))

    def _deliver(self, url: str) -> float:
        return self.installed.run("deliver", MONITOR_STORE__URL=url).cpu

    def timed(self) -> tuple[Took, Steps]:
        """Send it by one process that notes what its steps take."""
        url = self.fresh()
        file = self.installed.folder / "timed.json"
        environment = {**self.installed.environment, "MONITOR_STORE__URL": url}
        typed = [sys.executable, "-P", str(TIMED), str(file), "deliver"]

        def deliver() -> list[float]:
            return [run(typed, folder=self.installed.folder, environment=environment).cpu]

        took = self._measured(deliver)
        return took, json.loads(file.read_text("utf-8"))

    def _measured(self, work: Callable[[], list[float]]) -> Took:
        of_database = self.server.processor_seconds() if self.server else 0.0
        of_sinks, of_machine, began = _sinks(), machine_seconds(), monotonic()
        ours = sum(work())
        seconds = monotonic() - began
        of_database = self.server.processor_seconds() - of_database if self.server else 0.0
        of_sinks, of_machine = _sinks() - of_sinks, machine_seconds() - of_machine
        others = max(of_machine - ours - of_database - of_sinks, 0.0) / seconds
        return Took(seconds, ours, of_database, of_sinks, others)


def machine_seconds() -> float:
    """Seconds that its cores were busy so far, or lent to other machines."""
    user, nice, system, _idle, _waiting, *others = (
        int(ticks) for ticks in Path("/proc/stat").read_text("utf-8").splitlines()[0].split()[1:9]
    )
    return (user + nice + system + sum(others)) / os.sysconf("SC_CLK_TCK")


def process_seconds(pid: int) -> float:
    """Processor seconds of a process that runs."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _sinks() -> float:
    """Processor seconds of the receivers that this process started."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
            if int(fields[1]) == os.getpid() and b"bench.sinks" in (folder / "cmdline").read_bytes():
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def sending(store: str, deliveries: int, *, receivers: int = 1, seconds: float = 0.0) -> Iterator[Sending]:
    """So many webhooks owed to so many receivers, each of which takes so many seconds, in SQLite or PostgreSQL."""
    subscribers = max(receivers, 50)
    with sink("webhook", receivers, seconds=seconds) as ports, installed(environment=settings()) as ours:
        addresses = [f"http://127.0.0.1:{ports[number % receivers]}/{number}" for number in range(subscribers)]
        owed = Owed("webhook", addresses, max(1, deliveries // subscribers))
        with _template(store, owed) as (fresh, server):
            yield Sending(owed.count, ours, fresh, server)


@contextmanager
def _template(store: str, owed: Owed) -> Iterator[tuple[Callable[[], str], postgres.Server | None]]:
    numbers = count(1)
    if store == "SQLite":
        with tempfile.TemporaryDirectory() as folder:
            owe(f"sqlite:///{folder}/owing.sqlite3", owed)

            def copied() -> str:
                file = Path(folder, f"run{next(numbers)}.sqlite3")
                shutil.copy(Path(folder, "owing.sqlite3"), file)
                return f"sqlite:///{file}"

            yield copied, None
        return
    with postgres.server() as server:
        _execute(server, "CREATE DATABASE owing")
        owe(_url(server, "owing"), owed)

        def made() -> str:
            name = f"run_{next(numbers)}"
            _execute(server, f"CREATE DATABASE {name} TEMPLATE owing")
            return _url(server, name)

        yield made, server


def _execute(server: postgres.Server, statement: str) -> None:
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type, unused-ignore]


def _url(server: postgres.Server, name: str) -> str:
    return f"postgresql+psycopg://postgres:@/{name}?host={server.folder}"


def costs(few: Sequence[Took], many: Sequence[tuple[Took, Steps]], deliveries: int) -> SendingCosts:
    """What the steps take, by runs of FEW and of so many deliveries: medians of each.

    What no step accounts for is of the threads that send.
    """
    spent = {step: median(sum(cpu for cpu, _ in steps[step]) for _, steps in many) / deliveries for step in many[0][1]}
    start = max(median(took.ours for took in few) - FEW * sum(spent.values()), 0.0)
    rest = median(took.ours for took, _ in many) - start - deliveries * sum(spent.values())
    database = median(took.database for took, _ in many) / deliveries
    return SendingCosts(
        start=start,
        claim=spent["claim"],
        send=spent["send"] + max(rest, 0.0) / deliveries,
        record=spent["record"],
        database=database,
        receive=median(took.receivers for took, _ in many) / deliveries,
        claim_waits=_waits(many, "claim", database * 100),
        record_waits=_waits(many, "record", database * 50),
    )


def _waits(many: Sequence[tuple[Took, Steps]], step: str, database: float) -> float:
    """Seconds for which a batch waits for neither a core nor the database's: as in the fifth that waited least."""
    waits = [seconds - cpu for _, steps in many for cpu, seconds in steps[step]]
    return max(quantiles(waits, n=5)[0] - database, 0.0) if len(waits) > 1 else 0.0
