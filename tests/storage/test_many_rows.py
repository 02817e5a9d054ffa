"""Many rows in one statement mean the same on both stores as one after the other."""

from datetime import UTC, datetime

from sqlalchemy import select

from monitor.model import State
from monitor.storage import index_tables, tables
from monitor.storage.statements import add_new, add_to, put
from monitor.storage.store import Store

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
KEY = "clinicaltrials.gov"


def snapshot(number: int, body: bytes = b"\0\xff'") -> dict[str, object]:
    return {
        "registry": KEY, "trial_id": "NCT1", "number": number, "state": State.LISTED, "digest": b"\x80",
        "taken_at": NOW,
        "registry_version": None, "build": "é'\"{},NULL", "base": None, "size": 3, "body": body,
    }  # fmt: skip


def trial(number: int, **values: object) -> dict[str, object]:
    row = {column.name: None for column in tables.trials.c}
    return {**row, "registry": KEY, "trial_id": f"NCT{number}", "misses": 0, **values}


def test_rows_come_back_as_they_were_given_whatever_is_in_them(store: Store) -> None:
    rows = [snapshot(1), snapshot(2, b"")]

    with store.begin() as tx:
        add_new(tx, tables.snapshots, rows)
    with store.read() as tx:
        found = tx.execute(select(tables.snapshots).order_by(tables.snapshots.c.number)).all()

    assert [dict(each._mapping) for each in found] == rows


def test_only_new_rows_are_added_and_returned(store: Store) -> None:
    with store.begin() as tx:
        add_new(tx, tables.snapshots, [snapshot(1), snapshot(2)])
        rows = [snapshot(2, b"other"), snapshot(3), snapshot(3)]
        new = add_new(tx, tables.snapshots, rows, returning=(tables.snapshots.c.number,))

        assert [row.number for row in new] == [3]
        assert tx.scalar(select(tables.snapshots.c.body).where(tables.snapshots.c.number == 2)) == b"\0\xff'"


def test_rows_replace_those_of_their_keys_and_the_last_of_a_key_counts(store: Store) -> None:
    with store.begin() as tx:
        put(tx, tables.trials, [trial(1, title="a"), trial(2, title="b\0")])
        put(tx, tables.trials, [trial(1, title="c"), trial(3), trial(1, title="d", verified_at=NOW)])
        found = tx.execute(
            select(tables.trials.c.title, tables.trials.c.verified_at).order_by(tables.trials.c.trial_id)
        )

        assert [tuple(row) for row in found] == [("d", NOW), ("b\N{REPLACEMENT CHARACTER}", None), (None, None)]


def test_counts_grow_where_they_are_and_begin_where_they_are_not(store: Store) -> None:
    counts = index_tables.term_counts
    with store.begin() as tx:
        add_to(tx, counts, [{"term": 1, "facet": 1, "trials": 2}, {"term": 1, "facet": 2, "trials": 3}], "trials")
        add_to(tx, counts, [{"term": 1, "facet": 2, "trials": -1}, {"term": 2, "facet": 1, "trials": 5}], "trials")
        found = tx.execute(select(counts.c.trials).order_by(counts.c.term, counts.c.facet))

        assert [row.trials for row in found] == [2, 2, 5]


def test_no_rows_are_no_statement(store: Store) -> None:
    with store.begin() as tx:
        put(tx, tables.trials, [])
        add_to(tx, index_tables.term_counts, [], "trials")

        assert add_new(tx, tables.snapshots, [], returning=(tables.snapshots.c.number,)) == []
