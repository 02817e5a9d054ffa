"""Who hears of an event, among a million subscriptions to trials: what the store finds, and what filters make of it.

Processor time within one process: a program that tells people has been running for long.
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert

from bench.figures import Figure, seconds
from bench.owing import CHANGE, KEY, vault_of
from bench.wanted import Wanted
from monitor.alerts.matching import matching
from monitor.storage import covering, endpoints, tables
from monitor.storage.store import Store

SUBSCRIPTIONS, A_TRIAL, TO_EVERYTHING = 1_000_000, 110, 10_000
AT_ONCE = 100_000
NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
FILTERS = (
    {"topics": "[]", "kinds": "[]", "min_significance": 1},
    {"topics": "[]", "kinds": "[]", "min_significance": 3},
    {"topics": '["status"]', "kinds": "[]", "min_significance": 1},
    {"topics": '["dates","enrollment"]', "kinds": "[]", "min_significance": 2},
    {"topics": "[]", "kinds": '["status.stopped"]', "min_significance": 1},
)
TIMES = 30


def measure(wanted: Wanted) -> Iterator[Figure]:
    """One event on a trial that many named; and the same among as many who hear of everything."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/bench.sqlite3")
        with store.begin() as tx:
            endpoint, _ = endpoints.put(
                tx, vault_of(folder), channel="email", address="a@example.org", shown="a@example.org", at=NOW
            )
        for start in range(0, SUBSCRIPTIONS, AT_ONCE):
            wanted.say(f"subscribing {start + AT_ONCE:,} of {SUBSCRIPTIONS:,}")
            _subscribe(store, endpoint.id, range(start, start + AT_ONCE))
        name = f"match: one event among {SUBSCRIPTIONS:,} subscriptions"
        yield Figure(f"{name}, {A_TRIAL} to its trial", 1000 * _median(store, A_TRIAL), "ms", 5)
        _subscribe(store, endpoint.id, range(TO_EVERYTHING), to_everything=True)
        yield Figure(
            f"{name}, and {TO_EVERYTHING:,} to everything", 1000 * _median(store, A_TRIAL + TO_EVERYTHING), "ms", 150
        )
        store.close()


def _median(store: Store, expected: int) -> float:
    with store.read() as tx:
        assert _heard(tx, _trial_id(7)) == expected
        return median(seconds(partial(_heard, tx, _trial_id(number))) for number in range(100, 100 + TIMES))


def _heard(tx: Connection, trial_id: str) -> int:
    """Decide for everybody who covers the trial; how many these are."""
    heard = 0
    for interest, members in covering.find(tx, KEY, [trial_id]).groups([trial_id]):
        matching((CHANGE,), interest)
        heard += len(members)
    return heard


def _trial_id(number: int) -> str:
    return f"NCT{number:08}"


def _subscribe(store: Store, endpoint_id: str, numbers: range, *, to_everything: bool = False) -> None:
    """Straight into the tables, or it would take minutes."""
    ids = [str(uuid4()) for _ in numbers]
    blank = {"state": "active", "origin": "command", "endpoint_id": endpoint_id, "everything": to_everything}
    blank |= {"created_at": NOW, "last_sequence": 0}
    rows: list[dict[str, Any]] = [
        {**blank, **FILTERS[number % len(FILTERS)], "id": each} for number, each in zip(numbers, ids, strict=True)
    ]
    trials = [
        {"registry": KEY, "trial_id": _trial_id(number // A_TRIAL), "subscription_id": each}
        for number, each in zip(numbers, ids, strict=True)
    ]
    with store.begin() as tx:
        tx.execute(insert(tables.subscriptions), rows)
        if not to_everything:
            tx.execute(insert(tables.subscribed_trials), trials)
