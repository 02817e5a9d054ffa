"""What `monitor deliveries list` shows. Pure."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, FAILED, HEADING, TRIAL
from monitor.model import Delivery, DeliveryState
from monitor.text import counted, moment, one_line


def delivery_table(rows: Iterable[tuple[Delivery, str]]) -> RenderableType:
    """A row per delivery, with its recipient."""
    listed = list(rows)
    if not listed:
        return Text("Nothing is owed, and nothing was sent.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("Delivery", "Trial", "To", "Standing", "Tries", "Owed since", "Last outcome"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "Tries" else "left")
    for delivery, shown in listed:
        rejected = delivery.standing is DeliveryState.REJECTED
        table.add_row(
            Text(delivery.id[:8]),
            Text(delivery.about, style=TRIAL),
            Text(one_line(shown)),
            Text(str(delivery.standing), style=FAILED if rejected else ""),
            str(delivery.attempts),
            Text(moment(delivery.created_at), style=DIM),
            Text(one_line(delivery.outcome or "")),
        )
    return Group(table, Text(), Text(counted(len(listed), "delivery", "deliveries"), style=DIM))
