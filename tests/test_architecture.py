"""The layers of docs/architecture.md hold: a module imports only from those below its own, and nothing in a circle."""

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

from docs._layers import PACKAGE, imported_modules, layers, name_of, part_of
from docs._layers import modules as read_modules
from monitor.channels import NAMES

RANK = {part: number for number, layer in enumerate(layers()) for part in layer.holds}


@pytest.fixture(scope="module")
def modules() -> dict[str, ast.Module]:
    """Each module of the package as it is written, by its name."""
    return read_modules()


def test_a_module_imports_only_from_layers_below_its_own(modules: dict[str, ast.Module]) -> None:
    """The table is docs/layers.toml, from the edges down."""
    wrong = [
        f"{name} imports {imported}"
        for name, others in imported_modules(modules).items()
        for imported in others
        if part_of(imported) not in {part_of(name), ""} and RANK[part_of(imported)] <= RANK[part_of(name)]
    ]

    assert wrong == []


def test_the_table_of_layers_holds_what_there_is(modules: dict[str, ast.Module]) -> None:
    assert set(RANK) == set(map(part_of, modules)) - {""}


def test_a_module_says_what_it_holds(modules: dict[str, ast.Module]) -> None:
    assert [name for name, module in modules.items() if not ast.get_docstring(module)] == []


def test_a_module_stays_small() -> None:
    assert [
        name_of(path) for path in PACKAGE.rglob("*.py") if len(path.read_text(encoding="utf-8").splitlines()) >= 400
    ] == []


def test_the_clock_is_looked_at_in_one_place(modules: dict[str, ast.Module]) -> None:
    looking = {
        name
        for name, module in modules.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    }

    assert looking == {"monitor.clock"}


def test_all_sql_is_in_storage(modules: dict[str, ast.Module]) -> None:
    """A step passes connections, and says no SQL."""
    speaking = [
        name
        for name, module in modules.items()
        if part_of(name) != "storage"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sqlalchemy"
        if {alias.name for alias in node.names} - {"Connection"}
    ]

    assert speaking == []


def test_modules_import_each_other_in_one_direction(modules: dict[str, ast.Module]) -> None:
    """Also where only types are imported, and within functions."""
    try:
        list(TopologicalSorter(imported_modules(modules)).static_order())
    except CycleError as error:
        pytest.fail(f"a cycle: {' -> '.join(error.args[1])}")


IMPORTS_WHEN_NEEDED = {
    "monitor.__main__": "--version needs nothing but the version",
    "monitor.app": "a check that tells nobody needs no channels, and most commands need one step",
    "monitor.changes.diff.leftovers": "DeepDiff takes long to load, and few comparisons need it",
    "monitor.channels.*.channel": "what a channel says of itself costs nothing, what it sends with does",
    "monitor.channels.chat.guarding": "Apprise takes long to load, and only a chat needs it",
    "monitor.channels.chat.transport": "as above",
    "monitor.channels.email.address": "only new addresses are checked",
    "monitor.channels.email.typesetting": "Jinja and css-inline take long to load, and only a mail needs them",
    "monitor.channels.email.transport": "dkim is for those who sign",
    "monitor.cli.*": "--help needs neither SQLAlchemy nor requests nor rich, and --json no rich",
    "monitor.config.complaints": "difflib is for mistakes",
    "monitor.config.timing": "as for the keys",
    "monitor.config.keys": "not every configuration watches something or subscribes somebody",
    "monitor.http.asking": "requests is loaded where its version stands in no file",
    "monitor.http.network": "certifi is for https, and urllib.request for systems that have proxies in their settings",
    "monitor.http.polite": "requests takes long to load, and most commands ask no registry",
    "monitor.operate.configured": "most configurations subscribe nobody",
    "monitor.quiet": "of what a quiet check prints, only some needs rich",
    "monitor.registries.*": "every command loads the adapters, and few ask a registry or read its records",
    "monitor.service.serving": "the SDK of tools for agents takes a second to load, and few services offer them",
    "monitor.language.catalogues": "Babel takes long to load, and most mails are in English",
    "monitor.language.texts": "as for the catalogues",
    "monitor.render.countries": "the comparison takes long to load, and most mails are in English",
    "monitor.render.sentences": "as for the countries",
    "monitor.model.rhythm": "zones are read where somebody is told at an hour of their own",
    "monitor.settings.rhythms": "as for the values",
    "monitor.settings.values": "few keys need idna, or the names of roles, topics and kinds",
    "monitor.storage.statements": "PostgreSQL's dialect is loaded where that is used",
    "monitor.storage.postgresql": "what sends arrays loads its dialect and driver, which SQLite does without",
    "monitor.storage.store": "Alembic is loaded where there is something to migrate",
    "monitor.streams": "almost never needed",
    "monitor.vault": "cryptography takes long to load, and a check that tells nobody seals nothing",
    "monitor.web.api.loading": "FastAPI takes 20 MB, and many services are never asked by a program",
    "monitor.views.workbook": "XlsxWriter is for one form of a report",
}
"""The modules that may import within functions, each with what this saves."""


def listed_as(module: str) -> str:
    """Its name; the command line, the folders of registries, and the declarations of channels are listed together."""
    for folder in ("monitor.cli.", "monitor.registries."):
        if module.startswith(folder):
            return f"{folder}*"
    return "monitor.channels.*.channel" if module in {f"monitor.channels.{name}.channel" for name in NAMES} else module


def test_only_what_saves_time_at_the_start_is_imported_within_a_function(modules: dict[str, ast.Module]) -> None:
    late = {
        listed_as(name)
        for name, module in modules.items()
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    }

    assert late == set(IMPORTS_WHEN_NEEDED)
