"""Whatever a database holds and a registry answers: what a quiet check does is what the whole pass would have done."""

import shutil
import sqlite3
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import utc_now
from tests.loopback import http
from tests.quiet.world import AS_BEFORE, KEY, TRIALS, World
from tests.sample_sizes import examples

Change = tuple[str, dict[str, Any]]
"""A statement and its parameters."""


def sql(statement: str, **parameters: st.SearchStrategy[Any]) -> st.SearchStrategy[Change]:
    return st.tuples(st.just(statement), st.fixed_dictionaries({"key": st.just(KEY), **parameters}))


def moment(hours: float) -> str:
    """As the database has it, so many hours from now."""
    return f"{(utc_now() + timedelta(hours=hours)).replace(tzinfo=None).isoformat(' ')}"


some_trial = st.sampled_from(TRIALS)
moments = st.sampled_from([-2000, -169, -167, -1, 1, 30, 9000]).map(moment)
versions = st.sampled_from(["2000-01-03T09:00:00", "2999-01-01T09:00:00", "version 7", "", None])
texts = st.sampled_from([None, "", "Ünïcode → title", "\x1b[31mred", "x" * 300, b"\xff\xfe", 7])
LAST = "(SELECT version_stamp FROM registries)"

changes = st.one_of(
    sql("UPDATE trials SET verified_version = :version WHERE trial_id = :trial", trial=some_trial, version=versions),
    sql(
        "UPDATE trials SET state = :state WHERE trial_id = :trial",
        trial=some_trial,
        state=st.sampled_from(["listed", "removed", "merged", "odd", None]),
    ),
    sql(
        "UPDATE trials SET state = 'merged', merged_into = :into, misses = :misses, read_in_full_at = :at,"
        " verified_version = :version WHERE trial_id = :trial",
        trial=some_trial,
        into=some_trial,
        misses=st.sampled_from([0, 1]),
        at=st.one_of(moments, st.none()),
        version=versions,
    ),
    sql("DELETE FROM trials WHERE trial_id = :trial", trial=some_trial),
    sql("UPDATE trials SET title = :title WHERE trial_id = :trial", trial=some_trial, title=texts),
    sql(
        "UPDATE trials SET snapshot = :number WHERE trial_id = :trial",
        trial=some_trial,
        number=st.sampled_from([None, 3, "x"]),
    ),
    sql("UPDATE trials SET misses = 2, first_missed_at = :at WHERE trial_id = :trial", trial=some_trial, at=moments),
    sql("UPDATE trials SET read_in_full_at = :at, verified_at = :at", at=moments),
    sql(
        "INSERT INTO settlements (event_id, registry, settlement) SELECT id, registry, :settlement FROM events",
        settlement=st.sampled_from(["pending", "held", "waiting", "folded"]),
    ),
    sql(
        "INSERT INTO leavers (registry, trial_id, watch_id, version) VALUES (:registry, :trial, 1, 'before')",
        trial=some_trial,
        registry=st.sampled_from([KEY, "registry.example"]),
    ),
    sql(
        "INSERT INTO quarantine (registry, trial_id, received_at, reason, size, raw, latest_at, times)"
        " WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 30)"
        " SELECT :key, 'NCT8' || n, :at, 'odd', 1, x'00', :at, 1 FROM many",
        at=moments,
    ),
    sql(
        "INSERT INTO left_alone SELECT :key, :address, :at",
        address=st.sampled_from(["here", "elsewhere"]),
        at=st.one_of(moments, st.just("never")),
    ),
    sql(f"UPDATE registries SET version_etag = :etag, version_stamp = {LAST}", etag=texts),
    sql("UPDATE registries SET version_stamp = :version || ''", version=versions.filter(bool)),
    sql(
        "UPDATE registries SET version_stamp = :version; UPDATE trials SET verified_version = :version",
        version=st.one_of(
            versions.filter(bool),
            st.sampled_from([-1, 0, 1, 2, 40]).map(
                lambda days: f"{utc_now() + timedelta(days=days):%Y-%m-%dT%H:%M:%S}"
            ),
        ),
    ),
    sql("UPDATE registries SET behind_since = :at, checked_at = :at", at=moments),
    sql("UPDATE registries SET in_step_at = :at", at=moments),
    sql("DELETE FROM registries"),
    sql("DELETE FROM watched_trials WHERE trial_id > :trial", trial=some_trial),
    sql("UPDATE watched_trials SET registry = 'registry.example' WHERE trial_id = :trial", trial=some_trial),
    sql("UPDATE watches SET origin = 'config', name = 'wards'"),
    sql("UPDATE alembic_version SET version_num = '9999'"),
    sql("DELETE FROM alembic_version"),
    sql("DROP TABLE leavers"),
    sql(
        "INSERT INTO sweeps VALUES (:key, :version, NULL, :at, 3, 9, NULL)",
        version=versions.map(str),
        at=moments,
    ),
    sql("INSERT INTO newcomers VALUES (:key, :trial, 1, 'before')", trial=some_trial),
    sql("INSERT INTO health VALUES (:key, :at, 3, :at, 'down', NULL)", at=moments),
)
searches = sql(
    "INSERT INTO searches SELECT 1, :registry, :sponsor, :role, NULL, NULL,"
    " coalesce(:version, (SELECT version_stamp FROM registries)), :at",
    registry=st.sampled_from([KEY, "registry.example"]),
    sponsor=st.sampled_from(["Harbour Trust", None, b"\xff"]),
    role=st.sampled_from(["lead", "any", "all"]),
    version=st.sampled_from([None, None, "before"]),
    at=st.one_of(moments, st.sampled_from([None, "one day"])),
)
answers = st.sampled_from(
    [
        *[AS_BEFORE] * 6,
        http(status=304, headers={"ETag": '"another"'}),
        http(b'{"dataTimestamp": "2000-01-03T09:00:00"}'),
        http(b"gone", 404),
        http(b"<html>", content_type="text/html"),
    ]
)


@pytest.mark.hypothesis
@examples(30, 400)  # each makes up to two passes
@given(
    made=st.lists(st.one_of(changes, changes, searches), max_size=3),
    answer=answers,
    options=st.sampled_from([(), ("--json",)]),
)
def test_a_quiet_check_does_what_the_whole_pass_would(
    world: World, template: Path, made: list[Change], answer: bytes, options: tuple[str, ...]
) -> None:
    shutil.copy(template, world.file)
    for statement, parameters in made:
        named = {**parameters, "address": world.server.url} if parameters.get("address") == "here" else parameters
        with suppress(sqlite3.Error):  # not every change can follow every other
            world.change(statement, **named)
    world.answer = answer
    before, tables = world.file.read_bytes(), world.tables()

    attempt, quiet = world.quietly(*options)

    if not attempt.is_done:
        assert (quiet.out, quiet.err, quiet.tables) == ("", "", tables)
        assert len(quiet.requests) <= 1
        return
    world.file.write_bytes(before)
    whole = world.wholly(*options)
    assert (quiet.status, quiet.out, quiet.err) == (whole.status, whole.out, whole.err)
    assert quiet.requests == whole.requests
    assert timeless(quiet.tables) == timeless(whole.tables)


def timeless(tables: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """Without when the registry was asked, which is now."""
    minute = moment(-1 / 60)
    assert all(str(row[3].decode()) > minute for row in tables["registries"])  # type: ignore[attr-defined]
    return tables | {"registries": [(*row[:3], *row[4:]) for row in tables["registries"]]}
