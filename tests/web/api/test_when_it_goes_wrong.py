"""What is damaged, slow or at fault harms what it has to, and is told as a problem."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import StoreUnavailable
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import tables
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from monitor.web.api import trials
from monitor.web.site import answering
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.test_damaged_rows import damage, damage_snapshot
from tests.web.api.program import Api, problem


@pytest.fixture
def changed(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[Api]:
    """One trial that changed, and one that did not."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    other = next(each for each in sandbox.trial_ids() if each != WITHDRAWN_LATER)
    outbox.watch(WITHDRAWN_LATER, other)
    outbox.check()
    sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(minutes=1)
    outbox.check()
    index_missing(quick_store, [outbox.registry])
    with Api(outbox) as running:
        yield running
    outbox.registry.close()


def test_a_damaged_snapshot_is_said_and_the_one_before_stands_in(changed: Api) -> None:
    damage_snapshot(changed.outbox, WITHDRAWN_LATER, 2)
    latest = changed.read(f"/trials/{WITHDRAWN_LATER}/record")

    assert problem(changed.ask(f"/trials/{WITHDRAWN_LATER}/snapshots/2")) == "unreadable"
    assert problem(changed.ask(f"/trials/{WITHDRAWN_LATER}/compare/1..2")) == "unreadable"
    assert latest["snapshot"] == 1
    assert len(latest["notes"]) == 1
    assert changed.read(f"/trials/{WITHDRAWN_LATER}")["troubles"]
    assert len(changed.read(f"/trials/{WITHDRAWN_LATER}/snapshots")["unreadable"]) == 1


def test_a_damaged_event_has_its_line_in_the_list(changed: Api) -> None:
    damage(changed.outbox, tables.events, tables.events.c.trial_id == WITHDRAWN_LATER, changes="{")
    (event,) = changed.read("/changes")["data"]

    assert (event["trial_id"], event["changes"], event["seen_at"]) == (WITHDRAWN_LATER, [], None)
    assert event["error"]
    assert changed.read(f"/trials/{WITHDRAWN_LATER}/changes/2")["error"] == event["error"]


def test_a_fault_of_ours_is_a_problem_and_in_the_log(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> object:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(trials.trial_lists, "in_order", fails)
        answer = api.ask("/trials")
        assert problem(answer) == "failed"
        assert "a fault" not in answer.text
        assert "a fault" in caplog.text
    assert api.ask("/trials").status_code == 200


def test_a_silent_database_is_a_problem_that_says_when_to_ask_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_silent(*_: object, **__: object) -> object:
        raise StoreUnavailable("/var/lib/monitor.sqlite3 is locked")

    monkeypatch.setattr(trials.trial_lists, "in_order", is_silent)
    answer = api.ask("/trials")

    assert problem(answer) == "not-now"
    assert answer.headers["retry-after"] == "5"
    assert "sqlite" not in answer.text


def test_where_too_many_wait_the_next_is_asked_to_come_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    token = api.ask("/health").request.headers["authorization"]
    monkeypatch.setattr(answering, "WAITING", 0)
    answer = api.ask("/trials", scope=None, headers={"Authorization": token})

    assert problem(answer) == "not-now"
    assert answer.headers["retry-after"] == "1"
