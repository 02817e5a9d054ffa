"""What `monitor quarantine` shows: the answers of registries that were not believed. Pure."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, HEADING
from monitor.cli.render.text import styled
from monitor.storage.quarantine import Quarantined
from monitor.text import counted, moment, one_line, size


def quarantine_table(rows: Iterable[Quarantined]) -> RenderableType:
    """A row per answer, with the reason why it was not believed."""
    kept = list(rows)
    if not kept:
        return Text("Nothing is in quarantine: every answer could be believed.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    table.add_column("#", justify="right")
    table.add_column("Trial", overflow="fold")
    table.add_column("Received", overflow="fold")
    table.add_column("Size", justify="right")
    table.add_column("Why it was not believed", overflow="fold")
    for row in kept:
        received = Text(moment(row.received_at), style=DIM)
        table.add_row(
            str(row.id), styled(one_line(row.trial_id)), received, size(row.size), styled(one_line(row.reason))
        )
    advice = "monitor quarantine N writes an answer out as it came, monitor quarantine accept N takes it for true"
    return Group(table, Text(), Text(f"{counted(len(kept), 'answer')} · {advice}", style=DIM))
