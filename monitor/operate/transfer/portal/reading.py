"""Rows become documents of the registries that files feed. Those of others are counted, with why they are not taken."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.model import Document
from monitor.operate.transfer.lists.naming import shown
from monitor.operate.transfer.lists.opening import Source
from monitor.operate.transfer.portal.dating import day_of_file
from monitor.operate.transfer.portal.rows import Row, reader_of
from monitor.ports import FedRegistry, Registry

_MOST_NAMES = 100
"""Registries that are named in a report; a file may invent any number."""


@dataclass(slots=True)
class PortalExport:
    """An export of the portal: its *day*, and what reading it through has found so far."""

    name: str
    size: int
    day: date
    _rows: Callable[[], Iterator[Row]]
    _registries: Sequence[Registry]
    fed: dict[str, dict[str, None]] = field(default_factory=dict)
    """Trials of which documents were made, by registry."""
    asked: dict[str, dict[str, None]] = field(default_factory=dict)
    """Trials of registries that are asked themselves: no record is taken of them from here."""
    strangers: Counter[str] = field(default_factory=Counter)
    """Rows of registries that are not known here, by what the file calls these."""
    left: list[str] = field(default_factory=list)
    """A line for each row that cannot be taken."""

    def documents(self, report_progress: Callable[[int, int], None]) -> Iterator[tuple[FedRegistry, Document]]:
        """The document of each trial, once. What is none is counted and named meanwhile."""
        for row in self._rows():
            report_progress(min(row.done, self.size), self.size)
            try:
                if found := self._document(row):
                    yield found
            except AnswerUnreadable as error:
                self.left.append(f"{row.place}: {error}")
        report_progress(self.size, self.size)

    def _document(self, row: Row) -> tuple[FedRegistry, Document] | None:
        """The document of a row; None for one of a trial that is not taken from here."""
        if row.fault:
            raise AnswerUnreadable(row.fault)
        text = row.cells.get("trialid", "").strip()[:200]
        if not text:
            raise AnswerUnreadable("it names no trial")
        for registry in self._registries:
            trial_id = registry.identify(text)
            if trial_id is None:
                continue
            if not isinstance(registry, FedRegistry):
                self.asked.setdefault(registry.key, {})[trial_id] = None
                return None
            taken = self.fed.setdefault(registry.key, {})
            if trial_id in taken:
                raise AnswerUnreadable(f"{trial_id} stands there once more: only the first row of it counts")
            document = registry.from_row(trial_id, row.cells, build=self.day.isoformat())
            taken[trial_id] = None
            return registry, document
        source = shown(row.cells.get("sourceregister", "")) if len(self.strangers) < _MOST_NAMES else "others"
        if not source:
            raise AnswerUnreadable(f"{shown(text)!r} is not a trial id known here")
        self.strangers[source] += 1
        return None


def portal_export(source: Source, registries: Sequence[Registry], *, today: date) -> PortalExport | None:
    """A file as an export of the portal; None where it is none, and is to be read as a list.

    Raise ConfigurationInvalid for one of which nothing says of what day it is.
    """
    rows = reader_of(source)
    if rows is None:
        return None
    day = day_of_file(rows(), today=today)
    if day is None:
        raise ConfigurationInvalid(
            f"{source.name}: no row says when it was refreshed or exported, so it cannot be told what is newer: "
            "download the export once more, with all its columns"
        )
    return PortalExport(source.name, source.size, day, rows, registries)
