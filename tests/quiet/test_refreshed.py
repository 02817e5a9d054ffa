"""A check of refreshed data in which no trial moved does what the whole pass would, whatever a registry answers."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import utc_now
from tests.quiet.refreshed import AT_ONCE, PAGE_ODDITIES, TRIAL_ODDITIES, Refreshed, refreshed
from tests.quiet.test_equal_to_a_whole_pass import Change, changes, moment, moments, searches, some_trial, sql
from tests.quiet.world import TRIALS, Ran, World

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
    assert timeless(quiet.tables) == timeless(whole.tables)


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
        assert timeless(quiet.tables) == timeless(whole.tables)
        return
    assert (quiet.out, quiet.err, quiet.tables) == ("", "", tables)
    assert asked == len(quiet.requests)
    assert said_and_asked(following)[:3] == said_and_asked(whole)[:3]
    assert quiet.requests + following.requests == whole.requests
    assert timeless(following.tables) == timeless(whole.tables)


def said_and_asked(ran: Ran) -> tuple[int, str, str, list[tuple[str, dict[str, str]]]]:
    return ran.status, ran.out, ran.err, ran.requests


def studies_beside(template: Path) -> dict[str, Any]:
    """What the registry held when that database was brought up to date."""
    held: dict[str, Any] = json.loads(template.with_name("studies.json").read_bytes())
    return held


def timeless(tables: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """Moments of the last minute are one moment."""
    began, ended = moment(-1 / 60).encode(), moment(1 / 60).encode()
    return {
        name: [
            tuple(b"now" if isinstance(value, bytes) and began < value < ended else value for value in row)
            for row in rows
        ]
        for name, rows in tables.items()
    }
