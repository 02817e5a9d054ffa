"""One trace leads through the log from the pass that found a change to whoever was told, however late."""

from datetime import timedelta
from typing import Any

from monitor.errors import DeliveryDeferred
from monitor.model.rhythm import Every, Rhythm
from monitor.storage import deliveries
from monitor.views.delivery_log import one_delivery
from tests.outbox import take
from tests.program import WITHDRAWN_LATER
from tests.service.workers import Workers
from tests.studies import named, together, verified_in

HOOK = "https://hooks.example.org/trials"
DIGEST = "https://hooks.example.org/daily"


def traced(workers: Workers, trace: str) -> list[dict[str, Any]]:
    """The lines that one finds who looks for a trace."""
    return [line for line in workers.lines() if trace == line.get("trace") or trace in line.get("traces", ())]


def change(workers: Workers, number: int) -> str:
    """Let the trial change and be looked at; give the trace of the pass."""
    edit = together(named(f"STEP-{number}"), verified_in(f"20{number:02}-01"))
    workers.outbox.sandbox.edit(WITHDRAWN_LATER, edit)
    workers.pass_time(timedelta(hours=2), every=timedelta(hours=1))
    [*_, found] = [line for line in workers.lines() if line["event"] == "trial changed"]
    trace: str = found["trace"]
    return trace


def test_one_search_in_the_log_tells_from_the_pass_to_every_receiver(workers: Workers) -> None:
    outbox = workers.outbox
    outbox.watch(WITHDRAWN_LATER)
    workers.tick()
    outbox.subscribe(HOOK)
    daily = outbox.subscribe(DIGEST, rhythm=Rhythm(every=Every.DAILY))
    outbox.refuse(HOOK, DeliveryDeferred("it is down"))

    first = change(workers, 41)
    second = change(workers, 42)
    outbox.channel.behaviour[HOOK] = take
    workers.pass_time(timedelta(hours=18), every=timedelta(hours=6))

    assert first != second
    for trace in (first, second):
        events = [line["event"] for line in traced(workers, trace)]
        assert events[:2] == ["trial changed", "registry checked"]
        assert events.count("delivery delivered") == 2, "at once, and in the digest"
        assert "delivery deferred" in events or trace == second, "the second waits for the first"
    assert len({line["delivery"] for line in traced(workers, first) if "delivery" in line}) == 2
    [digest] = [line for line in workers.lines() if "traces" in line]
    assert set(digest["traces"]) == {first, second}
    with workers.store.read() as tx:
        [of_digest] = [each for each in deliveries.listing(tx) if each.subscription_id == daily.subscription.id]
    assert set(one_delivery(of_digest.id, workers.store).traces) == {first, second}


def test_each_pass_has_a_trace_of_its_own(quick_workers: Workers) -> None:
    quick_workers.outbox.watch(WITHDRAWN_LATER)
    quick_workers.pass_time(timedelta(hours=3), every=timedelta(hours=1))

    traces = [line["trace"] for line in quick_workers.lines() if line["event"] == "registry checked"]
    assert len(traces) == len(set(traces)) > 1
    assert all(len(bytes.fromhex(trace)) == 16 for trace in traces)
