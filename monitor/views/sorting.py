"""Rows of `monitor.views.status` in the order of any column.

Only a key is kept of each row: those beyond the first thousands are read a second time when their turn comes.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from monitor.errors import ConfigurationInvalid
from monitor.model import PartialDate
from monitor.storage.statements import chunks
from monitor.views.status import AT_ONCE, StatusReader, StatusRow

USUAL = "trial"
KEPT_ROWS = 2_000

_Key = Any
"""Something of a column that can be compared; None where the row says nothing, which comes last either way."""


def _date(day: PartialDate | None) -> _Key:
    return day.parts or None if day else None


def _text(text: object) -> _Key:
    return str(text).casefold() if text else None


_KEYS: Mapping[str, Callable[[StatusRow], _Key]] = {
    "trial": lambda row: row.trial_id,
    "title": lambda row: _text(row.title),
    "status": lambda row: _text(row.overall_status),
    "phase": lambda row: tuple(phase.code for phase in row.phases) or None,
    "enrollment": lambda row: row.enrollment.known if row.enrollment else None,
    "start": lambda row: _date(row.start_date),
    "primary-completion": lambda row: _date(row.primary_completion_date),
    "completion": lambda row: _date(row.completion_date),
    "sponsor": lambda row: _text(row.lead_sponsor.name if row.lead_sponsor else None),
    "last-change": lambda row: row.last.seen_at if row.last else None,
    "as-of": lambda row: row.as_of,
    "troubles": lambda row: _text("; ".join(row.troubles)),
}
COLUMNS = tuple(_KEYS)


def checked_column(text: str) -> str:
    """The column that the text names. ConfigurationInvalid lists those that there are."""
    column = text.strip().lower().replace("_", "-").replace(" ", "-")
    if column not in _KEYS:
        raise ConfigurationInvalid(f"“{text[:40]}” is not a column to sort by; known: {', '.join(COLUMNS)}")
    return column


def in_order(reader: StatusReader, column: str, *, is_reversed: bool) -> Iterator[StatusRow]:
    """All rows by that column, within it by trial; rows that say nothing there are the last.

    What has to be sorted is read before this returns.
    """
    if column == USUAL and not is_reversed:
        return reader.all()
    key_of = _KEYS[column]
    saying: list[tuple[_Key, str, str]] = []
    silent: list[tuple[str, str]] = []
    kept: dict[tuple[str, str], StatusRow] = {}
    for row in reader.all():
        key, trial = key_of(row), (row.registry, row.trial_id)
        if key is None:
            silent.append(trial)
        else:
            saying.append((key, *trial))
        if len(kept) < KEPT_ROWS:
            kept[trial] = row
    saying.sort(key=itemgetter(0), reverse=is_reversed)  # which keeps the order of what is equal
    return _read(reader, [(registry, trial_id) for _, registry, trial_id in saying] + silent, kept)


def _read(
    reader: StatusReader, keys: list[tuple[str, str]], kept: Mapping[tuple[str, str], StatusRow]
) -> Iterator[StatusRow]:
    for chunk in chunks(keys, AT_ONCE):
        again = {(row.registry, row.trial_id): row for row in reader.of([each for each in chunk if each not in kept])}
        yield from (row for each in chunk if (row := kept.get(each) or again.get(each)))
