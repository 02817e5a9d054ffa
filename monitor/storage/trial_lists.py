"""Pages of trials by the index, and how many there are: of those that lists show.

For people, the one whose last update was posted last comes first. Programs read to the end what changes meanwhile: for
them, trials come by registry and trial id, an order in which none moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from monitor.errors import ConfigurationInvalid
from monitor.storage import facets, listed
from monitor.storage.facets import Counts, Facet
from monitor.storage.found import FEW, TrialFilter, by_name, few, is_listed, term_of
from monitor.storage.index_tables import listed_trials, trial_index
from monitor.storage.pages import Key
from monitor.storage.trial_index import IndexedTrial, columns, restored

_c = listed_trials.c
_by_update = (_c.updated_on, _c.trial)
_by_key = (trial_index.c.registry, trial_index.c.trial_id)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page by last updates ended: behind a trial, and when that was updated then."""

    updated_on: str
    key: Key


def page(tx: Connection, wanted: TrialFilter, *, after: Place | None, limit: int) -> list[IndexedTrial]:
    """Up to *limit* trials behind *after*, the last updated first. ConfigurationInvalid where that is not there.

    None moves behind *after* by an update: one that is updated while somebody reads on comes to the front.
    """
    chosen = _facets(tx, wanted)
    if chosen is not None and not chosen:
        return []
    walking = _is_to_walk(tx, wanted, chosen)
    query = select(_c.trial).where(*by_name(wanted, _c.trial, walking=walking), *_of_facets(chosen, walking=walking))
    if after is not None:
        query = query.where(tuple_(*_by_update) < tuple_(after.updated_on, _number(tx, after.key)))
    # Of a few, SQLite is to find these by what is asked for: left alone, it would look at all in this order.
    updated_on = _c.updated_on if walking else _c.updated_on.op("||")("")
    numbers = tx.scalars(query.order_by(updated_on.desc(), _c.trial.desc()).limit(limit)).all()
    return _read(tx, numbers)


def in_order(tx: Connection, wanted: TrialFilter, *, after: Key | None, limit: int) -> list[IndexedTrial]:
    """Up to *limit* trials behind *after* by registry and trial id: nothing that changes moves one."""
    chosen = _facets(tx, wanted)
    if chosen is not None and not chosen:
        return []
    number = trial_index.c.id
    walking = _is_to_walk(tx, wanted, chosen)
    query = select(number).where(*by_name(wanted, number, walking=walking))
    if walking or not wanted.is_of_facets_alone:
        query = query.where(is_listed(number, *_of_facets(chosen)))
    else:
        query = query.where(number.in_(select(_c.trial).where(*_of_facets(chosen))))
    if after is not None:
        query = query.where(tuple_(*_by_key) > tuple_(*after))
    registry = _by_key[0] if walking else _by_key[0].op("||")("")
    return _read(tx, tx.scalars(query.order_by(registry, _by_key[1]).limit(limit)).all())


def count(tx: Connection, wanted: TrialFilter) -> int:
    """How many there are."""
    return sum(by_facet(tx, wanted).values())


def by_facet(tx: Connection, wanted: TrialFilter) -> Counts:
    """How many there are of each facet: what is kept, or where that has no such count, as each of them is looked at."""
    of = facets.matching(tx, registry=wanted.registry, statuses=wanted.statuses, phase=wanted.phase)
    if wanted.is_of_facets_alone:
        return facets.counts_of(tx, listed.ALL, of)
    terms = wanted.terms
    if len(terms) == 1 and len(terms[0]) == 1 and not wanted.words and not wanted.within.trials:
        term = term_of(tx, terms[0][0])
        return {} if term is None else facets.counts_of(tx, term, of)
    query = select(_c.facet, func.count()).where(*by_name(wanted, _c.trial, walking=False)).group_by(_c.facet)
    known = {each.id: each for each in of}
    return {known[facet]: number for facet, number in tx.execute(query) if facet in known}


def has_status(tx: Connection, code: str) -> bool:
    """Whether any trial has it, or had it."""
    return facets.has_status(tx, code)


def _facets(tx: Connection, wanted: TrialFilter) -> list[Facet] | None:
    """Those that the trials may have; None for any."""
    if not (wanted.registry or wanted.statuses or wanted.phase):
        return None
    return facets.matching(tx, registry=wanted.registry, statuses=wanted.statuses, phase=wanted.phase)


def _of_facets(chosen: Sequence[Facet] | None, *, walking: bool = False) -> tuple[ColumnElement[bool], ...]:
    facet = _c.facet + 0 if walking else _c.facet
    return () if chosen is None else (facet.in_([each.id for each in chosen]),)


def _is_to_walk(tx: Connection, wanted: TrialFilter, chosen: Sequence[Facet] | None) -> bool:
    """Whether to go through all in their order until enough are found: there are many."""
    if few(tx, wanted):
        return False
    return chosen is None or sum(facets.counts_of(tx, listed.ALL, chosen).values()) > FEW


def _read(tx: Connection, numbers: Sequence[int]) -> list[IndexedTrial]:
    """The trials of these numbers, in this order."""
    query: Select[Any] = select(*columns).where(trial_index.c.id.in_(numbers))
    found = {row.id: restored(row) for row in tx.execute(query)} if numbers else {}
    return [found[number] for number in numbers if number in found]


def _number(tx: Connection, after: Key) -> int:
    registry, trial_id = after
    same = (trial_index.c.registry == registry, trial_index.c.trial_id == trial_id)
    number: int | None = tx.scalar(select(trial_index.c.id).where(*same))
    if number is None:
        raise ConfigurationInvalid(f"this page begins behind {trial_id}, which is not there: go to the first page")
    return number
