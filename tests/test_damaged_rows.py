"""One row that the disk has damaged harms one trial: it is said, it is replaced, and everybody else goes on."""

from typing import Any

import pytest
from sqlalchemy import update

from monitor.alerts.subscribe import Wanted, apply_config
from monitor.model import Checked, Document, Result, State
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.storage import notices, snapshots, subscriptions, tables
from monitor.storage.isolation import MOST_BAD, isolated
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import status_becomes

EVERYBODY = "https://hooks.example.org/all"


def damage(outbox: OutboxHarness, table: Any, where: Any, **values: Any) -> None:
    with outbox.store.begin() as tx:
        assert tx.execute(update(table).where(where).values(values)).rowcount


def damage_snapshot(outbox: OutboxHarness, trial_id: str, number: int = 1) -> None:
    """Flip a bit of its body."""
    c = tables.snapshots.c
    which = (c.trial_id == trial_id) & (c.number == number)
    with outbox.store.read() as tx:
        body = bytearray(tx.execute(tables.snapshots.select().where(which)).one().body)
    body[len(body) // 2] ^= 4
    damage(outbox, tables.snapshots, which, body=bytes(body))


def told_kinds(outbox: OutboxHarness) -> list[str]:
    with outbox.store.read() as tx:
        return [notice.kind for notice in reversed(notices.listing(tx))]


def suspend(outbox: OutboxHarness, *trial_ids: str) -> None:
    for trial_id in trial_ids:
        outbox.sandbox.edit(trial_id, status_becomes("SUSPENDED", "Because of a test"))
    outbox.sandbox.refresh()
    outbox.clock.advance(days=8)


def two(outbox: OutboxHarness) -> tuple[str, str]:
    one, other = [each for each in outbox.sandbox.trial_ids() if each != WITHDRAWN_LATER][:2]
    return one, other


def test_a_damaged_snapshot_is_replaced_by_what_the_registry_says_now_and_said(outbox: OutboxHarness) -> None:
    bad, good = two(outbox)
    outbox.check(bad, good)
    damage_snapshot(outbox, bad)
    suspend(outbox, bad, good)

    checked = outbox.check(bad, good)

    assert checked[good].result is Result.CHANGED
    assert (checked[bad].result, checked[bad].snapshot, checked[bad].changes) == (Result.BASELINE, 2, ())
    assert f"snapshot 1 of {bad} is damaged" in str(checked[bad].error)
    assert "Snapshot 2 is a new baseline" in str(checked[bad].error)
    assert told_kinds(outbox) == ["snapshots.damaged"]

    suspend(outbox, bad)
    assert outbox.check(bad, good)[bad].error is None
    assert told_kinds(outbox) == ["snapshots.damaged"]
    with outbox.store.read() as tx:
        assert snapshots.get(tx, outbox.registry.key, bad, 2).document.state is State.LISTED


def test_a_change_behind_a_damaged_snapshot_is_told_by_the_one_before_it_and_once(outbox: OutboxHarness) -> None:
    """What the snapshot that is lost had told already is not told again."""
    bad, _ = two(outbox)

    def fewer(study: dict[str, Any]) -> dict[str, Any]:
        study["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": 1, "type": "ESTIMATED"}
        return study

    outbox.subscribe(EVERYBODY)
    outbox.check(bad)
    outbox.sandbox.edit(bad, fewer)
    outbox.sandbox.refresh()
    outbox.clock.advance(days=8)
    assert outbox.check(bad)[bad].result is Result.CHANGED
    damage_snapshot(outbox, bad, 2)
    suspend(outbox, bad)

    checked = outbox.check(bad)[bad]

    assert checked.result is Result.BASELINE
    assert "compared with snapshot 1" in str(checked.error)
    assert {change.field for change in checked.changes} >= {"overall_status"}
    assert "enrollment" not in {change.field for change in checked.changes}
    outbox.deliver()
    assert [message.body.count(b'"field":"enrollment"') for message in outbox.channel.came] == [1, 0]


def test_a_trial_whose_snapshot_is_damaged_can_be_removed_and_merged(outbox: OutboxHarness) -> None:
    bad, _ = two(outbox)
    outbox.subscribe(EVERYBODY)
    outbox.check(*outbox.sandbox.trial_ids())
    damage_snapshot(outbox, bad)
    outbox.sandbox.misbehave("unknown", ids=[bad])
    results = []
    for _ in range(4):
        outbox.sandbox.refresh()
        outbox.clock.advance(hours=20)
        results.append(outbox.results(*outbox.sandbox.trial_ids(), bad)[bad])

    assert results[-1] is Result.REMOVED
    assert outbox.kinds(bad) == [["trial.removed"]]


@pytest.mark.parametrize(
    ("column", "value"), [("state", "lisued"), ("verified_at", "2026-13-01 00:00:00"), ("first_missed_at", "x")]
)
def test_a_damaged_row_of_a_trial_fails_that_trial_alone(outbox: OutboxHarness, column: str, value: str) -> None:
    if column != "state" and outbox.store.database.name.startswith("PostgreSQL"):
        pytest.skip("PostgreSQL holds nothing but times there")
    bad, good = two(outbox)
    outbox.check(bad, good)
    with outbox.store.begin() as tx:
        tx.exec_driver_sql(f"UPDATE trials SET {column} = '{value}' WHERE trial_id = '{bad}'")
    suspend(outbox, good)

    for _ in range(2):
        checked = outbox.check(bad, good)
        assert checked[bad].result is Result.FAILED
        assert "restore a backup" in str(checked[bad].error)

    assert outbox.kinds(good) != []
    assert told_kinds(outbox) == ["trials.failing"]


@pytest.mark.parametrize("method", ["parse_pair", "unknown"])
def test_a_record_that_nobody_foresaw_fails_its_trial_alone(
    outbox: OutboxHarness, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    bad, *others = outbox.sandbox.trial_ids()
    outbox.check(bad, *others)
    suspend(outbox, bad, others[0])
    real = getattr(ClinicalTrialsGov, method)

    def fail(registry: ClinicalTrialsGov, *given: Any) -> Any:
        if any(isinstance(each, Document) and each.trial_id == bad for each in given):
            raise RecursionError
        return real(registry, *given)

    monkeypatch.setattr(ClinicalTrialsGov, method, fail)
    checked = outbox.check(bad, *others)

    assert checked[bad].result is Result.FAILED
    assert "RecursionError at test_damaged_rows.py" in str(checked[bad].error)
    assert checked[others[0]].result is Result.CHANGED
    assert told_kinds(outbox) == ["trials.failing"]
    outbox.check(bad, *others)
    assert told_kinds(outbox) == ["trials.failing"], "once"

    monkeypatch.undo()
    assert outbox.check(bad)[bad].result is Result.CHANGED, "it was not verified meanwhile"


def test_damaged_filters_filter_nothing_and_silence_nobody(outbox: OutboxHarness) -> None:
    bad, _ = two(outbox)
    damaged = outbox.subscribe("https://a.example.org/", bad)
    outbox.subscribe(EVERYBODY)
    outbox.check(bad)
    c = tables.subscriptions.c
    damage(outbox, tables.subscriptions, c.id == damaged.subscription.id, topics="[")
    suspend(outbox, bad)
    outbox.check(bad)

    outbox.deliver()

    assert len(outbox.channel.came) == 2
    with outbox.store.read() as tx:
        assert list(subscriptions.damaged(tx)) == [damaged.subscription.id]


def test_a_damaged_event_that_waits_is_made_again_from_its_snapshots(outbox: OutboxHarness) -> None:
    bad, good = two(outbox)
    outbox.subscribe(EVERYBODY)
    outbox.check(bad, good)
    suspend(outbox, bad, good)
    pending(outbox, bad, good)
    damage(outbox, tables.events, tables.events.c.trial_id == bad, changes=b"scribble")

    outbox.clock.advance(hours=1)
    outbox.deliver()

    assert sorted(b"status.stopped" in message.body for message in outbox.channel.came) == [True, True]


def test_an_event_that_nothing_can_make_again_is_told_to_the_operator_alone(outbox: OutboxHarness) -> None:
    bad, good = two(outbox)
    apply_config(
        [Wanted(name="o", channel="email", address="ops@example.org", origin="operator")], outbox.subscribe_context
    )
    outbox.subscribe(EVERYBODY, good)
    outbox.check(bad, good)
    suspend(outbox, bad, good)
    pending(outbox, bad, good)
    damage(outbox, tables.events, tables.events.c.trial_id == bad, changes=b"scribble")
    damage_snapshot(outbox, bad, 2)

    outbox.clock.advance(hours=1)
    outbox.deliver()
    outbox.deliver()

    assert told_kinds(outbox) == ["events.lost"]
    assert sorted(message.endpoint.shown for message in outbox.channel.came) == [EVERYBODY, "ops@example.org"]


def pending(outbox: OutboxHarness, *trial_ids: str) -> list[Checked]:
    """A check that dies before it settles what it found."""
    from datetime import timedelta

    from monitor.watching.check import check
    from monitor.watching.context import PassContext

    context = PassContext(
        registry=outbox.registry,
        store=outbox.store,
        clock=outbox.clock,
        full_check_every=timedelta(days=7),
        settle=timedelta(hours=1),
    )
    return list(check(trial_ids, context))


# What isolates


def test_what_spoils_a_batch_is_found_in_few_steps() -> None:
    steps = 0

    def act(part: Any) -> list[int]:
        nonlocal steps
        steps += 1
        if 617 in part:
            raise ValueError
        return list(part)

    done, bad = isolated(range(1000), act)

    assert [each for part in done for each in part] == [number for number in range(1000) if number != 617]
    assert [item for item, _ in bad] == [617]
    assert steps <= 21


def test_where_everything_fails_it_is_not_the_items() -> None:
    steps = 0

    def act(part: Any) -> None:
        nonlocal steps
        steps += 1
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        isolated(range(100_000), act)
    assert steps < 4 * MOST_BAD
