"""Which trials lists show, and how many of them have what: kept as trials are indexed, watched and no longer watched.

    trial_index.record                                     ->  `relist`: their rows, terms and counts
    what a watch holds has changed (watches, siblings …)   ->  `refresh`: the same, as far as watches are concerned

A trial is listed that was read and is in the list of a watch, or of a registry that is watched as a whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, func, select, update

from monitor.storage import changed_trials
from monitor.storage.index_tables import facets, listed_trials, term_counts, terms, trial_index, trial_terms
from monitor.storage.plan_tables import trial_dates
from monitor.storage.searches import is_everything
from monitor.storage.statements import add_new, add_to, chunks, is_one_of, put
from monitor.storage.tables import searches, watched_trials
from monitor.storage.term_rows import REGISTRY, SPONSOR, WATCH, TermKey, write

ALL = 0
"""The term of which all listed trials are."""
SORTED = (SPONSOR, "condition", WATCH, REGISTRY)
"""The kinds of terms whose trials are sorted by how far they slipped."""

_index = trial_index.c
_is_sorted = exists().where(terms.c.id == trial_terms.c.term, terms.c.kind.in_(SORTED))
_slip = (
    select(trial_dates.c.slip)
    .join(listed_trials, listed_trials.c.trial == trial_dates.c.trial)
    .where(trial_dates.c.trial == trial_terms.c.trial)
    .scalar_subquery()
)


class _Facet(NamedTuple):
    registry: str
    status: str
    phases: str


def relist(tx: Connection, now: Mapping[int, Mapping[TermKey, str]]) -> None:
    """Make these the terms of these trials, by their numbers; their rows in `trial_index` are written."""
    with _recounted(tx, now), changed_trials.moved(tx, now):
        held = _held(tx, now)
        rows = _rows(tx, now)
        write(tx, {number: {**of_trial, **_holders(rows.get(number), held)} for number, of_trial in now.items()})
        _list(tx, rows, held)


def refresh(tx: Connection, keys: Iterable[tuple[str, str]]) -> None:
    """See anew which watches hold these trials, as (registry, trial id)."""
    for chunk in chunks(sorted(set(keys))):
        query = select(_index.id).where(is_one_of(chunk, _index.registry, _index.trial_id))
        _refresh(tx, tx.scalars(query).all())


def refresh_registry(tx: Connection, registry: str) -> None:
    """See anew which trials of a registry are watched: it begins to be watched as a whole, or ends to be."""
    last = 0
    query = select(_index.id).where(_index.registry == registry).order_by(_index.id).limit(1000)
    while numbers := tx.scalars(query.where(_index.id > last)).all():
        _refresh(tx, numbers)
        last = numbers[-1]


def put_slips(tx: Connection, numbers: Iterable[int]) -> None:
    """Have the lists of these trials' terms sort them by the slips that `trial_dates` has."""
    for chunk in chunks(numbers):
        is_other = trial_terms.c.slip.is_distinct_from(_slip)
        of_these = and_(trial_terms.c.trial.in_(chunk), _is_sorted, is_other)
        tx.execute(update(trial_terms).where(of_these).values(slip=_slip))


def start_over(tx: Connection) -> None:
    """Forget all."""
    for table in (term_counts, listed_trials, facets):
        tx.execute(delete(table))


def _refresh(tx: Connection, numbers: Sequence[int]) -> None:
    if numbers:
        with _recounted(tx, numbers):
            held = _held(tx, numbers)
            rows = _rows(tx, numbers)
            write(tx, {number: _holders(rows.get(number), held) for number in numbers}, of=(WATCH, REGISTRY))
            _list(tx, rows, held)


def _rows(tx: Connection, numbers: Iterable[int]) -> dict[int, Row[Any]]:
    wanted = (_index.id, _index.registry, _index.snapshot, _index.status, _index.status_words, _index.updated_on)
    query = select(*wanted, _index.names)
    found: dict[int, Row[Any]] = {}
    for chunk in chunks(numbers):
        found |= {row.id: row for row in tx.execute(query.where(_index.id.in_(chunk)))}
    return found


def _held(tx: Connection, numbers: Iterable[int]) -> dict[int, list[int]]:
    """The watches that have each of the trials in their lists."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    same = and_(watched_trials.c.registry == _index.registry, watched_trials.c.trial_id == _index.trial_id)
    query = select(_index.id, watched_trials.c.watch_id).join(watched_trials, same)
    for chunk in chunks(numbers):
        for number, watch_id in tx.execute(query.where(_index.id.in_(chunk))):
            found[number].append(watch_id)
    return found


def _holders(row: Row[Any] | None, held: Mapping[int, Sequence[int]]) -> dict[TermKey, str]:
    """The watches and the registry of a trial, as terms."""
    if row is None:
        return {}
    watches = {TermKey(WATCH, str(watch_id)): str(watch_id) for watch_id in held.get(row.id, ())}
    return {**watches, TermKey(REGISTRY, row.registry): row.registry}


def _list(tx: Connection, rows: Mapping[int, Row[Any]], held: Mapping[int, Sequence[int]]) -> None:
    whole = set(tx.scalars(select(searches.c.registry).where(is_everything)))
    listed = [row for row in rows.values() if row.snapshot is not None and (row.id in held or row.registry in whole)]
    keys = {row.id: _Facet(row.registry, row.status or "", _phases(row.names)) for row in listed}
    words = {keys[row.id]: row.status_words for row in listed}
    ids = _facet_ids(tx, words)
    put(
        tx,
        listed_trials,
        ({"trial": row.id, "facet": ids[keys[row.id]], "updated_on": row.updated_on} for row in listed),
    )
    for chunk in chunks(number for number in rows if number not in keys):
        tx.execute(delete(listed_trials).where(listed_trials.c.trial.in_(chunk)))
    put_slips(tx, rows)


def _phases(names: str) -> str:
    """The codes of the phases that a row's names have; of what a damaged disk has made of it, none."""
    try:
        return " ".join(sorted({str(code) for code, _ in orjson.loads(names).get("phases", ())}))
    except (AttributeError, TypeError, ValueError):
        return ""


def _facet_ids(tx: Connection, words: Mapping[_Facet, str | None]) -> dict[_Facet, int]:
    """The ids of these facets; those that are new are written with these words for the status."""
    known = _known_facets(tx, words)
    if new := sorted(words.keys() - known.keys()):
        add_new(tx, facets, [{**each._asdict(), "status_words": words[each]} for each in new])
        known |= _known_facets(tx, new)
    return known


def _known_facets(tx: Connection, wanted: Iterable[_Facet]) -> dict[_Facet, int]:
    query = select(facets).where(facets.c.registry.in_(sorted({each.registry for each in wanted})))
    return {_Facet(row.registry, row.status, row.phases): row.id for row in tx.execute(query)}


@contextmanager
def _recounted(tx: Connection, numbers: Iterable[int]) -> Iterator[None]:
    """Add to the counts by what the body changes of these trials."""
    wanted = list(numbers)
    before = _counts(tx, wanted)
    yield
    after = _counts(tx, wanted)
    after.subtract(before)
    _add(tx, {key: count for key, count in after.items() if count})


def _counts(tx: Connection, numbers: Iterable[int]) -> Counter[tuple[int, int]]:
    """How many of these trials have which term and facet."""
    found: Counter[tuple[int, int]] = Counter()
    facet = listed_trials.c.facet
    every = select(facet, func.count()).group_by(facet)
    by_term = select(trial_terms.c.term, facet, func.count()).join(
        listed_trials, listed_trials.c.trial == trial_terms.c.trial
    )
    for chunk in chunks(numbers):
        for of, count in tx.execute(every.where(listed_trials.c.trial.in_(chunk))):
            found[ALL, of] += count
        query = by_term.where(trial_terms.c.trial.in_(chunk)).group_by(trial_terms.c.term, facet)
        for term, of, count in tx.execute(query):
            found[term, of] += count
    return found


def _add(tx: Connection, counts: Mapping[tuple[int, int], int]) -> None:
    """Add these, in an order that no two transactions differ in."""
    if not counts:
        return
    rows = [{"term": term, "facet": of, "trials": count} for (term, of), count in sorted(counts.items())]
    add_to(tx, term_counts, rows, "trials")
    by_term: Counter[int] = Counter()
    for (term, _), count in counts.items():
        by_term[term] += count
    add = update(terms).where(terms.c.id == bindparam("number")).values(trials=terms.c.trials + bindparam("more"))
    if more := [{"number": term, "more": count} for term, count in sorted(by_term.items()) if count and term != ALL]:
        tx.execute(add, more)
