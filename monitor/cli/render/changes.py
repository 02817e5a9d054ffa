"""What `monitor changes` shows: a row for each event, newest first. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.settled import not_told
from monitor.cli.render.styles import BADGE_WIDTH, DIM, FAILED, LABEL, NOTICE, TRIAL, badge
from monitor.cli.render.tables import ID_WIDTH, NO_NAMES, TableColumn, stretches
from monitor.cli.render.text import styled
from monitor.model import Significance
from monitor.render.folding import summaries
from monitor.text import counted, moment, one_line
from monitor.views.changes import TrialChanges

WIDE = 110
"""From so many characters on, titles and days have columns of their own."""

_WIDE = (
    TableColumn("Trial", 11),
    TableColumn("Title", share=2),
    TableColumn("Seen (UTC)", 16),
    TableColumn("Posted", 10),
    TableColumn("What changed", share=5),
)
_NARROW = (TableColumn("Trial", 11), TableColumn("Seen (UTC)", 10), TableColumn("What changed", share=1))


def change_tables(
    seen: Iterable[TrialChanges], *, width: int, names: Mapping[str, str] = NO_NAMES
) -> Iterator[RenderableType]:
    """The rows, in consecutive tables; *names* are what registries are called, where trials of several are shown."""
    columns, row = (_WIDE, _wide_row) if width >= WIDE else (_NARROW, _narrow_row)
    if names:
        columns = (TableColumn("Trial", max(ID_WIDTH, *map(len, names.values()))), *columns[1:])
    return iter(stretches(columns, (_named(row(each), each, names) for each in seen), width=width))


def _named(cells: list[RenderableType], seen: TrialChanges, names: Mapping[str, str]) -> list[RenderableType]:
    """The cells, with the registry under the trial's id where there are *names*."""
    if not names:
        return cells
    return [Group(cells[0], styled(one_line(names.get(seen.registry, seen.registry)), DIM)), *cells[1:]]


def _wide_row(seen: TrialChanges) -> list[RenderableType]:
    at = f"{seen.seen_at:%Y-%m-%d %H:%M}" if seen.seen_at else "–"
    return [
        styled(seen.trial_id, TRIAL),
        styled(one_line(seen.title or "")),
        Text(at),
        styled(one_line(seen.posted_on or "–"), DIM),
        _what(seen),
    ]


def _narrow_row(seen: TrialChanges) -> list[RenderableType]:
    at = Text(f"{seen.seen_at:%Y-%m-%d %H:%M}" if seen.seen_at else "–")
    days: list[RenderableType] = [at]
    if seen.posted_on:
        days.append(styled(f"posted {one_line(seen.posted_on)}", DIM))
    title = [styled(one_line(seen.title), LABEL)] if seen.title else []
    return [styled(seen.trial_id, TRIAL), Group(*days), Group(*title, _what(seen))]


def _what(seen: TrialChanges) -> RenderableType:
    """The changes, each with its significance; below them that they were not told, where that is so."""
    if seen.error:
        return styled(f"unreadable: {one_line(seen.error)}", FAILED)
    grid = Table.grid(padding=(0, 1))
    silent = any(change.significance is Significance.ADMINISTRATIVE for change in seen.changes)
    grid.add_column(width=len(" administrative ") if silent else BADGE_WIDTH)
    grid.add_column(overflow="fold")
    for change, summary in zip(seen.changes, summaries(seen.changes), strict=True):
        grid.add_row(badge(change.significance), styled(one_line(summary)))
    if seen.imported_from:
        since = f"not told: what changed since a document imported from {one_line(seen.imported_from)}"
        return Group(
            grid, styled(since if seen.snapshot else f"not told: imported from {one_line(seen.imported_from)}", NOTICE)
        )
    return Group(grid, *([Text(not_told(seen.settled), style=NOTICE)] if seen.settled else []))


def closing_line(
    changes: int, *, trials: int, about: str, led_by: str, since: datetime, until: datetime | None, cut: bool
) -> Text:
    """How much was found, in which order, and in which trials and time."""
    span = f"from {moment(since)} " + (f"to {moment(until)}" if until else "to now")
    looked = f"{counted(trials, 'trial')}{about} looked at"
    led = f" in trials {led_by}" if led_by else ""
    if not changes:
        return Text(f"No change that was asked for{led} {span}: {looked}.")
    line = Text(counted(changes, "change"), style="bold").append(f"{led} {span} · {looked}", style=DIM)
    more = "; there are more than --limit" if cut else ""
    return line.append(f" · the newest first, by when they were seen{more}", style=DIM)
