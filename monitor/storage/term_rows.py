"""Writes which sponsors, conditions, countries and phases trials have, and which watches and registries have them.

`monitor.storage.terms` and `monitor.storage.found` read it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, select

from monitor.storage.index_tables import terms, trial_terms
from monitor.storage.statements import add_new, chunks
from monitor.text import slug

SPONSOR = "sponsor"
"""The kind of terms that lead trials."""
WATCH, REGISTRY = "watch", "registry"
"""The kinds of terms that hold trials; the key of a watch is its number."""


class TermKey(NamedTuple):
    """A sponsor, condition, country or phase, by what its names have in common; or a watch or a registry."""

    kind: str
    key: str


def write(tx: Connection, now: Mapping[int, Mapping[TermKey, str]], *, of: Collection[str] = ()) -> None:
    """Make these the terms of these trials, each with how it is written; or those of the kinds *of* alone."""
    ids = _term_ids(tx, {term: shown for of_trial in now.values() for term, shown in of_trial.items()})
    wanted = {(ids[term], number) for number, of_trial in now.items() for term in of_trial}
    query = select(trial_terms.c.term, trial_terms.c.trial)
    if of:
        query = query.join(terms, terms.c.id == trial_terms.c.term).where(terms.c.kind.in_(of))
    rows = (row for chunk in chunks(now) for row in tx.execute(query.where(trial_terms.c.trial.in_(chunk))))
    former = {(row.term, row.trial) for row in rows}
    delete_pairs(tx, trial_terms, sorted(former - wanted))
    add_new(tx, trial_terms, [{"term": term, "trial": number} for term, number in sorted(wanted - former)])


def delete_pairs(tx: Connection, table: Table, pairs: Sequence[tuple[Any, int]]) -> None:
    """Delete the rows of these keys, one by one: they are few, and each is found by its key."""
    if pairs:
        first, second = table.primary_key.columns
        statement = delete(table).where(first == bindparam("one"), second == bindparam("other"))
        tx.execute(statement, [{"one": one, "other": other} for one, other in pairs])


def _term_ids(tx: Connection, shown: Mapping[TermKey, str]) -> dict[TermKey, int]:
    """The ids of these terms; those that are new are written, in an order that no two transactions differ in."""
    known = _known(tx, shown)
    new = sorted(shown.keys() - known.keys())
    rows = [{"kind": each.kind, "key": each.key, "shown": shown[each], "slug": slug(each.key)} for each in new]
    if rows:
        add_new(tx, terms, rows)
        known |= _known(tx, new)
    return known


def _known(tx: Connection, wanted: Iterable[TermKey]) -> dict[TermKey, int]:
    by_kind: dict[str, list[str]] = {}
    for kind, key in wanted:
        by_kind.setdefault(kind, []).append(key)
    found: dict[TermKey, int] = {}
    for kind, keys in by_kind.items():
        for chunk in chunks(keys):
            query = select(terms.c.key, terms.c.id).where(terms.c.kind == kind, terms.c.key.in_(chunk))
            found |= {TermKey(kind, row.key): row.id for row in tx.execute(query)}
    return found
