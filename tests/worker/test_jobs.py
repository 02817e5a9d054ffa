"""Jobs are deferred with what makes them due, and one that is lost or comes twice is harmless."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate import App, PsycopgConnector
from sqlalchemy import text

from monitor.errors import StoreUnavailable
from monitor.storage import claims, deliveries, dispatching, jobs, jobs_schema, leases
from monitor.storage.store import Store, driver_address
from monitor.worker.tasks import retry_stalled
from tests.storage.documents import HIP, REGISTRY
from tests.storage.subscribers import subscribed, tell
from tests.worker.logged import Logged

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def owed(store: Store, count: int, *, at: datetime = NOW) -> list[str]:
    """Owe so many deliveries of one event."""
    readers = [subscribed(store).id for _ in range(count)]
    (event_id,) = tell(store, HIP, 2)
    with store.begin() as tx:
        return deliveries.owe(tx, [(event_id, REGISTRY, HIP, each) for each in readers], at)


def waiting(store: Store, queue: str = jobs.DELIVER) -> list[dict[str, Any]]:
    """The arguments of the jobs that wait, the oldest first."""
    query = text("SELECT args FROM procrastinate_jobs WHERE queue_name = :queue AND status = 'todo' ORDER BY id")
    with store.read() as tx:
        return list(tx.scalars(query, {"queue": queue}))


def test_who_owes_deliveries_defers_their_jobs_in_the_same_transaction(shared_store: Store) -> None:
    ids = owed(shared_store, 250)

    assert [len(each["ids"]) for each in waiting(shared_store)] == [100, 100, 50]
    assert [whole_id for each in waiting(shared_store) for whole_id in each["ids"]] == ids


def test_what_is_rolled_back_leaves_no_job(shared_store: Store) -> None:
    with suppress(ZeroDivisionError), shared_store.begin() as tx:
        jobs.deliver(tx, ["1"])
        raise ZeroDivisionError

    assert waiting(shared_store) == []


def test_nothing_is_deferred_where_no_worker_lives_that_would_take_it(shared_url: str) -> None:
    store = Store.open(shared_url)

    owed(store, 2)

    assert waiting(store) == []
    store.close()


def test_a_registry_waits_once_to_be_checked(shared_store: Store) -> None:
    with shared_store.begin() as tx:
        jobs.check(tx, REGISTRY, pause=20)
        jobs.check(tx, REGISTRY)

    assert waiting(shared_store, jobs.FETCH) == [{"registry": REGISTRY, "pause": 20}]


def test_what_is_due_and_no_job_carries_is_dispatched_again(shared_store: Store) -> None:
    ids = owed(shared_store, 3)
    lose_jobs(shared_store)

    with shared_store.begin() as tx:
        assert dispatching.dispatch(tx, [], now=NOW) == (3, 0)
    with shared_store.begin() as tx:
        assert dispatching.dispatch(tx, [], now=NOW) == (0, 0), "jobs carry them now"

    assert sorted(waiting(shared_store)[0]["ids"]) == sorted(ids)


def test_what_is_claimed_or_not_due_yet_is_not_dispatched(shared_store: Store) -> None:
    owed(shared_store, 2)
    owed(shared_store, 1, at=NOW + timedelta(minutes=1))
    lose_jobs(shared_store)
    with shared_store.begin() as tx:
        deliveries.claim(tx, now=NOW, until=NOW + timedelta(minutes=5), limit=1)
        assert dispatching.dispatch(tx, [], now=NOW) == (1, 0)


def test_one_process_at_a_time_dispatches(shared_store: Store) -> None:
    owed(shared_store, 2)
    lose_jobs(shared_store)

    with shared_store.begin() as first, shared_store.begin() as second:
        assert dispatching.dispatch(first, [], now=NOW) == (2, 0)
        assert dispatching.dispatch(second, [], now=NOW) == (0, 0)


def test_a_job_whose_worker_is_gone_is_retried_and_dropped_where_the_like_of_it_waits(
    shared_store: Store, shared_url: str
) -> None:
    with shared_store.begin() as tx:
        jobs.deliver(tx, ["1"])
        jobs.check(tx, REGISTRY)
        tx.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        jobs.check(tx, REGISTRY)

    run_stalled(shared_url)

    assert waiting(shared_store) == [{"ids": ["1"]}]
    assert waiting(shared_store, jobs.FETCH) == [{"registry": REGISTRY, "pause": 0}]
    with shared_store.read() as tx:
        standing = jobs.standing(tx)
    assert standing
    assert standing.queues[0].stalled == 0


def test_how_jobs_stand_is_told_by_queue(shared_store: Store) -> None:
    with shared_store.begin() as tx:
        jobs.deliver(tx, map(str, range(101)))
        jobs.check(tx, REGISTRY)
        tx.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE queue_name = 'fetch'"))

    with shared_store.read() as tx:
        standing = jobs.standing(tx)

    assert standing
    found = {each.queue: (each.waiting, each.stalled) for each in standing.queues}
    assert found == {"fetch": (0, 1), "deliver": (2, 0), "digest": (0, 0), "upkeep": (0, 0)}
    assert standing.workers == 1
    assert 0 <= standing.queues[1].seconds < 60


def test_the_claims_of_a_worker_that_is_gone_are_due_again_and_those_of_others_are_not(shared_store: Store) -> None:
    owed(shared_store, 3)
    until = [NOW + timedelta(minutes=5), NOW + timedelta(minutes=5, microseconds=1)]
    with shared_store.begin() as tx:
        for holder, at in zip(("gone", "alive"), until, strict=True):
            deliveries.claim(tx, now=NOW, until=at, limit=1)
            claims.note(tx, holder, until=at)

        assert claims.give_back(tx, "gone", now=NOW) == 1
        assert len(deliveries.claim(tx, now=NOW, until=until[0], limit=9)) == 2


def test_a_worker_that_stands_still_is_taken_for_gone_by_those_that_saw_it(shared_store: Store) -> None:
    logged = Logged()
    first, second = logged.presence("first"), logged.presence("second")
    for seconds in range(0, 50, 10):
        logged.elapsed = seconds
        second.step(shared_store)
        if seconds == 0:
            first.step(shared_store)

    assert "a worker has died" in logged.written.getvalue()
    epoch = first.epoch()
    assert epoch is None, "it knows that it may be taken for gone"
    first.step(shared_store)
    assert first.epoch() == 2, "what it claimed before is not its own any more"
    with shared_store.read() as tx:
        assert len(leases.of_workers(tx)) == 2


def test_a_worker_that_slept_takes_nobody_for_gone_at_once(shared_store: Store) -> None:
    logged = Logged()
    first, second = logged.presence("first"), logged.presence("second")
    first.step(shared_store)
    second.step(shared_store)

    logged.elapsed = 3600
    second.step(shared_store)

    assert "died" not in logged.written.getvalue()


@pytest.fixture
def own_store(postgres_url: str) -> Iterator[Store]:
    """In a database whose schema the test changes."""
    store = Store.open(postgres_url)
    yield store
    store.close()


def test_the_tables_are_brought_up_to_a_later_version_once(
    own_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coming(tmp_path, "99.1.2", {"99.01.00_01_pre_more.sql": "CREATE TABLE more (id int); CREATE TABLE most (id int);"})
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(jobs_schema, "PACKAGE", "coming_jobs")

    for _ in range(2):
        jobs_schema.bring_up(own_store)

    with own_store.read() as tx:
        assert jobs_schema.made_by(tx) == "99.1.2"
        assert tx.scalar(text("SELECT to_regclass('most')")) == "most"


def test_tables_that_another_program_made_are_left_alone(own_store: Store) -> None:
    with own_store.begin() as tx:
        tx.execute(text("COMMENT ON TABLE procrastinate_jobs IS NULL"))

    with pytest.raises(StoreUnavailable, match="that another program made"):
        jobs_schema.bring_up(own_store)


def coming(folder: Path, version: str, scripts: dict[str, str]) -> None:
    """A package that is a later version of what makes the tables."""
    (folder / "coming_jobs" / "sql" / "migrations").mkdir(parents=True)
    (folder / "coming_jobs" / "__init__.py").touch()
    for name, script in scripts.items():
        (folder / "coming_jobs" / "sql" / "migrations" / name).write_text(script, encoding="utf-8")
    about = folder / f"coming_jobs-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: coming_jobs\nVersion: {version}\n", encoding="utf-8")


def lose_jobs(store: Store) -> None:
    with store.begin() as tx:
        tx.execute(text("DELETE FROM procrastinate_jobs"))


def run_stalled(url: str) -> None:
    """What the clock has done about jobs whose workers are gone."""

    async def run() -> None:
        app = App(connector=PsycopgConnector(conninfo=driver_address(url)))
        async with app.open_async():
            await retry_stalled(app)

    asyncio.run(run())
