"""A check of refreshed data in which no trial moved does what the whole pass would, whatever a registry answers."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.events import TAKEN_BACK_WITHIN
from monitor.clock import utc_now
from monitor.watching import unmoved
from tests.loopback import Answer, Request
from tests.quiet.refreshed import AT_ONCE, PAGE_ODDITIES, TRIAL_ODDITIES, Refreshed, refreshed
from tests.quiet.test_equal_to_a_whole_pass import Change, changes, moment, moments, searches, some_trial, sql
from tests.quiet.world import TRIALS, Ran, World
from tests.sample_sizes import examples

MOMENT = re.compile(rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{6}(?:\+00:00)?")
"""As a column has it, or JSON in a column."""
TRACE = re.compile(rb"[0-9a-f]{32}")
"""That of a pass, which is made up by chance."""
Tables = dict[str, list[tuple[object, ...]]]
PAGES = -(-len(TRIALS) // AT_ONCE)


def stamp_of(days_ago: int, time: str = "09:00:04") -> str:
    return f"{utc_now().date() - timedelta(days=days_ago)}T{time}"


def day_of(days_ago: int) -> str:
    return stamp_of(days_ago)[:10]


@pytest.fixture
def registry(template: Path) -> Refreshed:
    """A registry with the next day's data, in which nothing moved."""
    return Refreshed(studies_beside(template), [stamp_of(1)], [day_of(1)])


@pytest.fixture
def newer(world: World, registry: Refreshed) -> Iterator[World]:
    with refreshed(world, registry):
        yield world


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["", "json"])
def test_of_trials_that_did_not_move_all_is_done_in_one_commit(
    newer: World, registry: Refreshed, options: tuple[str, ...]
) -> None:
    before = newer.file.read_bytes()
    attempt, quiet = newer.quietly(*options)
    registry.begin()
    newer.file.write_bytes(before)
    whole = newer.wholly(*options)

    assert attempt.is_done
    assert len(quiet.requests) == PAGES + 2
    assert "11 unchanged" in quiet.out or '"unchanged":11' in quiet.out
    assert said_and_asked(quiet) == said_and_asked(whole)
    assert_alike(quiet.tables, whole.tables)


ONE = TRIALS[5]
ODD_ANSWERS: dict[str, dict[str, Any]] = {
    **{f"a trial {oddity}": {"trials": {ONE: oddity}} for oddity in TRIAL_ODDITIES if oddity != "moved unseen"},
    **{f"a page {oddity}": {"pages": {1: oddity}} for oddity in PAGE_ODDITIES if oddity != "with spaces"},
    "no ETag": {"version_headers": {"ETag": ""}},
    "an odd version of the API": {"api_version": 7},
    "a second version of the day": {"stamps": [stamp_of(4, "10:00:00")]},
    "an older version": {"stamps": [stamp_of(9)]},
    "a version to come": {"stamps": [stamp_of(-2)]},
    "a version in another form": {"stamps": [stamp_of(1, "09:00")]},
    "a version that changes meanwhile": {"stamps": [stamp_of(1), stamp_of(0, "00:00:00")]},
    "data to come": {"builds": ["2999-01-01"]},
    "data that are behind": {"builds": [day_of(2)]},
    "data that change meanwhile": {"builds": [day_of(1), day_of(0)]},
}


@pytest.mark.parametrize("odd", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
def test_an_odd_answer_is_left_to_the_whole_pass(newer: World, registry: Refreshed, odd: dict[str, Any]) -> None:
    for name, value in odd.items():
        setattr(registry, name, value)
    tables = newer.tables()
    attempt, ran = newer.quietly()

    assert not attempt.is_done
    assert (ran.out, ran.err, ran.tables) == ("", "", tables)
    assert [asked.url.removeprefix(newer.server.url) for asked in attempt.asked.requests] == [
        target for target, _ in ran.requests
    ]


MORE_TO_DO = {
    "a trial that was missed": "UPDATE trials SET misses = 1 WHERE trial_id = :one",
    "a trial that was missed once": "UPDATE trials SET first_missed_at = verified_at WHERE trial_id = :one",
    "a removed trial": "UPDATE trials SET state = 'removed' WHERE trial_id = :one",
    "a merger that is due": "UPDATE trials SET state = 'merged', read_in_full_at = NULL WHERE trial_id = :one",
    "a trial without a snapshot": "UPDATE trials SET snapshot = NULL WHERE trial_id = :one",
    "a time that is none": "UPDATE trials SET verified_at = 'once' WHERE trial_id = :one",
    "a text that is none": "UPDATE trials SET merged_into = CAST(x'ff' AS TEXT) WHERE trial_id = :one",
    "a digest that is none": "UPDATE trials SET digest = 'x' WHERE trial_id = :one",
    "a build that is none": "UPDATE trials SET build = x'ff' WHERE trial_id = :one",
    "a later build": f"UPDATE trials SET build = '{day_of(0)}' WHERE trial_id = :one",
    "answers from older data before": "UPDATE registries SET behind_since = checked_at WHERE :one <> ''",
    "a search": "INSERT INTO searches SELECT 1, registry, :one, 'lead', NULL, NULL, version_stamp, checked_at"
    " FROM registries",
}


@pytest.mark.parametrize("statement", MORE_TO_DO.values(), ids=MORE_TO_DO)
def test_where_more_is_to_be_done_the_whole_pass_does_it(newer: World, statement: str) -> None:
    newer.change(statement, one=ONE)
    tables = newer.tables()
    attempt, ran = newer.quietly()

    assert not attempt.is_done
    assert (ran.out, ran.err, ran.tables) == ("", "", tables)
    assert ran.requests[-1][0] != "/version" or len(ran.requests) == 1


MERGED = "UPDATE trials SET state = 'merged', merged_into = :into WHERE trial_id = :one"
DUE = "UPDATE trials SET read_in_full_at = '2001-02-03 04:05:06'"
AS_PLAIN = {
    "a trial that is due": (f"{DUE} WHERE trial_id = :one", {}),
    "a trial read in the future": (DUE.replace("2001", "2999") + " WHERE trial_id = :one", {}),
    "some that are due": (f"{DUE} WHERE trial_id >= :one", {}),
    "all of them due": (DUE, {}),
    "a merger, and some that are due": (f"{MERGED}; {DUE} WHERE trial_id > :one", {}),
    "some due, of no build": (f"UPDATE trials SET build = NULL; {DUE} WHERE trial_id > :one", {"builds": [None]}),
    "a merger read lately": (MERGED, {}),
    "builds that keep no step": ("UPDATE trials SET verified_at = '2001-02-03 04:05:06'", {"builds": [day_of(4)]}),
    "answers of no build": ("UPDATE trials SET build = NULL WHERE trial_id = :one", {"builds": [None]}),
    "a page with spaces": (MERGED, {"pages": {1: "with spaces"}}),
    "what no probe sees": (MERGED, {"trials": {TRIALS[7]: "moved unseen"}}),
}


@pytest.mark.parametrize(("statement", "odd"), AS_PLAIN.values(), ids=AS_PLAIN)
def test_what_gives_no_doubt_is_verified_as_the_whole_pass_would(
    newer: World, registry: Refreshed, statement: str, odd: dict[str, Any]
) -> None:
    newer.change(statement, one=ONE, into=TRIALS[0])
    for name, value in odd.items():
        setattr(registry, name, value)
    before = newer.file.read_bytes()
    attempt, quiet = newer.quietly("--json")
    registry.begin()
    newer.file.write_bytes(before)
    whole = newer.wholly("--json")

    assert attempt.is_done
    assert said_and_asked(quiet) == said_and_asked(whole)
    assert_alike(quiet.tables, whole.tables)


def test_builds_that_kept_step_prove_something_though_no_trial_shows_it(newer: World, registry: Refreshed) -> None:
    newer.change("UPDATE trials SET verified_at = '2001-02-03 04:05:06'")
    newer.change("UPDATE registries SET in_step_at = checked_at")
    registry.builds = [day_of(4)]

    attempt, _ = newer.quietly()

    assert not attempt.is_done


ODD_RECORDS: dict[str, tuple[str, dict[str, Any]]] = {
    **{f"a record {oddity}": ("", {"trials": {ONE: oddity}}) for oddity in TRIAL_ODDITIES},
    **{f"a page {oddity}": ("", {"pages": {3: oddity}}) for oddity in PAGE_ODDITIES if oddity != "with spaces"},
    "another title": ("UPDATE trials SET title = 'Another' WHERE trial_id = :one", {}),
    "no title": ("UPDATE trials SET title = NULL WHERE trial_id = :one", {}),
    "another sponsor": ("UPDATE trials SET lead_sponsor = 'another' WHERE trial_id = :one", {}),
    "no sponsor": ("UPDATE trials SET lead_sponsor = NULL WHERE trial_id = :one", {}),
    "another digest": ("UPDATE trials SET digest = x'00' WHERE trial_id = :one", {}),
    "another digest of a probe": ("UPDATE trials SET probe_digest = x'00' WHERE trial_id = :one", {}),
    "a day to come": ("UPDATE trials SET reads_otherwise_on = '2001-02-03' WHERE trial_id = :one", {}),
    "data that change meanwhile": ("", {"builds": [day_of(1)] * 3 + [day_of(0)]}),
}


@pytest.mark.parametrize(("statement", "odd"), ODD_RECORDS.values(), ids=ODD_RECORDS)
def test_what_is_odd_about_a_record_that_is_due_is_left_to_the_whole_pass(
    newer: World, registry: Refreshed, statement: str, odd: dict[str, Any]
) -> None:
    newer.change(f"{DUE} WHERE trial_id >= :one; {statement or 'SELECT :one'}", one=ONE)
    for name, value in odd.items():
        setattr(registry, name, value)
    before, tables = newer.file.read_bytes(), newer.tables()
    attempt, ran = newer.quietly()
    following = newer.wholly(asked=attempt.asked)
    registry.begin()
    newer.file.write_bytes(before)
    whole = newer.wholly()

    assert not attempt.is_done
    assert (ran.out, ran.err, ran.tables) == ("", "", tables)
    assert said_and_asked(following)[:3] == said_and_asked(whole)[:3]
    assert ran.requests + following.requests == whole.requests
    assert_alike(following.tables, whole.tables)


def test_more_full_records_than_are_kept_are_left_to_the_whole_pass(
    newer: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer.change(f"{DUE} WHERE trial_id IN (:one, :other)", one=ONE, other=TRIALS[0])
    monkeypatch.setattr(unmoved, "MOST_READ", 1)
    attempt, ran = newer.quietly()

    assert not attempt.is_done
    assert len(ran.requests) == 1


def test_what_another_process_writes_meanwhile_is_not_written_over(newer: World, registry: Refreshed) -> None:
    """And the version is asked for again, as the whole pass may have more to read before that."""
    answer = registry.answer

    def answer_late(request: Request) -> Answer:
        if request.headers.get("if-none-match") == f'"{stamp_of(1)}"':
            newer.change("UPDATE watches SET name = 'wards'")
        return answer(request)

    registry.answer = answer_late  # type: ignore[method-assign]
    trials = newer.tables()["trials"]
    with refreshed(newer, registry):
        attempt, ran = newer.quietly()

    assert not attempt.is_done
    assert ran.tables["trials"] == trials
    assert len(attempt.asked.requests) == len(ran.requests) - 1 == PAGES + 1


def test_questions_keep_the_pace_of_the_registry(newer: World, registry: Refreshed) -> None:
    registry.pages = {PAGES - 1: "HTML"}
    newer.config.write_text(newer.config.read_text().replace("second = 1000", "second = 20"))
    began = monotonic()
    attempt, ran = newer.quietly()
    ended, next_start = monotonic(), attempt.asked.next_start
    newer.wholly(asked=attempt.asked)

    assert ended >= began + 0.05 * (len(ran.requests) - 1)
    assert next_start >= began + 0.05 * len(ran.requests)
    assert newer.server.requests[0].at >= next_start


plain_versions = st.just([stamp_of(1)])
odd_versions = st.lists(
    st.one_of(
        st.sampled_from([-2, -1, 0, 1, 2, 4, 5, 9]).map(stamp_of),
        st.sampled_from([stamp_of(0, "23:59:59"), stamp_of(4, "10:00:00"), stamp_of(1, "09:00"), "never", ""]),
    ),
    min_size=1,
    max_size=4,
)
plain_builds = st.just([1])
odd_builds = st.lists(st.sampled_from([-1, 0, 1, 2, 4, 9]), min_size=1, max_size=4)
rows = st.one_of(
    changes,
    searches,
    sql(
        "UPDATE trials SET build = :build WHERE trial_id = :trial",
        trial=some_trial,
        build=st.sampled_from([None, "", 7, "2001-02-03", "2999-01-01"]),
    ),
    sql("UPDATE trials SET build = :build", build=st.sampled_from([None, "2001-02-03"])),
    sql("UPDATE trials SET verified_at = :at", at=st.one_of(moments, st.just(moment(-24 * 29)))),
    sql(
        "UPDATE trials SET verified_at = :at WHERE trial_id = :trial",
        trial=some_trial,
        at=st.sampled_from([None, "once", 7]),
    ),
    sql(
        "UPDATE trials SET read_in_full_at = :at WHERE trial_id = :trial",
        trial=some_trial,
        at=st.one_of(moments, st.sampled_from([None, "once", b"\xff"])),
    ),
    sql("UPDATE trials SET read_in_full_at = :at WHERE trial_id >= :trial", trial=some_trial, at=moments),
    sql(
        "UPDATE trials SET lead_sponsor = :sponsor, reads_otherwise_on = :day, read_in_full_at = :at"
        " WHERE trial_id >= :trial",
        trial=some_trial,
        sponsor=st.sampled_from([None, "another", b"\xff"]),
        day=st.sampled_from([None, "2001-02-03", "2999-01-01"]),
        at=moments,
    ),
    sql(
        "UPDATE trials SET digest = :digest WHERE trial_id = :trial",
        trial=some_trial,
        digest=st.sampled_from([None, "x", b"x"]),
    ),
    sql(
        "UPDATE trials SET probe_digest = :digest WHERE trial_id = :trial",
        trial=some_trial,
        digest=st.sampled_from([None, "x", b"x"]),
    ),
    sql(
        "UPDATE trials SET merged_into = :into WHERE trial_id = :trial",
        trial=some_trial,
        into=st.sampled_from([7, b"\xff", TRIALS[0]]),
    ),
    sql("INSERT INTO watched_trials SELECT :key, 'NCT90000012', 1, :at", at=moments),
    sql("INSERT INTO watches VALUES (2, 'command', NULL, :at)", at=moments),
)


@pytest.mark.hypothesis
@examples(16, 100)  # each makes up to three passes
@given(
    stamps=st.one_of(*[plain_versions] * 3, odd_versions),
    days=st.one_of(*[plain_builds] * 3, odd_builds),
    trials=st.dictionaries(some_trial, st.sampled_from(list(TRIAL_ODDITIES)), max_size=1),
    pages=st.dictionaries(st.integers(0, 4), st.sampled_from(list(PAGE_ODDITIES)), max_size=1),
    headers=st.sampled_from([{}] * 12 + [{"ETag": ""}, {"ETag": "bare"}, {"Content-Type": "text/html"}]),
    api_version=st.sampled_from(["2.0.5"] * 12 + ["3", None, 7]),
    made=st.lists(rows, max_size=1),
    options=st.sampled_from([(), ("--json",)]),
)
def test_a_check_of_refreshed_data_does_what_the_whole_pass_would(
    world: World,
    template: Path,
    stamps: list[str],
    days: list[int],
    trials: dict[str, str],
    pages: dict[int, str],
    headers: dict[str, str],
    api_version: Any,
    made: list[Change],
    options: tuple[str, ...],
) -> None:
    answers = Refreshed(
        studies_beside(template), stamps, [day_of(day) for day in days], trials, pages, headers, api_version
    )
    with refreshed(world, answers):
        shutil.copy(template, world.file)
        for statement, parameters in made:
            named = {**parameters, "address": world.server.url} if parameters.get("address") == "here" else parameters
            with suppress(sqlite3.Error):  # not every change can follow every other
                world.change(statement, **named)
        before, tables = world.file.read_bytes(), world.tables()

        attempt, quiet = world.quietly(*options)

        is_done, asked = attempt.is_done, len(attempt.asked.requests)
        following = None if is_done else world.wholly(*options, asked=attempt.asked)
        world.file.write_bytes(before)
        answers.begin()
        whole = world.wholly(*options)

    if following is None:
        assert said_and_asked(quiet) == said_and_asked(whole)
        assert_alike(quiet.tables, whole.tables)
        return
    assert (quiet.out, quiet.err, quiet.tables) == ("", "", tables)
    assert asked == len(quiet.requests)
    assert said_and_asked(following)[:3] == said_and_asked(whole)[:3]
    assert quiet.requests + following.requests == whole.requests
    assert_alike(following.tables, whole.tables)


def said_and_asked(ran: Ran) -> tuple[int, str, str, list[tuple[str, dict[str, str]]]]:
    return ran.status, ran.out, ran.err, ran.requests


def studies_beside(template: Path) -> dict[str, Any]:
    """What the registry held when that database was brought up to date."""
    held: dict[str, Any] = json.loads(template.with_name("studies.json").read_bytes())
    return held


def assert_alike(some: Tables, others: Tables) -> None:
    """Both hold the same, whenever in the last minute each was written.

    Moments of the last minute are one moment; so are those as long after it as a trial's end waits to be told. It is
    the same minute for both: what was written sixty seconds ago would fall out of it between one and the other.
    """
    waits = TAKEN_BACK_WITHIN / timedelta(hours=1)
    minutes = [
        (moment(hours - 1 / 60).encode(), moment(hours + 1 / 60).encode(), name)
        for hours, name in ((0, b"now"), (waits, b"then"))
    ]

    def named(found: re.Match[bytes]) -> bytes:
        written = found[0][: len("2031-01-01 00:00:00.000000")].replace(b"T", b" ")
        return next((name for began, ended, name in minutes if began < written < ended), found[0])

    def told(value: object) -> object:
        if not isinstance(value, bytes):
            return value
        return b"trace" if TRACE.fullmatch(value) else MOMENT.sub(named, value)

    def timeless(tables: Tables) -> Tables:
        return {name: [tuple(map(told, row)) for row in rows] for name, rows in tables.items()}

    assert timeless(some) == timeless(others)
