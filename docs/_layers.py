"""Measures who imports whom in the package, and draws it: a picture for docs/architecture.md.

An import counts wherever it stands: at the top of a module, in a function, or for the type checker alone.
"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "monitor"
TABLE = Path(__file__).parent / "layers.toml"

WIDTH = 1000
ROW = 92
BOX = 34
LABELS = 200
"""The width of the column that names the layers."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A row of the table: its folders and modules import only from rows below it."""

    name: str
    holds: tuple[str, ...]
    says: str = ""


def layers() -> list[Layer]:
    """The table, from the edges down."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["layer"]
    return [Layer(row["name"], tuple(row["holds"]), row.get("says", "")) for row in rows]


def modules() -> dict[str, ast.Module]:
    """Each module of the package as it is written, by its name."""
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def name_of(path: Path) -> str:
    """`monitor.changes.diff` for monitor/changes/diff/__init__.py."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """The folder or module at the top of the package: `changes` for `monitor.changes.diff`; none for the package."""
    return module.split(".")[1] if "." in module else ""


def imports_of(module: ast.Module) -> Iterator[str]:
    """Every module of ours that it imports, and every name from one: `monitor.model.Change`."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "monitor":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "monitor")


def imported_modules(read: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Of each module those that it imports; a name that is no module counts as the module that has it."""
    return {
        name: {found if found in read else found.rpartition(".")[0] for found in imports_of(module)} - {name}
        for name, module in read.items()
    }


def imported_parts(imported: dict[str, set[str]]) -> dict[str, set[str]]:
    """The same for the folders and modules at the top of the package."""
    parts: dict[str, set[str]] = {}
    for name, others in imported.items():
        parts.setdefault(part_of(name), set()).update(map(part_of, others))
    return {part: others - {part, ""} for part, others in parts.items() if part}


def direct(parts: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without what is imported through another one as well: the picture shows the shortest way down."""

    def reached(part: str) -> set[str]:
        return parts[part].union(*(reached(other) for other in parts[part]))

    return {
        part: {other for other in others if not any(other in reached(between) for between in others - {other})}
        for part, others in parts.items()
    }


def picture() -> str:
    """The layers as SVG: a row each, a box for each folder and module, and an arrow for each import."""
    rows = layers()
    boxes = {part: box for number, row in enumerate(rows) for part, box in _row_of_boxes(row, number)}
    arrows = direct(imported_parts(imported_modules(modules())))
    height = ROW * len(rows)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif"',
        ' font-size="14" role="img" aria-label="The layers of the package, and who imports whom">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
        '<path d="M0 0 8 4 0 8z" fill="#5b7083"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        *(_band(row, number) for number, row in enumerate(rows)),
        *(_arrow(boxes[part], boxes[other]) for part in sorted(arrows) for other in sorted(arrows[part])),
        *(_box(part, *boxes[part]) for part in boxes),
    ]
    return "\n".join([*drawn, "</svg>", ""])


def _row_of_boxes(row: Layer, number: int) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Each part of a layer with the middle, the top and the width of its box."""
    room = (WIDTH - LABELS) / len(row.holds)
    for place, part in enumerate(row.holds):
        yield part, (LABELS + room * (place + 0.5), number * ROW + (ROW - BOX) / 2, 9.0 * len(part) + 26)


def _band(row: Layer, number: int) -> str:
    fill = "#f3f6f8" if number % 2 == 0 else "#fff"
    return (
        f'<rect y="{number * ROW}" width="{WIDTH}" height="{ROW}" fill="{fill}"/>'
        f'<text x="16" y="{number * ROW + ROW / 2 + 5}" fill="#33475b" font-weight="bold">{escape(row.name)}</text>'
    )


def _arrow(upper: tuple[float, float, float], lower: tuple[float, float, float]) -> str:
    x, y = upper[0], upper[1] + BOX
    to_x, to_y = lower[0], lower[1]
    bend = (to_y - y) / 2
    return (
        f'<path d="M{x:.0f} {y:.0f}C{x:.0f} {y + bend:.0f} {to_x:.0f} {to_y - bend:.0f} {to_x:.0f} {to_y:.0f}" '
        'fill="none" stroke="#5b7083" stroke-opacity=".6" marker-end="url(#tip)"/>'
    )


def _box(part: str, middle: float, top: float, width: float) -> str:
    return (
        f'<rect x="{middle - width / 2:.0f}" y="{top:.0f}" width="{width:.0f}" height="{BOX}" rx="6" fill="#fff" '
        f'stroke="#1f6feb"/><text x="{middle:.0f}" y="{top + 22:.0f}" text-anchor="middle" fill="#12263a">'
        f"{escape(part)}</text>"
    )
