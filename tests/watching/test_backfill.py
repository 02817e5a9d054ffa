"""The history of a trial from before it was first read, version by version, from a registry on loopback."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import orjson
import pytest
from sqlalchemy import text

from monitor.storage import archived, backfills, deliveries
from monitor.views.trials import history_of
from monitor.watching.backfill import (
    MOST_IN_A_PASS,
    RETRY_AFTER,
    RETRY_UNREACHED,
    Backfilled,
    Backfilling,
    BackfillResult,
    backfill,
    backfill_due,
    forecast,
)
from tests.program import Trying

LONG, OTHER, THIRD, FOURTH = "NCT90000002", "NCT90000003", "NCT90000004", "NCT90000005"
"""Trials of the sandbox that were updated long after they were registered."""


def context(program: Trying, most: int | None = None) -> Backfilling:
    program.registry.asks_history = True
    return Backfilling(registry=program.registry, store=program.store, clock=program.clock, most=most)


def fetched(program: Trying, *trial_ids: str, most: int | None = None) -> list[Backfilled]:
    return list(backfill(trial_ids, context(program, most)))


def kept(program: Trying, trial_id: str = LONG) -> dict[int, date]:
    with program.store.read() as tx:
        return archived.versions_of(tx, program.registry.key, trial_id)


def history_requests(program: Trying) -> list[str]:
    return [path for path in program.requests() if path.startswith("/api/int")]


def update(program: Trying, trial_id: str, *, submitted: str, posted: str, count: int) -> None:
    """The sponsor submits an update, and the registry posts it."""

    def change(study):
        status = study["protocolSection"]["statusModule"]
        status["lastUpdateSubmitDate"] = submitted
        status["lastUpdatePostDateStruct"] = {"date": posted, "type": "ACTUAL"}
        study["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = count

    program.sandbox.edit(trial_id, change)


def test_versions_stand_before_the_first_snapshot_by_the_days_of_their_posting(program: Trying):
    """The newest is what the first snapshot says, too: no change is invented where HTML meets Markdown."""
    program.watch(LONG)
    program.check()
    program.requests()

    (done,) = fetched(program, LONG)

    asked = history_requests(program)
    history = history_of(LONG, registry=program.registry, store=program.store)
    *versions, first = history.rows
    days = [row.taken_at.date() for row, _ in versions]
    assert (done.result, done.versions, done.added, done.error) == (BackfillResult.COMPLETE, 3, 3, None)
    assert [path.rpartition("/")[2] for path in asked] == ["history", "2", "1", "0"]
    assert [row.version for row, _ in versions] == [0, 1, 2]
    assert all(before < after for before, after in pairwise(days))
    assert done.begins_on == days[0]
    assert [bool(changes) for _, changes in versions] == [False, True, True]
    assert first[1] == ()
    assert "overall_status" in {change.field for _, changes in versions for change in changes}
    with program.store.read() as tx:
        posted = history_of(LONG, registry=program.registry, store=program.store).rows[1][0].taken_at.date()
        record = program.registry.parse(archived.of_trial(tx, program.registry.key, LONG)[1].document, program.clock())
        assert deliveries.listing(tx) == []
    assert record.last_update_post_date == posted.isoformat() != record.last_update_submit_date


def test_snapshots_events_and_later_changes_are_as_without_it(program: Trying):
    program.watch(LONG)
    program.check()
    fetched(program, LONG)
    update(program, LONG, submitted="2026-11-18", posted="2026-11-21", count=4321)

    assert program.results() == {LONG: "changed"}
    assert program.snapshot_numbers(LONG) == [1, 2]
    assert [event.snapshot for event in program.events(LONG)] == [2]
    program.requests()
    (again,) = fetched(program, LONG)
    assert (again.result, again.added, history_requests(program)) == (BackfillResult.COMPLETE, 0, [])


def test_a_version_that_was_not_posted_yet_when_the_trial_was_first_read_is_a_snapshot_and_no_history(quick: Trying):
    """It was submitted before that: `date` is the day of submission."""
    quick.watch(LONG)
    quick.check()
    update(quick, LONG, submitted="2026-11-19", posted="2026-11-23", count=4321)
    quick.clock.advance(days=2)
    quick.check()

    (done,) = fetched(quick, LONG)

    assert quick.snapshot_numbers(LONG) == [1, 2]
    assert (done.result, sorted(kept(quick))) == (BackfillResult.COMPLETE, [0, 1, 2])


def test_it_goes_on_where_it_ended_and_leaves_no_gap(program: Trying):
    """The newest come first, so what is there always reaches up to the first snapshot."""
    program.watch(LONG)
    program.check()

    (first,) = fetched(program, LONG, most=2)
    assert (first.result, first.added, first.waiting, sorted(kept(program))) == (BackfillResult.PARTIAL, 1, 2, [2])
    with program.store.read() as tx:
        assert backfills.due(tx, program.registry.key, now=program.clock()) == [LONG]
    assert forecast([LONG, OTHER], program.registry.key, program.store).requests == 3
    program.requests()

    (second,) = fetched(program, LONG, most=100)
    assert (second.result, second.added) == (BackfillResult.COMPLETE, 2)
    assert [path.rpartition("/")[2] for path in history_requests(program)] == ["1", "0"]
    assert forecast([LONG], program.registry.key, program.store).finished == 1


def test_it_ends_between_two_versions_where_it_has_to(quick: Trying):
    quick.watch(LONG)
    quick.check()
    going_on = context(quick)
    going_on.stopping = lambda: bool(kept(quick))

    (done,) = backfill([LONG, OTHER], going_on)

    assert (done.result, sorted(kept(quick))) == (BackfillResult.PARTIAL, [2])


def test_versions_of_one_day_keep_their_order(quick: Trying):
    for count in (11, 12, 13):
        update(quick, LONG, submitted="2026-11-18", posted="2026-11-19", count=count)
    quick.watch(LONG)
    quick.check()

    fetched(quick, LONG)

    rows = history_of(LONG, registry=quick.registry, store=quick.store).rows
    counts = [
        quick.registry.parse(each.document, quick.clock()).enrollment.count  # type: ignore[union-attr]
        for each in _documents(quick)[-3:]
    ]
    assert counts == [11, 12, 13]
    assert [row.version for row, _ in rows] == [*range(len(rows) - 1), None]


def _documents(program: Trying) -> list[archived.ArchivedDocument]:
    with program.store.read() as tx:
        return archived.of_trial(tx, program.registry.key, LONG)


def test_a_version_that_was_posted_after_the_one_that_followed_it_stands_before_that(quick: Trying):
    """One with results may be under review for months."""
    update(quick, LONG, submitted="2026-11-01", posted="2026-11-19", count=11)
    update(quick, LONG, submitted="2026-11-05", posted="2026-11-06", count=12)
    quick.watch(LONG)
    quick.check()

    fetched(quick, LONG)

    days = kept(quick)
    assert days[max(days)] == days[max(days) - 1] == date(2026, 11, 6)


def test_a_version_that_was_still_under_review_at_the_first_snapshot_is_no_part_of_what_stood_before(quick: Trying):
    """Though it was submitted before the version that the snapshot shows."""
    update(quick, LONG, submitted="2026-11-01", posted="2026-12-24", count=11)
    update(quick, LONG, submitted="2026-11-05", posted="2026-11-06", count=12)
    quick.watch(LONG)
    quick.check()

    (done,) = fetched(quick, LONG)

    assert (done.result, sorted(kept(quick))) == (BackfillResult.COMPLETE, [0, 1, 2, 4])


def test_a_trial_without_a_snapshot_is_not_asked_about(quick: Trying):
    (done,) = fetched(quick, LONG)

    assert (done.result, history_requests(quick)) == (BackfillResult.FAILED, [])
    assert LONG in (done.error or "")


# What goes wrong


def broken(program: Trying, *trial_ids: str) -> Trying:
    program.watch(*trial_ids)
    program.check()
    program.requests()
    return program


def is_put_off(program: Trying, trial_id: str, *, until: timedelta) -> bool:
    with program.store.read() as tx:
        known = backfills.of_trials(tx, program.registry.key, [trial_id]).get(trial_id)
        due = backfills.due(tx, program.registry.key, now=program.clock() + until)
        early = backfills.due(tx, program.registry.key, now=program.clock() + until - timedelta(seconds=1))
    return known is not None and known.reason is not None and trial_id in due and trial_id not in early


def listed(*days: str) -> bytes:
    """A list of versions of these days."""
    return orjson.dumps({"changes": [{"version": number, "date": day} for number, day in enumerate(days)]})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda box: box.misbehave("answer", target="/history$", status=404, body=b"Not Found", ids=[LONG]),
        lambda box: box.misbehave("403", target="/history/1", ids=[LONG]),
        lambda box: box.misbehave("html", target="/history/0", ids=[LONG]),
        lambda box: box.misbehave("cut", target="/history", ids=[LONG]),
        lambda box: box.misbehave("answer", target="/history$", body=b'{"changes":[]}', ids=[LONG]),
        lambda box: box.misbehave("answer", target="/history$", body=listed("2999-01-01"), ids=[LONG]),
        lambda box: box.misbehave("answer", target="/history$", body=listed("2010-01-01", "2999-01-01"), ids=[LONG]),
        lambda box: box.misbehave("answer", target="/history$", body=listed("2026-11-20"), ids=[LONG]),
    ],
)
def test_what_is_odd_ends_the_try_for_that_trial_alone(quick: Trying, spoil: Callable[..., None]):
    broken(quick, LONG, OTHER)
    spoil(quick.sandbox)

    bad, good = fetched(quick, LONG, OTHER)

    assert (bad.result, bad.ends, good.result) == (BackfillResult.FAILED, False, BackfillResult.COMPLETE)
    assert len((bad.error or "").splitlines()) == 1
    assert is_put_off(quick, LONG, until=RETRY_AFTER)


def test_another_shape_ends_the_run_and_puts_off_every_trial(quick: Trying):
    broken(quick, LONG, OTHER)
    quick.sandbox.misbehave("empty", target="/history$")

    (bad,) = fetched(quick, LONG, OTHER)

    assert (bad.result, bad.ends) == (BackfillResult.FAILED, True)
    assert "not documented" in (bad.error or "")
    assert is_put_off(quick, OTHER, until=RETRY_AFTER)
    assert len(history_requests(quick)) == 1


def test_robots_txt_ends_the_run(quick: Trying):
    broken(quick, LONG)
    quick.sandbox.misbehave("answer", target="^/robots.txt$", body=b"User-agent: *\nDisallow: /api/int/\n")

    (bad,) = fetched(quick, LONG)

    assert "robots.txt" in (bad.error or "")
    assert history_requests(quick) == []


def test_a_registry_that_cannot_be_reached_ends_the_run(quick: Trying):
    broken(quick, LONG, OTHER)
    quick.sandbox.misbehave("503", target="/history")

    (bad,) = fetched(quick, LONG, OTHER)

    assert (bad.result, bad.ends) == (BackfillResult.FAILED, True)
    assert is_put_off(quick, LONG, until=RETRY_UNREACHED)


def test_three_refusals_one_after_the_other_end_the_run(quick: Trying):
    broken(quick, LONG, OTHER, THIRD, FOURTH)
    quick.sandbox.misbehave("403", target="/history$")

    done = fetched(quick, LONG, OTHER, THIRD, FOURTH)

    assert [each.ends for each in done] == [False, False, True]


@pytest.mark.parametrize(
    "damage",
    [
        f"UPDATE backfills SET waiting = 'odd' WHERE trial_id = '{LONG}'",
        f"UPDATE archived_documents SET taken_on = 'one day' WHERE trial_id = '{LONG}'",
    ],
)
def test_a_damaged_row_harms_its_own_trial_alone(quick: Trying, damage: str):
    broken(quick, LONG, OTHER)
    fetched(quick, LONG, most=2)
    with quick.store.begin() as tx:
        tx.execute(text(damage))

    bad, good = fetched(quick, LONG, OTHER)

    assert (bad.result, bad.ends, good.result) == (BackfillResult.FAILED, False, BackfillResult.COMPLETE)
    assert LONG in (bad.error or "")
    assert is_put_off(quick, OTHER, until=RETRY_AFTER) is False


def test_what_is_due_is_fetched_bit_by_bit(quick: Trying):
    quick.watch(*(f"NCT9{number:07}" for number in range(1, 13)))
    quick.check()
    quick.requests()

    requests = []
    for _ in range(4):
        assert {done.error for done in backfill_due(context(quick))} <= {None}
        requests.append(len(history_requests(quick)))

    assert max(requests) == MOST_IN_A_PASS
    assert requests[-1] == 0
    with quick.store.read() as tx:
        assert backfills.due(tx, quick.registry.key, now=None) == []
