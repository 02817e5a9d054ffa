"""Which trials changed when, and who leads those that did: kept as changes are noted and as trials change hands.

    change_index.add   ->  `add`: the latest change of each trial, and how many changes its sponsor's trials have
    listed.relist      ->  `moved`: the counts of trials whose sponsor is another one now

`monitor.storage.whose_changes` reads it, `list_counts` proves it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select
from sqlalchemy.dialects import sqlite

from monitor.model import Significance
from monitor.storage.index_tables import change_index, latest_changes, lead_counts, terms, trial_terms
from monitor.storage.statements import add_to, chunks, insert_all
from monitor.storage.term_rows import SPONSOR

_c = change_index.c
month_of = func.substr(_c.day, 1, 7)
"""The month of a change."""
_Key = tuple[str, str, int, str, int]


def add(tx: Connection, changes: Sequence[Row[Any]]) -> None:
    """Note these changes, which are new: as (trial, day, registry, significance, topic)."""
    if not changes:
        return
    leads = _leads(tx, {row.trial for row in changes})
    counts = Counter(
        (row.day[:7], row.registry, row.significance, row.topic, leads[row.trial])
        for row in changes
        if row.trial in leads
    )
    _count(tx, counts)
    latest: dict[tuple[int, int], tuple[str, str]] = {}
    for row in changes:
        for least in Significance:
            if least <= row.significance:
                key = (row.trial, int(least))
                latest[key] = max(latest.get(key, ("", "")), (row.day, row.registry))
    _note(tx, latest)


@contextmanager
def moved(tx: Connection, numbers: Iterable[int]) -> Iterator[None]:
    """Have the changes of those of these trials counted for who leads them now whose terms the body changes."""
    wanted = list(numbers)
    before = _leads(tx, wanted)
    yield
    after = _leads(tx, wanted)
    others = [number for number in wanted if before.get(number) != after.get(number)]
    counts: Counter[_Key] = Counter()
    key = (month_of, _c.registry, _c.significance, _c.topic)
    query = select(_c.trial, *key, func.count()).group_by(_c.trial, *key)
    for chunk in chunks(others):
        for number, month, registry, significance, topic, count in tx.execute(query.where(_c.trial.in_(chunk))):
            if number in before:
                counts[month, registry, significance, topic, before[number]] -= count
            if number in after:
                counts[month, registry, significance, topic, after[number]] += count
    _count(tx, counts)


def start_over(tx: Connection) -> None:
    """Forget all."""
    for table in (lead_counts, latest_changes):
        tx.execute(delete(table))


def _leads(tx: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """The term of who leads each of these trials, of those where that is known."""
    query = select(trial_terms.c.trial, trial_terms.c.term).join(terms, terms.c.id == trial_terms.c.term)
    query = query.where(terms.c.kind == SPONSOR)
    rows = (row for chunk in chunks(numbers) for row in tx.execute(query.where(trial_terms.c.trial.in_(chunk))))
    return {row.trial: row.term for row in rows}


def _count(tx: Connection, counts: Mapping[_Key, int]) -> None:
    """Add these to the counts, in an order that no two transactions differ in."""
    names = ("month", "registry", "significance", "topic", "sponsor")
    rows = [{**dict(zip(names, key, strict=True)), "changes": count} for key, count in sorted(counts.items()) if count]
    add_to(tx, lead_counts, rows, "changes")


def _note(tx: Connection, latest: Mapping[tuple[int, int], tuple[str, str]]) -> None:
    def where_later(insert: sqlite.Insert) -> sqlite.Insert:
        return insert.on_conflict_do_update(
            index_elements=["trial", "least"],
            set_={"day": insert.excluded.day},
            where=insert.excluded.day > latest_changes.c.day,
        )

    rows = [
        {"trial": trial, "least": least, "day": day, "registry": registry}
        for (trial, least), (day, registry) in sorted(latest.items())
    ]
    insert_all(tx, latest_changes, rows, where_later)
