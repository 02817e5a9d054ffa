"""YAML: the jobs of urlwatch and webchanges, and lists of ids.

A job is a mapping, over any number of documents; its `url` or `navigate` stands for a trial. A bare value of a list is
an id or an address.

Facts: a YAML file of a few lines can stand for more than a machine holds, by aliases of aliases, and PyYAML's faster
loader ends the process on deep nesting. Only the parser's events are looked at here, and nothing is constructed.
"""

import re
from collections.abc import Iterator

import yaml

from monitor.errors import ConfigurationInvalid
from monitor.operate.transfer.lists.naming import shown
from monitor.operate.transfer.lists.opening import Source
from monitor.operate.transfer.lists.sorting import Sorter

_DEEPEST = 50
_KEYS = ("url", "navigate")
"""What urlwatch calls the address of a job, over HTTP and by a browser."""
_BEGINS = re.compile(r"(?:---\s+|-\s+)?(?:name|url|navigate|command|kind|job_defaults):\s")


def looks_like_it(beginning: str) -> bool:
    """Whether a text without a telling name is a list of jobs."""
    return bool(_BEGINS.match(beginning))


def read(source: Source, sorter: Sorter) -> None:
    """Take the trials of all jobs. Raise ConfigurationInvalid for what is no YAML."""
    text = source.text()
    file = source.name
    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        for event in events:
            if isinstance(event, yaml.SequenceStartEvent):
                while not isinstance(item := next(events), yaml.SequenceEndEvent):
                    _job(file, item, events, sorter)
            else:
                _job(file, event, events, sorter)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark else file
        reason = getattr(error, "problem", None) or "broken"
        raise ConfigurationInvalid(f"{place}: this is not YAML: {reason}") from None


def _job(file: str, event: yaml.Event, events: Iterator[yaml.Event], sorter: Sorter) -> None:
    """Take what a job holds that begins with *event*. Where documents begin and end, and nothing is, there is none."""
    if not isinstance(event, yaml.NodeEvent) or (isinstance(event, yaml.ScalarEvent) and not event.value):
        return
    place = f"{file}:{event.start_mark.line + 1}"
    if isinstance(event, yaml.ScalarEvent):
        sorter.weighed(place, [event.value])
        return
    values = _scalars(file, event, events)
    texts = [value for key, value in values if key in _KEYS]
    for text in texts:
        sorter.decided(place, text)
    for key, value in values:
        if key not in _KEYS:
            sorter.mentioned(place, value, where=f"“{key}”")
    if not texts:
        named = next((value for key, value in values if key == "name"), None)
        sorter.leave(place, f"the job “{shown(named)}” has no url" if named else "a job without url and navigate")


def _scalars(file: str, event: yaml.Event, events: Iterator[yaml.Event]) -> list[tuple[str, str]]:
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


def _pass_over(file: str, event: yaml.Event, events: Iterator[yaml.Event]) -> None:
    """Come to the end of what begins with *event*."""
    depth = int(isinstance(event, yaml.CollectionStartEvent))
    while depth:
        event = next(events)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ConfigurationInvalid(
                f"{file}:{event.start_mark.line + 1}: this is not a list of jobs: nested too deeply"
            )
