"""Everything goes to another database, and is the same there."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.operate.moving import Everything, move
from monitor.storage.metadata import metadata
from monitor.storage.moves import OWN
from monitor.storage.store import Store
from tests.storage.one_of_everything import ROWS, fill

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def quiet(_done: int, _total: int) -> None:
    pass


def moved(url: str, to: str) -> Everything:
    return move(url, to, clock=clock, report_progress=quiet, silence=0)


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that moves."""
    with closing(Store.to_move(url)) as store, store.read() as tx:
        return {
            table.name: sorted(map(tuple, tx.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in OWN
        }


@pytest.fixture
def full(tmp_path: Path) -> str:
    """The address of an SQLite database with rows in every table."""
    url = f"sqlite:///{tmp_path}/full.sqlite3"
    with closing(Store.open(url)) as store, store.begin() as tx:
        fill(tx)
    return url


def test_everything_goes_to_postgresql_and_back_and_is_the_same(full: str, postgres_url: str, tmp_path: Path) -> None:
    before = everything(full)
    assert {name: len(rows) for name, rows in before.items()} == dict.fromkeys(before, ROWS)

    there = moved(full, postgres_url)
    back = moved(postgres_url, f"sqlite:///{tmp_path}/back.sqlite3")

    assert everything(postgres_url) == before
    assert everything(f"sqlite:///{tmp_path}/back.sqlite3") == before
    assert there.tables == back.tables
    assert there.remarks == []
