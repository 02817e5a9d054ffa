"""Everything goes to another database and is the same there, whatever dies meanwhile; and nobody works at both."""

import json
import os
import re
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psycopg
import pytest
from sqlalchemy import inspect, select, text, update

from monitor.errors import StoreCorrupt, StoreUnavailable
from monitor.operate.backup import back_up
from monitor.operate.moving import Everything, move, plan, undo
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import leases, watches
from monitor.storage.holders import own_name
from monitor.storage.metadata import metadata
from monitor.storage.move_tables import moves
from monitor.storage.moves import OWN, Moved, Remark
from monitor.storage.store import Store
from monitor.storage.tables import deliveries, snapshots, trials
from tests import faults
from tests.cli.commands import command
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY
from tests.storage.migrated import migrated
from tests.storage.one_of_everything import ROWS, fill

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
MADE_ANEW = re.compile("alembic_version|procrastinate_.*")
"""Tables that each database has of its own: its revision, and jobs, which hold ids of rows and are dispatched again."""


def clock() -> datetime:
    return NOW


def quiet(_done: int, _total: int) -> None:
    pass


def moved(url: str, to: str) -> Everything:
    return move(url, to, clock=clock, report_progress=quiet, silence=0)


def moved_elsewhere(url: str, to: str) -> list[Moved]:
    """As `moved`, to be called in a process that may die of it."""
    return moved(url, to).tables


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that moves."""
    with closing(Store.to_move(url)) as store, store.read() as tx:
        return {
            table.name: sorted(map(tuple, tx.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in OWN
        }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with rows in every table, to be copied."""
    file = tmp_path_factory.mktemp("filled") / "filled.sqlite3"
    with closing(Store.open(f"sqlite:///{file}")) as store, store.begin() as tx:
        fill(tx)
    return file


@pytest.fixture
def full(filled: Path, tmp_path: Path) -> str:
    """The address of such a database of the test's own."""
    (tmp_path / "full.sqlite3").write_bytes(filled.read_bytes())
    return f"sqlite:///{tmp_path}/full.sqlite3"


@pytest.fixture
def other(tmp_path: Path) -> str:
    """The address of an SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/other.sqlite3"


def test_everything_goes_to_postgresql_and_back_and_is_the_same(full: str, postgres_url: str, other: str) -> None:
    before = everything(full)
    assert {name: len(rows) for name, rows in before.items()} == dict.fromkeys(before, ROWS)

    there = moved(full, postgres_url)
    back = moved(postgres_url, other)

    assert everything(postgres_url) == before
    assert everything(other) == before
    assert there.tables == back.tables
    assert there.remarks == back.remarks == []


def test_no_table_is_forgotten(store_url: str) -> None:
    """A table that only one of the stores has stands here, with the reason why it does not move."""
    with closing(Store.open(store_url)) as store, store.read() as tx:
        there = set(inspect(tx).get_table_names())

    others = there - {table.name for table in metadata.sorted_tables}
    assert [name for name in others if not MADE_ANEW.fullmatch(name)] == []
    assert {"claims", "leases", "moves", "moved_tables", "move_remarks"} == OWN


def test_numbers_go_on_behind_those_that_came(full: str, postgres_url: str) -> None:
    moved(full, postgres_url)

    with closing(Store.open(postgres_url)) as store, store.begin() as tx:
        made, _ = watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name="new", at=NOON)
    assert made.id > ROWS


def test_what_was_moved_says_where_it_went_and_takes_no_more_writes(full: str, other: str, tmp_path: Path) -> None:
    with closing(Store.open(full)) as open_before:
        moved(full, other)

        with pytest.raises(StoreUnavailable, match="was moved to another database"), open_before.begin() as tx:
            watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name=None, at=NOON)
    with pytest.raises(StoreUnavailable, match=f"was moved to {other}: set store.url to that"):
        Store.open(full)
    with pytest.raises(StoreUnavailable, match="was moved to"):
        back_up(full, tmp_path / "b.sqlite3", now=NOW, report_progress=quiet)
    Store.open(other).close()


def test_a_postgresql_that_was_moved_takes_no_more_writes_either(postgres_url: str, other: str) -> None:
    with closing(Store.open(postgres_url)) as open_before:
        with open_before.begin() as tx:
            watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name=None, at=NOON)
        moved(postgres_url, other)

        with pytest.raises(StoreUnavailable, match="was moved to another database"), open_before.begin() as tx:
            tx.execute(update(trials).values(misses=1))
    with pytest.raises(StoreUnavailable, match=f"was moved to {other}"):
        Store.open(postgres_url)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_move_that_dies_goes_on_where_it_was(
    full: str, target: str, other: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    to = other if target == "sqlite" else request.getfixturevalue("postgres_url")
    before = everything(full)

    Store.open(to).close()
    for step in (900, 60, 300, 500):
        status, _ = faults.run(moved_elsewhere, full, to, dies_at=step)
        assert status == -9
        with pytest.raises(StoreUnavailable, match="on its way"):
            Store.open(full)
        with pytest.raises(StoreUnavailable, match="not whole yet"):
            Store.open(to)
    done = moved(full, to)

    assert everything(to) == before
    assert {table.moved for table in done.tables} == {ROWS}
    Store.open(to).close()


@pytest.mark.slow
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_move_goes_on_from_whatever_step_it_died_at(
    full: str, target: str, postgres: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """At some of its two thousand steps. Afterwards, one of the databases can be used, and never both."""
    before = everything(full)
    original = Path(full.removeprefix("sqlite:///")).read_bytes()

    def run(step: int) -> tuple[str, str, int]:
        (tmp_path / f"from-{step}.sqlite3").write_bytes(original)
        url = f"sqlite:///{tmp_path}/from-{step}.sqlite3"
        to = f"sqlite:///{tmp_path}/to-{step}.sqlite3"
        if target == "postgresql":
            to = postgres.replace("/postgres?", f"/moving_{step}?")
            with psycopg.connect(postgres, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE moving_{step}")
        status, answer = faults.run(moved_elsewhere, url, to, dies_at=step)
        assert status == (-9 if step else 0)
        return url, to, answer[1] if answer else step

    _, _, steps = run(0)
    for step in sorted({*Random(1).sample(range(steps // 4, steps), 14), *range(steps - 20, steps, 3)}):
        url, to, _ = run(step)
        assert not (can_be_used(url) and can_be_used(to) and everything(to) == before)
        if not is_done(url, to):
            assert moved(url, to).rows == ROWS * len(before)
        assert everything(to) == before
        assert (can_be_used(url), can_be_used(to)) == (False, True)


def is_done(url: str, to: str) -> bool:
    """Whether the process died when there was nothing more to do."""
    return can_be_used(to) and not can_be_used(url)


def can_be_used(url: str) -> bool:
    try:
        Store.as_it_is(url).close()
    except StoreUnavailable:
        return False
    return True


def test_what_is_owed_is_sent_once_and_by_the_database_that_it_went_to(
    present: Sandbox, sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    """Nothing is sent by a process that had the old one open, nor while the move is under way."""
    with closing(Store.open(sqlite_url)) as store:
        before = OutboxHarness(store, present, tmp_path)
        before.watch(WITHDRAWN_LATER)
        before.check()
        before.subscribe("https://hook.example/a", WITHDRAWN_LATER)
        before.deliver()
        came = len(before.channel.came)
        present.next_state(WITHDRAWN_LATER)
        before.check()

        moved(sqlite_url, postgres_url)

        with pytest.raises(StoreUnavailable, match="was moved"):
            before.deliver()
        assert len(before.channel.came) == came
        before.registry.close()
    with closing(Store.open(postgres_url)) as store:
        after = OutboxHarness(store, present, tmp_path)
        after.clock.now = before.clock.now
        after.check()
        after.deliver()
        after.deliver()
        after.registry.close()
        with store.read() as tx:
            owed = set(tx.scalars(select(deliveries.c.id)))
    assert len(after.channel.came) == 1
    assert {message.delivery_id for message in after.channel.came} <= owed


@pytest.fixture
def damaged(full: str) -> Iterator[sqlite3.Connection]:
    """The file, to write what the program would not."""
    with closing(sqlite3.connect(full.removeprefix("sqlite:///"))) as connection:
        yield connection
        connection.close()


def test_rows_that_cannot_be_kept_as_they_are_are_named_and_keep_no_others_back(
    full: str, damaged: sqlite3.Connection, postgres_url: str
) -> None:
    keys = [key for (key,) in damaged.execute("SELECT id FROM notices ORDER BY id")]
    damaged.execute("UPDATE notices SET subject = 'a' || char(0) || 'b' WHERE id = ?", keys[:1])
    damaged.execute("UPDATE notices SET subject = CAST(x'ff41' AS TEXT) WHERE id = ?", keys[1:2])
    damaged.execute("UPDATE health SET next_check_at = 'yesterday' WHERE registry = (SELECT min(registry) FROM health)")
    damaged.execute("UPDATE registries SET checked_at = '2026-11-22T10:00:00.50'")
    damaged.execute("UPDATE looks SET watched = 'many' WHERE trials = (SELECT max(trials) FROM looks)")
    damaged.execute("UPDATE trials SET state = 'lost' WHERE trial_id = (SELECT min(trial_id) FROM trials)")
    damaged.commit()
    looks = damaged.execute("SELECT count(*) FROM looks WHERE watched = 'many'").fetchone()[0]

    done = moved(full, postgres_url)

    said = {(remark.table, remark.is_left): remark.reason for remark in done.remarks}
    assert said[("notices", False)] == "characters that cannot be kept there are replaced by a visible one"
    assert said[("health", True)] == "next_check_at holds no time where one belongs"
    assert said[("looks", True)] == "watched holds a text where a whole number belongs"
    assert said[("trials", False)] == "state holds none of the words that belong there"
    assert "registries" not in {remark.table for remark in done.remarks}
    assert len(done.remarks) == 2 + 1 + looks + 1
    rows = {table.name: table.moved for table in done.tables}
    assert (rows["health"], rows["looks"], rows["notices"]) == (ROWS - 1, ROWS - looks, ROWS)
    with closing(Store.to_move(postgres_url)) as store, store.read() as tx:
        subjects = set(tx.scalars(text("SELECT subject FROM notices")))
        times = set(tx.scalars(text("SELECT extract(epoch FROM checked_at)::float FROM registries")))
    assert {"a\N{REPLACEMENT CHARACTER}b", "\N{REPLACEMENT CHARACTER}A"} <= subjects
    assert times == {datetime(2026, 11, 22, 10, 0, 0, 500000, tzinfo=UTC).timestamp()}


def test_damage_goes_to_another_sqlite_file_as_it_is(full: str, damaged: sqlite3.Connection, other: str) -> None:
    damaged.execute("UPDATE health SET next_check_at = 'yesterday'")
    damaged.execute("UPDATE looks SET watched = 'many'")
    damaged.commit()

    done = moved(full, other)

    assert {(remark.table, remark.is_left) for remark in done.remarks} == {("health", False), ("looks", False)}
    with closing(sqlite3.connect(other.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("SELECT DISTINCT next_check_at FROM health").fetchall() == [("yesterday",)]
        assert connection.execute("SELECT DISTINCT watched FROM looks").fetchall() == [("many",)]


def test_a_row_is_not_kept_from_coming_by_one_that_it_does_not_refer_to(
    full: str, damaged: sqlite3.Connection, postgres_url: str
) -> None:
    """What refers to a row that cannot come does not come either, and is named."""
    key = damaged.execute("SELECT registry, trial_id, number FROM snapshots LIMIT 1").fetchone()
    damaged.execute("UPDATE snapshots SET taken_at = 'never' WHERE (registry, trial_id, number) = (?, ?, ?)", key)
    damaged.commit()

    done = moved(full, postgres_url)

    left = [remark for remark in done.remarks if remark.is_left]
    assert Remark("snapshots", key, is_left=True, reason="taken_at holds no time where one belongs") in left
    assert {"events", "deliveries", "attempts"} <= {remark.table for remark in left}
    assert {table.moved for table in done.tables} == {ROWS, ROWS - 1}


def test_what_is_changed_on_the_way_is_noticed(full: str, other: str) -> None:
    """The target is read back: what it has is compared, not what it was sent."""
    total = 2 * ROWS * len(everything(full))

    def meddle(done: int, _total: int) -> None:
        if done == total // 2:
            with closing(sqlite3.connect(other.removeprefix("sqlite:///"))) as connection:
                connection.execute(
                    "UPDATE snapshots SET size = size + 1 WHERE number = (SELECT min(number) FROM snapshots)"
                )
                connection.commit()

    with pytest.raises(StoreCorrupt, match=f"snapshots in .* is not what came \\({ROWS} rows of {ROWS}\\)"):
        move(full, other, clock=clock, report_progress=meddle, silence=0)

    undo(full)
    Store.open(full).close()
    assert moved(full, other).rows == total // 2


def test_a_move_is_given_up_and_made_to_another_place(full: str, other: str, tmp_path: Path) -> None:
    before = everything(full)
    assert faults.run(moved_elsewhere, full, other, dies_at=1000)[0] == -9
    with pytest.raises(StoreUnavailable, match="is on its way to"):
        moved(full, f"sqlite:///{tmp_path}/third.sqlite3")

    undone = undo(full)

    assert (undone.other, undone.finished_at) == (other, None)
    with closing(Store.open(full)) as store, store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[KNEE], origin="command", name="again", at=NOON)
    assert not (tmp_path / "third.sqlite3").exists()
    moved(full, other)  # where some of it was from the time before
    assert len(everything(other)["watches"]) == len(before["watches"]) + 1
    with pytest.raises(StoreUnavailable, match="--force uses what is here"):
        undo(full)
    undo(full, even_finished=True)
    with closing(Store.open(full)) as store, store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[KNEE], origin="command", name="once more", at=NOON)
    with pytest.raises(StoreUnavailable, match="was not moved"):
        undo(full)


def test_a_move_is_given_up_by_a_later_version(other: str, tmp_path: Path) -> None:
    """Which cannot go on with it, and migrates nothing that is on its way."""
    old = f"sqlite:///{tmp_path}/old.sqlite3"
    opened = migrated(old, "0036")
    with opened.begin() as tx:
        tx.execute(moves.insert().values(id="of-old", arrives=False, other=other, begun_at=NOW))
        tx.execute(
            text(
                "CREATE TRIGGER refuse_as_moved_trials BEFORE UPDATE ON trials BEGIN SELECT RAISE(ABORT, 'moved'); END"
            )
        )
    opened.close()
    with pytest.raises(StoreUnavailable, match="has schema 0036, and this version"):
        moved(old, other)

    undo(old)

    with closing(Store.open(old)) as store, store.begin() as tx:
        assert tx.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all() == []
    assert moved(old, other).rows == 0


def test_a_move_from_postgresql_is_given_up_too(postgres_url: str, other: str) -> None:
    with closing(Store.open(postgres_url)) as store, store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name=None, at=NOON)
    assert faults.run(moved_elsewhere, postgres_url, other, dies_at=1000)[0] == -9

    undo(postgres_url)

    with closing(Store.open(postgres_url)) as store, store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[KNEE], origin="command", name=None, at=NOON)


def test_nothing_is_moved_that_should_not_be(full: str, other: str, tmp_path: Path) -> None:
    """And nothing is changed, nor made, by a move that is refused."""
    old = f"sqlite:///{tmp_path}/old.sqlite3"
    migrated(old, "0035").close()
    busy = f"sqlite:///{tmp_path}/busy.sqlite3"
    with closing(Store.open(busy)) as store, store.begin() as tx:
        leases.take(tx, leases.SCHEDULER, own_name(), seen=None)
    used = f"sqlite:///{tmp_path}/used.sqlite3"
    with closing(Store.open(used)) as store, store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name=None, at=NOON)
    foreign = tmp_path / "foreign.sqlite3"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE theirs (a)")

    for url, to, words in (
        (full, full, "--to names the database that is in use"),
        (full, f"sqlite:///{tmp_path}/./full.sqlite3", "is not empty|in use"),
        (f"sqlite:///{tmp_path}/none.sqlite3", other, "there is no database at"),
        (old, other, "has schema 0035, and this version .*: run `monitor migrate`"),
        (full, old, "has schema 0035"),
        (busy, other, "`monitor serve` is at work in the database .*: stop it, and move then"),
        (full, busy, "`monitor serve` is at work"),
        (full, used, "is not empty: name one that is"),
        (full, f"sqlite:///{foreign}", "holds tables of another program"),
        (full, "postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
        (full, "sqlite:////proc/none/other.sqlite3", "cannot be created|cannot be opened|MB are to come"),
    ):
        for attempt in (moved, lambda url, to: plan(url, to, silence=0)):
            if attempt is not moved and "/proc/" in to:
                continue  # nothing is tried
            with pytest.raises(StoreUnavailable, match=words):
                attempt(url, to)
        assert can_be_used(full)
    assert sorted(path.name for path in tmp_path.glob("other*")) == []


def test_nothing_is_moved_while_workers_take_jobs(full: str, postgres_url: str, other: str) -> None:
    with closing(Store.open(postgres_url)) as store, store.begin() as tx:
        if not inspect(tx).has_table("procrastinate_workers"):
            pytest.skip("Procrastinate is not installed")
        tx.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))

    for url, to in ((postgres_url, other), (full, postgres_url)):
        with pytest.raises(StoreUnavailable, match="takes jobs from the database: stop them all, and move then"):
            moved(url, to)


def moved_into(room: int, url: str, to: str) -> str:
    """What a move says where no file may have more than *room* bytes; to be called in a process of its own."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        moved(url, to)
    except StoreUnavailable as error:
        return str(error)
    return ""


def test_a_move_that_fills_the_disk_says_so_and_goes_on_when_there_is_room(
    full: str, other: str, tmp_path: Path
) -> None:
    """The limit on a file's size stands in for the disk, as in `tests/storage/test_full_disk.py`."""
    Store.open(other).close()
    empty = (tmp_path / "other.sqlite3").stat().st_size
    assert faults.run(moved_elsewhere, full, other, dies_at=900)[0] == -9  # it has begun, and writes to one file alone

    status, (said, _) = faults.run(moved_into, empty, full, other)

    assert status == 0
    assert re.search(r"other\.sqlite3 (cannot grow, its disk is full|cannot be read or written)", said)
    assert moved(full, other).rows == ROWS * len(everything(other))


def test_two_moves_at_once_bring_nothing_twice(full: str, other: str) -> None:
    """The first finds that the second went on where it was itself, and leaves it to that one."""
    rows = everything(full)

    def end_after_a_while(done: int, _total: int) -> None:
        if done > 10 * ROWS:
            raise KeyboardInterrupt

    def second(_done: int, _total: int) -> None:
        with pytest.raises(KeyboardInterrupt):
            move(full, other, clock=clock, report_progress=end_after_a_while, silence=0)

    with pytest.raises(StoreUnavailable, match="another process is moving the same"):
        move(full, other, clock=clock, report_progress=second, silence=0)

    moved(full, other)
    assert everything(other) == rows


def test_large_rows_come_a_few_at_a_time(quick_store: Store, sqlite_url: str, other: str) -> None:
    with quick_store.begin() as tx:
        tx.execute(
            snapshots.insert(),
            [
                {
                    "registry": REGISTRY,
                    "trial_id": HIP,
                    "number": number,
                    "state": "listed",
                    "digest": b"",
                    "taken_at": NOON,
                    "size": 0,
                    "body": os.urandom(2_000_000),
                }
                for number in range(1, 7)
            ],
        )
    told: list[int] = []

    move(sqlite_url, other, clock=clock, report_progress=lambda done, _: told.append(done), silence=0)

    assert told[:3] == [2, 4, 6]


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_says_what_comes_where_and_what_to_do_next(full: str, tmp_path: Path, as_json: bool) -> None:
    monitor = command(tmp_path, MONITOR_STORE__URL=full)
    (tmp_path / "secret.key").write_text("key")
    to = f"sqlite:///{tmp_path}/new/other.sqlite3"
    option = ["--json"] if as_json else []

    planned = monitor("move", "--to", to, "--dry-run", *option)
    assert not (tmp_path / "new").exists()
    done = monitor("move", "--to", to, *option)
    refused = monitor("watch", "list")

    rows = ROWS * (len(metadata.tables) - len(OWN))
    if as_json:
        assert json.loads(planned.stdout)["rows"] == json.loads(done.stdout)["rows"] == rows
        assert set(json.loads(done.stdout)["tables"]) == set(metadata.tables) - OWN
    else:
        assert f"{rows} rows" in planned.stdout
        assert f"Moved {rows} rows" in done.stdout
        assert f"cp {tmp_path}/secret.key {tmp_path}/new/secret.key" in done.stdout
        assert f"export MONITOR_STORE__URL='{to}'" in done.stdout
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [f"monitor: {full[10:]} was moved to {to}: set store.url to that"]


def test_the_command_shows_no_password(full: str, tmp_path: Path) -> None:
    monitor = command(tmp_path, MONITOR_STORE__URL=full)

    for address in ("postgresql://me:hunter2@127.0.0.1:1/none", "mysql://me:hunter2@host/none", "hunter2"):
        refused = monitor("move", "--to", address, "--dry-run")
        assert refused.returncode == 2
        assert len(refused.stderr.splitlines()) == 1
        assert "hunter2" not in refused.stdout + refused.stderr
    assert monitor("move").returncode == monitor("move", "--undo", "--to", full).returncode == 2
