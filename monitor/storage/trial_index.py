"""What lists show of a trial, and what finds it: one row a trial, with its terms and words.

All of it is made from the latest record by `monitor.watching.indexing`. A column that a damaged disk has changed is
shown as it is, and raises nothing: the next change of the trial writes it anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, delete, select

from monitor.storage import listed, term_rows
from monitor.storage.index_tables import terms, trial_index, trial_terms, trial_words
from monitor.storage.mergers import by_registry
from monitor.storage.pages import Key
from monitor.storage.statements import add_new, chunks, put
from monitor.storage.term_rows import TermKey, delete_pairs
from monitor.storage.words import words_in
from monitor.text import fold_name, fold_organisation, one_line

SPONSOR, CONDITION, COUNTRY, PHASE = term_rows.SPONSOR, "condition", "country", "phase"
"""The kinds of terms."""

_MOST_NAMES = 100
"""Conditions of one trial that are kept, and countries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedTrial:
    """What lists show of a trial. Dates are as the registry writes them; types are ACTUAL, ESTIMATED or None."""

    registry: str
    trial_id: str
    snapshot: int | None = None
    """That it was made from."""
    state: str | None = None
    """What the registry says of it: listed, removed or merged."""
    title: str | None = None
    status: str | None = None
    """The code that all registries share."""
    status_words: str | None = None
    """The registry's own words for it."""
    sponsor: str | None = None
    """Who leads it."""
    enrollment: int | None = None
    enrollment_type: str | None = None
    start_date: str | None = None
    start_type: str | None = None
    primary_completion_date: str | None = None
    primary_completion_type: str | None = None
    completion_date: str | None = None
    completion_type: str | None = None
    first_start_date: str | None = None
    """In the earliest record that is kept, as the two after it."""
    first_primary_completion_date: str | None = None
    first_completion_date: str | None = None
    updated_on: str = ""
    """The day on which its last update was posted, such as 2026-11-20; empty where that is not known."""
    conditions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    phases: tuple[tuple[str, str], ...] = ()
    """Code and words of each."""
    searched: tuple[str, ...] = ()
    """Further texts by whose words it is found: they are not kept."""

    def terms(self) -> dict[TermKey, str]:
        """Its terms, with how each is written."""
        named = [(SPONSOR, fold_organisation(self.sponsor), self.sponsor or "")]
        named += [(CONDITION, fold_name(name), name) for name in self.conditions[:_MOST_NAMES]]
        named += [(COUNTRY, fold_name(name), name) for name in self.countries[:_MOST_NAMES]]
        named += [(PHASE, code, words) for code, words in self.phases]
        return {TermKey(kind, key): one_line(shown) for kind, key, shown in named if key}

    def words(self) -> tuple[str, ...]:
        """The words by which it is found."""
        return words_in((self.trial_id, self.title, self.sponsor, *self.searched, *self.conditions))


_NAMES = ("conditions", "countries", "phases")
_PLAIN = [each.name for each in fields(IndexedTrial) if each.name not in (*_NAMES, "searched")]
columns = (trial_index.c.id, *(trial_index.c[name] for name in _PLAIN), trial_index.c.names)
"""What `restored` needs of a row."""


def numbers(tx: Connection, keys: Iterable[Key]) -> dict[Key, int]:
    """The numbers of these trials in the index, each given one where it had none yet."""
    wanted = sorted(set(keys))
    known = _numbers(tx, wanted)
    if new := [key for key in wanted if key not in known]:
        add_new(tx, trial_index, [_bare(*key) for key in new])
        listed.refresh(tx, new)
        known |= _numbers(tx, new)
    return known


def record(tx: Connection, trials: Sequence[IndexedTrial]) -> None:
    """Write these rows, their terms and their words, in the place of what stood there. Hold their registry's lock."""
    ids = numbers(tx, ((each.registry, each.trial_id) for each in trials))
    numbered = {ids[each.registry, each.trial_id]: each for each in trials}
    former = _former_words(tx, numbered)
    put(tx, trial_index, (_row(number, each) for number, each in numbered.items()))
    _write_words(tx, former, {number: set(each.words()) for number, each in numbered.items()})
    listed.relist(tx, {number: each.terms() for number, each in numbered.items()})


def known(tx: Connection, keys: Iterable[Key]) -> dict[Key, IndexedTrial]:
    """The rows of those of the trials that have one."""
    query = select(*columns).where(trial_index.c.snapshot.is_not(None))
    return {(row.registry, row.trial_id): restored(row) for row in _of(tx, query, keys)}


def restored(row: Row[Any]) -> IndexedTrial:
    """The trial of a row that has the `columns`."""
    try:
        names = orjson.loads(row.names)
        conditions, countries = (tuple(map(str, names.get(each, ()))) for each in _NAMES[:2])
        phases = tuple((str(code), str(words)) for code, words in names.get("phases", ()))
    except (AttributeError, TypeError, ValueError):
        conditions, countries, phases = (), (), ()
    by_name = row._mapping  # made anew each time that it is asked for
    plain = {name: by_name[name] for name in _PLAIN}
    return IndexedTrial(**plain, conditions=conditions, countries=countries, phases=phases)


def start_over(tx: Connection) -> None:
    """Forget all rows, terms and words, and what is counted of them."""
    listed.start_over(tx)
    for table in (trial_words, trial_terms, terms, trial_index):
        tx.execute(delete(table))


def _numbers(tx: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    query = select(trial_index.c.registry, trial_index.c.trial_id, trial_index.c.id)
    return {(row.registry, row.trial_id): row.id for row in _of(tx, query, keys)}


def _of(tx: Connection, query: Select[Any], keys: Iterable[Key]) -> Iterator[Row[Any]]:
    """The rows of these trials. SQLite uses no index for a list of pairs, but one for a column after the other."""
    for registry, trial_ids in by_registry(set(keys)).items():
        for chunk in chunks(trial_ids):
            yield from tx.execute(
                query.where(trial_index.c.registry == registry, trial_index.c.trial_id.in_(chunk))
            ).all()


def _bare(registry: str, trial_id: str) -> dict[str, str]:
    return {"registry": registry, "trial_id": trial_id, "updated_on": "", "names": "{}", "words": ""}


def _row(number: int, trial: IndexedTrial) -> dict[str, Any]:
    names = {
        "conditions": trial.conditions[:_MOST_NAMES],
        "countries": trial.countries[:_MOST_NAMES],
        "phases": trial.phases,
    }
    plain = {name: getattr(trial, name) for name in _PLAIN}
    return {"id": number, **plain, "names": orjson.dumps(names).decode(), "words": " ".join(trial.words())}


def _former_words(tx: Connection, numbered: Iterable[int]) -> dict[int, set[str]]:
    query = select(trial_index.c.id, trial_index.c.words)
    rows = (row for chunk in chunks(numbered) for row in tx.execute(query.where(trial_index.c.id.in_(chunk))))
    return {row.id: set(row.words.split()) for row in rows}


def _write_words(tx: Connection, former: Mapping[int, set[str]], now: Mapping[int, set[str]]) -> None:
    gone = [(word, number) for number, words in former.items() for word in sorted(words - now[number])]
    delete_pairs(tx, trial_words, gone)
    new = sorted((word, number) for number, words in now.items() for word in words - former.get(number, set()))
    add_new(tx, trial_words, [{"word": word, "trial": number} for word, number in new])
