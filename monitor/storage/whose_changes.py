"""In how many trials changes are, and who leads these trials: of what is kept of both where that answers it.

Of a time that ends today, the trials that changed are those whose latest change is in it; and who leads them is counted
by whole months, with the days before the first of these by themselves.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Subquery, and_, distinct, func, select, union_all

from monitor.model import Significance
from monitor.storage.changed import WEIGHTS, ChangeFilter, conditions, has_counts, narrowed
from monitor.storage.found import few
from monitor.storage.index_tables import change_index, latest_changes, lead_counts, terms, trial_terms
from monitor.storage.trial_index import SPONSOR

_c = change_index.c
_latest = latest_changes.c


@dataclass(frozen=True, slots=True)
class SponsorCount:
    """How many changes the trials have that a sponsor leads."""

    key: str
    name: str
    slug: str
    changes: int


def by_sponsor(tx: Connection, wanted: ChangeFilter, *, limit: int) -> tuple[list[SponsorCount], int]:
    """Those with the most changes, whatever *wanted* says of the sponsor; and how many sponsors have any."""
    every = replace(wanted, trials=replace(wanted.trials, sponsor=None, at_most=None))
    rows = _kept_by_sponsor(tx, every) if _is_kept(every) else _sponsors(_by_trial(tx, every)).subquery()
    changes = func.sum(rows.c.changes).label("changes")
    counted = select(rows.c.sponsor, changes).group_by(rows.c.sponsor).having(changes > 0).subquery()
    query = (
        select(terms.c.key, terms.c.shown, terms.c.slug, counted.c.changes, func.count().over().label("of"))
        .join(terms, terms.c.id == counted.c.sponsor)
        .order_by(counted.c.changes.desc(), terms.c.key)
        .limit(limit)
    )
    found = tx.execute(query).all()
    return [SponsorCount(row.key, row.shown, row.slug, int(row.changes)) for row in found], found[0].of if found else 0


def trials_changed(tx: Connection, wanted: ChangeFilter) -> int:
    """In how many trials."""
    if _is_kept(wanted) and not wanted.topics:
        return _changed_since(tx, wanted)[wanted.least]
    return tx.scalar(narrowed(tx, wanted, select(func.count(distinct(_c.trial))))) or 0


def trials_by_most(tx: Connection, wanted: ChangeFilter) -> dict[Significance, int]:
    """How many trials had changes, by the most significant one of each, whatever *wanted* says of significance."""
    every = replace(wanted, least=Significance.ADMINISTRATIVE)
    if _is_kept(every) and not every.topics:
        since = _changed_since(tx, every)
        above = (*list(since.values())[1:], 0)
        return {each: count - more for (each, count), more in zip(since.items(), above, strict=True) if count > more}
    most = narrowed(tx, every, select(func.max(_c.significance).label("most"))).group_by(_trial(tx, every)).subquery()
    query = select(most.c.most, func.count()).group_by(most.c.most)
    return {Significance(weight): number for weight, number in tx.execute(query) if weight in WEIGHTS}


def _is_kept(wanted: ChangeFilter) -> bool:
    """Whether it is about nothing but a time until now, registries, significance and topics."""
    return wanted.until is None and has_counts(wanted)


def _changed_since(tx: Connection, wanted: ChangeFilter) -> dict[Significance, int]:
    """How many trials had changes in that time, by the least significance that is asked for."""
    query = select(func.count()).select_from(latest_changes)
    if wanted.since is not None:
        query = query.where(_latest.day >= wanted.since.isoformat())
    if wanted.trials.registry:
        query = query.where(_latest.registry == wanted.trials.registry)
    return {least: tx.scalar(query.where(_latest.least == int(least))) or 0 for least in Significance}


def _kept_by_sponsor(tx: Connection, wanted: ChangeFilter) -> Subquery:
    """Sponsors and changes, of whole months and of the days before them."""
    months = lead_counts.c
    by_month = select(months.sponsor, months.changes)
    by_month = by_month.where(*conditions(replace(wanted, since=None), months))
    if wanted.since is None:
        return by_month.subquery()
    first = _month_from(wanted.since)
    by_month = by_month.where(months.month >= f"{first:%Y-%m}")
    if first == wanted.since:
        return by_month.subquery()
    days = _by_trial(tx, replace(wanted, until=first))
    return union_all(by_month, _sponsors(days)).subquery()


def _month_from(day: date) -> date:
    """The first day of the first month that begins on that day or later."""
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _by_trial(tx: Connection, wanted: ChangeFilter) -> Subquery:
    trial = _trial(tx, wanted)
    return narrowed(tx, wanted, select(trial.label("trial"), func.count().label("changes"))).group_by(trial).subquery()


def _trial(tx: Connection, wanted: ChangeFilter) -> Any:
    """The trial of a change. Of a time, SQLite is to read its days: left alone, it goes by an index on trials."""
    return _c.trial if wanted.since is None or few(tx, wanted.trials) else _c.trial + 0


def _sponsors(counted: Subquery) -> Select[Any]:
    """Who leads these trials."""
    is_lead = and_(terms.c.id == trial_terms.c.term, terms.c.kind == SPONSOR)
    query = select(trial_terms.c.term.label("sponsor"), counted.c.changes)
    return query.join(trial_terms, trial_terms.c.trial == counted.c.trial).join(terms, is_lead)
