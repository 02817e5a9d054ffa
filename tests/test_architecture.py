"""The layers of the design hold: a module imports only from rows above its own, and no cycle is possible."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "monitor"

LAYERS = (
    ("__init__",),
    ("errors", "text", "model", "ports", "streams", "files", "vault"),
    ("changes", "render", "settings"),
    ("http", "registries", "channels", "config", "storage"),
    ("alerts", "watching", "operate", "views"),
    ("app",),
    ("sandbox",),
    ("web", "service", "cli"),
    ("__main__",),
)
"""From the words to the edges. Within a row, a module may import from those named before it."""

RANK = {name: (layer, place) for layer, names in enumerate(LAYERS) for place, name in enumerate(names)}

PATHS = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


@pytest.fixture(scope="module")
def modules() -> dict[str, ast.Module]:
    """Each module of the package as it is written, by its name."""
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in PATHS}


def room(module: str) -> str:
    """The part of the package that a dotted name lies in: `monitor.changes.diff.sites` lies in `diff`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports_of(module: ast.Module) -> set[str]:
    """Every module of ours that it imports, at the top or within a function."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "monitor":
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "monitor"}
    return found


def test_a_module_imports_only_from_rows_above_its_own(modules: dict[str, ast.Module]) -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, module in modules.items()
        for imported in imports_of(module)
        if room(imported) not in {room(name), "__version__"} and RANK[room(imported)] >= RANK[room(name)]
    ]

    assert wrong == []


def test_a_module_says_what_it_holds(modules: dict[str, ast.Module]) -> None:
    assert [name for name, module in modules.items() if not ast.get_docstring(module)] == []


def test_a_module_stays_small() -> None:
    assert [name_of(path) for path in PATHS if len(path.read_text(encoding="utf-8").splitlines()) >= 400] == []


def test_only_the_app_looks_at_the_clock(modules: dict[str, ast.Module]) -> None:
    looking = {
        name
        for name, module in modules.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    }

    assert looking == {"monitor.app"}


def test_all_sql_is_in_storage(modules: dict[str, ast.Module]) -> None:
    """A step passes connections, and says no SQL."""
    speaking = [
        name
        for name, module in modules.items()
        if room(name) != "storage"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sqlalchemy"
        if {alias.name for alias in node.names} - {"Connection"}
    ]

    assert speaking == []


def test_modules_import_each_other_in_one_direction(modules: dict[str, ast.Module]) -> None:
    """Also where only types are imported. A command is named by `monitor.cli`, whose parts come back to it."""
    graph = {
        name: {each if each in modules else each.rpartition(".")[0] for each in imports_of(module)} & set(modules)
        for name, module in modules.items()
        if room(name) != "cli"
    }
    while leaves := [name for name, imported in graph.items() if not imported & set(graph) - {name}]:
        for name in leaves:
            del graph[name]

    assert sorted(graph) == []
