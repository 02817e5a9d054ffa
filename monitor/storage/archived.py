"""Documents from before a trial was first fetched here, each of a day in the past.

They are pages and records that people saved, and former versions that the registry keeps. They stand before every
snapshot of their trial and are no snapshots themselves: whatever compares, alerts and counts snapshots never sees them.
`monitor.views.archive` puts both in one order. The same document is kept once.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, bindparam, func, literal, select

from monitor.errors import StoreCorrupt
from monitor.model import Document
from monitor.storage import bodies, unindexed
from monitor.storage.archive_tables import archived_documents as table
from monitor.storage.pages import Key, Within, is_of
from monitor.storage.statements import add_new, chunks

_READ_AT_ONCE = 100
_number = func.coalesce(table.c.version, literal(-1, Integer))
_order = (table.c.registry, table.c.trial_id, table.c.taken_on, _number, table.c.digest)
_of_trial = (
    select(table)
    .where(table.c.registry == bindparam("registry"), table.c.trial_id == bindparam("trial_id"))
    .order_by(*_order)
)


@dataclass(frozen=True, slots=True)
class ArchivedDocument:
    """A document and the day of which it is; *source* is the name of the file that it came from.

    *version* is the registry's own number of a former version, which orders those of one day.
    """

    document: Document
    taken_on: date
    source: str
    imported_at: datetime
    version: int | None = None


def add(tx: Connection, archived: Sequence[ArchivedDocument]) -> int:
    """Keep those that are not there yet, and give how many these are. One that is there keeps its day."""
    unindexed.note(tx, ((each.document.registry, each.document.trial_id) for each in archived))
    return sum(len(add_new(tx, table, [_row(each)], returning=(table.c.digest,))) for each in archived)


def of_trial(
    tx: Connection, registry: str, trial_id: str, *, damaged: list[str] | None = None
) -> list[ArchivedDocument]:
    """Those of a trial, the oldest first. Where *damaged* is given, what cannot be read is told there, and left out."""
    found = []
    for row in tx.execute(_of_trial, {"registry": registry, "trial_id": trial_id}):
        try:
            found.append(_restored(row))
        except StoreCorrupt as error:
            if damaged is None:
                raise
            damaged.append(str(error))
    return found


def counts(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, int]:
    """How many there are of each of those trials that have any."""
    query = select(table.c.trial_id, func.count()).where(table.c.registry == registry)
    found: dict[str, int] = {}
    for chunk in chunks(trial_ids):
        rows = tx.execute(query.where(table.c.trial_id.in_(chunk)).group_by(table.c.trial_id))
        found |= {row[0]: row[1] for row in rows}
    return found


def first_of(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, ArchivedDocument]:
    """The earliest one of each of those trials that have any; one that is damaged is left out."""
    of_registry = table.c.registry == registry
    found = {}
    for chunk in chunks(trial_ids):
        having = select(table.c.trial_id).where(of_registry, table.c.trial_id.in_(chunk)).distinct()
        for trial_id in tx.scalars(having).all():
            first = select(table).where(of_registry, table.c.trial_id == trial_id).order_by(*_order).limit(1)
            with suppress(StoreCorrupt):
                found[trial_id] = _restored(tx.execute(first).one())
    return found


def versions_of(tx: Connection, registry: str, trial_id: str) -> dict[int, date]:
    """The days of those former versions of a trial that are there, by number. StoreCorrupt where one is no day."""
    query = select(table.c.version, table.c.taken_on).where(*_is_version_of(registry, trial_id))
    return {row.version: _day(row.taken_on, f"a former version of {trial_id}") for row in tx.execute(query)}


def extent(tx: Connection, registry: str, trial_id: str) -> tuple[int, date | None]:
    """How many former versions of a trial are there, and the day of the first; None where none is, or it is damaged."""
    count, day = tx.execute(
        select(func.count(), func.min(table.c.taken_on)).where(*_is_version_of(registry, trial_id))
    ).one()
    try:
        return count, date.fromisoformat(day or "")
    except ValueError:
        return count, None


def _is_version_of(registry: str, trial_id: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.registry == registry, table.c.trial_id == trial_id, table.c.version.is_not(None)


def trials_within(tx: Connection, within: Within) -> list[Key]:
    """The trials among these that have any."""
    query = select(table.c.registry, table.c.trial_id).where(is_of(within, table.c.registry, table.c.trial_id))
    return [(row.registry, row.trial_id) for row in tx.execute(query.distinct().order_by(*_order[:2]))]


def first_day(tx: Connection, within: Within) -> date | None:
    """The earliest day of which there is one of these trials; None where there is none, or that day is damaged."""
    query = select(func.min(table.c.taken_on)).where(is_of(within, table.c.registry, table.c.trial_id))
    try:
        return date.fromisoformat(tx.scalar(query) or "")
    except ValueError:
        return None


def any_since(tx: Connection, within: Within, day: date) -> bool:
    """Whether there is one of these trials from that day or later."""
    late = select(table.c.digest).where(table.c.taken_on >= day.isoformat())
    return tx.execute(late.where(is_of(within, table.c.registry, table.c.trial_id)).limit(1)).first() is not None


def every(tx: Connection) -> Iterator[ArchivedDocument | str]:
    """All of them in order, a few at a time in memory; in the place of one that is damaged what is wrong with it."""
    for row in tx.execute(select(table).order_by(*_order).execution_options(yield_per=_READ_AT_ONCE)):
        try:
            yield _restored(row)
        except StoreCorrupt as error:
            yield str(error)


def known(tx: Connection, documents: Iterable[Document]) -> dict[bytes, date]:
    """The days of those documents that are there already, by digest."""
    found: dict[bytes, date] = {}
    for chunk in chunks(documents):
        query = select(table.c.digest, table.c.taken_on).where(table.c.digest.in_([each.digest for each in chunk]))
        found |= {row.digest: date.fromisoformat(row.taken_on) for row in tx.execute(query)}
    return found


def _row(archived: ArchivedDocument) -> dict[str, Any]:
    document = archived.document
    return {
        "registry": document.registry,
        "trial_id": document.trial_id,
        "digest": document.digest,
        "taken_on": archived.taken_on.isoformat(),
        "source": archived.source,
        "imported_at": archived.imported_at,
        "size": len(document.content),
        "body": bodies.compress(document.content),
        "version": archived.version,
    }


def _restored(row: Row[Any]) -> ArchivedDocument:
    what = f"the imported document of {row.trial_id} of {row.taken_on}"
    content = bodies.decompress(row.body, size=row.size, what=what)
    document = Document(row.registry, row.trial_id, content)
    if document.digest != row.digest:
        raise bodies.damaged(what, "its SHA-256 is another")
    if not isinstance(row.version, int | None):
        raise bodies.damaged(what, "its version is not a number")
    return ArchivedDocument(document, _day(row.taken_on, what), row.source, row.imported_at, row.version)


def _day(text: str, what: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise bodies.damaged(what, "its day is none") from error
