"""An event that very many hear of, on both stores: how long any transaction is, and what a delivery costs.

`python -m bench.telling URL SUBSCRIPTIONS` does it in a database without any, and prints the figures as JSON.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from uuid import uuid4

from sqlalchemy import func, select

from bench.figures import Figure
from bench.owing import CHANGE, KEY, vault_of
from bench.postgres import server
from bench.process import run
from bench.studies import document, studies
from bench.wanted import Wanted
from monitor.alerts.owing import owe_deliveries
from monitor.alerts.telling import tell_some
from monitor.model import Event, Snapshot
from monitor.storage import endpoints, events, snapshots, tables
from monitor.storage.statements import add_new, chunks
from monitor.storage.store import Store

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
LONGEST, MEMORY = 2.0, 150
"""Seconds of a transaction, and MB of the process."""
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Told:
    """What it came to."""

    cpu: float
    batches: int
    longest: float
    """Seconds of the longest transaction, as the clock has them."""
    few: float
    """Seconds in which another event was owed to the one who asked for it, while this one was being told."""


def measure(wanted: Wanted) -> Iterator[Figure]:
    """SQLite, and PostgreSQL."""
    count = wanted.subscriptions
    with tempfile.TemporaryDirectory() as folder:
        yield from _measured(wanted, "SQLite", f"sqlite:///{folder}/bench.sqlite3", count)
    with server() as database:
        yield from _measured(wanted, "PostgreSQL", database.address, count)


def _measured(wanted: Wanted, name: str, url: str, count: int) -> Iterator[Figure]:
    wanted.say(f"{name}: {count:,} subscriptions")
    root = Path(__file__).parent.parent
    ran = run([sys.executable, "-m", "bench.telling", url, str(count)], folder=root)
    told = Told(**json.loads(ran.output))
    said = f"tell: one event to {count:,}, {name}"
    yield Figure(f"{said}: the longest transaction", told.longest, "s", LONGEST)
    yield Figure(f"{said}: our processor time, a delivery", told.cpu * 1e6 / count, "µs")
    yield Figure(f"{said}: another event meanwhile", told.few, "s", LONGEST)
    yield Figure(f"{said}: memory", ran.peak_mb, "MB", MEMORY)


def _tell(url: str, count: int) -> Told:
    store = Store.open(url)
    _subscribe(store, count)
    many, few = (
        Event(registry=KEY, trial_id=each.trial_id, snapshot=2, occurred_at=NOW + timedelta(hours=1), changes=(CHANGE,))
        for each in map(document, studies(2))
    )
    with store.begin() as tx:
        made = [document(each) for each in studies(2)]
        snapshots.add(tx, [Snapshot(number, each, NOW) for each in made for number in (1, 2)])
        events.add(tx, [many, few])
        watch = tx.execute(tables.watches.insert().values(origin="command", created_at=NOW)).inserted_primary_key
        assert watch
        held = {"registry": KEY, "trial_id": many.trial_id, "watch_id": watch[0], "added_at": NOW}
        add_new(tx, tables.watched_trials, [held])
        tx.execute(tables.subscriptions.update().values(watch_id=watch[0]))
        named = tx.scalar(select(func.min(tables.subscriptions.c.id)))
        row = {"registry": KEY, "trial_id": few.trial_id, "subscription_id": named}
        add_new(tx, tables.subscribed_trials, [row])
    now, began = NOW + timedelta(hours=2), process_time()
    took = [_timed(lambda: _owe(store, many, now))]
    meanwhile = 0.0
    more = True
    while more:
        at = perf_counter()
        more = tell_some(store, now=now + timedelta(seconds=len(took)))
        took.append(perf_counter() - at)
        if len(took) == 3:
            meanwhile = _timed(lambda: _owe(store, few, now))
    cpu = process_time() - began
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(tables.deliveries)) == count + 1
    store.close()
    return Told(cpu, len(took), max(took), meanwhile)


def _owe(store: Store, event: Event, now: datetime) -> None:
    with store.begin() as tx:
        owe_deliveries(tx, [event], KEY, now=now)


def _timed(step: Callable[[], None]) -> float:
    at = perf_counter()
    step()
    return perf_counter() - at


def _subscribe(store: Store, count: int) -> None:
    """Straight into the tables, or it would take minutes."""
    with tempfile.TemporaryDirectory() as folder, store.begin() as tx:
        vault = vault_of(folder)
        endpoint, _ = endpoints.put(tx, vault, channel="email", address="a@example.org", shown="a@example.org", at=NOW)
    row = {
        "endpoint_id": endpoint.id, "everything": False, "topics": "[]", "kinds": "[]", "min_significance": 1,
        "state": "active", "origin": "command", "created_at": NOW, "last_sequence": 0,
    }  # fmt: skip
    for numbers in chunks(range(count), AT_ONCE):
        with store.begin() as tx:
            add_new(tx, tables.subscriptions, [{**row, "id": str(uuid4())} for _ in numbers])


if __name__ == "__main__":
    print(json.dumps(asdict(_tell(sys.argv[1], int(sys.argv[2])))))
