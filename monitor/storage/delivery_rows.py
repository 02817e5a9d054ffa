"""Rows of deliveries as values, and the way back: which column holds the id of what kind of cause."""

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Column, Row, null

from monitor.model import Cause, Delivery, EventCause, NoticeCause
from monitor.storage import bodies
from monitor.storage.tables import deliveries

_COLUMN_OF: dict[type[Cause], Column[str]] = {
    EventCause: deliveries.c.event_id,
    NoticeCause: deliveries.c.notice_id,
}
"""Where the id of each kind of cause stands."""

_names = [field.name for field in fields(Delivery) if field.name != "cause"]
COLUMNS = [*_COLUMN_OF.values(), *(deliveries.c[name] for name in _names)]
LISTED_COLUMNS = [null().label("body") if column.name == "body" else column for column in COLUMNS]


def row_of(delivery: Delivery, whole_id: str) -> dict[str, Any]:
    """What is written of a new delivery; *whole_id* is its id, which takes longer to derive than all the rest."""
    causes = {
        column.name: delivery.cause.id if isinstance(delivery.cause, kind) else None
        for kind, column in _COLUMN_OF.items()
    }
    return {"id": whole_id, **causes, **{name: getattr(delivery, name) for name in _names}}


def packed(row: Row[Any]) -> Delivery:
    """As it is stored, with its body compressed."""
    values = row._mapping
    ids = [(kind, values[column.name]) for kind, column in _COLUMN_OF.items()]
    kind, cause_id = next((each for each in ids if each[1]), (EventCause, ""))
    return Delivery(cause=kind(cause_id), **{name: values[name] for name in _names})


def restored(row: Row[Any]) -> Delivery:
    """As it was given. Raise StoreCorrupt where its body is damaged."""
    delivery = packed(row)
    return delivery if delivery.body is None else replace(delivery, body=unpacked(delivery.body, delivery.id))


def unpacked(body: bytes, whole_id: str) -> bytes:
    """The bytes that every attempt carries. Raise StoreCorrupt where they are damaged."""
    return bodies.decompress(body, what=f"the body of delivery {whole_id}")
