"""What `monitor bounces list` shows. Pure."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, FAILED, HEADING
from monitor.model.report import Bounce
from monitor.text import counted, moment, one_line


def bounce_table(rows: Sequence[tuple[Bounce, str]]) -> RenderableType:
    """A row per report, with its address."""
    if not rows:
        return Text("Nothing came back.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("Read", "To", "Delivery", "Kind", "Status", "Did", "What was said"):
        table.add_column(heading, overflow="fold")
    for bounce, shown in rows:
        table.add_row(
            Text(moment(bounce.read_at), style=DIM),
            Text(one_line(shown)),
            Text((bounce.delivery_id or "")[:8]),
            Text(str(bounce.kind)),
            Text(bounce.status or ""),
            Text(str(bounce.effect or ""), style=FAILED),
            Text(one_line(bounce.diagnostic)),
        )
    return Group(table, Text(), Text(counted(len(rows), "report"), style=DIM))
