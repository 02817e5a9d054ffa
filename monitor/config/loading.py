"""The file, and the variables laid over it. It reads files, and touches nothing else."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.config.complaints import in_the_file, problem, quoted, unknown_variable
from monitor.config.keys import Config
from monitor.config.places import values_in, variable
from monitor.errors import ConfigurationInvalid
from monitor.files import one_value
from monitor.settings import Setting
from monitor.settings.refused import Key, Problem, Several

PREFIX = "MONITOR_"
NAMES_THE_FILE = "MONITOR_CONFIG"
SET_BY_SYSTEMD = frozenset(
    f"{PREFIX}{name}" for name in ("SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS", "INVOCATION_ID", "UNIT")
)
"""systemd gives these to a unit that another one's OnFailure= or OnSuccess= starts: systemd.exec(5)."""
SHOWN_BY_AGENTS = f"{PREFIX}TOKEN"
"""What `monitor mcp` reads: it configures nothing."""


class Sources:
    """The values as they were found, and where each came from."""

    def __init__(self) -> None:
        self.file = "config.toml"
        self.tree: dict[str, Any] = {}
        self.variables: dict[Key, str] = {}
        self.problems: list[str] = []

    def origin(self, key: Key) -> str:
        """The variable that set *key* or something that holds it, else the file."""
        held = (self.variables.get(key[:length]) for length in range(len(key), 0, -1))
        return next(filter(None, held), self.file)


def find(option: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """The file to load: *option*, else the one that MONITOR_CONFIG names, else config.toml in *cwd* if it is there.

    None means that there is none, and defaults hold. A file that was named need not exist: `load` says so.
    """
    if option is not None:
        return option
    if named := environ.get(NAMES_THE_FILE):
        return cwd / named
    usual = cwd / "config.toml"
    return usual if usual.exists() else None


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The configuration from *path*, if any, overlaid with the variables in *environ*.

    Raise ConfigurationInvalid with one line for every problem.
    """
    sources = Sources()
    keys = {variable(PREFIX, key): (key, info) for key, info in values_in(Config)}
    if path is not None:
        sources.file = quoted(str(path), bare=True)
        sources.tree = _read_toml(path, sources.file)
        _refuse_secrets(sources, keys)
    _overlay(sources, environ, keys)
    try:
        config = Config.read(sources.tree)
    except Several as several:
        sources.problems += _complaints(several.problems, sources)
    if sources.problems:
        raise ConfigurationInvalid("\n".join(sources.problems))
    return config


def _read_toml(path: Path, name: str) -> dict[str, Any]:
    try:
        # Windows editors put a byte order mark before UTF-8.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigurationInvalid(f"{name}: there is no such file; --config or {NAMES_THE_FILE} names it") from None
    except OSError as error:
        raise ConfigurationInvalid(f"{name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationInvalid(f"{name}: line {line} is not UTF-8; save the file as UTF-8") from None
    except RecursionError:
        raise ConfigurationInvalid(f"{name}: not TOML that can be read: nested too deeply") from None
    # tomllib leaves int()'s own ValueError on thousands of digits as it is.
    except ValueError as error:
        raise ConfigurationInvalid(f"{name}: not valid TOML: {quoted(str(error), bare=True)}") from None


_Keys = Mapping[str, tuple[Key, Setting]]
"""Every key that holds a value, by the variable that gives it."""


def _refuse_secrets(sources: Sources, keys: _Keys) -> None:
    """Complain of each secret in the file that only a variable may give."""
    for name, (key, info) in keys.items():
        table: Any = sources.tree
        for part in key[:-1]:
            table = table.get(part) if isinstance(table, dict) else None
        if info.only_by_variable and isinstance(table, dict) and key[-1] in table:
            sources.problems.append(in_the_file(sources.file, key, name))


def _overlay(sources: Sources, environ: Mapping[str, str], keys: _Keys) -> None:
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in (NAMES_THE_FILE, SHOWN_BY_AGENTS) or name in SET_BY_SYSTEMD:
            continue
        # The name of a key may itself end so.
        target = name if name in keys else name.removesuffix("_FILE")
        if target not in keys:
            sources.problems.append(unknown_variable(name, PREFIX, known=list(keys), others=[NAMES_THE_FILE]))
        elif target != name and target in environ:
            sources.problems.append(f"{name}: {target} is set too; set one of them")
        else:
            key, info = keys[target]
            value = environ[name] if target == name else _read_value(sources, name, environ[name], info)
            if value is not None:
                _set(sources, name, value, key, info)


def _read_value(sources: Sources, name: str, path: str, info: Setting) -> str | None:
    """What the file holds that a variable names; None, with a complaint, where it holds nothing that can be used."""
    try:
        return one_value(Path(path).read_bytes())
    except OSError as error:
        words = error.strerror or "no reason given"
    except UnicodeDecodeError:
        words = "it is not UTF-8 text"
    except ValueError as error:
        words = str(error) if str(error) == "it is empty" else "that is not a file name"
    # Who forgets that the value is a path gives the secret itself.
    shown = quoted(path) if info.shown else "the file that it names"
    sources.problems.append(f"{name}: {shown} cannot be read: {words}")
    return None


def _set(sources: Sources, name: str, value: str, key: Key, info: Setting) -> None:
    table = sources.tree
    for part in key[:-1]:
        table = table.setdefault(str(part), {})
        if not isinstance(table, dict):
            return  # the file has a value where this table should be, and hears of it
    table[str(key[-1])] = value if _is_text(info) else _toml_value(value)
    sources.variables[key] = name


def _is_text(info: Setting) -> bool:
    return isinstance(info.default, str | timedelta)


def _toml_value(text: str) -> Any:
    """A number, a list or a table as TOML writes it; text that is none stays as it is, to be refused by its key."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return parsed["value"] if len(parsed) == 1 else text


def _complaints(problems: Iterable[Problem], sources: Sources) -> Iterable[str]:
    """A line for each problem, but the same line once: places in a list that a variable gave have no names."""
    return dict.fromkeys(
        problem(key, error, origin, named_by_key=origin == sources.file, tree=sources.tree)
        for key, error in problems
        if (origin := sources.origin(key))
    )
