"""How the plans of trials moved, a row a trial, made with the other rows of the index by `monitor.watching.indexing`.

A row that a damaged disk has changed is a plan that says nothing, and raises nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from monitor.changes.plans import KEY_DATES, Plan, last_day
from monitor.changes.sentences import STOPPED_EARLY
from monitor.errors import ConfigurationInvalid
from monitor.storage import listed, trial_index
from monitor.storage.found import TrialFilter, by_number, few, is_listed
from monitor.storage.index_tables import terms, trial_terms
from monitor.storage.index_tables import trial_index as index
from monitor.storage.pages import Key
from monitor.storage.plan_tables import former_sponsors, trial_dates, trial_plans
from monitor.storage.statements import KEYS, add_new, chunks, put
from monitor.storage.trial_index import SPONSOR, IndexedTrial
from monitor.text import fold_organisation, slug

FIELD = "primary_completion_date"
"""The date whose slip is kept beside the plan."""


_joined = index.outerjoin(trial_plans, trial_plans.c.trial == index.c.id).outerjoin(
    trial_dates, trial_dates.c.trial == index.c.id
)
_dated = index.outerjoin(trial_dates, trial_dates.c.trial == index.c.id)
_DUE = {field: f"{field.removesuffix('_date')}_due" for field in KEY_DATES}
"""The column of each key date."""
_planned: Select[Any] = select(*trial_index.columns, trial_plans.c.plan, trial_dates.c.slip).select_from(_joined)
_planned_numbered = _planned.where(index.c.id.in_(KEYS))


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """The plan of a trial, up to the changes of a *snapshot*, with so many *pages* from before the first one."""

    registry: str
    trial_id: str
    snapshot: int
    pages: int
    plan: Plan


@dataclass(frozen=True)
class PlannedTrial:
    """What lists show of a trial, and its plan."""

    trial: IndexedTrial
    slip: int | None
    """How many days the date of FIELD slipped."""
    stored: str | None
    """The plan as its row has it."""

    @cached_property
    def plan(self) -> Plan:
        """Its plan: lists show those of the first few alone."""
        return restored(self.stored)


def record(tx: Connection, plans: Sequence[StoredPlan]) -> None:
    """Write these in the place of what stood there. Hold their registry's lock."""
    ids = trial_index.numbers(tx, ((each.registry, each.trial_id) for each in plans))
    made = {ids[each.registry, each.trial_id]: each for each in plans}
    put(tx, trial_plans, (_row(number, each) for number, each in made.items()))
    put(tx, trial_dates, (_dates(number, each.plan) for number, each in made.items()))
    listed.put_slips(tx, made)
    for chunk in chunks(made):
        tx.execute(delete(former_sponsors).where(former_sponsors.c.trial.in_(chunk)))
    led = [{"slug": slug(name), "trial": number} for number, each in made.items() for name in _former(each.plan)]
    add_new(tx, former_sponsors, led)


def known(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, StoredPlan]:
    """The plans of those of the trials that have one."""
    query = select(index.c.trial_id, trial_plans).join(trial_plans, trial_plans.c.trial == index.c.id)
    query = query.where(index.c.registry == registry)
    rows = (row for chunk in chunks(trial_ids) for row in tx.execute(query.where(index.c.trial_id.in_(chunk))))
    return {
        row.trial_id: StoredPlan(registry, row.trial_id, row.snapshot, row.pages, restored(row.plan)) for row in rows
    }


def start_over(tx: Connection) -> None:
    """Forget all rows."""
    tx.execute(delete(trial_plans))
    tx.execute(delete(trial_dates))
    tx.execute(delete(former_sponsors))


class Slips(NamedTuple):
    """How far the primary completions of some trials slipped since they were first seen."""

    dated: int
    """Of how many that is known."""
    median: int | None
    """Half of them slipped by more days; None where it is known of none."""


NO_SLIPS = Slips(0, None)


def slips(tx: Connection, term: int) -> Slips:
    """Those of the listed trials of a term whose trials are sorted by it."""
    dated = tx.scalar(_count_of_slips, {"term": term}) or 0
    if not dated:
        return NO_SLIPS
    middle = tx.scalars(_some_slips, {"term": term, "before": (dated - 1) // 2, "most": 2 - dated % 2})
    return Slips(dated, round(median(middle)))


_slip = trial_terms.c.slip
_slips_of_term = select(_slip).where(trial_terms.c.term == bindparam("term"), _slip.is_not(None))
_count_of_slips = _slips_of_term.with_only_columns(func.count(), maintain_column_froms=True)
_some_slips = (
    _slips_of_term.order_by(_slip).offset(bindparam("before", type_=Integer)).limit(bindparam("most", type_=Integer))
)


class Due(NamedTuple):
    """A key date to come: the last day that it allows, whose, by its number, and which it is."""

    day: str
    trial: int
    field: str


def due(tx: Connection, term: int, day: str, *, of_few: bool, limit: int) -> list[Due]:
    """The next key dates of the trials of a term, from a day on; up to *limit* of them.

    Where they are *of few* trials each of these is looked at, else each day until enough are found.
    """
    query = _due_of_few if of_few else _due_of_many
    found = tx.execute(query, {"term": term, "day": day, "most": limit})
    return sorted(Due(*row) for row in found)[:limit]


def _dates_due(*, of_few: bool) -> Select[Any]:
    number = trial_dates.c.trial
    has_term = and_(trial_terms.c.term == bindparam("term"), trial_terms.c.trial == number)

    def of_field(field: str, column: str) -> Select[Any]:
        at = trial_dates.c[column]
        query = select(at.label("day"), number, literal(field).label("field"))
        query = query.join(trial_terms, has_term) if of_few else query.where(exists().where(has_term))
        query = query.where(at.is_not(None), at >= bindparam("day"), is_listed(number))
        # Of a few trials, SQLite is to look at these: left alone, it would go through all days.
        return query.order_by(at.op("||")("") if of_few else at, number).limit(bindparam("most", type_=Integer))

    found = union_all(*(select(of_field(*each).subquery()) for each in _DUE.items())).subquery()
    return select(found)


_due_of_few, _due_of_many = _dates_due(of_few=True), _dates_due(of_few=False)


def numbered(tx: Connection, numbers: Iterable[int]) -> dict[int, PlannedTrial]:
    """The trials of these numbers, by number."""
    rows = (row for chunk in chunks(numbers) for row in tx.execute(_planned_numbered, {"keys": chunk}))
    return {row.id: _planned_trial(row) for row in rows}


def page(tx: Connection, term: int, *, after: Key | None, limit: int) -> list[PlannedTrial]:
    """Up to *limit* listed trials of a term, the one that slipped farthest first and those without a date last.

    Those behind the trial *after*; ConfigurationInvalid where that is not there.
    """
    numbers = first(tx, term, after=after, limit=limit)
    found = numbered(tx, numbers)
    return [found[number] for number in numbers if number in found]


def first(tx: Connection, term: int, *, after: Key | None = None, limit: int) -> list[int]:
    """The numbers of the trials of such a page."""
    slip, number = trial_terms.c.slip, trial_terms.c.trial
    place = _place(tx, after) if after is not None else None
    found: list[int] = []
    if place is None or place[0] is not None:
        dated = select(number).where(trial_terms.c.term == term, slip.is_not(None))
        if place is not None:
            dated = dated.where(or_(slip < place[0], and_(slip == place[0], number < place[1])))
        found += tx.scalars(dated.order_by(slip.desc(), number.desc()).limit(limit))
    if len(found) < limit:
        undated = select(number).where(trial_terms.c.term == term, slip.is_(None), is_listed(number))
        if place is not None and place[0] is None:
            undated = undated.where(number < place[1])
        found += tx.scalars(undated.order_by(number.desc()).limit(limit - len(found)))
    return found


def _place(tx: Connection, after: Key) -> tuple[int | None, int]:
    registry, trial_id = after
    query = select(trial_dates.c.slip, index.c.id).select_from(_dated)
    row = tx.execute(query.where(index.c.registry == registry, index.c.trial_id == trial_id)).one_or_none()
    if row is None:
        raise ConfigurationInvalid(
            f"this page begins behind {trial_id[:80]}, which is not there: go back to the first page"
        )
    return row.slip, row.id


def dated_since(tx: Connection, wanted: TrialFilter, day: str, *, limit: int) -> list[PlannedTrial]:
    """Up to *limit* watched trials in which any key date is *day* or later, as texts; those kept longest first."""
    is_late = or_(*(index.c[field] >= day for field in KEY_DATES))
    number = index.c.id
    conditions = (is_late, *by_number(wanted, number, walking=not few(tx, wanted)), is_listed(number))
    return _read(tx, _planned.where(*conditions).order_by(number).limit(limit))


def of_trial(tx: Connection, registry: str, trial_id: str) -> PlannedTrial | None:
    """A trial, watched or not; None where it is not in the index."""
    named = (index.c.registry == registry, index.c.trial_id == trial_id, index.c.snapshot.is_not(None))
    return next(iter(_read(tx, _planned.where(*named))), None)


def worst_by_term(tx: Connection, kind: str, keys: Sequence[str]) -> dict[str, int]:
    """The farthest slip among the listed trials of each of these terms, by its key; those without one are left out."""
    slip = trial_terms.c.slip
    worst = select(func.max(slip)).where(trial_terms.c.term == terms.c.id, slip.is_not(None)).scalar_subquery()
    query = select(terms.c.key, worst.label("slip")).where(terms.c.kind == kind, terms.c.key.in_(keys))
    return {row.key: row.slip for row in tx.execute(query) if row.slip is not None}


def successor(tx: Connection, former: str) -> str | None:
    """The slug of who leads most of the trials now that the sponsor of a slug led once; None where it led none."""
    query = (
        select(terms.c.slug)
        .join(trial_terms, trial_terms.c.term == terms.c.id)
        .join(former_sponsors, former_sponsors.c.trial == trial_terms.c.trial)
        .where(terms.c.kind == SPONSOR, former_sponsors.c.slug == former)
        .group_by(terms.c.id, terms.c.slug)
        .order_by(func.count().desc(), terms.c.id)
        .limit(1)
    )
    return tx.scalar(query)


def restored(text: str | None) -> Plan:
    """The plan that a row holds; one that says nothing where there is none, or it is damaged."""
    with suppress(AttributeError, TypeError, ValueError):
        return Plan.from_json(orjson.loads(text or "{}"))
    return Plan({})


def _read(tx: Connection, query: Select[Any]) -> list[PlannedTrial]:
    return [_planned_trial(row) for row in tx.execute(query)]


def _planned_trial(row: Row[Any]) -> PlannedTrial:
    return PlannedTrial(trial_index.restored(row), row.slip, row.plan)


def _row(number: int, stored: StoredPlan) -> Mapping[str, Any]:
    return {
        "trial": number,
        "snapshot": stored.snapshot,
        "pages": stored.pages,
        "plan": orjson.dumps(stored.plan.as_json()).decode(),
    }


def _dates(number: int, plan: Plan) -> Mapping[str, Any]:
    due = {column: _due(plan, field) for field, column in _DUE.items()}
    return {"trial": number, "slip": plan.slip(FIELD), **due}


def _due(plan: Plan, field: str) -> str | None:
    written = plan.date(field)
    if written is None or written.type == "ACTUAL" or plan.now("overall_status") in STOPPED_EARLY:
        return None
    day = last_day(written)
    return day.isoformat() if day else None


def _former(plan: Plan) -> set[str]:
    """Who led a trial once and does so no more, by `fold_organisation`."""
    values = [step.value for step in plan.steps.get("lead_sponsor", ())]
    names = [fold_organisation(str(each["name"])) for each in values if isinstance(each, dict) and each.get("name")]
    return {name for name in names if name} - {names[-1]} if names else set()
