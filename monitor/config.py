"""`config.toml` and `MONITOR_*` variables as one frozen object. It reads files, and touches nothing else.

    defaults  <-  config.toml  <-  MONITOR_STORE__URL=…  or  MONITOR_STORE__URL_FILE=/run/secrets/url

A new key is one attribute below and its lines in config.toml. Its description is what a person reads after "expected"
when the value is wrong, so every key has one. An unknown key is an error, as is an unknown variable: a typing mistake
must never silently leave a default in place. Every error is one line, and never holds a secret.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from monitor.errors import ConfigurationInvalid

PREFIX = "MONITOR_"
NAMES_THE_FILE = "MONITOR_CONFIG"
SET_BY_SYSTEMD = frozenset(
    f"{PREFIX}{name}" for name in ("SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS", "INVOCATION_ID", "UNIT")
)
"""systemd gives these to a unit that another one's OnFailure= or OnSuccess= starts: systemd.exec(5)."""


# What a value may be


def _text(value: str) -> str:
    if not value.isprintable():
        raise ValueError
    return value


def _something(value: str) -> str:
    if not value.strip():
        raise ValueError
    return value


def _store_address(value: str) -> str:
    if not re.fullmatch(r"(sqlite:///|postgresql(\+psycopg)?://).+", value):
        raise ValueError
    return value


def _web_address(value: str) -> str:
    """An http(s) address without the slash at its end, so that paths can be put behind it."""
    parts = urlsplit(value)
    # Reading the port raises where it is none.
    usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    if not usable or parts.query or parts.fragment or " " in value:
        raise ValueError
    return value.rstrip("/")


def _header_text(value: str) -> str:
    """Goes into an HTTP header, which carries ASCII safely and nothing else."""
    if not value.isascii():
        raise ValueError
    return value


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _span(value: object) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


_A_SPAN = 'a span from "10s" to "52w", such as "15s", "90m", "1h", "7d" or "2w"'

Text = Annotated[str, AfterValidator(_text)]
Name = Annotated[Text, AfterValidator(_something)]
StoreAddress = Annotated[Text, AfterValidator(_store_address)]
WebAddress = Annotated[Text, AfterValidator(_web_address)]
Contact = Annotated[Text, AfterValidator(_header_text)]
Span = Annotated[timedelta, BeforeValidator(_span), Field(ge=timedelta(seconds=10), le=timedelta(weeks=52))]
Listed = Field(strict=False)  # TOML has lists, and a frozen object wants tuples


# The keys


class Section(BaseModel):
    """A table of config.toml: no other keys than these, no change after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_alias=True, validate_by_name=False)


class StoreSettings(Section):
    """Where snapshots, changes and watches are kept."""

    url: StoreAddress = Field(
        default="sqlite:///snapshots/monitor.sqlite3",
        description='an address such as "sqlite:///snapshots/monitor.sqlite3" or "postgresql+psycopg://host/database"',
    )


class ClinicalTrialsGovSettings(Section):
    """How to talk to ClinicalTrials.gov."""

    base_url: WebAddress = Field(
        default="https://clinicaltrials.gov/api/v2",
        description='an http(s) address without "?" and "#", such as "https://clinicaltrials.gov/api/v2"',
    )
    requests_per_second: float = Field(
        default=1.0, gt=0, le=1000, allow_inf_nan=False, description="a number above 0 and up to 1000"
    )
    contact: Contact = Field(
        default="", description='an e-mail or web address in plain ASCII, such as "trials@example.org", or ""'
    )


class RegistrySettings(Section):
    """The registries, each under its host name."""

    clinicaltrials_gov: ClinicalTrialsGovSettings = Field(
        default=ClinicalTrialsGovSettings(), alias="clinicaltrials.gov", description="a table"
    )

    def __getitem__(self, host: str) -> ClinicalTrialsGovSettings:
        """The settings of one registry; KeyError where there are none."""
        names = {info.alias: name for name, info in type(self).model_fields.items()}
        settings: ClinicalTrialsGovSettings = getattr(self, names[host])
        return settings


class ScheduleSettings(Section):
    """When watched trials are due."""

    check_every: Span = Field(default=timedelta(hours=1), description=_A_SPAN)
    full_check_every: Span = Field(default=timedelta(days=7), description=_A_SPAN)


class WatchSettings(Section):
    """Trials to watch. Whether an id is a registration number is for the registries to say."""

    name: Name | None = Field(default=None, description="a text that is not empty")
    trials: Annotated[tuple[Name, ...], Listed] = Field(
        min_length=1, description='a list of registration numbers, such as ["NCT02116634"]'
    )


class Config(Section):
    """Everything that can be configured."""

    store: StoreSettings = Field(default=StoreSettings(), description="a table")
    registries: RegistrySettings = Field(default=RegistrySettings(), description="a table")
    schedule: ScheduleSettings = Field(default=ScheduleSettings(), description="a table")
    watch: Annotated[tuple[WatchSettings, ...], Listed] = Field(default=(), description="tables headed [[watch]]")


# Loading

Key = tuple[str | int, ...]
"""Where a value is: ("registries", "clinicaltrials.gov", "contact"), ("watch", 0, "trials", 2)."""


@dataclass(slots=True)
class Sources:
    """The values as they were found, and where each came from."""

    file: str = "config.toml"
    tree: dict[str, Any] = field(default_factory=dict)
    variables: dict[Key, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

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
    if path is not None:
        sources.file = _quoted(str(path), bare=True)
        sources.tree = _read_toml(path, sources.file)
    _overlay(sources, environ)
    try:
        config = Config.model_validate(sources.tree)
    except ValidationError as error:
        # One line a key, though a union of types or several rules may each have complained.
        sources.problems += dict.fromkeys(
            _problem(problem["loc"], problem["type"], sources) for problem in error.errors()
        )
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
        raise ConfigurationInvalid(f"{name}: not valid TOML: {_quoted(str(error), bare=True)}") from None


def _overlay(sources: Sources, environ: Mapping[str, str]) -> None:
    known = {_variable(key): (key, info) for key, info in _keys(Config)}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name == NAMES_THE_FILE or name in SET_BY_SYSTEMD:
            continue
        target = name.removesuffix("_FILE")
        if target not in known:
            sources.problems.append(_unknown_variable(name, list(known)))
        elif target != name and target in environ:
            sources.problems.append(f"{name}: {target} is set too; set one of them")
        else:
            _set(sources, name, environ[name], *known[target])


def _set(sources: Sources, name: str, value: str, key: Key, info: FieldInfo) -> None:
    if name.endswith("_FILE"):
        try:
            value = Path(value).read_text("utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            sources.problems.append(f"{name}: {_quoted(value)} cannot be read: {words}")
            return
    table = sources.tree
    for part in key[:-1]:
        table = table.setdefault(str(part), {})
        if not isinstance(table, dict):
            return  # the file has a value where this table should be, and hears of it
    table[str(key[-1])] = value if _is_text(info) else _toml_value(value)
    sources.variables[key] = name


def _is_text(info: FieldInfo) -> bool:
    return isinstance(info.get_default(), str | timedelta)


def _toml_value(text: str) -> Any:
    """A number, a list or a table as TOML writes it; text that is none stays as it is, to be refused by its key."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return parsed["value"] if len(parsed) == 1 else text


def _keys(section: type[Section], above: Key = ()) -> Iterator[tuple[Key, FieldInfo]]:
    """Every key that holds a value, with tables resolved into theirs."""
    for name, info in section.model_fields.items():
        key = (*above, info.alias or name)
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            yield from _keys(info.annotation, key)
        else:
            yield key, info


def _variable(key: Key) -> str:
    return PREFIX + "__".join(re.sub(r"\W", "_", str(part)).upper() for part in key)


# Saying what is wrong


def _problem(key: Key, kind: str, sources: Sources) -> str:
    origin = sources.origin(key)
    if kind == "extra_forbidden":
        _, known = _at(key[:-1])
        return f"{origin}: {_dotted(key)} is not a known key; {_nearest(str(key[-1]), list(known))}"
    expected, _ = _at(key)
    subject = f"{origin}: {_dotted(key)}" if origin == sources.file else f"{origin}:"
    if kind == "missing":
        return f"{subject} is missing; expected {expected}"
    return f"{subject} expected {expected}, found {_found(key, sources.tree)}"


def _at(key: Key) -> tuple[str, dict[str, FieldInfo]]:
    """What is expected at *key* or, inside a list of values, of that list; and the keys that are known there."""
    expected, known = "a table", {info.alias or name: info for name, info in Config.model_fields.items()}
    for part in key:
        if isinstance(part, str):
            expected, known = known[part].description or "a table", _inside(known[part])
        elif known:
            expected = "a table"
    return expected, known


def _inside(info: FieldInfo) -> dict[str, FieldInfo]:
    """The keys of the table at *info*, or of each table in its list; empty for a value."""
    kinds = [info.annotation, *getattr(info.annotation, "__args__", ())]
    sections = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section)]
    return {key.alias or name: key for kind in sections for name, key in kind.model_fields.items()}


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name.lower(), known, n=1)
    return f"did you mean {_dotted((near[0],))}?" if near else f"known: {', '.join(_dotted((key,)) for key in known)}"


def _unknown_variable(name: str, known: list[str]) -> str:
    # Without the prefix, which makes every name similar to every other.
    candidates = [NAMES_THE_FILE, *known, *(f"{variable}_FILE" for variable in known)]
    shortened = [candidate.removeprefix(PREFIX) for candidate in candidates]
    near = get_close_matches(name.removeprefix(PREFIX).upper(), shortened, n=1)
    hint = f"did you mean {PREFIX}{near[0]}?" if near else f"known: {', '.join([*known, NAMES_THE_FILE])}"
    return f"{_quoted(name, bare=True)} is not a known variable; {hint}"


def _dotted(key: Key) -> str:
    """The key as TOML writes it, a place in a list as `[0]`."""
    words = ""
    for part in key:
        if isinstance(part, int):
            words += f"[{part}]"
        else:
            words += f".{part}" if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f".{_quoted(part)}"
    return words.removeprefix(".")


_SECRET = re.compile(r"password|passwd|secret|token|credential|api_?key", re.IGNORECASE)
_LONGEST = 80


def _found(key: Key, tree: Any) -> str:
    """What was there, in words that fit a line and hold no secret."""
    value = tree
    for part in key:
        value = value[part]
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if any(isinstance(part, str) and _SECRET.search(part) for part in key):
        return "something else, not shown because it is a secret"
    if isinstance(value, str):
        return _quoted(_without_credentials(value))
    # Python refuses to write out whole numbers of thousands of digits, which TOML can give in hexadecimal.
    return "a huge number" if isinstance(value, int) and value.bit_length() > 99 else str(value).lower()


def _without_credentials(text: str) -> str:
    """The scheme alone of an address that may hold a password: before an @, or in what follows a question mark."""
    if not re.search(r"@|://.*\?", text) and not _SECRET.search(text):
        return text
    scheme = re.match(r"[A-Za-z][\w+.-]*://", text)
    return f"{scheme[0] if scheme else ''}***"


def _quoted(text: str, *, bare: bool = False) -> str:
    """One line of printable characters, cut where it is endless; in quotation marks unless *bare*."""
    short = text if len(text) <= _LONGEST or bare else f"{text[:_LONGEST]}…"
    quoted = json.dumps(short, ensure_ascii=not short.isprintable())
    return quoted[1:-1] if bare else quoted
