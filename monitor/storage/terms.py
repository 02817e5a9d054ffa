"""Sponsors, conditions, countries and phases of the trials that lists show, with how many trials have each.

A term that no such trial has any more is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select

from monitor.storage.index_tables import terms

_columns = (terms.c.key, terms.c.shown, terms.c.slug, terms.c.trials)
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
    """How many of the listed trials have it."""


def listing(
    tx: Connection, kind: str, *, after: str | None = None, words: Sequence[str] = (), limit: int
) -> list[Term]:
    """Up to *limit* of a kind in the order of their keys, those behind the key *after*, with all *words* in them."""
    # SQLite is to go by the keys: left alone, it would go by how many trials there are, and sort.
    query = _of(kind, words, terms.c.trials + 0 > 0).order_by(terms.c.key).limit(limit)
    return _read(tx, query if after is None else query.where(terms.c.key > after))


def most_frequent(tx: Connection, kind: str, *, words: Sequence[str] = (), limit: int) -> list[Term]:
    """Those of a kind with the most trials; those with all *words* in their keys."""
    query = _of(kind, words, terms.c.trials > 0).order_by(terms.c.trials.desc(), terms.c.key)
    return _read(tx, query.limit(limit))


def by_slug(tx: Connection, kind: str, slug: str) -> Term | None:
    """That of a slug; None where no trial has it. One that only unwatched trials have has 0 trials.

    Of several, the one that the most trials have.
    """
    return next((Term(*row) for row in tx.execute(_by_slug, {"kind": kind, "text": slug})), None)


def by_key(tx: Connection, kind: str, key: str) -> Term | None:
    """That of a key, likewise."""
    return next((Term(*row) for row in tx.execute(_by_key, {"kind": kind, "text": key})), None)


def _one(column: ColumnElement[str]) -> Select[Any]:
    # SQLite is to look it up: left alone, it would go through all of the kind by how many trials they have.
    query = select(*_columns).where(terms.c.kind == bindparam("kind"), column == bindparam("text"))
    return query.order_by((terms.c.trials + 0).desc(), terms.c.id).limit(1)


_by_slug, _by_key = _one(terms.c.slug), _one(terms.c.key)


def near(tx: Connection, kind: str, slug: str, *, limit: int) -> list[Term]:
    """Up to *limit* of a kind whose slugs begin as *slug* does: with its words but the last ones, or its first letters.

    They are looked up by their beginnings alone, however many there are.
    """
    words = slug.lower().split("-")
    for begun in [*("-".join(words[:count]) for count in range(len(words), 0, -1)), words[0][:3]][:_MOST_TRIED]:
        is_begun = and_(terms.c.slug >= begun, terms.c.slug < begun + _LAST)
        query = select(*_columns).where(terms.c.kind == kind, is_begun).order_by(terms.c.slug).limit(limit)
        if begun and (found := _read(tx, query)):
            return found
    return []


def _has(word: str) -> ColumnElement[bool]:
    """Whether a term has a word in it, with its accents or without them."""
    return or_(terms.c.key.contains(word, autoescape=True), terms.c.slug.contains(word, autoescape=True))


def _of(kind: str, words: Sequence[str], is_had: ColumnElement[bool]) -> Select[Any]:
    return select(*_columns).where(terms.c.kind == kind, is_had, *map(_has, words))


def _read(tx: Connection, query: Select[Any]) -> list[Term]:
    return [Term(*row) for row in tx.execute(query)]
