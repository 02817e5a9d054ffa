"""What `monitor held list` shows. Pure."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, FAILED, HEADING
from monitor.storage.holds import Hold
from monitor.text import moment, one_line


def hold_table(holds: Iterable[Hold]) -> RenderableType:
    """A row per hold."""
    listed = list(holds)
    if not listed:
        return Text("Nothing was ever held back.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("#", "Fields", "Trials", "Held", "Behind it", "Decision"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "#" else "left")
    for hold in listed:
        table.add_row(
            str(hold.id),
            Text(one_line(", ".join(hold.fields))),
            Text(f"{hold.trials:,} of {hold.checked:,}"),
            Text(moment(hold.held_at), style=DIM),
            Text(f"{hold.waiting:,} waiting" if hold.waiting else "", style=FAILED),
            Text(hold.decision or "waits for you", style="" if hold.decision else FAILED),
        )
    return Group(
        table, Text(), Text("monitor held release N tells everybody, monitor held discard N nobody", style=DIM)
    )
