"""Each thing that a pass may have to do makes a quiet check give up before a question; and nothing else does."""

from datetime import timedelta

import pytest

from monitor.clock import utc_now
from tests.quiet.world import KEY, TRIALS, World


def in_hours(hours: float) -> str:
    """As the database has moments."""
    return (utc_now() + timedelta(hours=hours)).replace(tzinfo=None).isoformat(" ")


MERGED = "UPDATE trials SET state = 'merged', misses = {}, read_in_full_at = '{}', verified_version = '{}' {}"
VERSION = "UPDATE registries SET version_stamp = '{0}'; UPDATE trials SET verified_version = '{0}'"
SEARCH = "INSERT INTO searches SELECT 1, '{}', {}, '{}', NULL, NULL, {}, {}"
LAST = "(SELECT version_stamp FROM registries)"
ONE = f"WHERE trial_id = '{TRIALS[3]}'"
LEFT_ALONE = f"INSERT INTO left_alone VALUES ('{KEY}', 'somewhere', '{{}}')"
QUARANTINE = (
    "INSERT INTO quarantine (registry, trial_id, received_at, reason, size, raw, latest_at, times)"
    f" VALUES ('{KEY}', 'NCT1', '{in_hours(-9)}', 'odd', 1, x'00', '{{}}', 1)"
)
SUBSCRIPTION = (
    "INSERT INTO subscriptions (id, endpoint_id, everything, topics, kinds, min_significance, state, origin, name,"
    " created_at, last_sequence) VALUES ('a', 'b', 1, '[]', '[]', 0, 'active', 'config', {}, '2026-11-20', 0)"
)
SETTLEMENT = f"INSERT INTO settlements (event_id, registry, settlement) SELECT id, '{KEY}', '{{}}' FROM events"

DOUBTS = {
    "another schema": "UPDATE alembic_version SET version_num = '0001'",
    "no schema": "DELETE FROM alembic_version",
    "two schemas": "INSERT INTO alembic_version VALUES ('0000')",
    "a table less": "DROP TABLE settlements",
    "a watch of the configuration": "UPDATE watches SET origin = 'config'",
    "a subscription of the configuration": SUBSCRIPTION.format("'wards'"),
    "nothing watched": "DELETE FROM watched_trials",
    "another registry": f"UPDATE watched_trials SET registry = 'registry.example' {ONE}",
    "never asked": "DELETE FROM registries",
    "no ETag": "UPDATE registries SET version_etag = NULL",
    "a version ahead of the clock": VERSION.format("2999-01-01T09:00:00"),
    "a version that names a zone": VERSION.format("2026-01-01T09:00:00-23:00"),
    "a version in another form": VERSION.format("1st of May"),
    "an unverified trial": f"UPDATE trials SET verified_version = NULL {ONE}",
    "a trial of another version": f"UPDATE trials SET verified_version = '2000-01-03T09:00:00' {ONE}",
    "an unknown trial": f"DELETE FROM trials {ONE}",
    "an odd state": f"UPDATE trials SET state = 'odd' {ONE}",
    "a number that is none": f"UPDATE trials SET snapshot = 'x' {ONE}",
    "a title that is no text": f"UPDATE trials SET title = CAST(x'ff' AS TEXT) {ONE}",
    "a merger that is due": MERGED.format(0, in_hours(-169), "before", ONE),
    "a merger that was denied": MERGED.format(1, in_hours(-1), "before", ONE),
    "a merger read in the future": MERGED.format(0, in_hours(1), "before", ONE),
    "a leaver": f"INSERT INTO leavers VALUES ('{KEY}', '{TRIALS[0]}', 1, 'before', NULL)",
    "a watch that follows siblings": "INSERT INTO sibling_watches VALUES (1)",
    "a change that is not settled": SETTLEMENT.format("pending"),
    "an answer refused just now": QUARANTINE.format(in_hours(1)),
    "a pause that was asked for": LEFT_ALONE.format(in_hours(1)),
    "a pause that is no time": LEFT_ALONE.format(""),
    "a search that was never listed": SEARCH.format(KEY, "'Harbour Trust'", "lead", "NULL", "NULL"),
    "a search listed before": SEARCH.format(KEY, "'Harbour Trust'", "lead", "'before'", "NULL"),
    "a search of another registry": SEARCH.format("registry.example", "'Harbour Trust'", "lead", LAST, "NULL"),
    "everything": SEARCH.format(KEY, "NULL", "lead", LAST, f"'{in_hours(-1)}'"),
    "a search in an odd role": SEARCH.format(KEY, "'Harbour Trust'", "all", LAST, "NULL"),
    "a search that is no text": SEARCH.format(KEY, "CAST(x'ff' AS TEXT)", "lead", LAST, "NULL"),
    "a search listed at no time": SEARCH.format(KEY, "'Harbour Trust'", "lead", LAST, "'one day'"),
}


@pytest.mark.parametrize("statement", DOUBTS.values(), ids=DOUBTS)
def test_in_doubt_nothing_is_asked_printed_or_written(world: World, statement: str) -> None:
    world.change(statement)
    tables = world.tables()
    attempt, ran = world.quietly()

    assert not attempt.is_done
    assert (ran.out, ran.err, ran.requests, ran.tables) == ("", "", [], tables)


BEGUN = f"INSERT INTO backfills VALUES ('{KEY}', '{{}}', '[]', {{}}, {{}}, NULL)"


@pytest.mark.parametrize(
    ("waits", "is_done"),
    [
        ("SELECT 1", False),
        (BEGUN.format(TRIALS[0], "NULL", f"'{in_hours(1)}'"), True),
        (BEGUN.format(TRIALS[0], "NULL", f"'{in_hours(-1)}'"), False),
    ],
)
def test_former_versions_that_may_be_asked_for_are_something_to_do(world: World, waits: str, is_done: bool) -> None:
    """Those of one trial: of the others all is there."""
    world.configure("history = true\n")
    for trial_id in TRIALS[1:]:
        world.change(BEGUN.format(trial_id, f"'{in_hours(-9)}'", "NULL"))
    world.change(waits)
    attempt, _ = world.quietly()

    assert attempt.is_done is is_done
    world.configure()
    assert world.quietly()[0].is_done, "where they may not be asked for, nothing waits"


NO_DOUBTS = {
    "a removed trial": f"UPDATE trials SET state = 'removed' {ONE}",
    "a merger read lately": MERGED.format(0, in_hours(-167), "before", ONE),
    "a title that steers a terminal": f"UPDATE trials SET title = '\x1b[31m' {ONE}",
    "no title": f"UPDATE trials SET title = NULL, snapshot = NULL, state = NULL {ONE}",
    "few trials": f"DELETE FROM watched_trials WHERE trial_id > '{TRIALS[3]}'",
    "a change that is held": SETTLEMENT.format("held"),
    "a change that is folded": SETTLEMENT.format("folded"),
    "an answer refused before": QUARANTINE.format(in_hours(-1)),
    "a pause that is over": LEFT_ALONE.format(in_hours(-1)),
    "a search up to date": SEARCH.format(KEY, "'Harbour Trust'", "any", LAST, f"'{in_hours(-1)}'"),
    "a subscription of a command": SUBSCRIPTION.format("NULL"),
    "answers from older data": f"UPDATE registries SET behind_since = '{in_hours(-1)}'",
    "a leaver elsewhere": f"INSERT INTO leavers VALUES ('registry.example', '{TRIALS[0]}', 1, 'before', NULL)",
}


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["", "json"])
@pytest.mark.parametrize("statement", NO_DOUBTS.values(), ids=NO_DOUBTS)
def test_what_gives_a_pass_nothing_to_do_gives_no_doubt(world: World, statement: str, options: tuple[str, ...]) -> None:
    world.change(statement)
    file = world.file.read_bytes()
    attempt, quiet = world.quietly(*options)
    world.file.write_bytes(file)
    whole = world.wholly(*options)

    assert attempt.is_done
    assert (quiet.status, quiet.out, quiet.err, quiet.requests) == (whole.status, whole.out, whole.err, whole.requests)
