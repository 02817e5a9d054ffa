"""After its passes, the service fetches former versions bit by bit, and no pass is worse for it."""

from collections.abc import Sequence
from datetime import timedelta

from monitor.watching.backfill import MOST_IN_A_PASS
from tests.service.workers import Workers

LONG, OTHER = "NCT90000002", "NCT90000003"


def begun(workers: Workers, trial_ids: Sequence[str]) -> Workers:
    workers.outbox.registry.asks_history = True
    workers.outbox.watch(*trial_ids)
    workers.outbox.requests()
    return workers


def history(workers: Workers) -> list[str]:
    return [path for path in workers.outbox.requests() if path.startswith("/api/int")]


def test_history_is_fetched_after_passes_a_part_each_time(quick_workers: Workers) -> None:
    workers = begun(quick_workers, [f"NCT9{number:07}" for number in range(1, 13)])

    workers.tick()
    first = history(workers)
    workers.pass_time(timedelta(hours=2), every=timedelta(minutes=30))
    second = history(workers)

    assert len(first) == MOST_IN_A_PASS
    assert 0 < len(second) < MOST_IN_A_PASS
    assert {line["trial_id"] for line in workers.lines() if line["event"] == "history"} >= {LONG, OTHER}
    workers.pass_time(timedelta(hours=2), every=timedelta(minutes=30))
    assert history(workers) == []


def test_whatever_goes_wrong_with_it_the_pass_is_done(quick_workers: Workers) -> None:
    begun(quick_workers, [LONG, OTHER])
    quick_workers.outbox.sandbox.misbehave("empty", target="/history$")

    quick_workers.tick()

    warnings = [line for line in quick_workers.lines() if line["event"] == "no history"]
    assert [line["event"] for line in quick_workers.lines()].count("registry checked") == 1
    assert [(line["trial_id"], "not documented" in line["reason"]) for line in warnings] == [(LONG, True)]
    quick_workers.pass_time(timedelta(hours=4), every=timedelta(hours=1))
    assert [line["event"] for line in quick_workers.lines()].count("no history") == 1, "all are put off"
