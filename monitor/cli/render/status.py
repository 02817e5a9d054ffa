"""What `monitor status` shows: a line per trial, with its title and its latest change below. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.cli.render.settled import not_told
from monitor.cli.render.styles import DIM, FAILED, HEADING, LABEL, NOTICE, TRIAL
from monitor.cli.render.tables import GAP, ID_WIDTH, NO_NAMES, TableColumn, widths_of
from monitor.cli.render.text import styled
from monitor.model import Enrollment, PartialDate, Significance
from monitor.render.words import code_label
from monitor.text import counted, one_line, stamp
from monitor.views.status import LastChange, StatusRow

WIDE = 118
"""From so many characters on, dates have columns of their own."""

_ALWAYS = (
    TableColumn("Trial", 11),
    TableColumn("Status", 22),
    TableColumn("Phase", 15),
    TableColumn("Enrollment", share=1),
)
_DATES = (TableColumn("Start", 15), TableColumn("Primary completion", 18), TableColumn("Completion", 15))


def heading(width: int, names: Mapping[str, str] = NO_NAMES) -> RenderableType:
    """The names of the columns; *names* as for `row_blocks`."""
    columns = _columns(width, names)
    return _line([Text(column.heading, style=HEADING) for column in columns], columns, width)


def row_blocks(
    rows: Iterable[StatusRow], *, width: int, names: Mapping[str, str] = NO_NAMES
) -> Iterator[RenderableType]:
    """A block per row; *names* are what registries are called, where trials of several are shown."""
    columns = _columns(width, names)
    for row in rows:
        below = [Padding(each, (0, 0, 0, GAP)) for each in _below(row, is_wide=width >= WIDE)]
        cells = _cells(row, is_wide=width >= WIDE)
        if names:
            cells[0].append_text(styled(f"\n{one_line(names.get(row.registry, row.registry))}", DIM))
        yield Group(_line(cells, columns, width), *below)


def _columns(width: int, names: Mapping[str, str]) -> tuple[TableColumn, ...]:
    """A trial has room for the longest of the *names* and ids, if there are any."""
    first, *others = _ALWAYS
    always = (TableColumn(first.heading, max(ID_WIDTH, *map(len, names.values()))) if names else first, *others)
    return (*always, *_DATES) if width >= WIDE else always


def _line(cells: list[Text], columns: Sequence[TableColumn], width: int) -> Table:
    grid = Table.grid(padding=(0, GAP, 0, 0), pad_edge=False)
    for chosen in widths_of(columns, width):
        grid.add_column(width=chosen, overflow="fold")
    grid.add_row(*cells)
    return grid


def _cells(row: StatusRow, *, is_wide: bool) -> list[Text]:
    cells = [
        styled(row.trial_id, TRIAL),
        styled(one_line(str(row.overall_status or "–"))),
        styled(one_line("/".join(map(str, row.phases)) or "–")),
        styled(enrolled(row.enrollment)),
    ]
    dates = (row.start_date, row.primary_completion_date, row.completion_date)
    return cells + [styled(day(date)) for date in dates] if is_wide else cells


def _below(row: StatusRow, *, is_wide: bool) -> Iterator[Text]:
    about = styled(one_line(row.title or ""), LABEL)
    if row.lead_sponsor:
        about.append(f" · {one_line(row.lead_sponsor.name)}", style=DIM)
    if about.plain:
        yield about
    if not is_wide and row.overall_status:
        dates = {"start": row.start_date, "primary": row.primary_completion_date, "completion": row.completion_date}
        yield styled(" · ".join(f"{name} {day(date)}" for name, date in dates.items()), DIM)
    if row.why_stopped:
        yield styled(f"why stopped: {one_line(row.why_stopped)}")
    if row.snapshot is not None:
        line = Text(f"as of {stamp(row.as_of)}", style=DIM)
        yield line.append(" · ").append(_last(row.last)) if row.last else line
    if row.last and row.last.settled:
        yield styled(not_told(row.last.settled), NOTICE)
    for trouble in row.troubles:
        yield styled(one_line(trouble), FAILED)


def _last(last: LastChange) -> Text:
    style = NOTICE if last.significance is Significance.CRITICAL else ""
    return styled(f"{last.seen_at:%Y-%m-%d} {one_line(last.summary)}", style)


def enrolled(enrollment: Enrollment | None) -> str:
    """A count and its type: "20 est.", "0 actual"."""
    if enrollment is None or enrollment.known is None:
        return "–"
    return f"{enrollment.known:,}{_marked(enrollment.type)}"


def day(date: PartialDate | None) -> str:
    """A date as precise as it is; one that has not happened is marked so."""
    if date is None:
        return "–"
    return one_line(date.text) + (_marked(date.type) if date.type != "ACTUAL" else "")


def _marked(type_: str | None) -> str:
    words = {None: "", "ESTIMATED": " est."}
    return words[type_] if type_ in words else f" {code_label(type_ or '').lower()}"


def closing_line(rows: int, *, trials: int, about: str, led_by: str, by: str) -> Text:
    """How many rows there are, of how many trials, and in which order."""
    looked = f"{counted(trials, 'trial')}{about}"
    if not trials:
        more = "`monitor check` looks at what is watched, and `monitor watch add NCT02116634` watches more"
        return Text(f"No trial is known yet{about}: {more}.")
    led = f" {led_by}" if led_by else ""
    if not rows:
        return Text(f"None of {looked} is as asked for{led and ','}{led}.")
    return Text(f"{rows:,} of {looked}{led and ','}{led}", style="bold").append(f" · by {by}", style=DIM)
