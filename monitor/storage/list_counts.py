"""Whether the counts that lists keep are what there is to count, and all of them anew: see `monitor.storage.listed`."""

from typing import Any

from sqlalchemy import Connection, Select, Table, delete, except_, func, literal, select, union_all, update

from monitor.model import Significance
from monitor.storage.changed_trials import month_of
from monitor.storage.index_tables import (
    change_counts,
    change_index,
    latest_changes,
    lead_counts,
    listed_trials,
    term_counts,
    terms,
    trial_terms,
)
from monitor.storage.listed import ALL
from monitor.storage.term_rows import SPONSOR


def wrong(tx: Connection) -> int:
    """How many counts are not what there is to count. It goes through all that is listed."""
    kept_of_terms = select(term_counts).where(term_counts.c.trials != 0)
    kept_in_all = select(terms.c.id, terms.c.trials).where(terms.c.trials != 0)
    return sum(
        _differing(tx, anew, kept) + _differing(tx, kept, anew)
        for anew, kept in (
            (_of_terms(), kept_of_terms),
            (_in_all(), kept_in_all),
            (_of_days(), select(change_counts).where(change_counts.c.changes != 0)),
            (_of_leads(), select(lead_counts).where(lead_counts.c.changes != 0)),
            (_latest(), select(latest_changes)),
        )
    )


def count_anew(tx: Connection) -> None:
    """Make all of them anew."""
    _fill(tx, term_counts, _of_terms())
    of_term = select(func.sum(term_counts.c.trials)).where(term_counts.c.term == terms.c.id).scalar_subquery()
    tx.execute(update(terms).values(trials=func.coalesce(of_term, 0)))
    _fill(tx, change_counts, _of_days())
    _fill(tx, lead_counts, _of_leads())
    _fill(tx, latest_changes, _latest())


def _fill(tx: Connection, table: Table, rows: Select[Any]) -> None:
    tx.execute(delete(table))
    tx.execute(table.insert().from_select([column.name for column in table.c], rows))


def _differing(tx: Connection, some: Any, others: Any) -> int:
    return tx.scalar(select(func.count()).select_from(except_(some, others).subquery())) or 0


def _of_terms() -> Any:
    facet = listed_trials.c.facet
    each = select(trial_terms.c.term, facet, func.count().label("trials"))
    each = each.join(listed_trials, listed_trials.c.trial == trial_terms.c.trial).group_by(trial_terms.c.term, facet)
    every = select(literal(ALL).label("term"), facet, func.count().label("trials")).group_by(facet)
    rows = union_all(each, every).subquery()
    return select(rows.c.term, rows.c.facet, rows.c.trials)


def _in_all() -> Any:
    rows = _of_terms().subquery()
    return select(rows.c.term, func.sum(rows.c.trials)).where(rows.c.term != ALL).group_by(rows.c.term)


def _of_days() -> Any:
    key = (change_index.c.day, change_index.c.registry, change_index.c.significance, change_index.c.topic)
    return select(*key, func.count().label("changes")).group_by(*key)


def _of_leads() -> Any:
    c, sponsor = change_index.c, trial_terms.c.term.label("sponsor")
    key = (month_of.label("month"), c.registry, c.significance, c.topic, sponsor)
    found = select(*key, func.count().label("changes")).join(trial_terms, trial_terms.c.trial == c.trial)
    return found.join(terms, (terms.c.id == sponsor) & (terms.c.kind == SPONSOR)).group_by(*key)


def _latest() -> Any:
    c = change_index.c
    parts = [
        select(c.trial, literal(int(least)).label("least"), func.max(c.day).label("day"), func.max(c.registry))
        .where(c.significance >= int(least))
        .group_by(c.trial)
        for least in Significance
    ]
    rows = union_all(*parts).subquery()
    return select(*rows.c)
