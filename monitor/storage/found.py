"""Conditions by which changes and trials are found in the index: by registry, sponsor, condition, words, watch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, FromClause, Select, exists, or_, select

from monitor.storage.index_tables import terms, trial_index, trial_terms, trial_words
from monitor.storage.pages import Within, is_of
from monitor.storage.searches import is_everything
from monitor.storage.tables import searches, watched_trials
from monitor.storage.trial_index import CONDITION, COUNTRY, PHASE, SPONSOR

_LAST = "\U0010ffff"
SHORTEST_BEGINNING = 3
"""Characters of a word that may stand for those that begin with it: nearly all trials have a word with any two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFilter:
    """Which trials; without anything, all of them."""

    registry: str | None = None
    sponsor: str | None = None
    """Who leads them, by `fold_organisation`."""
    condition: str | None = None
    """By `fold_name`."""
    country: str | None = None
    """By `fold_name`."""
    phase: str | None = None
    """A code."""
    statuses: tuple[str, ...] = ()
    """Codes."""
    words: tuple[str, ...] = ()
    """As `words.asked_for` gives them: all of them, the last as a beginning."""
    within: Within = field(default_factory=Within)
    """Those of a watch, or some by their ids."""

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves few of all trials."""
        return bool(self.sponsor or self.condition or self.words or self.within.trials)

    @property
    def looks_at_rows(self) -> bool:
        """Whether `conditions` are about columns of the trials' rows."""
        return bool(self.registry or self.statuses or self.within != Within())


def by_number(wanted: TrialFilter, number: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    """What the number of a trial has to meet."""
    named = ((SPONSOR, wanted.sponsor), (CONDITION, wanted.condition), (COUNTRY, wanted.country), (PHASE, wanted.phase))
    for kind, key in named:
        if key:
            yield number.in_(having(kind, key))
    if wanted.words:
        yield number.in_(with_words(wanted.words))


def by_row(wanted: TrialFilter) -> Iterator[ColumnElement[bool]]:
    """What the row of a trial has to meet beside that."""
    if wanted.registry:
        yield trial_index.c.registry == wanted.registry
    if wanted.statuses:
        yield trial_index.c.status.in_(wanted.statuses)
    if wanted.within != Within():
        yield is_of(wanted.within, trial_index.c.registry, trial_index.c.trial_id)


def having(kind: str, key: str) -> Select[tuple[int]]:
    """The numbers of the trials that have this term."""
    term = select(terms.c.id).where(terms.c.kind == kind, terms.c.key == key).scalar_subquery()
    return select(trial_terms.c.trial).where(trial_terms.c.term == term)


def with_words(words: Sequence[str]) -> Select[tuple[int]]:
    """The numbers of the trials that have all these words, the last as a beginning where it is long enough for one.

    They are looked for by the longest word, which few have as a rule; of what is found, each other word is a look at
    the index.
    """
    *whole, begun = words
    if len(begun) < SHORTEST_BEGINNING:
        whole.append(begun)
    number = trial_words.c.trial
    if not whole:
        return select(number).where(*_begins(trial_words, begun))
    longest = max(whole, key=len)
    query = select(number).where(trial_words.c.word == longest)
    for each in whole:
        if each != longest:
            other = trial_words.alias()
            query = query.where(exists().where(other.c.word == each, other.c.trial == number))
    if begun not in whole:
        other = trial_words.alias()
        query = query.where(number.in_(select(other.c.trial).where(*_begins(other, begun))))
    return query


def _begins(of: FromClause, word: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return of.c.word >= word, of.c.word < word + _LAST


def is_watched() -> ColumnElement[bool]:
    """Whether the trial of a row is watched: in the list of a watch, or by one of everything that its registry has."""
    same = (watched_trials.c.registry == trial_index.c.registry, watched_trials.c.trial_id == trial_index.c.trial_id)
    whole = trial_index.c.registry.in_(select(searches.c.registry).where(is_everything))
    return or_(exists().where(*same), whole)
