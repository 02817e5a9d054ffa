"""SQLite before 3.51.3 can damage a database in WAL mode; which journal is used depends on the version alone."""

import sqlite3
from pathlib import Path

import pytest

from monitor.errors import StoreUnavailable
from monitor.storage.journals import Journal, Version, choose_journal
from monitor.storage.store import Store


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "delete"),
        ((3, 44, 5), "delete"),
        ((3, 44, 6), "wal"),
        ((3, 45, 0), "delete"),
        ((3, 50, 6), "delete"),
        ((3, 50, 7), "wal"),
        ((3, 51, 2), "delete"),
        ((3, 51, 3), "wal"),
        ((3, 53, 4), "wal"),
        ((4, 0, 0), "wal"),
    ],
)
def test_wal_is_used_only_where_it_is_safe(version: Version, mode: str) -> None:
    journal = choose_journal(version)

    assert journal.mode == mode
    assert ".".join(map(str, version)) in journal.reason
    assert "WAL-reset bug" in journal.reason


def _mode_of(file: Path) -> str:
    connection = sqlite3.connect(file)
    mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()
    return mode


def test_a_new_database_has_the_journal_of_this_sqlite(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3").close()

    assert _mode_of(tmp_path / "monitor.sqlite3") == choose_journal(sqlite3.sqlite_version_info).mode


@pytest.fixture
def in_wal_mode(tmp_path: Path) -> Path:
    file = tmp_path / "monitor.sqlite3"
    Store.open(f"sqlite:///{file}").close()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = wal")
    connection.close()
    return file


@pytest.fixture
def unsafe_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that runs this test may be a good one."""
    unsafe = Journal("delete", "SQLite 3.40.1 has the WAL-reset bug.")
    monkeypatch.setattr("monitor.storage.store.choose_journal", lambda version: unsafe)


@pytest.mark.usefixtures("unsafe_sqlite")
def test_a_database_in_wal_mode_is_taken_out_of_it(in_wal_mode: Path) -> None:
    Store.open(f"sqlite:///{in_wal_mode}").close()

    assert _mode_of(in_wal_mode) == "delete"


@pytest.mark.usefixtures("unsafe_sqlite")
def test_a_database_in_wal_mode_that_others_use_is_refused(in_wal_mode: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.storage.store.LOCK_SECONDS", 0.1)
    other = sqlite3.connect(in_wal_mode)
    other.execute("SELECT * FROM trials").fetchall()

    with pytest.raises(StoreUnavailable, match=r"is in WAL mode and in use: end the other processes"):
        Store.open(f"sqlite:///{in_wal_mode}")

    other.close()


def test_where_it_is_safe_a_database_is_put_into_wal_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.storage.store.choose_journal", lambda version: Journal("wal", "It is safe."))
    Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3").close()

    assert _mode_of(tmp_path / "monitor.sqlite3") == "wal"
