"""The layers of the design hold: a module imports only from rows above its own, and no cycle is possible."""

import ast
from graphlib import CycleError, TopologicalSorter
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
    """Also where only types are imported, and within functions."""
    imported = {
        name: {each if each in modules else each.rpartition(".")[0] for each in imports_of(module)} - {name}
        for name, module in modules.items()
    }

    try:
        list(TopologicalSorter(imported).static_order())
    except CycleError as error:
        pytest.fail(f"a cycle: {' -> '.join(error.args[1])}")


IMPORTS_WHEN_NEEDED = {
    "monitor.__main__": "--version needs nothing but the version",
    "monitor.app": "a check that tells nobody needs no channels, and most commands need one step",
    "monitor.changes.diff.leftovers": "DeepDiff takes long to load, and few comparisons need it",
    "monitor.channels.chat": "what a channel says of itself costs nothing; Apprise and pydantic do",
    "monitor.channels.chat.guarding": "Apprise takes long to load, and only a chat needs it",
    "monitor.channels.chat.transport": "as above",
    "monitor.channels.email": "what a channel says of itself costs nothing; Jinja and pydantic do",
    "monitor.channels.email.address": "only new addresses are checked",
    "monitor.channels.email.rendering": "Jinja and css-inline take long to load, and only a mail needs them",
    "monitor.channels.email.transport": "dkim is for those who sign",
    "monitor.channels.webhook": "what a channel says of itself costs nothing; pydantic does",
    "monitor.cli.*": "--help needs neither SQLAlchemy nor requests nor rich, and --json no rich",
    "monitor.operate.configured": "most configurations subscribe nobody",
    "monitor.settings.values": "idna is for few addresses",
    "monitor.storage.statements": "PostgreSQL's dialect is loaded where that is used",
    "monitor.storage.store": "Alembic is loaded where there is something to migrate",
    "monitor.streams": "almost never needed",
    "monitor.vault": "cryptography takes long to load, and a check that tells nobody seals nothing",
    "monitor.views.workbook": "XlsxWriter is for one form of a report",
}
"""The modules that may import within functions, each with what this saves."""


def test_only_what_saves_time_at_the_start_is_imported_within_a_function(modules: dict[str, ast.Module]) -> None:
    late = {
        name if not name.startswith("monitor.cli.") else "monitor.cli.*"
        for name, module in modules.items()
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    }

    assert late == set(IMPORTS_WHEN_NEEDED)
