"""What concerns very many is told by workers as everything is: the jobs are deferred with each batch."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.alerts import owing, telling
from monitor.alerts.owing import owe_deliveries
from monitor.alerts.telling import tell_some
from monitor.storage import events, jobs, snapshots
from monitor.storage.store import Store
from tests.storage.documents import HIP, LATER, REGISTRY, event, snapshot
from tests.storage.subscribers import kept


def test_each_batch_defers_the_jobs_of_its_deliveries(shared_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owing, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(owing, "MOST_EACH", 2)
    monkeypatch.setattr(telling, "BATCH", 3)
    for _ in range(7):
        kept(shared_store, everything=True)
    with shared_store.begin() as tx:
        snapshots.add(tx, [snapshot(HIP), snapshot(HIP, 2)])
        events.add(tx, [event(HIP)])
        owe_deliveries(tx, [event(HIP)], REGISTRY, now=LATER)

    carried = []
    while tell_some(shared_store, now=LATER + timedelta(minutes=1)):
        carried.append(sum(len(each["ids"]) for each in waiting(shared_store)))

    assert carried == [3, 6, 7]


def waiting(store: Store) -> list[dict[str, list[str]]]:
    query = text("SELECT args FROM procrastinate_jobs WHERE queue_name = :queue AND status = 'todo'")
    with store.read() as tx:
        return list(tx.scalars(query, {"queue": jobs.DELIVER}))
