"""`python -m bench`: measure all, print a table and JSON. Exit status 1 where a bar is missed."""

import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from bench import checks, diffs, intake, mirror, outbox, startup
from bench.figures import Figure


def main() -> None:
    figures = [figure for part in (startup, checks, intake, diffs, outbox, mirror) for figure in part.measure()]
    Console(width=110).print(_table(figures))
    print(json.dumps([{**asdict(figure), "holds": figure.holds} for figure in figures]))
    sys.exit(not all(figure.holds for figure in figures))


def _table(figures: list[Figure]) -> Table:
    table = Table(box=None, header_style="bold")
    for heading, justify in (("Figure", "left"), ("Measured", "right"), ("Bar", "right"), ("", "left")):
        table.add_column(heading, justify=justify)
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        bar = f"{sign} {figure.bar:,g}" if figure.bar is not None else ""
        mark = "" if figure.bar is None else "[green]holds[/green]" if figure.holds else "[red]missed[/red]"
        table.add_row(figure.name, f"{figure.value:,.4g} {figure.unit}", bar, mark)
    return table


main()
