"""A database that many threads read."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from monitor.storage.store import Store

READERS = 8


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/monitor.sqlite3"


def open_files(folder: Path) -> int:
    """How many files of a folder this process has open."""
    return sum(str(folder) in str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.exists())


def read_at_once(store: Store) -> None:
    """Have all readers hold a connection at the same moment."""
    together = Barrier(READERS)

    def read(_: int) -> None:
        with store.read() as tx:
            tx.execute(text("SELECT count(*) FROM trials"))
            together.wait(30)

    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(read, range(READERS)))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not tell which files are open")
def test_each_reader_finds_a_connection_that_stayed_open_until_it_may_rest(url: str, tmp_path: Path) -> None:
    with closing(Store.open(url, readers=READERS)) as store:
        read_at_once(store)
        assert open_files(tmp_path) >= READERS

        store.rest()
        assert open_files(tmp_path) == 0
        with store.read() as tx:
            assert tx.scalar(text("SELECT count(*) FROM trials")) == 0
