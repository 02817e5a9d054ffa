"""Tables of any length, printed in parts whose columns keep their widths from the first row to the last. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from rich.console import RenderableType
from rich.table import Table

from monitor.cli.render.styles import HEADING

NO_NAMES: Mapping[str, str] = MappingProxyType({})
"""What registries are called, where trials of one alone are shown."""
ID_WIDTH = 17
"""As long as the longest of the usual ids, such as 2024-512345-67-00."""
GAP = 2
AT_ONCE = 50
"""Rows a stretch: so many are seen at once while the rest is still read."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table. It is *width* characters wide, or takes *share* parts of what the others leave."""

    heading: str
    width: int = 0
    share: int = 0
    justify: str = "left"


def stretches(
    columns: Sequence[TableColumn], rows: Iterable[Sequence[RenderableType]], *, width: int
) -> Iterator[Table]:
    """The rows as tables that follow each other without a gap; only the first has headings."""
    widths = widths_of(columns, width)
    remaining = iter(rows)
    is_first = True
    while stretch := list(islice(remaining, AT_ONCE)):
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style=HEADING, show_header=is_first)
        for column, chosen in zip(columns, widths, strict=True):
            table.add_column(column.heading, width=chosen, overflow="fold")
        for row in stretch:
            table.add_row(*row)
        is_first = False
        yield table


def widths_of(columns: Sequence[TableColumn], width: int) -> list[int]:
    """The width of each column if all of them together have *width* characters."""
    shares = sum(column.share for column in columns)
    left = max(0, width - GAP * (len(columns) - 1) - sum(column.width for column in columns))
    return [column.width or max(8, left * column.share // max(1, shares)) for column in columns]
