"""What `monitor history` shows: every snapshot and its changes, newest last. Pure."""

from collections.abc import Collection, Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.check import administrative
from monitor.cli.render.styles import BADGE_WIDTH, DIM, HEADING, LABEL, NOTICE, TRIAL, badge
from monitor.cli.render.text import styled
from monitor.model import Change, Significance
from monitor.render.folding import folded
from monitor.storage.snapshots import SnapshotRow
from monitor.text import counted, moment, one_line, stamp


def history_table(
    trial_id: str,
    title: str | None,
    snapshots: Iterable[tuple[SnapshotRow, Sequence[Change]]],
    *,
    damaged: Collection[int] = (),
) -> RenderableType:
    """A row per snapshot, with its changes by significance; the first is the baseline and has none.

    What changed in a snapshot after a *damaged* one is unknown.
    """
    rows = list(snapshots)
    heading = Text().append(one_line(trial_id), style=TRIAL)
    if title:
        heading.append("  ").append(one_line(title), style=LABEL)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style=HEADING, expand=False)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Taken", width=10)
    table.add_column("Data of", width=10)
    table.add_column("Changes", overflow="fold")
    for snapshot, changes in rows:
        table.add_row(*_cells(snapshot), _changes(snapshot, changes, damaged))
    about = _about([snapshot for snapshot, _ in rows])
    return Group(heading, Text(about, style=DIM), Text(), table)


def _about(snapshots: Sequence[SnapshotRow]) -> str:
    """How many there are of each kind."""
    versions = sum(each.version is not None for each in snapshots)
    others = sum(each.source is not None for each in snapshots) - versions
    told = [counted(len(snapshots) - versions - others, "snapshot")]
    told += [counted(versions, "former version")] if versions else []
    return ", ".join([*told, *([counted(others, "imported document")] if others else [])])


def _cells(snapshot: SnapshotRow) -> tuple[RenderableType, ...]:
    """Which it is, and of when: an imported document has a day alone."""
    if snapshot.source is not None:
        what = "imported" if snapshot.version is None else f"version {snapshot.version}"
        return Text("–"), Text(f"{snapshot.taken_at:%Y-%m-%d}"), Text(what, style=DIM)
    return f"{snapshot.number}", Text(moment(snapshot.taken_at)), styled(stamp(snapshot.registry_version), DIM)


def _changes(snapshot: SnapshotRow, changes: Sequence[Change], damaged: Collection[int]) -> RenderableType:
    if snapshot.number in damaged:
        return Text("damaged: it cannot be read", style=NOTICE)
    if not changes and snapshot.number - 1 in damaged:
        return Text(f"what it changed is not known: snapshot {snapshot.number - 1} is damaged", style=NOTICE)
    if snapshot.version is not None and not changes:
        return Text("as first registered" if snapshot.version == 0 else "from the registry's history", style=DIM)
    if snapshot.source is not None and not changes:
        return styled(f"imported from {one_line(snapshot.source)}", DIM)
    if not changes:
        return Text("baseline" if snapshot.number == 1 else "no change in what is watched", style=DIM)
    weighty = sorted(
        (change for change in folded(changes) if change.significance is not Significance.ADMINISTRATIVE),
        key=lambda change: -change.significance,
    )
    silent = administrative(changes)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=BADGE_WIDTH)
    grid.add_column(overflow="fold")
    for change in weighty:
        grid.add_row(badge(change.significance), styled(one_line(change.summary)))
    return Group(*([grid] if weighty else []), *([silent] if silent else []))
