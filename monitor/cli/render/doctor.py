"""What `monitor doctor` shows: a sign, the check, what it found, and below it the remedy. Pure."""

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import ADDED, DIM, FAILED, LABEL, NOTICE
from monitor.cli.render.text import styled
from monitor.operate.doctor import Finding

_SIGNS = {"fine": ("✓", "fine", ADDED), "note": ("!", "note", NOTICE), "problem": ("✗", "problem", FAILED)}
"""A word beside each sign: neither colour nor a sign alone says everything to everybody."""


def finding_line(name: str, finding: Finding) -> RenderableType:
    """A finding, wrapped beside its name; all names have the same width, so that findings line up."""
    sign, word, style = _SIGNS[finding.level]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=9)
    grid.add_column(width=13)
    grid.add_column(overflow="fold")
    told = styled(finding.text)
    if finding.remedy:
        told = Text.assemble(told, "\n", styled(f"→ {finding.remedy}", DIM), overflow="fold")
    grid.add_row(Text(f"{sign} {word}", style=style), Text(name, style=LABEL), told)
    return grid
