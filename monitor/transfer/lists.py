"""Read the lists of trials that people and other programs keep. Pure but for reading the file.

| file                             | what stands for a trial in it                                                 |
|----------------------------------|-------------------------------------------------------------------------------|
| text or CSV, `ids.csv`           | in each line the first cell that is a trial id, or the address of its page    |
| urlwatch or webchanges, `.yaml`  | `url` or `navigate` of each job, over any number of YAML documents            |
| changedetection.io, `.json`      | `url` of each thing in `watching`                                             |
| changedetection.io, list of URLs | as text: its tags, behind the address, say nothing                            |

A trial's page, a call of its registry's API for one trial, and a bare id are trials. All else is given back with its
place and the reason, so that nothing is lost unseen.

Facts: a YAML file of a few lines can stand for more than a machine holds, by aliases of aliases, and PyYAML's faster
loader ends the process on deep nesting. Only the parser's events are looked at here, and nothing is constructed.
"""

import csv
import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from monitor.errors import ConfigurationInvalid

LARGEST = 16 * 1024 * 1024
"""Bytes: a line each for a million trials."""

Identify = Callable[[str], tuple[str, str] | None]
"""The registry's key and the trial id that a text means; None where it means none."""

_DEEPEST = 50
_KEYS = ("url", "navigate")
"""What urlwatch calls the address of a job, over HTTP and by a browser."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a list that should be a trial: *texts* may each be one, the first that is counts."""

    place: str
    texts: tuple[str, ...]


@dataclass(slots=True)
class Found:
    """The trials of a list by registry, in its order and each once; and a line for each entry that is none."""

    trials: dict[str, dict[str, None]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def add(self, registry: str, trial_id: str) -> None:
        """Take a trial in, unless it is there."""
        self.trials.setdefault(registry, {})[trial_id] = None


def read_list(file: Path, identify: Identify, *, hosts: Collection[str]) -> Found:
    """The trials of a list of any kind. *hosts* are the registries'; an address elsewhere is no trial's page.

    Raise ConfigurationInvalid for a file that cannot be read, is larger than LARGEST, or is not what its name says.
    """
    found = Found()
    for entry in _entries(file):
        trial = next((one for text in entry.texts if _is_there(text, hosts) and (one := identify(text))), None)
        if trial is None:
            shown = " ".join(entry.texts[0].split())[:80] if entry.texts else "it"
            found.left.append(f"{entry.place}: {_printable(shown)!r} is neither a trial id nor a trial's page")
        else:
            found.add(*trial)
    return found


def _entries(file: Path) -> Iterator[Entry]:
    text = _text_of(file)
    match file.suffix.lower():
        case ".yaml" | ".yml":
            return _of_urlwatch(file, text)
        case ".json":
            return _of_changedetection(file, text)
        case _:
            return _of_lines(file, text)


def _text_of(file: Path) -> str:
    try:
        if not file.is_file():
            raise ConfigurationInvalid(f"{file} is no file: name a list of trials, or the folder of an export")
        if file.stat().st_size > LARGEST:
            raise ConfigurationInvalid(
                f"{file} has more than {LARGEST // 1024 // 1024} MB, which no list of trials has"
            )
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationInvalid(f"{file} is not UTF-8 text: save it as such") from None
    except OSError as error:
        raise ConfigurationInvalid(f"{file} cannot be read: {error.strerror}") from error


def _of_lines(file: Path, text: str) -> Iterator[Entry]:
    """A line each. Blank ones and those that begin with `#` say nothing; nor does a heading, which has no digit."""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#") or (number == 1 and not any(map(str.isdigit, stripped))):
            continue
        try:
            cells = next(csv.reader([stripped], delimiter=max(",;\t", key=stripped.count)), [])
        except csv.Error:
            cells = []
        first_word = stripped.split()[0]
        yield Entry(f"{file}:{number}", tuple(dict.fromkeys((*cells, stripped, first_word))))


def _of_urlwatch(file: Path, text: str) -> Iterator[Entry]:
    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        for event in events:
            if isinstance(event, yaml.SequenceStartEvent):
                while not isinstance(item := next(events), yaml.SequenceEndEvent):
                    yield from _job(file, item, events)
            else:
                yield from _job(file, event, events)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark else str(file)
        raise ConfigurationInvalid(
            f"{place}: this is not YAML: {getattr(error, 'problem', None) or 'broken'}"
        ) from None


def _job(file: Path, event: yaml.Event, events: Iterator[yaml.Event]) -> Iterator[Entry]:
    """What a job holds that begins with *event*. Where documents begin and end, and where nothing is, there is none."""
    if not isinstance(event, yaml.NodeEvent) or (isinstance(event, yaml.ScalarEvent) and not event.value):
        return
    place = f"{file}:{event.start_mark.line + 1}"
    values = _scalars(file, event, events)
    texts = tuple(value for key, value in values if key in _KEYS)
    named = tuple(f"the job “{value}”" for key, value in values if key == "name")
    yield Entry(place, texts or named or ("a job without url and navigate",))


def _scalars(file: Path, event: yaml.Event, events: Iterator[yaml.Event]) -> list[tuple[str, str]]:
    """The plain values of a mapping, by key; what is nested is passed over."""
    found: list[tuple[str, str]] = []
    if not isinstance(event, yaml.MappingStartEvent):
        _pass_over(file, event, events)
        return found
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        _pass_over(file, key, events)
        _pass_over(file, value := next(events), events)
        if isinstance(key, yaml.ScalarEvent) and isinstance(value, yaml.ScalarEvent):
            found.append((key.value, value.value))
    return found


def _pass_over(file: Path, event: yaml.Event, events: Iterator[yaml.Event]) -> None:
    """Come to the end of what begins with *event*."""
    depth = int(isinstance(event, yaml.CollectionStartEvent))
    while depth:
        event = next(events)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ConfigurationInvalid(
                f"{file}:{event.start_mark.line + 1}: this is no list of jobs: nested too deeply"
            )


def _of_changedetection(file: Path, text: str) -> Iterator[Entry]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigurationInvalid(f"{file}: this is not JSON that can be read") from None
    watching = data.get("watching") if isinstance(data, dict) else None
    if not isinstance(watching, dict):
        raise ConfigurationInvalid(f"{file}: this is no watch list of changedetection.io: it has no table “watching”")
    for key, watched in watching.items():
        url = watched.get("url") if isinstance(watched, dict) else None
        yield Entry(f"{file}: {_printable(key)[:40]}", (url if isinstance(url, str) else "a watch without url",))


def _is_there(text: str, hosts: Collection[str]) -> bool:
    """Whether a text is no address, or one at a registry or below it, such as `www.`."""
    if "://" not in text:
        return True
    try:
        host = urlsplit(text.strip()).hostname or ""
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in hosts)


def _printable(text: str) -> str:
    return re.sub(r"[^\x20-\x7e\xa1-\U0010ffff]", "·", text)
