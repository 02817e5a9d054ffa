"""What listed trials have together: a registry, a status and phases; and how many trials of each facet have a term.

There are some hundred facets, however many trials, so that counts by status or phase are sums of a few rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from monitor.storage import index_tables as tables
from monitor.storage.index_tables import term_counts


class Facet(NamedTuple):
    """A registry, a status and phases."""

    id: int
    registry: str
    status: str
    """The code; empty where there is none."""
    status_words: str | None
    """The registry's own for it."""
    phases: frozenset[str]
    """Codes."""


Counts = Mapping[Facet, int]
"""How many trials there are of each facet that has any."""


def matching(
    tx: Connection, *, registry: str | None = None, statuses: Sequence[str] = (), phase: str | None = None
) -> list[Facet]:
    """The facets of a registry, with one of these statuses, and with that phase; without any of these, all."""
    query = _all
    if registry is not None:
        query = query.where(tables.facets.c.registry == registry)
    if statuses:
        query = query.where(tables.facets.c.status.in_(statuses))
    found = (
        Facet(row.id, row.registry, row.status, row.status_words, frozenset(row.phases.split()))
        for row in tx.execute(query)
    )
    return [each for each in found if phase is None or phase in each.phases]


_all = select(tables.facets).order_by(tables.facets.c.id)


def has_status(tx: Connection, code: str) -> bool:
    """Whether any listed trial had it since the index was made."""
    return tx.scalar(select(tables.facets.c.id).where(tables.facets.c.status == code).limit(1)) is not None


def counts_of(tx: Connection, term: int, of: Iterable[Facet]) -> Counts:
    """How many trials of each of these facets have a term, `listed.ALL` for all."""
    found = {row.facet: row.trials for row in tx.execute(_counts, {"term": term})}
    return {each: found[each.id] for each in of if each.id in found}


_counts = select(term_counts.c.facet, term_counts.c.trials).where(
    term_counts.c.term == bindparam("term"), term_counts.c.trials > 0
)
