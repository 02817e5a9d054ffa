"""The layers of the design hold: a module imports only from rows above its own, and no cycle is possible."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "monitor"

LAYERS = (
    ("__init__",),
    ("errors", "model", "streams"),
    ("fields", "files", "ports", "config"),
    ("diff", "significance", "schedule", "alike", "plausibility", "matching", "events", "render", "notices"),
    ("http", "vault", "registries", "channels", "storage"),
    ("recovery", "holding", "settling", "intake", "check", "discover", "sweep", "patrol"),
    ("postponing", "prepare", "deliver", "subscribe", "why", "backup", "transfer", "doctor"),
    ("configured", "posting", "app"),
    ("sandbox",),
    ("web", "service", "cli"),
    ("__main__",),
)
"""From the words to the edges. Within a row, a module may import from those named before it."""

RANK = {name: (layer, place) for layer, names in enumerate(LAYERS) for place, name in enumerate(names)}

MODULES = sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    """The part of the package that a dotted name lies in: `monitor.diff.sites` lies in `diff`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def imports_of(path: Path) -> set[str]:
    """Every module of ours that the file imports, at the top or within a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "monitor":
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "monitor"}
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_from_rows_above_its_own(path: Path) -> None:
    own = room(name_of(path))
    for imported in imports_of(path):
        theirs = room(imported)
        if theirs in {own, "__version__"}:
            continue
        assert RANK[theirs] < RANK[own], f"{name_of(path)} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_holds_and_stays_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(source)), "a module begins with what it holds"
    assert len(source.splitlines()) < 400


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_app_looks_at_the_clock(path: Path) -> None:
    calls = {"now", "utcnow", "today"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in calls and isinstance(node.value, ast.Name):
            assert node.value.id not in {"datetime", "date"} or name_of(path) == "monitor.app"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_all_sql_is_in_storage(path: Path) -> None:
    if room(name_of(path)) == "storage":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sqlalchemy":
            assert {alias.name for alias in node.names} <= {"Connection"}, "a step passes connections, and says no SQL"
