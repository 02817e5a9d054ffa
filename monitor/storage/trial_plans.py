"""How the plans of trials moved, a row a trial, made with the other rows of the index by `monitor.watching.indexing`.

A row that a damaged disk has changed is a plan that says nothing, and raises nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, or_, select

from monitor.changes.plans import KEY_DATES, Plan, last_day
from monitor.changes.sentences import STOPPED_EARLY
from monitor.errors import ConfigurationInvalid
from monitor.storage import trial_index
from monitor.storage.found import TrialFilter, by_number, by_row, is_watched
from monitor.storage.index_tables import terms, trial_terms
from monitor.storage.index_tables import trial_index as index
from monitor.storage.pages import Key
from monitor.storage.plan_tables import former_sponsors, trial_dates, trial_plans
from monitor.storage.statements import add_new, chunks, put
from monitor.storage.trial_index import SPONSOR, IndexedTrial
from monitor.text import fold_organisation, slug

FIELD = "primary_completion_date"
"""The date whose slip is kept beside the plan."""


_joined = index.outerjoin(trial_plans, trial_plans.c.trial == index.c.id)
_dated = index.outerjoin(trial_dates, trial_dates.c.trial == index.c.id)
_rank = func.coalesce(trial_dates.c.slip, -(2**31))
"""By which trials are in order: those without a slip come last."""
_DUE = {field: f"{field.removesuffix('_date')}_due" for field in KEY_DATES}
"""The column of each key date."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """The plan of a trial, up to the changes of a *snapshot*, with so many *pages* from before the first one."""

    registry: str
    trial_id: str
    snapshot: int
    pages: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """What lists show of a trial, and its plan."""

    trial: IndexedTrial
    plan: Plan


def record(tx: Connection, plans: Sequence[StoredPlan]) -> None:
    """Write these in the place of what stood there. Hold their registry's lock."""
    ids = trial_index.numbers(tx, ((each.registry, each.trial_id) for each in plans))
    made = {ids[each.registry, each.trial_id]: each for each in plans}
    put(tx, trial_plans, (_row(number, each) for number, each in made.items()))
    put(tx, trial_dates, (_dates(number, each.plan) for number, each in made.items()))
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


class Standing(NamedTuple):
    """How a trial stands, in few words: enough to count it and to put it in order.

    There are up to 20,000 for a page: a named tuple takes a third of the time that a data class does to make.
    """

    number: int
    """In the index."""
    status: str | None
    """The code."""
    words: str | None
    """The registry's own for it."""
    slip: int | None
    """Days by which its primary completion moved since it was first seen."""
    due: tuple[str | None, ...]
    """The last day that each of KEY_DATES allows, where it has not happened and is not void."""


def standings(tx: Connection, wanted: TrialFilter, *, limit: int) -> list[Standing]:
    """How up to *limit* of the watched trials stand, in no order."""
    columns = (trial_dates.c[name] for name in _DUE.values())
    query = _of(wanted, select(index.c.id, index.c.status, index.c.status_words, trial_dates.c.slip, *columns), _dated)
    rows = tx.execute(query.limit(limit))
    return [Standing(number, status, words, slip, tuple(due)) for number, status, words, slip, *due in rows]


def numbered(tx: Connection, numbers: Iterable[int]) -> dict[int, PlannedTrial]:
    """The trials of these numbers, by number."""
    query: Select[Any] = select(*trial_index.columns, trial_plans.c.plan).select_from(_joined)
    rows = (row for chunk in chunks(numbers) for row in tx.execute(query.where(index.c.id.in_(chunk))))
    return {row.id: PlannedTrial(trial_index.restored(row), restored(row.plan)) for row in rows}


def page(tx: Connection, wanted: TrialFilter, *, after: Key | None, limit: int) -> list[PlannedTrial]:
    """Up to *limit* watched trials, the one that slipped farthest first and those without a date last.

    Those behind the trial *after*; ConfigurationInvalid where that is not there.
    """
    query = _of(wanted, select(index.c.id), _dated)
    if after is not None:
        rank, number = _place(tx, after)
        query = query.where(or_(_rank < rank, and_(_rank == rank, index.c.id > number)))
    numbers = list(tx.scalars(query.order_by(_rank.desc(), index.c.id).limit(limit)))
    found = numbered(tx, numbers)
    return [found[number] for number in numbers]


def _place(tx: Connection, after: Key) -> tuple[int, int]:
    registry, trial_id = after
    query = select(_rank.label("rank"), index.c.id).select_from(_dated)
    row = tx.execute(query.where(index.c.registry == registry, index.c.trial_id == trial_id)).one_or_none()
    if row is None:
        raise ConfigurationInvalid(
            f"this page begins behind {trial_id[:80]}, which is not there: go back to the first page"
        )
    return row.rank, row.id


def dated_since(tx: Connection, wanted: TrialFilter, day: str, *, limit: int) -> list[PlannedTrial]:
    """Up to *limit* watched trials in which any key date is *day* or later, as texts; those kept longest first."""
    is_late = or_(*(index.c[field] >= day for field in KEY_DATES))
    query = _of(wanted, select(*trial_index.columns, trial_plans.c.plan), _joined)
    return _read(tx, query.where(is_late).order_by(index.c.id).limit(limit))


def of_trial(tx: Connection, registry: str, trial_id: str) -> PlannedTrial | None:
    """A trial, watched or not; None where it is not in the index."""
    query = select(*trial_index.columns, trial_plans.c.plan).select_from(_joined)
    named = (index.c.registry == registry, index.c.trial_id == trial_id, index.c.snapshot.is_not(None))
    return next(iter(_read(tx, query.where(*named))), None)


def worst_by_term(tx: Connection, kind: str, keys: Sequence[str]) -> dict[str, int]:
    """The farthest slip among the trials of each of these terms, by its key; those without one are left out."""
    query = (
        select(terms.c.key, func.max(trial_dates.c.slip).label("slip"))
        .join(trial_terms, trial_terms.c.term == terms.c.id)
        .join(trial_dates, trial_dates.c.trial == trial_terms.c.trial)
        .join(index, index.c.id == trial_terms.c.trial)
        .where(terms.c.kind == kind, terms.c.key.in_(keys), trial_dates.c.slip.is_not(None), is_watched())
        .group_by(terms.c.key)
    )
    return {row.key: row.slip for row in tx.execute(query)}


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


def _of(wanted: TrialFilter, query: Select[Any], joined: Any) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [*by_number(wanted, index.c.id), *by_row(wanted), is_watched()]
    return query.select_from(joined).where(index.c.snapshot.is_not(None), *conditions)


def _read(tx: Connection, query: Select[Any]) -> list[PlannedTrial]:
    return [PlannedTrial(trial_index.restored(row), restored(row.plan)) for row in tx.execute(query)]


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
