"""Figures as a table, as JSON, and as the tables of docs/performance.md; and the machine they were measured on."""

import os
import platform
import re
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.figures import Figure
from bench.wanted import Wanted
from monitor import __version__

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
Measured = Mapping[str, Sequence[Figure]]
"""By part."""


def machine(wanted: Wanted) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "monitor": __version__,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "runs": wanted.runs,
        "cores": os.cpu_count(),
        "processor": _line_of("/proc/cpuinfo", r"model name\s*: (.+)"),
        "memory_gb": round(int(_line_of("/proc/meminfo", r"MemTotal:\s*(\d+) kB") or 0) / 1e6, 1),
        "load": os.getloadavg()[0],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "records": "real" if wanted.records else "synthetic",
    }


def _line_of(file: str, pattern: str) -> str | None:
    try:
        found = re.search(pattern, Path(file).read_text(encoding="utf-8"))
    except OSError:
        return None
    return found[1].strip() if found else None


def as_json(measured: Measured, on: Mapping[str, Any]) -> dict[str, Any]:
    """All of it, for scripts."""
    return {
        "machine": on,
        "figures": [
            {"part": part, **asdict(figure), "holds": figure.holds} for part in measured for figure in measured[part]
        ],
    }


def table(measured: Measured) -> Table:
    """All of it, for people."""
    made = Table(box=None, header_style="bold")
    made.add_column("Figure")
    made.add_column("Measured", justify="right")
    made.add_column("Bar", justify="right")
    made.add_column("")
    made.add_column("Start to exit", justify="right")
    made.add_column("Memory", justify="right")
    made.add_column("Times another program's, in the same run")
    for figure in (each for figures in measured.values() for each in figures):
        mark = "" if not figure.has_bar else "[green]holds[/green]" if figure.holds else "[red]missed[/red]"
        value, bar, wall, memory, beside = _cells(figure)
        made.add_row(figure.name, value, bar, mark, wall, memory, beside)
    return made


def _cells(figure: Figure) -> tuple[str, str, str, str, str]:
    sign = "≥" if figure.at_least else "≤"
    return (
        f"{figure.value:,.4g} {figure.unit}".strip(),
        f"{sign} {figure.bar:,g} {figure.unit}".strip() if figure.bar is not None else "",
        f"{figure.wall:.2f} s" if figure.wall is not None else "",
        f"{figure.peak_mb:.0f} MB" if figure.peak_mb is not None else "",
        "; ".join(
            f"{each.ratio:.2f} {each.name} ({each.value:,.3g})" + (f" ≤ {each.bar:.2f}" if each.bar else "")
            for each in figure.beside
        ),
    )


def write_page(measured: Measured, on: Mapping[str, Any]) -> None:
    """Put the figures of each measured part, and the machine, where the page has them; the other parts stay."""
    text = PAGE.read_text(encoding="utf-8")
    for part, figures in measured.items():
        text = put(text, part, f"*{machine_in_words(on)}*\n\n{_page_table(figures)}")
    PAGE.write_text(text, encoding="utf-8")


def put(text: str, part: str, content: str, *, page: Path = PAGE) -> str:
    """The *text* of a page with that between the marks of its *part*. SystemExit where it has none."""
    begin, end = f"<!-- bench {part} -->", f"<!-- end of bench {part} -->"
    if begin not in text or end not in text:
        sys.exit(f"{page.name} has no place for {part}: add {begin} and {end}")
    head, tail = text.split(begin)[0], text.split(end)[1]
    return f"{head}{begin}\n\n{content}\n\n{end}{tail}"


def _page_table(figures: Sequence[Figure]) -> str:
    heads = ["Figure", "Goal", "Measured", "Start to exit", "Memory", "Times another program's"]
    rows = [heads, ["---"] * len(heads)]
    for figure in figures:
        value, bar, wall, memory, beside = _cells(figure)
        missed = " (missed)" if figure.has_bar and not figure.holds else ""
        rows.append([figure.name, bar, f"{value}{missed}", wall, memory, beside])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def machine_in_words(on: Mapping[str, Any]) -> str:
    """The machine, and when and how often it was measured, on one line."""
    return (
        f"monitor {on['monitor']}; {on['measured_on']}, medians of {on['runs']} runs; {on['cores']} cores "
        f"({on['processor']}), {on['memory_gb']} GB, {on['system']}, Python {on['python']}, SQLite {on['sqlite']}, "
        f"{on['records']} records."
    )
