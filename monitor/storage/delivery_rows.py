"""Rows of deliveries as values, and the way back: which column holds the id of what kind of cause."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Insert, Row, and_, bindparam, case, insert, literal_column, null, select

from monitor.model import Cause, Delivery, DeliveryState, DigestCause, EventCause, NoticeCause
from monitor.storage import bodies
from monitor.storage.digest_tables import digests
from monitor.storage.statements import chunks, values_in
from monitor.storage.tables import deliveries

NewRow = tuple[str, str, str, str, str, int]
"""(its id, the cause's id, registry, trial id, subscription id, sequence); a digest is stored without its cause"""
_COLUMN_OF: dict[type[Cause], Column[str]] = {
    EventCause: deliveries.c.event_id,
    NoticeCause: deliveries.c.notice_id,
}
"""Where the id of each kind of cause stands; that of a digest is beside the table, see `monitor.storage.digests`."""
_is_digest = and_(*(column.is_(None) for column in _COLUMN_OF.values()))
_digest = select(digests.c.cause).where(digests.c.delivery_id == deliveries.c.id).correlate(deliveries)
_cause_of_digest = case((_is_digest, _digest.scalar_subquery())).label("digest")

_names = [field.name for field in fields(Delivery) if field.name != "cause"]
COLUMNS = [*_COLUMN_OF.values(), _cause_of_digest, *(deliveries.c[name] for name in _names)]
LISTED_COLUMNS = [null().label("body") if column.name == "body" else column for column in COLUMNS]


def add_owed(tx: Connection, rows: Iterable[NewRow], at: datetime, *, cause: type[Cause]) -> None:
    """Insert deliveries that are owed from *at* on, as `Delivery` is by default.

    What differs between them goes into the statement as one JSON text, and the database makes the rows of it: fifteen
    parameters a row take three times as long.
    """
    statement = _adding(_COLUMN_OF.get(cause), tx.dialect.name)
    for chunk in chunks(rows):
        tx.execute(statement, {"rows": orjson.dumps(chunk).decode(), "at": at})


@cache
def _adding(cause: Column[str] | None, dialect: str) -> Insert:
    row = values_in("rows", dialect)
    whole_id, cause_id, registry, trial_id, subscription_id, sequence = (row[number] for number in range(6))
    at = bindparam("at", type_=deliveries.c.owed_at.type)
    values = {
        deliveries.c.id: whole_id.as_string(),
        **({} if cause is None else {cause: cause_id.as_string()}),
        deliveries.c.registry: registry.as_string(),
        deliveries.c.trial_id: trial_id.as_string(),
        deliveries.c.subscription_id: subscription_id.as_string(),
        deliveries.c.sequence: sequence.as_integer(),
        deliveries.c.standing: literal_column(f"'{DeliveryState.OWED}'"),
        deliveries.c.attempts: literal_column("0"),
        **dict.fromkeys((deliveries.c.created_at, deliveries.c.owed_at, deliveries.c.next_attempt_at), at),
    }
    return insert(deliveries).from_select(list(values), select(*values.values()))


def packed(row: Row[Any]) -> Delivery:
    """As it is stored, with its body compressed."""
    values = row._mapping
    ids: list[tuple[type[Cause], str | None]] = [(kind, values[column.name]) for kind, column in _COLUMN_OF.items()]
    ids.append((DigestCause, values["digest"]))
    kind, cause_id = next((each for each in ids if each[1]), (EventCause, ""))
    return Delivery(cause=kind(cause_id or ""), **{name: values[name] for name in _names})


def restored(row: Row[Any]) -> Delivery:
    """As it was given. Raise StoreCorrupt where its body is damaged."""
    delivery = packed(row)
    return delivery if delivery.body is None else replace(delivery, body=unpacked(delivery.body, delivery.id))


def unpacked(body: bytes, whole_id: str) -> bytes:
    """The bytes that every attempt carries. Raise StoreCorrupt where they are damaged."""
    return bodies.decompress(body, what=f"the body of delivery {whole_id}")
