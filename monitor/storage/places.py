"""Where a page of a long list begins: behind the row that has a moment and an id. No page takes longer than another."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_


@dataclass(frozen=True, slots=True)
class Place:
    """The moment and the id of the last row of the page before."""

    at: datetime
    id: str


def is_behind(
    at: ColumnElement[datetime], id_: ColumnElement[str], place: Place, *, is_ascending: bool = False
) -> ColumnElement[bool]:
    """Whether a row stands behind a place, in a list by these columns; newest first, unless *is_ascending*.

    The first condition alone is what an index of the moment serves.
    """
    if is_ascending:
        return and_(at >= place.at, or_(at > place.at, id_ > place.id))
    return and_(at <= place.at, or_(at < place.at, id_ < place.id))
