"""Workers are killed, and PostgreSQL is: nothing is lost, next to nothing comes twice, and all goes on by itself."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bench.owing import Owed, owe, settings
from monitor.clock import utc_now
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.receiver import WebhookReceiver
from monitor.storage import deliveries
from tests.service.processes import Served, Serving, eventually
from tests.worker.killed import Server

KILLS = int(os.environ.get("KILLS", "12"))
"""Of workers in `make test-slow`, with fifty deliveries owed for each; `make kills` has two hundred."""
OWED = "SELECT count(*) FROM deliveries WHERE standing = 'owed'"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as running:
        yield running


class Workers(Serving):
    """Workers at a server that may be killed, with deliveries owed to one receiver."""

    def __init__(self, folder: Path, server: Server, sandbox: Sandbox, hook: WebhookReceiver) -> None:
        super().__init__(folder, server.address.replace("postgresql://", "postgresql+psycopg://"), sandbox)
        self.server = server
        self.hook = hook

    def owe(self, *, subscribers: int, trials: int) -> int:
        places = [f"{self.hook.url}/{number}" for number in range(subscribers)]
        owe(self.store_url, Owed("webhook", places, trials))
        return self.owed()

    def owed(self) -> int:
        (count,) = self.server.ask(OWED)
        return count

    def put_off(self) -> list[tuple[str, str, str, str]]:
        """Owe nothing yet, and give what is to be owed."""
        with psycopg.connect(self.server.address, autocommit=True) as connection:
            columns = "event_id, registry, trial_id, subscription_id"
            rows = connection.execute(f"SELECT {columns} FROM deliveries ORDER BY sequence".encode()).fetchall()
            connection.execute("DELETE FROM deliveries")
        return rows

    def owe_again(self, owed: list[tuple[str, str, str, str]]) -> None:
        with self.store.begin() as tx:
            deliveries.owe(tx, owed, utc_now())

    def work(self) -> Served:
        return self.start_worker(**settings())

    def came(self) -> Counter[str]:
        return Counter(each.id for each in self.hook.deliveries)


def kill_and_count(workers: Workers, *, kills: int, at_once: int, crew: int, rng: random.Random) -> Counter[str]:
    """Kill one of some workers at so many random moments, while deliveries come to be owed; what came, by id."""
    later = workers.put_off()
    running = [workers.work() for _ in range(crew)]
    for each in running:
        each.says("workers have begun")
    share = len(later) // kills
    for _ in range(kills):
        part, later = later[:share], later[share:]
        dying = running.pop(0)
        dies_at = rng.randrange(0, share, at_once)
        for start in range(0, len(part), at_once):
            workers.owe_again(part[start : start + at_once])
            time.sleep(rng.uniform(0, 0.05))
            if start == dies_at:
                dying.kill()
                running.append(workers.work())
    workers.owe_again(later)
    eventually(lambda: workers.owed() == 0)
    for each in running:
        each.says("workers have begun")
        each.signal(signal.SIGTERM)
    assert [each.ended() for each in running] == [0] * crew
    return workers.came()


def test_nothing_is_lost_and_little_doubled_where_workers_are_killed(
    tmp_path: Path, server: Server, present: Sandbox, hook: WebhookReceiver
) -> None:
    with Workers(tmp_path, server, present, hook) as workers:
        owed = workers.owe(subscribers=20, trials=20)

        came = kill_and_count(workers, kills=3, at_once=5, crew=2, rng=random.Random())

    assert len(came) == owed
    assert came.total() - owed <= 3 * 10


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_kills_of_three_workers_at_any_moment_lose_nothing(
    tmp_path: Path, server: Server, present: Sandbox, hook: WebhookReceiver
) -> None:
    with Workers(tmp_path, server, present, hook) as workers:
        owed = workers.owe(subscribers=KILLS // 2, trials=100)

        came = kill_and_count(workers, kills=KILLS, at_once=1, crew=3, rng=random.Random())

    assert len(came) == owed
    assert came.total() - owed <= 3 * KILLS


@pytest.mark.parametrize("deaths", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_all_is_sent_once_a_database_is_back_that_died_under_load(
    deaths: int, tmp_path: Path, server: Server, present: Sandbox, hook: WebhookReceiver
) -> None:
    with Workers(tmp_path, server, present, hook) as workers:
        owed = workers.owe(subscribers=20, trials=60)
        running = [workers.work() for _ in range(2)]
        for death in range(deaths):
            before = len(hook.deliveries)
            eventually(lambda before=before: len(hook.deliveries) > before + 50 or workers.owed() == 0)  # type: ignore[misc]
            server.kill()
            time.sleep(3)
            server.start()
            if death + 1 < deaths:
                owed += workers.owe(subscribers=10, trials=30) if workers.owed() == 0 else 0
        eventually(lambda: workers.owed() == 0, within=60)
        assert all(each.process.poll() is None for each in running)

    assert len(workers.came()) >= owed
