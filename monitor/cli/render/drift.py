"""What `monitor drift` shows: fields and values from registries that we do not know. Pure."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, HEADING, TRIAL
from monitor.cli.render.text import styled
from monitor.storage.drift import Drift
from monitor.text import counted, moment, one_line


def drift_table(rows: Iterable[Drift]) -> RenderableType:
    """A row per field or value, with a trial to look at."""
    listed = list(rows)
    if not listed:
        return Text("No registry served a field or a value that is not known here.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("Field", "Unknown value", "For example", "First seen"):
        table.add_column(heading, overflow="fold")
    for row in listed:
        table.add_row(
            styled(one_line(row.path)),
            Text("the field is unknown", style=DIM) if row.value is None else styled(one_line(row.value)),
            styled(one_line(row.trial_id), TRIAL),
            Text(moment(row.first_seen_at), style=DIM),
        )
    advice = "kept and compared as it is; a newer version of this program may know it by name"
    return Group(table, Text(), Text(f"{counted(len(listed), 'new thing')} · {advice}", style=DIM))
