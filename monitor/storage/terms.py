"""Sponsors, conditions, countries and phases of the watched trials, with how many trials have each.

A term that no watched trial has any more is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from monitor.storage.found import TrialFilter, by_number, by_row, is_watched
from monitor.storage.index_tables import terms, trial_index, trial_terms

_MOST_TRIED = 8
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Term:
    """A sponsor, condition, country or phase."""

    key: str
    """Folded: equal for the same."""
    name: str
    """As it is written first."""
    slug: str
    """As a part of an address."""
    trials: int
    """How many watched trials have it."""


def listing(
    tx: Connection, kind: str, *, after: str | None = None, words: Sequence[str] = (), limit: int
) -> list[Term]:
    """Up to *limit* of a kind in the order of their keys, those behind the key *after*, with all *words* in them."""
    query = select(terms.c.id).where(terms.c.kind == kind, _has_watched()).order_by(terms.c.key).limit(limit)
    if after is not None:
        query = query.where(terms.c.key > after)
    for word in words:
        query = query.where(_has(word))
    return _read(tx, _counted(kind).where(terms.c.id.in_(list(tx.scalars(query)))).order_by(terms.c.key))


def most_frequent(tx: Connection, kind: str, *, words: Sequence[str] = (), limit: int) -> list[Term]:
    """Those of a kind with the most trials; those with all *words* in their keys.

    They are found by all of their trials, and then put in order by the watched ones: where most are not watched any
    more, some may be passed over.
    """
    count = func.count().label("count")
    of_kind = select(terms.c.id).where(terms.c.kind == kind)
    for word in words:
        of_kind = of_kind.where(_has(word))
    query = select(trial_terms.c.term, count).where(trial_terms.c.term.in_(of_kind)).group_by(trial_terms.c.term)
    ids = [row.term for row in tx.execute(query.order_by(count.desc(), trial_terms.c.term).limit(2 * limit))]
    counted = _counted(kind).where(terms.c.id.in_(ids))
    return _read(tx, counted.order_by(func.count().desc(), terms.c.key).limit(limit))


def of_slug(tx: Connection, kind: str, slug: str) -> Term | None:
    """That of a slug, its trials not counted; None where there is none."""
    return _uncounted(tx, kind, terms.c.slug == slug)


def of_key(tx: Connection, kind: str, key: str) -> Term | None:
    """That of a key, likewise."""
    return _uncounted(tx, kind, terms.c.key == key)


def has_watched(tx: Connection, kind: str, term: Term) -> bool:
    """Whether any watched trial has it."""
    query = select(terms.c.id).where(terms.c.kind == kind, terms.c.key == term.key, _has_watched())
    return tx.execute(query.limit(1)).one_or_none() is not None


def of_trials(tx: Connection, kind: str, wanted: TrialFilter, *, limit: int) -> list[Term]:
    """Those of a kind that the trials have which are *wanted*, the most frequent first."""
    query = _counted(kind).where(*by_number(wanted, trial_index.c.id), *by_row(wanted))
    return _read(tx, query.order_by(func.count().desc(), terms.c.key).limit(limit))


def by_slug(tx: Connection, kind: str, slug: str) -> Term | None:
    """That of a slug; None where no trial has it. One that only unwatched trials have has 0 trials."""
    return _one(tx, kind, terms.c.slug == slug)


def by_key(tx: Connection, kind: str, key: str) -> Term | None:
    """That of a key, likewise."""
    return _one(tx, kind, terms.c.key == key)


def near(tx: Connection, kind: str, slug: str, *, limit: int) -> list[Term]:
    """Up to *limit* of a kind whose slugs begin as *slug* does: with its words but the last ones, or its first letters.

    They are looked up by their beginnings alone, however many there are; their trials are not counted.
    """
    words = slug.lower().split("-")
    for begun in [*("-".join(words[:count]) for count in range(len(words), 0, -1)), words[0][:3]][:_MOST_TRIED]:
        is_begun = and_(terms.c.slug >= begun, terms.c.slug < begun + _LAST)
        query = select(terms.c.key, terms.c.shown, terms.c.slug).where(terms.c.kind == kind, is_begun)
        rows = tx.execute(query.order_by(terms.c.slug).limit(limit)).all() if begun else []
        if rows:
            return [Term(row.key, row.shown, row.slug, 0) for row in rows]
    return []


def count(tx: Connection, kind: str) -> int:
    """How many of a kind there are: as long as it takes to find all of them."""
    return tx.scalar(select(func.count()).select_from(_counted(kind).subquery())) or 0


def _has(word: str) -> ColumnElement[bool]:
    """Whether a term has a word in it, with its accents or without them."""
    return or_(terms.c.key.contains(word, autoescape=True), terms.c.slug.contains(word, autoescape=True))


def _counted(kind: str) -> Select[Any]:
    return (
        select(terms.c.key, terms.c.shown, terms.c.slug, func.count().label("trials"))
        .join(trial_terms, trial_terms.c.term == terms.c.id)
        .join(trial_index, trial_index.c.id == trial_terms.c.trial)
        .where(terms.c.kind == kind, is_watched())
        .group_by(terms.c.key, terms.c.shown, terms.c.slug)
    )


def _has_watched() -> ColumnElement[bool]:
    joined = trial_terms.join(trial_index, trial_index.c.id == trial_terms.c.trial)
    return (
        select(trial_terms.c.trial).select_from(joined).where(trial_terms.c.term == terms.c.id, is_watched()).exists()
    )


def _one(tx: Connection, kind: str, condition: Any) -> Term | None:
    found = _read(tx, _counted(kind).where(condition).limit(1))
    if found:
        return found[0]
    unwatched = select(terms.c.key, terms.c.shown, terms.c.slug).where(and_(terms.c.kind == kind, condition))
    row = tx.execute(unwatched.limit(1)).one_or_none()
    return Term(row.key, row.shown, row.slug, 0) if row else None


def _uncounted(tx: Connection, kind: str, condition: ColumnElement[bool]) -> Term | None:
    """Of several, one that a watched trial has."""
    query = select(terms.c.key, terms.c.shown, terms.c.slug).where(terms.c.kind == kind, condition)
    row = tx.execute(query.order_by(_has_watched().desc()).limit(1)).one_or_none()
    return Term(row.key, row.shown, row.slug, 0) if row else None


def _read(tx: Connection, query: Select[Any]) -> list[Term]:
    return [Term(row.key, row.shown, row.slug, row.trials) for row in tx.execute(query)]
