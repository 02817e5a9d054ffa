"""Tests on PostgreSQL take databases over from each other, and notice nothing of it."""

from datetime import UTC, datetime

import psycopg
import pytest

from monitor.storage import watches
from monitor.storage.store import Store
from tests.databases import Copies


def number_of_the_next_watch(address: str) -> int:
    store = Store.open(address)
    with store.begin() as tx:
        watch, _ = watches.add(
            tx, registry="test", trial_ids=["T1"], origin="command", name=None, at=datetime(2026, 11, 22, tzinfo=UTC)
        )
    store.close()
    return watch.id


def test_a_database_is_given_on_empty_and_numbers_begin_anew(postgres_copies: Copies) -> None:
    name = postgres_copies.take()
    assert number_of_the_next_watch(postgres_copies.address(name)) == 1

    postgres_copies.give_back(name)

    assert postgres_copies.take() == name
    with psycopg.connect(postgres_copies.address(name)) as connection:
        emptied = connection.execute("SELECT count(*), pg_relation_size('watches') FROM watches").fetchone()
    assert emptied == (0, 0), "what the next test writes comes in the order in which it was written"
    assert number_of_the_next_watch(postgres_copies.address(name)) == 1
    postgres_copies.give_back(name)


def test_numbers_begin_anew_also_where_the_rows_that_had_them_are_gone(postgres_copies: Copies) -> None:
    name = postgres_copies.take()
    assert number_of_the_next_watch(postgres_copies.address(name)) == 1
    with psycopg.connect(postgres_copies.address(name), autocommit=True) as connection:
        connection.execute("TRUNCATE watches CASCADE")

    postgres_copies.give_back(name)

    assert postgres_copies.take() == name
    assert number_of_the_next_watch(postgres_copies.address(name)) == 1
    postgres_copies.give_back(name)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE attempts",
        "ALTER TABLE watches ADD COLUMN colour TEXT",
        "CREATE TABLE songs (title TEXT)",
        "UPDATE alembic_version SET version_num = 'later'",
        "DROP TABLE alembic_version",
    ],
)
def test_a_database_that_is_another_one_now_is_given_up(postgres_copies: Copies, change: str) -> None:
    name = postgres_copies.take()
    with psycopg.connect(postgres_copies.address(name)) as connection:
        connection.execute(change)

    postgres_copies.give_back(name)

    assert name not in postgres_copies.empty
