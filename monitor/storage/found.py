"""Conditions by which changes and trials are found in the index: by registry, sponsor, condition, words, watch.

What is asked for is looked for where it is least: of a few trials each is looked at, and of many a list is walked
through in its order until enough of it are found. How many trials have a term is kept, so that this is known before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, bindparam, exists, func, select

from monitor.storage.index_tables import listed_trials, terms, trial_index, trial_terms, trial_words
from monitor.storage.pages import Within
from monitor.storage.statements import is_one_of
from monitor.storage.term_rows import REGISTRY, WATCH, TermKey
from monitor.storage.trial_index import CONDITION, COUNTRY, PHASE, SPONSOR

_LAST = "\U0010ffff"
SHORTEST_BEGINNING = 3
"""Characters of a word that may stand for those that begin with it: nearly all trials have a word with any two."""
FEW = 3000
"""Trials that are looked at one by one in some milliseconds."""


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
    at_most: int | None = field(default=None, compare=False)
    """More of them there are not, where that is known."""

    @property
    def terms(self) -> list[tuple[TermKey, ...]]:
        """The terms that they have, or one of several of them."""
        named = ((SPONSOR, self.sponsor), (CONDITION, self.condition), (COUNTRY, self.country))
        found: list[tuple[TermKey, ...]] = [(TermKey(kind, key),) for kind, key in named if key]
        if self.within.trials:
            return found
        if self.within.registry is not None:
            return [*found, (TermKey(REGISTRY, self.within.registry),)]
        if self.within.watches:
            return [*found, tuple(TermKey(WATCH, str(watch_id)) for watch_id in self.within.watches)]
        return found

    @property
    def is_of_facets_alone(self) -> bool:
        """Whether it is about nothing but registries, statuses and phases."""
        return not (self.terms or self.words or self.within.trials)


def few(tx: Connection, wanted: TrialFilter) -> bool:
    """Whether there are but a FEW such trials, as far as that is known at once."""
    return fewest(tx, wanted) <= FEW


def fewest(tx: Connection, wanted: TrialFilter) -> int:
    """More such trials there are not, as far as that is known at once; a large number where nothing is."""
    if wanted.at_most is not None:
        return wanted.at_most
    sizes = [len(wanted.within.trials)] if wanted.within.trials else []
    sizes += [_having(tx, each) for each in wanted.terms]
    sizes += [_with_word(tx, each) for each in wanted.words[:-1]]
    if wanted.words and len(wanted.words[-1]) >= SHORTEST_BEGINNING:
        sizes.append(_rows(tx, and_(*_begins(trial_words, wanted.words[-1]))))
    return min(sizes, default=2**31)


def by_number(
    wanted: TrialFilter, number: ColumnElement[int], *, walking: bool = False
) -> Iterator[ColumnElement[bool]]:
    """What the number of a trial has to meet; *walking*: as a look for each number, and not to find numbers by."""
    yield from by_name(wanted, number, walking=walking)
    if wanted.phase:
        yield _has((TermKey(PHASE, wanted.phase),), number)
    if wanted.statuses:
        yield number.in_(select(trial_index.c.id).where(trial_index.c.status.in_(wanted.statuses)))


def by_name(wanted: TrialFilter, number: ColumnElement[int], *, walking: bool) -> Iterator[ColumnElement[bool]]:
    """The same without what facets say."""
    for keys in wanted.terms:
        yield _has(keys, number) if walking else number.in_(having(keys))
    if wanted.words:
        # SQLite reads a table by an index on a bare column, whatever else stands there.
        yield (number + 0 if walking else number).in_(with_words(wanted.words))
    if wanted.within.trials:
        named = is_one_of(wanted.within.trials, trial_index.c.registry, trial_index.c.trial_id)
        yield number.in_(select(trial_index.c.id).where(named))


def having(keys: Sequence[TermKey]) -> Select[tuple[int]]:
    """The numbers of the trials that have one of these terms."""
    return select(trial_terms.c.trial).where(trial_terms.c.term.in_(select(terms.c.id).where(_is_one_of(keys))))


def term_of(tx: Connection, key: TermKey) -> int | None:
    """The number of a term; None where no trial ever had it."""
    return tx.scalar(_number_of_term, {"kind": key.kind, "key": key.key})


_number_of_term = select(terms.c.id).where(terms.c.kind == bindparam("kind"), terms.c.key == bindparam("key"))


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


def is_listed(number: ColumnElement[int], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether lists show the trial of a number: it was read and is watched; and its row meets the *conditions*."""
    return exists().where(listed_trials.c.trial == number, *conditions)


def _has(keys: Sequence[TermKey], number: ColumnElement[int]) -> ColumnElement[bool]:
    if len(keys) == 1:
        term = select(terms.c.id).where(_is_one_of(keys)).scalar_subquery()
        return exists().where(trial_terms.c.term == term, trial_terms.c.trial == number)
    of_these = trial_terms.c.term.in_(select(terms.c.id).where(_is_one_of(keys)))
    return exists().where(of_these, trial_terms.c.trial == number)


def _is_one_of(keys: Sequence[TermKey]) -> ColumnElement[bool]:
    """Of one kind."""
    return and_(terms.c.kind == keys[0].kind, terms.c.key.in_([each.key for each in keys]))


def _having(tx: Connection, keys: Sequence[TermKey]) -> int:
    return tx.scalar(select(func.sum(terms.c.trials)).where(_is_one_of(keys))) or 0


def _with_word(tx: Connection, word: str) -> int:
    return _rows(tx, trial_words.c.word == word)


def _rows(tx: Connection, condition: ColumnElement[bool]) -> int:
    """How many rows of words meet it, or one more than FEW."""
    some = select(trial_words.c.trial).where(condition).limit(FEW + 1).subquery()
    return tx.scalar(select(func.count()).select_from(some)) or 0


def _begins(of: FromClause, word: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return of.c.word >= word, of.c.word < word + _LAST
