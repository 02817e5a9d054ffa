"""All that is in the index, in parts of so many: trials and terms by their numbers, which they keep."""

from sqlalchemy import Column, ColumnElement, Connection, func, select

from monitor.storage.found import is_listed
from monitor.storage.index_tables import terms, trial_index

AT_ONCE = 10_000
"""Numbers of a part: sitemaps may hold 50,000 addresses."""


def parts_of_trials(tx: Connection) -> range:
    """The numbers of the parts of all trials."""
    return _parts(tx.scalar(select(func.max(trial_index.c.id))))


def trials_of(tx: Connection, part: int) -> list[str]:
    """The ids of the watched trials of a part, which may be none."""
    query = select(trial_index.c.trial_id).where(_is_within(trial_index.c.id, part), is_listed(trial_index.c.id))
    return list(tx.scalars(query.order_by(trial_index.c.id)))


def parts_of_terms(tx: Connection, kind: str) -> range:
    """The numbers of the parts of all terms of a kind."""
    return _parts(tx.scalar(select(func.max(terms.c.id)).where(terms.c.kind == kind)))


def slugs_of(tx: Connection, kind: str, part: int) -> list[str]:
    """The slugs of those terms of a part that are of a kind and that a listed trial has."""
    query = select(terms.c.slug).where(_is_within(terms.c.id, part), terms.c.kind == kind, terms.c.trials > 0)
    return list(tx.scalars(query.order_by(terms.c.id)))


def _parts(highest: int | None) -> range:
    return range(0 if highest is None else highest // AT_ONCE + 1)


def _is_within(number: Column[int], part: int) -> ColumnElement[bool]:
    return number.between(part * AT_ONCE, (part + 1) * AT_ONCE - 1)
